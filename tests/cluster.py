"""Several real back ends on one database and one Redis behind nginx, like deploy/ but as plain processes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from tests.raw import RawClient
from tests.redis_server import RedisServer
from tests.server import PATIENCE, BackEnd, Nginx, free_port
from tests.sql import ask

Start = Callable[..., "Cluster"]


class Cluster:
    """`workers` are back ends, one process group each. nginx listens on `port`, or on a free one."""

    def __init__(
        self, folder: Path, db_url: str, environs: Sequence[dict[str, str]], *, with_redis: bool = True, port: int = 0
    ) -> None:
        self.db_url = db_url
        self.redis = RedisServer(folder)
        shared = {"REFLEX_DB_URL": db_url, "CLICKCOUNTER_WORKERS": "1"}
        if with_redis:
            shared["REFLEX_REDIS_URL"] = self.redis.url
        self.workers = [BackEnd(free_port(), folder, **(shared | environ)) for environ in environs]
        site = folder / "no-pages"
        site.mkdir()
        self.nginx = Nginx(site, port or free_port(), folder / "nginx", [worker.port for worker in self.workers])

    def start(self) -> None:
        """Start whatever is not running."""
        if not self.redis.process:
            self.redis.start()
        stopped = [worker for worker in self.workers if not worker.process]
        for worker in stopped:
            worker.launch()
        for worker in stopped:
            worker.wait()
        if not self.nginx.process:
            self.nginx.start()

    def send(self, number: int) -> None:
        """Send a signal to every worker."""
        for worker in self.workers:
            worker.send(number)

    def kill(self) -> None:
        """kill -9 of every worker."""
        for worker in self.workers:
            worker.kill()

    def stop(self) -> None:
        self.redis.thaw()
        self.nginx.stop()
        self.kill()
        self.redis.kill()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement, bypassing the app."""
        return ask(self.db_url, statement)

    @property
    def ports(self) -> list[int]:
        return [worker.port for worker in self.workers]

    @contextlib.asynccontextmanager
    async def tabs(self) -> AsyncIterator[list[RawClient]]:
        """Open one tab at each worker."""
        async with contextlib.AsyncExitStack() as stack:
            yield [await stack.enter_async_context(RawClient(port)) for port in self.ports]


async def frame_has(tab: RawClient, name: str, value: object, within: float = PATIENCE) -> None:
    """Wait until the tab's newest frame has this value."""
    async with asyncio.timeout(within):
        while tab.frame.get(name) != value:
            tab.heard.clear()
            await tab.heard.wait()


def never_stepped_back(tab: RawClient) -> None:
    revisions = [frame["revision"] for frame in tab.frames]
    assert revisions == sorted(revisions)
    counts = [frame["count"] for frame in tab.frames]
    assert counts == sorted(counts)


async def count_reaches(tab: RawClient, count: int, within: float = PATIENCE) -> None:
    """Wait until the tab shows this number or a higher one."""
    async with asyncio.timeout(within):
        while tab.frame["count"] < count:
            tab.heard.clear()
            await tab.heard.wait()


def value_of(query: Callable[[str], list[tuple]]) -> int:
    """The only counter's number, which must equal the number of its clicks."""
    [(value, clicks)] = query("SELECT value, (SELECT count(*) FROM click) FROM counter")
    assert value == clicks
    return value


class Presses:
    """Keeps pressing in one tab while the block runs; `saved` counts the saved clicks."""

    def __init__(self, tab: RawClient) -> None:
        self.tab, self.saved, self.slowest, self._running = tab, 0, 0.0, True

    async def __aenter__(self) -> "Presses":
        self._task = asyncio.create_task(self._press())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running = False
        await self._task

    async def _press(self) -> None:
        loop = asyncio.get_running_loop()
        while self._running:
            began = loop.time()
            answer = await self.tab.record(self.tab.click())
            self.slowest = max(self.slowest, loop.time() - began)
            assert list(answer["codes"].values()) == ["saved"], answer
            self.saved += 1
            await asyncio.sleep(0.02)

    async def more(self, presses: int) -> None:
        """Wait until this many more clicks are saved."""
        goal = self.saved + presses
        async with asyncio.timeout(PATIENCE):
            while self.saved < goal:
                if self._task.done():
                    self._task.result()
                await asyncio.sleep(0.01)
