"""What readers of event streams cost those who press: `python -m benchmarks.events [READERS]`, 2,000 by default.

200 tabs press 100 times a second, in turns without and with so many readers; then 200 readers read nothing. Prints the
latencies of presses at every tab in ms, how often the readers got a number, and the server's memory.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from benchmarks.load import load, open_tabs
from benchmarks.servers import Server, running
from benchmarks.soak import memory

TABS, RATE, SECONDS, TURNS = 200, 100.0, 6.0, 4
STALLED = 200
AT_ONCE = 50
REQUEST = b"GET /api/v1/counters/counter/events HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Reader(asyncio.Protocol):
    """A program that follows the counter."""

    events = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the events."""
        self.transport = transport
        transport.write(REQUEST)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Count the events."""
        Reader.events += data.count(b"\nid:") + data.count(b"\r\nid:")


async def read(port: int, count: int, *, stalled: bool = False) -> None:
    """Open so many readers; print a line when they are open, and how many events came, once a line is typed."""
    loop = asyncio.get_running_loop()
    opened = []
    for _ in range(0, count, AT_ONCE):
        opened += await asyncio.gather(*(loop.create_connection(Reader, "127.0.0.1", port) for _ in range(AT_ONCE)))
    await asyncio.sleep(1)
    if stalled:
        for transport, _ in opened:
            transport.pause_reading()
    Reader.events, began = 0, time.monotonic()
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(f"{Reader.events / (time.monotonic() - began) / count:.1f}", flush=True)


class Readers:
    """Readers in a process of their own."""

    def __init__(self, port: int, count: int, kind: str = "read") -> None:
        command = [sys.executable, "-m", "benchmarks.events", kind, str(port), str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert self._process.stdout.readline() == "open\n"

    def leave(self) -> str:
        """Close them. Returns how many events each got a second."""
        each, _ = self._process.communicate("\n")
        return each.strip()


async def presses(server: Server) -> str:
    """The latencies of presses at every tab."""
    found = await load("ours", server.port, TABS, RATE, SECONDS, 1)
    assert (found["all_right"], found["lost"]) == (True, 0), found
    return f"p50 {found['p50']:6.2f}  p99 {found['p99']:6.2f}  max {found['max']:6.2f} ms"


async def compare(server: Server, count: int) -> None:
    """Press without and with readers, in turns."""
    for _ in range(TURNS):
        print(f"    no readers: {await presses(server)}", flush=True)
        readers = await asyncio.to_thread(Readers, server.port, count)
        found = await presses(server)
        each = await asyncio.to_thread(readers.leave)
        print(f"{count:6} readers: {found}, {each} events a second each, {memory(server) / 1000:.0f} MB", flush=True)
        await asyncio.sleep(1)


async def stall(server: Server) -> None:
    """Let readers read nothing while others press."""
    [tab] = await open_tabs("ours", server.port, 1)
    readers = await asyncio.to_thread(Readers, server.port, STALLED, "stall")
    before = memory(server)
    for n in range(1, 2001):
        tab.press(1)
        await asyncio.sleep(0.01)
        if n % 500 == 0:
            print(f"{STALLED} readers read nothing for {n} presses: {(memory(server) - before):+} kB", flush=True)
    await asyncio.to_thread(readers.leave)
    tab.leave()


async def main(count: int) -> None:
    """Measure both on a server of our own."""
    os.environ |= {"CLICKCOUNTER_EVENT_STREAMS_PER_ADDRESS": "100000", "CLICKCOUNTER_EVENT_STREAMS": "100000"}
    with tempfile.TemporaryDirectory() as folder, running("ours", Path(folder, "server")) as server:
        await compare(server, count)
        await stall(server)


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:] or ["2000"]
    if kind in ("read", "stall"):
        uvloop.run(read(int(numbers[0]), int(numbers[1]), stalled=kind == "stall"))
    else:
        uvloop.run(main(int(kind)))
