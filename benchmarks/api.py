"""A press over the HTTP API beside a press over the socket: `python -m benchmarks.api [RATE [SECONDS]]`, under two minutes.

The same server, the same open tabs, the same rate, in turns: first tabs press, then programs over connections that are kept
alive. Prints the server's CPU time of a press (/proc/PID/stat, all its processes), and how long a press took until its
answer. The schedule does not wait for the server; a press that finds no free connection waits, which counts.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from benchmarks.load import open_tabs, settled
from benchmarks.recorder import record
from benchmarks.servers import running

TABS = 20  # each below what one may send
CONNECTIONS = 200
ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


class Connection(asyncio.Protocol):
    """A program's connection, with a device of its own: one request at a time."""

    def __init__(self, free: "deque[Connection]") -> None:
        self._free = free
        self.at = 0.0
        self.took: list[float] = []
        self.statuses: list[bytes] = []
        self._got = b""
        self._device = os.urandom(16).hex().encode()

    def connection_made(self, transport: Any) -> None:
        """Ready."""
        self._transport = transport
        self._free.append(self)

    def send(self, due: float) -> None:
        """Press once, with a key as a program would give it."""
        self.at = due
        body = b'{"amount":1,"key":"%012x%b"}' % (int(time.time() * 1000), os.urandom(10).hex().encode())
        self._transport.write(
            b"POST /api/v1/counters/counter/presses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"User-Agent: program\r\nAccept: */*\r\nClick-Counter-Device: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (self._device, len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        """Take the answer."""
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._got = b""
            self.took.append(time.perf_counter() - self.at)
            self.statuses.append(head[9:12])
            self._free.append(self)


def cpu(group: int) -> float:
    """The CPU seconds of a process group."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


async def over_http(port: int, rate: float, seconds: float) -> dict[str, Any]:
    """Press on schedule over free connections."""
    free: deque[Connection] = deque()
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Connection(free), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    began, count = time.perf_counter(), int(rate * seconds)
    for n in range(count):
        due = began + n / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        while not free:  # noqa: ASYNC110  an event would have to be set by each answer
            await asyncio.sleep(0.0005)
        free.popleft().send(due)
    while len(free) < len(made):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    connections: list[Any] = [protocol for _, protocol in made]
    took = np.array([each for one in connections for each in one.took]) * 1000
    statuses = {status.decode() for one in connections for status in one.statuses}
    for transport, _ in made:
        transport.close()
    return {"answered": len(took), "statuses": sorted(statuses)} | {
        name: round(float(np.percentile(took, part)), 1) for name, part in (("p50", 50), ("p99", 99), ("max", 100))
    }


async def compare(port: int, group: int, rate: float, seconds: float) -> None:
    """Print a line for each turn, then the medians."""
    tabs = await open_tabs("ours", port, TABS)
    await settled(tabs)
    spent: dict[str, list[float]] = {"socket": [], "http": []}
    for _ in range(ROUNDS):
        for how in spent:
            await asyncio.sleep(1)
            for tab in tabs:
                tab.reset()
            used = cpu(group)
            if how == "socket":
                sending = record(tabs, rate, seconds)
                found: dict[str, Any] = {"answered": len(sending.at) - sum(tab.unanswered for tab in tabs)}
            else:
                found = await over_http(port, rate, seconds)
            each = (cpu(group) - used) / (rate * seconds) * 1e6
            spent[how].append(each)
            print(json.dumps({"how": how, "us_a_press": round(each)} | found), flush=True)
    middle = {how: float(np.median(times)) for how, times in spent.items()}
    ratio = middle["http"] / middle["socket"]
    print(f"socket {middle['socket']:.0f} µs, HTTP {middle['http']:.0f} µs of CPU a press: {ratio:.2f} times")


def main() -> None:
    """Run it on a server of its own."""
    rate, seconds = (
        (float(given) for given in [*sys.argv[1:], "2000", "8"][:2]) if len(sys.argv) < 3 else map(float, sys.argv[1:3])
    )
    with tempfile.TemporaryDirectory() as folder, running("ours", Path(folder) / "server") as server:
        uvloop.run(compare(server.port, server.pid, rate, seconds))


if __name__ == "__main__":
    main()
