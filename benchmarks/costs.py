"""Measure what the simulation needs, on this machine: `python -m benchmarks.costs`, four minutes.

That is a round. benchmarks/costs.json is written from all rounds in .bench/costs/: the machine, what each piece of work
costs each thread, and the cells against which the simulation is checked. The costs come from runs of their own, none of
which is a cell. In each run the kernel says how long each thread worked; a least-squares fit divides that among presses,
commits and frames. From one minute to the next this machine's speed changes by a third, so medians count, and cells and
costs are measured in the same rounds.
"""

import asyncio
import gc
import json
import os
import platform
import sqlite3
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from sqlalchemy import Engine, event

from benchmarks import shared_costs
from benchmarks.cells import Cell, measure
from benchmarks.growth import order
from benchmarks.load import latencies, open_tabs, settled
from benchmarks.recorder import record
from benchmarks.report import BUSY_MACHINE
from benchmarks.servers import INSTALLED, Server, running
from benchmarks.soak import memory
from benchmarks.tabs import Tab
from clickcounter.database import schema
from clickcounter.ledger import ledger
from clickcounter.ledger.ledger import Ledger

FILE = Path(__file__).parent / "costs.json"
ROUNDS = INSTALLED / "costs"
QUIET = (Cell(1, 5, 3), Cell(800, 5, 3))
ALONE = Cell(800, 60, 2)  # frames and presses follow each other, but each press is committed alone
TOGETHER = (
    Cell(20, 3000, 2),
    Cell(20, 8000, 2, 20),
    Cell(50, 4500, 2),
    Cell(200, 1500, 2),
    Cell(700, 1500, 2),
)
BUSY = (Cell(20, 200, 2), ALONE, *TOGETHER)
CHECKED = (
    Cell(100, 1, 8),
    Cell(1000, 5, 5),
    Cell(1000, 50, 3),
    Cell(100, 4000, 3),
    Cell(1000, 2000, 4),
    Cell(100, 10_000, 3, 5),
)
TIMES = 2  # that a load is run before its tabs leave, and that a cell is measured in a round
QUANTILES = 21
WRITES = 100
SWITCHES = 3000
FEW, MANY = 10, 50  # presses in larger commits
PAUSE = 0.3  # seconds between two runs

Thread = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Work:
    """What a thread has done: seconds of CPU time, those of them in the system, and bytes written to disk."""

    worked: float = 0.0
    system: float = 0.0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """How often each kind of work was done, and how long each thread worked, in seconds."""

    cell: Cell
    events: float
    presses: float
    commits: float
    tab_frames: float
    p50: float  # of the press, in seconds
    memory: float  # of the server, in kB, with these tabs open
    loop: float
    loop_system: float  # of the loop's, the part in system calls
    loop_all: float  # with what it does when nobody presses
    writer: float
    client: float


def threads(group: int) -> dict[Thread, Work]:
    """What each thread of a process group has done so far."""
    found, tick = {}, os.sysconf("SC_CLK_TCK")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rpartition(")")[2].split()[2]) != group:
                continue
            for task in (process / "task").iterdir():
                written = (task / "io").read_text().partition("\nwrite_bytes: ")[2].split()[0]
                worked = int((task / "schedstat").read_text().split()[0]) / 1e9
                system = int((task / "stat").read_text().rpartition(")")[2].split()[12]) / tick
                found[int(process.name), int(task.name)] = Work(worked, system, int(written))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


async def run(server: Server, cell: Cell) -> list[Run]:
    """Run one load a few times and see who worked how long for it, beyond what they do when nobody presses."""
    tabs = await open_tabs("ours", server.port, cell.tabs)
    await settled(tabs)
    gc.collect()
    gc.disable()
    idle, idle_client = await nobody_presses(server)
    found = []
    for _ in range(TIMES):
        found.append(once(server, cell, tabs, idle, idle_client))
        await asyncio.sleep(PAUSE)
    gc.enable()
    for tab in tabs:
        tab.leave()
    await asyncio.sleep(PAUSE)
    return found


