"""When the database fails or the server shuts down, no click is lost and none is reported saved that is not."""

import asyncio
import os
import resource
import signal
import sqlite3
from pathlib import Path

from tests.conftest import rows
from tests.raw import RawClient, record_until_saved
from tests.server import PATIENCE, BackEnd, until

WRITABLE = 16_384  # bytes of each file, on a disk that is full


async def test_a_click_on_a_locked_database_counts_after_a_retry(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        other = sqlite3.connect(back_end.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        click = client.click()
        answer = await client.record(click)  # while the other holds its lock
        assert (answer["error"], answer["codes"]) == ("later", {})
        assert rows(back_end.database, "SELECT value FROM counter") == [(0,)]
        other.execute("ROLLBACK")
        assert (await record_until_saved(client, click))["value"] == 1
        assert rows(back_end.database, "SELECT count(*) FROM click") == [(1,)]


async def test_saving_recovers_from_a_full_disk(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await record_until_saved(client, client.click())
        # Keep the server from writing further on in its files, as a full disk would; its log has its whole length already.
        pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and group_of(p) == back_end.process.pid]
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (WRITABLE, resource.RLIM_INFINITY))
        click = client.click()
        assert (await client.record(click))["error"] == "later"
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert (await record_until_saved(client, click))["value"] == 2
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(2,)]


def group_of(process: Path) -> int:
    try:
        return os.getpgid(int(process.name))
    except ProcessLookupError:
        return -1


async def test_saving_recovers_when_a_moved_database_returns(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await record_until_saved(client, client.click())
        with sqlite3.connect(back_end.database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        away = back_end.database.with_suffix(".away")
        back_end.database.rename(away)
        click = client.click()
        assert (await client.record(click))["error"] == "later"
        assert not back_end.database.exists()  # no empty database was created in its place
        away.rename(back_end.database)
        assert (await record_until_saved(client, click))["value"] == 2
        await client.sees(2)
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(2,)]


async def test_a_server_shutting_down_loses_no_saved_click(back_end: BackEnd):
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
    async with asyncio.timeout(PATIENCE):
        while len(saved) < 200:
            await clients[0].heard.wait()
            clients[0].heard.clear()
    back_end.send(signal.SIGTERM)
    await until(lambda: back_end.process.poll() is not None)
    for task in pressing:
        task.cancel()
    await asyncio.gather(*pressing, return_exceptions=True)
    for client in clients:
        await client.__aexit__()
    stored = {key for (key,) in rows(back_end.database, "SELECT key FROM click")}
    assert saved <= stored
    assert "Traceback" not in back_end.printed()
