"""A database that fails, and a server that is told to stop: nothing is lost, nothing is told as saved that is not."""

import asyncio
import os
import resource
import signal
import sqlite3
import time
from pathlib import Path

from tests.conftest import rows
from tests.raw import RawClient
from tests.server import BackEnd


async def until_saved(client: RawClient, click: dict, within: float = 20) -> dict:
    """As a browser does it: the same click again, until it is saved."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        answer = await client.record(click)
        if answer["codes"].get(click["key"]) == "saved":
            return answer
        assert answer["error"] == "later"
        assert answer["sentences"]["later"]["ru"]
    raise AssertionError("not saved in time")


async def test_a_locked_database_means_later_and_the_click_counts_once_it_is_free(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        other = sqlite3.connect(back_end.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        click = client.click()
        began = time.monotonic()
        answer = await client.record(click)
        assert (answer["error"], answer["codes"]) == ("later", {})
        assert time.monotonic() - began < 5.5
        assert rows(back_end.database, "SELECT value FROM counter") == [(0,)]
        other.execute("ROLLBACK")
        assert (await until_saved(client, click))["value"] == 1
        assert rows(back_end.database, "SELECT count(*) FROM click") == [(1,)]


async def test_a_full_disk_means_later_and_it_recovers_by_itself(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await until_saved(client, client.click())
        # No file of the server's may grow any more.
        pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and group_of(p) == back_end.process.pid]
        wal = Path(f"{back_end.database}-wal").stat().st_size
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (wal, resource.RLIM_INFINITY))
        click = client.click()
        assert (await client.record(click))["error"] == "later"
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert (await until_saved(client, click))["value"] == 2
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(2,)]


def group_of(process: Path) -> int:
    try:
        return os.getpgid(int(process.name))
    except ProcessLookupError:
        return -1


async def test_a_database_moved_away_and_back_means_later_and_it_recovers_by_itself(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await until_saved(client, client.click())
        with sqlite3.connect(back_end.database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        away = back_end.database.with_suffix(".away")
        back_end.database.rename(away)
        click = client.click()
        assert (await client.record(click))["error"] == "later"
        assert not back_end.database.exists()  # no empty one in its place
        away.rename(back_end.database)
        assert (await until_saved(client, click))["value"] == 2
        await client.sees(2)
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(2,)]


async def test_a_server_told_to_stop_saves_or_says_later_to_everything_it_took(back_end: BackEnd):
    clients = [await RawClient(back_end.port).__aenter__() for _ in range(10)]
    saved: set[str] = set()

    async def press(client: RawClient) -> None:
        while not client.reader.done():
            click = client.click()
            try:
                answer = await client.record(click)
            except (TimeoutError, ConnectionError):
                return
            if answer["codes"].get(click["key"]) == "saved":
                saved.add(click["key"])

    pressing = [asyncio.create_task(press(client)) for client in clients]
    async with asyncio.timeout(10):
        while len(saved) < 200:
            await clients[0].heard.wait()
            clients[0].heard.clear()
    began = time.monotonic()
    await asyncio.to_thread(back_end.stop, signal.SIGTERM)
    assert time.monotonic() - began < 10
    for task in pressing:
        task.cancel()
    await asyncio.gather(*pressing, return_exceptions=True)
    for client in clients:
        await client.__aexit__()
    stored = {key for (key,) in rows(back_end.database, "SELECT key FROM click")}
    assert saved <= stored
    assert "Traceback" not in back_end.printed()