def once(server: Server, cell: Cell, tabs: list[Tab], idle: dict[Thread, float], idle_client: float) -> Run:
    """Run the load."""
    for tab in tabs:
        tab.reset()
    base = max(tab.shown for tab in tabs)
    before, used, began, began_at = threads(server.pid), time.process_time(), time.perf_counter(), int(time.time() * 1000)
    sending = record(tabs, cell.rate, cell.seconds, cell.presses)
    client = time.process_time() - used - sending.reading
    wall = time.perf_counter() - began - sending.reading
    after = threads(server.pid)
    with sqlite3.connect(server.folder / "counter.db") as connection:
        commits = connection.execute("SELECT count(DISTINCT saved_at) FROM click WHERE saved_at >= ?", [began_at]).fetchone()
    writer = max(after, key=lambda thread: after[thread].written - before.get(thread, Work()).written)
    loop = (writer[0], writer[0])
    done = worked(before, after)
    spent = {thread: max(0.0, value - idle.get(thread, 0.0) * wall) for thread, value in done.items()}
    events = len(sending.at) // cell.presses
    return Run(
        cell,
        events,
        len(sending.at),
        commits[0],
        sum(tab.frames for tab in tabs) - events,
        float(np.median(latencies(tabs, sending, base))) / 1000,
        memory(server),
        spent.get(loop, 0.0),
        after[loop].system - before[loop].system,
        done[loop],
        spent[writer],
        max(0.0, client - idle_client * wall),
    )


async def nobody_presses(server: Server) -> tuple[dict[Thread, float], float]:
    """How long each thread, and this process, works a second when nobody presses; the least of a few looks, so no full
    garbage collection."""
    looks = []
    for _ in range(3):
        before, used, began = threads(server.pid), time.process_time(), time.perf_counter()
        await asyncio.sleep(0.3)
        client, wall = time.process_time() - used, time.perf_counter() - began
        idle = worked(before, threads(server.pid))
        looks.append(({thread: seconds / wall for thread, seconds in idle.items()}, client / wall))
    return min(looks, key=lambda look: sum(look[0].values()))


def worked(before: dict[Thread, Work], after: dict[Thread, Work]) -> dict[Thread, float]:
    """How long each thread worked between two looks."""
    return {thread: done.worked - before.get(thread, Work()).worked for thread, done in after.items()}


def middle(runs: Sequence[Run]) -> Run:
    """One run that stands for all runs of a load: the mean of the two in the middle, by how much work they were."""
    ordered = sorted(runs, key=lambda run: run.loop + run.writer + run.client)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    mean = {
        field.name: (getattr(low, field.name) + getattr(high, field.name)) / 2
        for field in fields(Run)
        if field.name != "cell"
    }
    return Run(cell=low.cell, **mean)


def fit(done: Sequence[Sequence[float]], took: Sequence[float]) -> list[float]:
    """The cost of each kind of work, none below 0, so that each run's sum is right in proportion (least squares)."""
    rows = np.array(done, dtype=float) / np.maximum(took, 1e-6)[:, None]
    kinds = list(range(rows.shape[1]))
    while True:
        found = np.linalg.lstsq(rows[:, kinds], np.ones(len(rows)), rcond=None)[0]
        if (found >= 0).all():
            return [float(found[kinds.index(kind)]) if kind in kinds else 0.0 for kind in range(rows.shape[1])]
        del kinds[int(found.argmin())]


