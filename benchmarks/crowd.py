"""What do very many tabs on one counter take? `python -m benchmarks.crowd [TABS]`, 10,000 by default.

Opens them from several addresses of this machine, a hundred at a time, presses ten times a second, and prints the server's
memory and how long a press takes to reach every tab. Server and tabs share the machine, so the tabs' own work counts, too.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import uvloop

from benchmarks.load import latencies, settled
from benchmarks.recorder import record
from benchmarks.servers import Server, running
from benchmarks.soak import memory
from benchmarks.tabs import ClickCounter, Tab

AT_ONCE = 100
OF_AN_ADDRESS = 500  # tabs
RATE, SECONDS = 10.0, 20.0


async def open_crowd(port: int, count: int) -> list[Tab]:
    """Open the tabs."""
    tabs: list[Tab] = []
    while len(tabs) < count:
        some = [ClickCounter().join(f"ws://127.0.0.1:{port}", _source(len(tabs) + n)) for n in range(AT_ONCE)]
        tabs += await asyncio.gather(*some)
    return tabs


def _source(number: int) -> str:
    return f"127.0.1.{1 + number // OF_AN_ADDRESS}"


async def measure(server: Server, count: int) -> None:
    """Print what the tabs take."""
    alone, began = memory(server), time.monotonic()
    tabs = await open_crowd(server.port, count)
    print(f"{count} tabs were open after {time.monotonic() - began:.0f} s", flush=True)
    await settled(tabs)
    before = memory(server)
    base = max(tab.shown for tab in tabs)
    for tab in tabs:
        tab.reset()
    sending = record(tabs, RATE, SECONDS)
    ms, after = latencies(tabs, sending, base), memory(server)
    p50, p99 = np.percentile(ms, (50, 99))
    right = sum(tab.shown == base + len(sending.at) for tab in tabs)
    print(f"{RATE:g} presses a second: p50 {p50:.0f}, p99 {p99:.0f} ms; {right} tabs show the right number")
    print(f"memory: {alone / 1000:.0f} MB alone, {before / 1000:.0f} with the tabs, {after / 1000:.0f} after the presses")
    print(f"{sum(not tab.is_open for tab in tabs)} were closed, {sum(tab.steps_back for tab in tabs)} numbers went back")


async def main(count: int) -> None:
    """Start a server and measure it."""
    with tempfile.TemporaryDirectory() as scratch, running("ours", Path(scratch) / "server") as server:
        await measure(server, count)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if sys.argv[1:] else 10_000))
