"""Several workers of one server: one that dies is replaced, and all of them end with it."""

import os
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from tests.raw import RawClient, record_until_saved
from tests.server import PATIENCE, BackEnd, free_port, listens, wait_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackEnd]:
    """Three workers without Redis."""
    server = BackEnd(free_port(), tmp_path, CLICKCOUNTER_WORKERS="3")
    server.start()
    wait_for(lambda: listening(server.port) == 3, "all workers listen")
    yield server
    server.kill()


def listening(port: int) -> int:
    """How many sockets listen on a port."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return sum(line[1].endswith(f":{port:04X}") and line[3] == "0A" for line in lines)


def children(server: BackEnd) -> set[int]:
    """The workers' process ids."""
    assert server.process is not None
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and parent_of(entry) == server.process.pid:
                found.add(int(entry.name))
    return found


def parent_of(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    found = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found += os.readlink(entry).startswith("socket:")
    return found


def gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


async def test_a_killed_worker_is_replaced_and_its_tabs_go_on(server: BackEnd):
    killed, *others = children(server)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(children(server) - {killed, *others}) == 1, "there is a new worker")
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(RawClient(server.port)) for _ in range(12)]
        for tab in tabs:
            await record_until_saved(tab, tab.click())
        for tab in tabs:
            await tab.sees(12)
    assert children(server) > {*others}


async def test_connections_are_spread_over_the_workers(server: BackEnd):
    before = {pid: sockets_of(pid) for pid in children(server)}
    async with AsyncExitStack() as stack:
        for _ in range(60):
            await stack.enter_async_context(RawClient(server.port))
        assert all(sockets_of(pid) - before[pid] >= 6 for pid in before)


def test_sigterm_to_the_main_process_ends_all(server: BackEnd):
    workers = children(server)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGTERM)
    wait_for(lambda: all(map(gone, workers)) and not listens(server.port), "all have ended")
    server.process.wait(PATIENCE)
    assert "Traceback" not in server.printed()


def test_workers_outlive_no_killed_main_process(server: BackEnd):
    workers = children(server)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    wait_for(lambda: all(map(gone, workers)) and not listens(server.port), "the workers have ended")
