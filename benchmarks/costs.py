"""Measure what the simulation needs, on this machine: `python -m benchmarks.costs`, under three minutes.

Writes benchmarks/costs.json: the machine, what each piece of work costs each thread, and the cells against which the
simulation is checked. The costs come from runs of their own, none of which is a cell. In each run the kernel says how long
each thread worked; a least-squares fit divides that among presses, commits and frames.
"""

import asyncio
import gc
import json
import os
import platform
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from benchmarks import shared_costs
from benchmarks.cells import Cell, measure
from benchmarks.growth import order
from benchmarks.load import latencies, open_tabs, settled
from benchmarks.recorder import record
from benchmarks.servers import Server, running
from benchmarks.soak import memory
from clickcounter.database import schema
from clickcounter.ledger import ledger
from clickcounter.ledger.ledger import Ledger

FILE = Path(__file__).parent / "costs.json"
QUIET = (Cell(1, 5, 5), Cell(500, 5, 3))
BUSY = (
    Cell(20, 200, 2),
    Cell(20, 3000, 2),
    Cell(20, 8000, 2, 20),
    Cell(800, 60, 2),
    Cell(200, 1500, 2),
    Cell(700, 1500, 2),
)
CHECKED = (
    Cell(100, 1, 8),
    Cell(1000, 5, 5),
    Cell(1000, 50, 3),
    Cell(100, 4000, 3),
    Cell(1000, 2000, 4),
    Cell(100, 10_000, 3, 5),
)
QUANTILES = 21
WRITES = 100
SWITCHES = 3000
MANY = 50  # presses in a larger commit
PAUSE = 0.3  # seconds between two runs

Thread = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """How often each kind of work was done, and how long each thread worked, in seconds."""

    events: int
    presses: int
    commits: int
    tab_frames: int
    p50: float
    memory: int  # of the server, in kB, with these tabs open
    loop: float
    writer: float
    wire: float
    client: float


def threads(group: int) -> dict[Thread, tuple[float, int]]:
    """How long each thread of a process group has worked, in seconds, and how many bytes it has written to disk."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rpartition(")")[2].split()[2]) != group:
                continue
            for task in (process / "task").iterdir():
                written = (task / "io").read_text().partition("\nwrite_bytes: ")[2].split()[0]
                worked = int((task / "schedstat").read_text().split()[0]) / 1e9
                found[int(process.name), int(task.name)] = worked, int(written)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


async def run(server: Server, cell: Cell) -> Run:
    """Run one load and see who worked how long for it, beyond what they do when nobody presses."""
    tabs = await open_tabs("ours", server.port, cell.tabs)
    await settled(tabs)
    base = max(tab.shown for tab in tabs)
    gc.collect()
    gc.disable()
    idle, idle_client = await nobody_presses(server)
    for tab in tabs:
        tab.reset()
    before, used, began, began_at = threads(server.pid), time.process_time(), time.perf_counter(), int(time.time() * 1000)
    sending = record(tabs, cell.rate, cell.seconds, cell.presses)
    client = time.process_time() - used - sending.reading
    wall = time.perf_counter() - began - sending.reading
    after = threads(server.pid)
    gc.enable()
    with sqlite3.connect(server.folder / "counter.db") as connection:
        commits = connection.execute("SELECT count(DISTINCT saved_at) FROM click WHERE saved_at >= ?", [began_at]).fetchone()
    writer = max(after, key=lambda thread: after[thread][1] - before.get(thread, (0, 0))[1])
    loop = (writer[0], writer[0])
    spent = {thread: max(0.0, value - idle.get(thread, 0.0) * wall) for thread, value in worked(before, after).items()}
    events = len(sending.at) // cell.presses
    result = Run(
        events,
        len(sending.at),
        commits[0],
        sum(tab.frames for tab in tabs) - events,
        float(np.percentile(latencies(tabs, sending, base), 50)) / 1000,
        memory(server),
        spent.get(loop, 0.0),
        spent[writer],
        sum(value for thread, value in spent.items() if thread not in (loop, writer)),
        max(0.0, client - idle_client * wall),
    )
    for tab in tabs:
        tab.leave()
    await asyncio.sleep(PAUSE)
    return result


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


def worked(before: dict[Thread, tuple[float, int]], after: dict[Thread, tuple[float, int]]) -> dict[Thread, float]:
    """How long each thread worked between two looks."""
    return {thread: seconds - before.get(thread, (0.0, 0))[0] for thread, (seconds, _) in after.items()}


def fit(done: Sequence[Sequence[float]], took: Sequence[float]) -> list[float]:
    """The cost of each kind of work, none below 0, so that each run's sum is right in proportion (least squares)."""
    rows = np.array(done, dtype=float) / np.maximum(took, 1e-6)[:, None]
    kinds = list(range(rows.shape[1]))
    while True:
        found = np.linalg.lstsq(rows[:, kinds], np.ones(len(rows)), rcond=None)[0]
        if (found >= 0).all():
            return [float(found[kinds.index(kind)]) if kind in kinds else 0.0 for kind in range(rows.shape[1])]
        del kinds[int(found.argmin())]


def work(run: Run) -> float:
    """How long all threads worked in a run."""
    return run.loop + run.writer + run.wire + run.client


