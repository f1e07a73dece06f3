"""Do presses wait for an import? `python -m benchmarks.imports [LINES [TURNS]]`, 2,000,000 in one turn by default.

Twenty tabs press five times a second each while a table is imported over HTTP into another counter, and before and after it.
With more turns the lines are divided into tables, with pauses. Prints the time from a press until its tab knows that it is
saved, how much the memory of all the server's processes grew, and whether everything was counted once. Needs curl.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import uvloop

from benchmarks.servers import Server, running
from benchmarks.tabs import ClickCounter
from clickcounter.database.engines import open_engine
from clickcounter.history import verify

TABS, GAP = 20, 0.2  # seconds between two presses of a tab
QUIET = 15.0  # seconds without an import, before and after each
BEGIN = 1_750_000_000  # seconds since 1970; the table goes on from there, with a line every 15 s


class PressingTab(ClickCounter):
    """A tab that presses on schedule, without waiting for answers, and measures how long each takes."""

    def __init__(self, took: dict[str, list[float]], stage: list[str]) -> None:
        super().__init__()
        self.took, self.stage = took, stage
        self.sent: list[tuple[float, str]] = []

    def read(self, text: bytes) -> None:
        """Take in answers: they come in the order of the presses."""
        before = self.unanswered
        super().read(text)
        for _ in range(before - self.unanswered):
            at, stage = self.sent.pop(0)
            self.took[stage].append(time.perf_counter() - at)

    async def press_on(self) -> None:
        """Press until cancelled."""
        await asyncio.sleep(random.random() * GAP)
        due = time.perf_counter()
        while True:
            self.sent.append((time.perf_counter(), self.stage[0]))
            self.press(1)
            due += GAP
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


def memory(server: Server) -> float:
    """Megabytes of all processes in the server's group; pages that they share count for each."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])
            pages += int((folder / "statm").read_text().split()[1]) if group == server.pid else 0
        except (OSError, IndexError):
            continue  # it has just ended
    return pages * 4096 / 1e6


async def watch_memory(server: Server, peak: list[float]) -> None:
    """Keep the peak up to date."""
    while True:
        peak[0] = max(peak[0], memory(server))
        await asyncio.sleep(0.25)


async def lines_of_import(server: Server, table: Path) -> AsyncIterator[dict[str, int]]:
    """Import the table; yields what the server says."""
    url = f"http://127.0.0.1:{server.port}/import?counter=imported"
    command = ["curl", "-sN", "-H", f"X-Click-Counter: {'ab' * 16}", "-T", str(table), "-X", "POST", url]
    curl = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert curl.stdout is not None
    async for line in curl.stdout:
        yield json.loads(line)
    await curl.wait()


def write_table(path: Path, first: int, lines: int) -> None:
    """A table of single presses, as another tally app would write it."""
    with path.open("w") as file:
        file.write("when,amount\n")
        for n in range(first, first + lines):
            file.write(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(BEGIN + n * 15 % 40_000_000)) + ",1\n")


async def import_all(server: Server, table: Path, stage: list[str]) -> None:
    """Import the table; keep the stage up to date."""
    began, last = time.monotonic(), {}
    stage[0] = "upload and check"
    async for last in lines_of_import(server, table):
        if "done" in last and stage[0] != "write":
            print(f"checked after {time.monotonic() - began:.0f} s", flush=True)
            stage[0] = "write"
    stage[0] = "quiet"
    print(f"{last} after {time.monotonic() - began:.0f} s", flush=True)


async def measure(server: Server, tables: list[Path]) -> tuple[int, int]:
    """Press while the tables are imported, and in between; print how long it takes. Returns presses saved and refused."""
    took: dict[str, list[float]] = {"quiet": [], "upload and check": [], "write": []}
    stage = ["quiet"]
    tabs = [PressingTab(took, stage) for _ in range(TABS)]
    for tab in tabs:
        await tab.join(f"ws://127.0.0.1:{server.port}")
    working = [asyncio.create_task(tab.press_on()) for tab in tabs]
    await asyncio.sleep(QUIET)
    idle = memory(server)
    peak = [idle]
    working.append(asyncio.create_task(watch_memory(server, peak)))
    for table in tables:
        await import_all(server, table, stage)
        await asyncio.sleep(QUIET)
    for task in working:
        task.cancel()
    await asyncio.sleep(2)
    for name, seconds in took.items():
        p50, p99, most = (np.percentile(seconds, q) * 1000 for q in (50, 99, 100))
        print(f"{name:17} {len(seconds):6} presses: p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {most:.0f} ms")
    print(f"memory: {idle:.0f} MB idle, at most {peak[0] - idle:.0f} MB more")
    return sum(map(len, took.values())), sum(tab.refused for tab in tabs)


async def main(lines: int, turns: int) -> None:
    """One server, so many tables."""
    with tempfile.TemporaryDirectory() as scratch:
        tables = [Path(scratch) / f"table-{n}.csv" for n in range(turns)]
        for n, table in enumerate(tables):
            write_table(table, n * lines // turns, lines // turns)
        print(f"{lines} lines, {sum(table.stat().st_size for table in tables) / 1e6:.0f} MB", flush=True)
        with running("ours", Path(scratch) / "server") as server:
            saved, refused = await measure(server, tables)
            clicks, differences = verify.verify(open_engine(f"sqlite:///{server.folder}/counter.db"))
            print(f"{saved} presses saved, {refused} refused; {clicks} clicks in the ledger, differences: {differences}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    uvloop.run(main(*(given + [2_000_000, 1][len(given) :])))
