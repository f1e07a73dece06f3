"""A slow relay, wrong clocks or forking: workers still agree on one number, and it never steps back."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from clickcounter.live.change_watcher import EVERY
from tests.cluster import Presses, Start, count_reaches, frame_has, never_stepped_back, value_of
from tests.conftest import only_postgresql
from tests.raw import RawClient
from tests.server import ROOT, BackEnd, free_port, wait_for

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@contextlib.asynccontextmanager
async def slow_redis_proxy(redis_port: int, port: int, seconds: float) -> AsyncIterator[None]:
    """A TCP proxy that delays what Redis sends to subscribers, in order; everything else passes at once."""
    loop = asyncio.get_running_loop()

    async def pump(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subscribed: asyncio.Event, from_redis: bool
    ) -> None:
        delayed: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                at, data = await delayed.get()
                await asyncio.sleep(max(0, at - loop.time()))
                writer.write(data)

        delivering = asyncio.create_task(deliver())
        try:
            while data := await reader.read(65536):
                delayed.put_nowait((loop.time() + (seconds if from_redis and subscribed.is_set() else 0), data))
                if b"SUBSCRIBE" in data:
                    subscribed.set()
        except ConnectionError:
            pass
        finally:
            delivering.cancel()
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        redis_reader, redis_writer = await asyncio.open_connection("127.0.0.1", redis_port)
        subscribed = asyncio.Event()
        await asyncio.gather(pump(reader, redis_writer, subscribed, False), pump(redis_reader, writer, subscribed, True))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


@only_postgresql
async def test_late_relay_messages_never_step_the_number_back(start: Start, query):
    port = free_port()
    cluster = await asyncio.to_thread(start, {}, {"REFLEX_REDIS_URL": f"redis://127.0.0.1:{port}/0"}, {})
    async with slow_redis_proxy(cluster.redis.port, port, 2 * EVERY), cluster.tabs() as tabs:  # later than a poll
        await frame_has(tabs[1], "lookers", 3)  # presence arrives, so the delayed messages do too
        async with Presses(tabs[0]) as one, Presses(tabs[1]) as other:
            for _ in range(5):
                await one.more(100)
                seen = one.saved + other.saved
                await asyncio.gather(*(count_reaches(tab, seen) for tab in tabs))
        total = one.saved + other.saved
        await asyncio.gather(*(tab.sees(total) for tab in tabs))
        for tab in tabs:
            never_stepped_back(tab)
    assert value_of(query) == total


@only_postgresql
async def test_workers_with_wrong_clocks_do_no_harm(start: Start, query):
    # Without the last setting, faketime lets waits on the monotonic clock end at once, and the servers never rest.
    wrong = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
    cluster = await asyncio.to_thread(start, wrong | {"FAKETIME": "+1h"}, wrong | {"FAKETIME": "-1h"}, {})
    async with cluster.tabs() as tabs:
        fast, slow, right = (tab.frame["at"] for tab in tabs)
        assert fast - right > 3_500_000 < right - slow, "the clocks are right"
        pressed = 0
        for _ in range(10):
            for tab in tabs:
                answer = await tab.record(tab.click())
                assert list(answer["codes"].values()) == ["saved"]
                pressed += 1
                await asyncio.gather(*(t.sees(pressed) for t in tabs))
        await asyncio.gather(*(frame_has(tab, "lookers", 3) for tab in tabs))
        for tab in tabs:
            never_stepped_back(tab)
    assert value_of(query) == pressed


async def test_forked_workers_share_no_connection(tmp_path: Path, start: Start):
    cluster = await asyncio.to_thread(start, {"CLICKCOUNTER_WORKERS": "3"})
    [server] = cluster.workers
    async with contextlib.AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(RawClient(server.port)) for _ in range(12)]
        await tabs[0].record(tabs[0].click())
        await asyncio.gather(*(tab.sees(1) for tab in tabs))
        await asyncio.gather(*(frame_has(tab, "lookers", 12) for tab in tabs))
        parent = server.process.pid  # type: ignore[union-attr]
        workers = [pid for pid in processes(server) if pid != parent]
        assert len(workers) == 3
        # The children inherit whatever the parent has open.
        assert not [what for what in open_files(parent) if "counter.db" in what]
        inherited = {what for what in open_files(parent) if what.startswith("socket:")}
        own = [{what for what in open_files(pid) if what.startswith("socket:")} - inherited for pid in workers]
        assert all(len(sockets) >= 2 for sockets in own)
        assert len(set.union(*own)) == sum(map(len, own)), "two workers share a socket"
        clients = cluster.redis.client.client_list
        wait_for(lambda: len({client["addr"] for client in clients()}) == 2 * 3 + 1, "each worker has its own two")
        assert not inherited & set.union(*own)


OPEN_FILES_AFTER_FORK = """
import os
import rxconfig
from reflex.model import get_engine
with get_engine().connect() as connection:
    connection.exec_driver_sql("SELECT 1")
inside = os.fork() == 0
held = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
inside or os.wait()
shared = [what for what in held if what.startswith("socket:") or "counter.db" in what]
print("forked" if inside else "first", shared, flush=True)
"""


def test_reflex_has_no_open_database_connection_when_forking(db_url: str):
    command = [sys.executable, "-c", OPEN_FILES_AFTER_FORK]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"REFLEX_DB_URL": db_url}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "forked []\nfirst []\n"


def processes(server: BackEnd) -> list[int]:
    """The process ids of the server and its workers."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if _group(pid) == server.process.pid]  # type: ignore[union-attr]


def _group(pid: int) -> int:
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(pid)
    return -1


def open_files(pid: int) -> list[str]:
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(entry))
    return found