def threads_costs(runs: Sequence[Run], rest: dict[str, Any]) -> dict[str, Any]:
    """The cost of each piece of work to each thread; of two numbers, when it was just done before and when not."""
    of = {cell: middle([run for run in runs if run.cell == cell]) for cell in (*QUIET, *BUSY)}
    quiet, busy, together, alone = [of[c] for c in QUIET], [of[c] for c in BUSY], [of[c] for c in TOGETHER], of[ALONE]
    press, commit, tab, more = fit(
        [(r.events, r.commits, r.tab_frames, r.presses - r.events) for r in busy], [r.loop for r in busy]
    )
    press_quiet, tab_quiet = fit([(r.events, r.tab_frames) for r in quiet], [r.loop for r in quiet])
    share = press / (press + commit)  # a quiet press and its commit come together; divided as when busy
    costs: dict[str, Any] = {
        "more_loop": more,
        "press_loop": [press, press_quiet * share],
        "commit_loop": [commit, press_quiet * (1 - share)],
        "tab_loop": [tab, tab_quiet],
        "tab_held": max(0.0, 1 - alone.loop_system / alone.loop_all),  # nine tenths of that work are frames
    }
    each_commit, each_event, each_press = fit(
        [(r.commits, r.events, r.presses) for r in together], [r.writer for r in together]
    )
    lone_quiet = fit([(r.commits,) for r in quiet], [r.writer for r in quiet])[0]
    costs |= {
        "commit_writer": each_commit,
        "commit_event": each_event,
        "commit_press": each_press,
        "lone_writer": [alone.writer / alone.commits, lone_quiet],
    }
    elsewhere = lone_quiet + float(np.median(rest["disk"])) + 4 * rest["wake"]  # loop, writer, loop, client
    costs["lone_path"] = min(1.0, max(0.0, quiet[0].p50 - elsewhere) / press_quiet)
    press, tab, more = fit([(r.events, r.tab_frames, r.presses - r.events) for r in busy], [r.client for r in busy])
    press_quiet, tab_quiet = fit([(r.events, r.tab_frames) for r in quiet], [r.client for r in quiet])
    return costs | {"press_client": [press, press_quiet], "tab_client": [tab, tab_quiet], "more_client": more}


def wake() -> float:
    """How long it takes until a thread that waits for another goes on."""
    one, other = threading.Semaphore(0), threading.Semaphore(0)

    def answer() -> None:
        for _ in range(SWITCHES):
            one.acquire()
            other.release()

    thread = threading.Thread(target=answer)
    thread.start()
    began = time.perf_counter()
    for _ in range(SWITCHES):
        one.release()
        other.acquire()
    took = time.perf_counter() - began
    thread.join()
    return took / SWITCHES / 2


class Timed(sqlite3.Connection):
    """Knows how long SQLite has worked; it does so without Python's lock."""

    worked = 0.0

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """Execute a statement."""
        began = time.thread_time()
        try:
            return super().execute(*arguments)
        finally:
            Timed.worked += time.thread_time() - began


def disk_costs(folder: Path) -> dict[str, Any]:
    """How long a commit waits for the disk, how long a checkpoint takes, and how much of a commit needs Python's lock."""
    folder.mkdir()
    url = f"sqlite:///{folder}/counter.db"
    schema.prepare(url)
    event.listen(Engine, "do_connect", time_statements)
    writing, device = Ledger(url), os.urandom(32).hex()
    writing.adopt("counter")
    waits: dict[int, list[float]] = {1: [], FEW: [], MANY: []}
    used_in_all = used_by_sqlite = 0.0
    for turn in range(3 * WRITES):
        orders = [order(device) for _ in range((1, FEW, MANY)[turn % 3])]
        began, used, sqlite = time.perf_counter(), time.thread_time(), Timed.worked
        writing.write(orders)
        used = time.thread_time() - used
        waits[len(orders)].append(max(0.0, time.perf_counter() - began - used))
        if len(orders) == FEW:
            used_in_all, used_by_sqlite = used_in_all + used, used_by_sqlite + Timed.worked - sqlite
        time.sleep(0.005)
    event.remove(Engine, "do_connect", time_statements)
    checkpoints = []
    for _ in range(3):
        for _ in range(0, ledger.CHECKPOINT_PAGES_BUSY + 1, 200):
            writing.write([order(device) for _ in range(200)])
        began = time.perf_counter()
        writing.checkpoint(idle=False)
        checkpoints.append(time.perf_counter() - began)
    writing.close()
    quantiles = np.quantile(waits[1], np.linspace(0, 1, QUANTILES))
    return {
        "disk": [round(float(q), 6) for q in quantiles],
        "disk_press": max(0.0, float(np.median(waits[MANY]) - np.median(waits[1])) / (MANY - 1)),
        "checkpoint": sorted(checkpoints)[1],
        "writer_held": 1 - used_by_sqlite / used_in_all,
    }


