"""Everything in a chaos run: real servers, the network, the clients and the log of their clicks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from playwright.async_api import async_playwright

from clickcounter.settings import database_url
from tests.chaos.browsers import Profile, ReportServer
from tests.chaos.budget import Budget, KeyLog
from tests.chaos.raw_clients import Presser
from tests.cluster import Cluster
from tests.postgres import TEMPLATE, PostgreSQL
from tests.proxy import Proxy
from tests.redis_server import RedisServer
from tests.server import BackEnd, free_port
from tests.sql import ask
from tests.terminal import terminal

RAW_CLIENTS = 16
PROFILES = 3  # with two tabs each


@dataclass(frozen=True)
class Servers:
    """One process on SQLite, or three on PostgreSQL and Redis behind nginx. Clients connect to `port`."""

    back_ends: list[BackEnd]
    port: int
    db_url: str
    redis: RedisServer | None = None
    postgres: PostgreSQL | None = None


@dataclass
class World:
    """The servers, the bad network in front of them, and the clients that press."""

    servers: Servers
    proxy: Proxy
    reports: ReportServer
    raw_log: KeyLog
    browser_log: KeyLog
    pressers: list[Presser]
    profiles: list[Profile]
    raw_budget: Budget
    browser_budget: Budget
    unsaved_when_hit: int = 0
    fault_counts: dict[str, int] = field(default_factory=dict)

    @property
    def back_ends(self) -> list[BackEnd]:
        return self.servers.back_ends

    def query(self, statement: str) -> list[tuple]:
        return ask(self.servers.db_url, statement)

    def verify(self) -> str:
        """What `verify` prints, and its exit code."""
        result = terminal(self.servers.db_url, "verify")
        return f"{result.stdout.strip()}; exit code {result.returncode}"


@contextlib.contextmanager
def one_process(folder: Path) -> Iterator[Servers]:
    """One process on SQLite."""
    back_end = BackEnd(free_port(), folder)
    back_end.start()
    try:
        yield Servers([back_end], back_end.port, back_end.db_url)
    finally:
        back_end.kill()


@contextlib.contextmanager
def three_workers(folder: Path) -> Iterator[Servers]:
    """PostgreSQL, Redis, and three processes behind nginx."""
    postgres = PostgreSQL()
    postgres.make()
    postgres.start()
    db_url = database_url(postgres.create_database(TEMPLATE))
    cluster = Cluster(folder, db_url, [{}, {}, {}])
    try:
        cluster.start()
        yield Servers(cluster.workers, cluster.nginx.port, db_url, cluster.redis, postgres)
    finally:
        cluster.stop()
        postgres.remove()


@contextlib.asynccontextmanager
async def open_world(servers: Servers, api_port: int, origin: str, folder: Path, rng: Random) -> AsyncIterator[World]:
    """`origin` serves the front end, built for a back end on `api_port`; the bad network listens there."""
    raw_log, browser_log = KeyLog(folder / "raw-keys.log"), KeyLog(folder / "browser-keys.log")
    raw_budget, browser_budget = Budget(), Budget()
    async with (
        Proxy(servers.port, api_port) as proxy,
        ReportServer(browser_log) as reports,
        async_playwright() as playwright,
    ):
        pressers = [Presser(api_port, raw_budget, raw_log, Random(rng.random())) for _ in range(RAW_CLIENTS)]
        profiles = [
            Profile(playwright, origin, folder / f"profile-{number}", browser_budget, reports) for number in range(PROFILES)
        ]
        for profile in profiles:
            await profile.open()
        world = World(servers, proxy, reports, raw_log, browser_log, pressers, profiles, raw_budget, browser_budget)
        tasks = [asyncio.create_task(presser.run()) for presser in pressers]
        tasks += [asyncio.create_task(profile.run(Random(rng.random()))) for profile in profiles]
        try:
            yield world
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for profile in profiles:
                await profile.kill()
