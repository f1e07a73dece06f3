"""The walk of a click from its start to its end."""

import asyncio
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from clickcounter.database.engines import sqlite_path
from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.ledger import transaction
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.change_watcher import ChangeWatcher
from clickcounter.live.pipeline import Pipeline
from clickcounter.settings import from_environment
from tests.conftest import only_sqlite
from tests.server import until
from tests.sql import ask
from tests.writing import consistent, order

MANY = 500


async def test_what_is_still_written_when_the_server_stops_is_written_whole(db_url: str):
    pipeline = Pipeline(replace(from_environment(), db_url=db_url), lambda snapshot: 0.0)
    begun = threading.Event()

    def write(connection: Connection) -> None:
        for _ in range(MANY):
            transaction.record(connection, [order()])
            begun.set()

    def work(ledger: Ledger) -> None:
        ledger.perform(write)

    async with pipeline.run():
        working = asyncio.create_task(pipeline.perform(work))
        await asyncio.to_thread(begun.wait, 10)
    await working
    consistent(db_url, MANY)


@only_sqlite
async def test_a_database_that_was_put_in_place_while_it_was_locked_is_adopted_later(
    db_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path, other = sqlite_path(db_url), tmp_path / "other.db"
    assert path is not None
    async with Pipeline(replace(from_environment(), db_url=db_url), lambda snapshot: 0.0).run():
        with closing(sqlite3.connect(other, isolation_level=None)) as its:
            with closing(sqlite3.connect(path)) as known:
                known.backup(its)
            its.execute("PRAGMA journal_mode=DELETE")  # its lock is in the file itself then, and goes where that goes
            its.execute("BEGIN EXCLUSIVE")
            os.replace(other, path)
            await until(lambda: "cannot reread the counters" in caplog.text, within=20)
            [(revision,)] = its.execute("SELECT revision FROM counter").fetchall()
        await until(lambda: ask(db_url, "SELECT revision FROM counter") > [(revision,)])


async def test_what_was_found_in_a_look_that_failed_is_found_again(db_url: str):
    shown, looks = list[Snapshot](), list[str]()

    def show(snapshot: Snapshot) -> float:
        shown.append(snapshot)
        return 0.0

    def callers(counter: str) -> list[Caller]:
        looks.append(counter)
        if len(looks) == 1:
            raise OSError("too many open files")
        return []

    pipeline = Pipeline(replace(from_environment(), db_url=db_url), show)
    async with pipeline.run():
        await pipeline.read_newest("counter")
        pipeline.callers = callers
        ask(db_url, "UPDATE counter SET visibility = 'members', value = 7, revision = revision + 1")
        await until(lambda: shown and shown[-1].value == 7)


def test_what_watches_is_closed_between_two_looks(db_url: str):
    watch, faults = ChangeWatcher(db_url), list[Exception]()

    def look() -> None:
        try:
            for _ in range(100):
                assert watch.look(["counter"]) != []
        except Exception as fault:
            faults.append(fault)

    looking = threading.Thread(target=look)
    looking.start()
    while looking.is_alive():
        watch.close()
    watch.close()
    assert faults == []
