"""Replace the back ends of an earlier version one by one, under load and open pages: `make rolling-upgrade`.

Three back ends behind nginx, as in deploy/: first with the earlier version's pages and nginx.conf, at the end with ours.
Prints how long presses waited, and which promises were broken.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from clickcounter.settings import database_url
from tests.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.postgres import PostgreSQL
from tests.redis_server import RedisServer
from tests.server import Nginx, free_port, listens, until
from tests.siege.honest import percentile
from tests.sql import ask
from tests.terminal import terminal
from tests.upgrades.old_version import Version, new_version, old_version
from tests.upgrades.people import Client, Log, Person

FIRST, LAST = "4e87c1f", "e15fa50"  # the first version that people ran, and the last one
PORT = 18099  # of nginx; the pages are built for it
BACK_ENDS = 3
CLIENTS = 30
BETWEEN = 4.0  # seconds of counting between two steps
PAGES = {"counter": "/", "same counter": "/c/counter", "history": "/c/counter/history", "list": "/counters"}
PRESSING = ("counter", "same counter")


class World:
    """The machine: a database, Redis, back ends, nginx and its pages."""

    def __init__(self, folder: Path, old: Version, new: Version, db_url: str) -> None:
        self.folder, self.old, self.new, self.db_url = folder, old, new, db_url
        self.origin = f"http://localhost:{PORT}"
        self.redis = RedisServer(folder)
        self.environ = {
            "REFLEX_DB_URL": db_url,
            "REFLEX_REDIS_URL": self.redis.url,
            "REFLEX_CORS_ALLOWED_ORIGINS": self.origin,
            "REFLEX_TRUSTED_PROXY_HOPS": "1",
        }
        self.ports = [free_port() for _ in range(BACK_ENDS)]
        self.back_ends = [old.back_end(port, folder, **self.environ) for port in self.ports]
        self.site = folder / "site"
        self.nginx = self._nginx(old)

    def _nginx(self, version: Version) -> Nginx:
        """As that version's deploy/nginx.conf says."""
        sample = (version.checkout / "deploy" / "nginx.conf").read_text()
        return Nginx(self.site, PORT, self.folder / "nginx", self.ports, sample=sample)

    def start(self) -> None:
        assert not listens(PORT), f"something listens on {PORT} already"
        shutil.copytree(self.old.site(self.origin), self.site)
        self.new.site(self.origin)
        self.redis.start()
        if self.db_url.startswith("postgresql"):
            self.old.upgrade(self.db_url)
        for server in self.back_ends:
            server.start()
        self.nginx.start()

    def replace_back_end(self, number: int) -> None:
        """Stop one of the old ones and start a new one in its place."""
        self.back_ends[number].stop()
        self.back_ends[number] = self.new.back_end(self.ports[number], self.folder, **self.environ)
        self.back_ends[number].start()

    def replace_pages(self) -> None:
        """Copy our pages over the old ones, and let nginx read our nginx.conf."""
        shutil.copytree(self.new.site(self.origin), self.site, dirs_exist_ok=True)
        checked = subprocess.run([*self._nginx(self.new).command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert self.nginx.process
        os.kill(self.nginx.process.pid, signal.SIGHUP)

    def stop(self) -> None:
        self.nginx.stop()
        for server in self.back_ends:
            server.kill()
        self.redis.kill()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        return ask(self.db_url, statement)


class Upgrade:
    """One run, and what it found."""

    def __init__(self, world: World) -> None:
        self.world, self.log = world, Log()
        self.people = [Person(name) for name in PAGES]
        self.broken: list[str] = []
        self._reported = 0

    async def run(self) -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
            for person, path in zip(self.people, PAGES.values(), strict=True):
                await person.open(browser, self.world.origin + path)
            async with self._counting():
                await self._steps()
            value = self.world.query("SELECT value FROM counter WHERE slug = 'counter'")[0][0]
            for person in self._pressing:
                await person.shows(value)
            self._check_pages("while everything was replaced", loads=1 + BACK_ENDS)
            await self._reload(value)
            await browser.close()
        self._check_ledger()

    @property
    def _pressing(self) -> list[Person]:
        return [person for person in self.people if person.name in PRESSING]

    @contextlib.asynccontextmanager
    async def _counting(self) -> AsyncIterator[None]:
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(Client(PORT, self.log).run(stopping))
            for person in self._pressing:
                group.create_task(person.press(stopping))
            yield
            stopping.set()

    async def _steps(self) -> None:
        await self._count("old back ends")
        if self.world.db_url.startswith("postgresql"):
            await asyncio.to_thread(self.world.new.upgrade, self.world.db_url)
            await self._count("old back ends, new schema")
        for number in range(BACK_ENDS):
            await asyncio.to_thread(self.world.replace_back_end, number)
            await self._count(f"{number + 1} of {BACK_ENDS} back ends are new")
        await asyncio.to_thread(self.world.replace_pages)
        await self._count("new pages")

    async def _count(self, step: str) -> None:
        """Go on counting for a while, until every client was served again."""
        goal, later = len(self.log.waited) + CLIENTS, self.log.later
        began = time.monotonic()
        with contextlib.suppress(TimeoutError):
            await until(lambda: len(self.log.waited) > goal and time.monotonic() - began > BETWEEN, 60)
        waited = self.log.waited[self._reported :] or [0.0]
        self._reported = len(self.log.waited)
        print(
            f"{step:32} {len(waited)} saved, p50 {percentile(waited, 50) * 1000:.0f} ms, max {max(waited) * 1000:.0f} ms, "
            f"{self.log.later - later} × later",
            flush=True,
        )

    async def _reload(self, value: int) -> None:
        """Everybody reloads: the new pages show the same number."""
        for person in self.people:
            await person.page.reload()
        for person in self._pressing:
            await person.shows(value)
        self._check_pages("after a reload", loads=2 + BACK_ENDS)

    def _check_pages(self, when: str, loads: int) -> None:
        for person in self.people:
            self._check(not person.errors, f"{person.name}: no error {when}: {person.errors[:3]}")
            self._check(len(person.loads) <= loads, f"{person.name}: loaded {len(person.loads)} times {when}")

    def _check_ledger(self) -> None:
        keys = [key for (key,) in self.world.query("SELECT key FROM click")]
        lost, others = self.log.pressed - set(keys), set(keys) - self.log.pressed
        pressed = sum(person.presses for person in self.people)
        self._check(not lost and len(keys) == len(set(keys)), f"clients: {len(self.log.pressed)} pressed, {len(lost)} lost")
        self._check(len(others) == pressed, f"pages: {pressed} pressed, {len(others)} saved")
        done = terminal(self.world.db_url, "verify")
        self._check(done.returncode == 0, f"verify: {(done.stdout + done.stderr).strip()[-300:]}")
        astray = self.world.query(
            "SELECT count(*) FROM activity WHERE counter_id <> (SELECT counter_id FROM round WHERE id = round_id)"
        )
        self._check(astray == [(0,)], f"charts: {astray[0][0]} rows of activity belong to no counter")
        if self.log.refused:
            print(f"{len(self.log.refused)} sockets were refused meanwhile: {sorted(set(self.log.refused))}")

    def _check(self, kept: bool, promise: str) -> None:
        print(f"{'kept  ' if kept else 'BROKEN'} {promise}", flush=True)
        if not kept:
            self.broken.append(promise)


def rolling_upgrade(commit: str, new: Version, engine: str, folder: Path) -> list[str]:
    """Returns the promises that were broken."""
    postgres = PostgreSQL() if engine == "postgresql" else None
    if postgres:
        postgres.make()
        postgres.start()
    db_url = database_url(postgres.create_database()) if postgres else f"sqlite:///{folder / 'counter.db'}"
    world = World(folder, old_version(commit), new, db_url)
    try:
        world.start()
        upgrade = Upgrade(world)
        asyncio.run(upgrade.run())
        return upgrade.broken
    finally:
        world.stop()
        if postgres:
            postgres.remove()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrades.rolling", description=__doc__)
    parser.add_argument("commits", nargs="*", default=[FIRST, LAST], help=f"earlier versions (default: {FIRST} {LAST})")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    broken, new = 0, new_version()
    for commit in options.commits:
        for engine in options.engine or ("sqlite", "postgresql"):
            print(f"\nfrom {commit}, {engine}", flush=True)
            with tempfile.TemporaryDirectory(prefix="clickcounter-upgrade-") as name:
                os.chmod(name, 0o755)
                broken += len(rolling_upgrade(commit, new, engine, Path(name)))
    print(f"\n{broken} PROMISES BROKEN" if broken else "\nevery promise was kept")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