def threads_costs(loads: Sequence[Run], quiet: Sequence[Run]) -> dict[str, Any]:
    """The cost of each piece of work to each thread, [busy, quiet]; the run with the most work is the crowded one."""
    most = max(map(work, loads))
    busy = [run for run in loads if work(run) < 0.9 * most]
    crowded = [run for run in loads if run not in busy]
    loop = fit([(r.events, r.commits, r.tab_frames, r.presses - r.events) for r in busy], [r.loop for r in busy])
    writer = fit([(r.commits, r.events, r.presses) for r in busy], [r.writer for r in busy])
    costs: dict[str, Any] = {"commit_event": writer[1], "commit_press": writer[2], "more_loop": loop[3]}
    lone, tab = fit([(r.events, r.tab_frames) for r in quiet], [r.loop for r in quiet])
    share = loop[0] / (loop[0] + loop[1])  # a quiet press and its commit come together; divided as when busy
    costs |= {
        "press_loop": [loop[0], lone * share],
        "commit_loop": [loop[1], lone * (1 - share)],
        "tab_loop": [loop[2], tab],
    }
    per_commit = fit([(r.commits,) for r in quiet], [r.writer for r in quiet])[0] - writer[1] - writer[2]
    costs["commit_writer"] = [writer[0], per_commit]
    for name in ("wire", "client"):
        press, tab, more = fit(
            [(r.events, r.tab_frames, r.presses - r.events) for r in busy], [getattr(r, name) for r in busy]
        )
        press_quiet, tab_quiet = fit([(r.events, r.tab_frames) for r in quiet], [getattr(r, name) for r in quiet])
        costs |= {f"press_{name}": [press, press_quiet], f"tab_{name}": [tab, tab_quiet], f"more_{name}": more}
        left = [(getattr(r, name) - r.events * press) / r.tab_frames for r in crowded]
        costs[f"crowded_{name}"] = max(0.0, sum(left) / len(left))
    return costs


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


def disk_costs(folder: Path) -> dict[str, Any]:
    """How long a commit waits for the disk, and how long a checkpoint takes."""
    folder.mkdir()
    url = f"sqlite:///{folder}/counter.db"
    schema.prepare(url)
    writing, device = Ledger(url), os.urandom(32).hex()
    writing.adopt("counter")
    waits: dict[int, list[float]] = {1: [], MANY: []}
    for turn in range(2 * WRITES):
        orders = [order(device) for _ in range(MANY if turn % 2 else 1)]
        began, used = time.perf_counter(), time.thread_time()
        writing.write(orders)
        waits[len(orders)].append(max(0.0, time.perf_counter() - began - (time.thread_time() - used)))
        time.sleep(0.005)
    checkpoints = []
    for _ in range(3):
        for _ in range(0, ledger.CHECKPOINT_PAGES_BUSY + 1, 200):
            writing.write([order(device) for _ in range(200)])
        began = time.perf_counter()
        writing.checkpoint(idle=False)
        checkpoints.append(time.perf_counter() - began)
    writing.close()
    quantiles = np.quantile(waits[1], np.linspace(0, 1, QUANTILES))
    each = max(0.0, float(np.median(waits[MANY]) - np.median(waits[1])) / (MANY - 1))
    return {"disk": [round(float(q), 6) for q in quantiles], "disk_press": each, "checkpoint": sorted(checkpoints)[1]}


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


def checked(scratch: Path) -> list[dict[str, Any]]:
    """The cells, each on a new server with the load generator in a process of its own, as in `make bench`."""
    found = []
    for number, cell in enumerate(CHECKED):
        with running("ours", scratch / f"cell-{number}") as server:
            result = measure("ours", server, cell)
        kept = {
            name: result.get(name)
            for name in ("p50", "p99", "clicks", "lost", "all_right", "cpu", "late", "others", "bytes_a_frame")
        }
        shape = {"tabs": cell.tabs, "rate": cell.rate, "seconds": cell.seconds, "presses": cell.presses}
        print(f"{cell!s:32} {result.get('p50')} / {result.get('p99')}", flush=True)
        found.append(shape | kept)
    return found


def main() -> None:
    """Measure everything and write the file. The runs for costs come before and after the cells, because machines drift."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        quiet, busy = loads(scratch / "before", (QUIET, BUSY))
        print(f"first costs after {time.monotonic() - began:.0f} s", flush=True)
        cells = checked(scratch)
        quiet_again, busy_again = loads(scratch / "after", (QUIET, BUSY))
        if "-v" in sys.argv:
            print(*quiet, *quiet_again, *busy, *busy_again, sep="\n")
        costs = threads_costs([*busy, *busy_again], [*quiet, *quiet_again]) | disk_costs(scratch / "disk") | {"wake": wake()}
        shared = shared_costs.measure(scratch)
    shared["tab_memory"] = (quiet[-1].memory - quiet[0].memory) * 1000 / (QUIET[-1].tabs - QUIET[0].tabs)
    shared["frame_bytes"] = cells[2]["bytes_a_frame"]
    FILE.write_text(json.dumps({"machine": machine(), "costs": costs, "shared": shared, "cells": cells}, indent=1) + "\n")
    print(f"{FILE.name} written after {time.monotonic() - began:.0f} s")


def loads(folder: Path, plan: Sequence[Sequence[Cell]]) -> list[list[Run]]:
    """Run these loads on one new server."""
    with running("ours", folder) as server:

        async def runs() -> list[list[Run]]:
            return [[await run(server, cell) for cell in cells] for cells in plan]

        return uvloop.run(runs())


if __name__ == "__main__":
    main()