def time_statements(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    """Let the connection that is about to be opened be a timed one."""
    parameters["factory"] = Timed


def machine() -> dict[str, Any]:
    """The facts beside the numbers."""
    names = [
        line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def checked() -> list[dict[str, Any]]:
    """The cells, each on a new server with the load generator in a process of its own, as in `make bench`."""
    found = []
    for cell in CHECKED * TIMES:
        with tempfile.TemporaryDirectory() as folder, running("ours", Path(folder) / "server") as server:
            result = measure("ours", server, cell)
        print(f"{cell!s:32} {result.get('p50')} / {result.get('p99')}", flush=True)
        found.append(asdict(cell) | result)
    return found


def middle_of_cells(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each cell with the median of what was measured while nothing else used the machine, or the worst where that says
    whether it can be trusted."""
    cells = []
    for cell in CHECKED:
        here = [result for result in found if {**result, **asdict(cell)} == result]
        results = [result for result in here if result["others"] <= BUSY_MACHINE]
        all_of = {name: [result[name] for result in results] for name in results[0]}
        medians = {name: round(float(np.median(all_of[name])), 2) for name in ("p50", "p99", "cpu", "bytes_a_frame")}
        worst = {name: max(all_of[name]) for name in ("lost", "late", "others")}
        trust = {"all_right": all(all_of["all_right"]), "p50s": sorted(all_of["p50"])}
        cells.append(asdict(cell) | medians | worst | trust)
    return cells


def middle_of(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The median of each number, or of each place in a list."""
    return {name: np.median([one[name] for one in found], axis=0).tolist() for name in found[0]}


def main() -> None:
    """Measure a round, and write the file from all rounds so far."""
    began = time.monotonic()
    ROUNDS.mkdir(parents=True, exist_ok=True)
    (ROUNDS / time.strftime("%Y%m%d-%H%M%S.json")).write_text(json.dumps(one_round()))
    rounds = [json.loads(file.read_text()) for file in sorted(ROUNDS.glob("*.json"))]
    FILE.write_text(json.dumps(middle_of_rounds(rounds), indent=1) + "\n")
    print(f"{FILE.name} written from {len(rounds)} rounds after {time.monotonic() - began:.0f} s")


def one_round() -> dict[str, Any]:
    """Measure everything, as it is."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        runs = [asdict(run) for run in loads(scratch / "loads")]
        cells = checked()
        rest = disk_costs(scratch / "disk") | {"wake": wake()}
        return {"runs": runs, "cells": cells, "rest": rest, "shared": shared_costs.measure(scratch)}


def middle_of_rounds(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the simulation reads."""
    runs = [Run(**(run | {"cell": Cell(**run["cell"])})) for one in rounds for run in one["runs"]]
    rest, shared = middle_of([one["rest"] for one in rounds]), middle_of([one["shared"] for one in rounds])
    few, many = (middle([run for run in runs if run.cell == cell]).memory for cell in QUIET)
    shared["tab_memory"] = (many - few) * 1000 / (QUIET[1].tabs - QUIET[0].tabs)
    cells = middle_of_cells([cell for one in rounds for cell in one["cells"]])
    shared["frame_bytes"] = cells[2]["bytes_a_frame"]
    return {"machine": machine(), "costs": threads_costs(runs, rest) | rest, "shared": shared, "cells": cells}


def loads(folder: Path) -> list[Run]:
    """Run all loads on one new server."""
    with running("ours", folder) as server:

        async def runs() -> list[Run]:
            return [found for cell in (*QUIET, *BUSY) for found in await run(server, cell)]

        return uvloop.run(runs())


if __name__ == "__main__":
    main()
