"""Does a server grow when tabs come and go? `python -m benchmarks.soak [JOINS]`, 50,000 by default.

Tabs join and leave, 100 at a time, while 10 stay and one presses now and then. Prints the server's memory as it goes; then
what 1000 open tabs take, and what a tab does that reads nothing.
"""

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from benchmarks.load import open_tabs
from benchmarks.servers import Server, running

AT_ONCE = 100


def memory(server: Server) -> int:
    """Kilobytes of the biggest process of the server: the one that holds the tabs."""
    told = subprocess.run(["ps", "-o", "rss=", "-g", str(server.pid)], capture_output=True, text=True, check=True).stdout
    return max(map(int, told.split()))


async def soak(server: Server, joins: int) -> None:
    """Come and go; print the memory ten times."""
    stay, began = await open_tabs("ours", server.port, 10), time.monotonic()
    for n in range(0, joins, AT_ONCE):
        for tab in await open_tabs("ours", server.port, AT_ONCE):
            tab.leave()
        stay[0].press(1)
        if n % max(AT_ONCE, joins // 10) == 0:
            print(
                f"{n + AT_ONCE:6} joined and left: {memory(server) / 1000:.0f} MB, {time.monotonic() - began:.0f} s",
                flush=True,
            )
    await asyncio.sleep(5)
    print(f"{joins:6} joined and left: {memory(server) / 1000:.0f} MB, steps back {sum(tab.steps_back for tab in stay)}")


async def open_ones(server: Server) -> None:
    """What 1000 tabs take."""
    before = memory(server)
    tabs = await open_tabs("ours", server.port, 1000)
    await asyncio.sleep(3)
    print(
        f"1000 open tabs: {(memory(server) - before) / 1000:.0f} kB a tab, {memory(server) / 1000:.0f} MB in all", flush=True
    )
    for tab in tabs:
        tab.leave()


async def stalled(server: Server) -> None:
    """One tab stops reading while the others press for ten seconds."""
    tabs = await open_tabs("ours", server.port, 20)
    lazy = (await open_tabs("ours", server.port, 1))[0]
    if lazy.transport is not None:
        lazy.transport.underlying_transport.pause_reading()
        lazy.transport.underlying_transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    before, base = memory(server), tabs[0].shown
    for n in range(5000):
        tabs[n % 20].press(1)
        lazy.press(1)
        await asyncio.sleep(0.002)
    await asyncio.sleep(1)
    right = sum(tab.shown == base + 10_000 for tab in tabs)
    print(
        f"a tab that reads nothing, 10,000 presses: {right} of 20 others right, memory +{(memory(server) - before) / 1000:.1f} MB"
    )


async def main(joins: int) -> None:
    """One server for each question."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, question in (("open", open_ones), ("stalled", stalled)):
            with running("ours", Path(scratch) / name) as server:
                await question(server)
        with running("ours", Path(scratch) / "soak") as server:
            await soak(server, joins)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if sys.argv[1:] else 50_000))
