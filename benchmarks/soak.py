"""Does a server's memory grow as tabs come and go? `python -m benchmarks.soak [JOINS]`, 50,000 by default.

Prints the memory of 1000 open tabs, the effect of a tab that stops reading, and the server's memory while tabs join and
leave, 100 at a time; 10 others stay, and one of them presses now and then.
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
    """Kilobytes used by the server's largest process, the one with the tabs."""
    sizes = subprocess.run(["ps", "-o", "rss=", "-g", str(server.pid)], capture_output=True, text=True, check=True).stdout
    return max(map(int, sizes.split()))


async def soak(server: Server, joins: int) -> None:
    """Open and close tabs; print the memory ten times."""
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


async def idle_tabs(server: Server) -> None:
    """Print the memory of 1000 open tabs."""
    before = memory(server)
    tabs = await open_tabs("ours", server.port, 1000)
    for when, wait in (("at first", 3), ("once the states of tabs that only watch are dropped", 30)):
        await asyncio.sleep(wait)
        now = memory(server)
        print(f"1000 open tabs, {when}: {(now - before) / 1000:.0f} kB a tab, {now / 1000:.0f} MB in all", flush=True)
    for tab in tabs:
        tab.leave()


async def tab_that_stops_reading(server: Server) -> None:
    """One tab stops reading while the others press for ten seconds."""
    tabs = await open_tabs("ours", server.port, 20)
    lazy = (await open_tabs("ours", server.port, 1))[0]
    if lazy.transport is not None:
        lazy.transport.underlying_transport.pause_reading()
        lazy.transport.underlying_transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    before, base = memory(server), tabs[0].shown
    for n in range(5000):
        tabs[n % 20].press(1)
        if n < 1000:
            lazy.press(1)  # without reading the answers; the server stops reading this tab and closes it after ten seconds
        await asyncio.sleep(0.002)
    await asyncio.sleep(1)
    shown = {tab.shown for tab in tabs}
    followed = len(shown) == 1 and shown.pop() >= base + 5000 and not any(tab.unanswered for tab in tabs)
    grown = (memory(server) - before) / 1000
    print(
        f"5000 presses beside a tab that stopped reading: shown and answered {followed}, memory +{grown:.1f} MB",
        flush=True,
    )


async def main(joins: int) -> None:
    """Start a new server for each measurement."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, measurement in (("open", idle_tabs), ("stalled", tab_that_stops_reading)):
            with running("ours", Path(scratch) / name) as server:
                await measurement(server)
        with running("ours", Path(scratch) / "soak") as server:
            await soak(server, joins)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if sys.argv[1:] else 50_000))
