"""The walk of a click from its start to its end."""

import asyncio
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from clickcounter.database.engines import open_engine, sqlite_path
from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.presses import transaction
from clickcounter.live import pipeline as pipeline_module
from clickcounter.live.audience import Audience
from clickcounter.live.change_poller import ChangePoller
from clickcounter.live.pipeline import Pipeline, running
from clickcounter.live.presence import Presence
from clickcounter.settings import from_environment
from tests.audience import Nobody
from tests.conftest import only_sqlite
from tests.server import PATIENCE, until, wait_for
from tests.sql import ask
from tests.writing import consistent, order


def pipeline_of(db_url: str, audience: Audience | None = None) -> Pipeline:
    return Pipeline(replace(from_environment(), db_url=db_url), audience or Nobody(), Presence())


def is_stopping() -> bool:
    try:
        running()
    except Later:
        return True
    return False


async def test_what_is_being_written_at_the_stop_is_written_whole(db_url: str):
    pipeline = pipeline_of(db_url)
    begun = threading.Event()

    def write(connection: Connection) -> None:
        transaction.record(connection, [order()])
        begun.set()
        wait_for(is_stopping, "the stop")
        transaction.record(connection, [order()])

    def work(ledger: Ledger) -> None:
        ledger.transact(write)

    async with pipeline.run():
        working = asyncio.create_task(pipeline.with_ledger(work))
        await asyncio.to_thread(begun.wait, PATIENCE)
    await working
    consistent(db_url, 2)


@only_sqlite
async def test_a_database_replaced_while_locked_is_adopted_later(
    db_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path, other = sqlite_path(db_url), tmp_path / "other.db"
    assert path is not None
    async with pipeline_of(db_url).run():
        with closing(sqlite3.connect(other, isolation_level=None)) as its:
            with closing(sqlite3.connect(path)) as known:
                known.backup(its)
            its.execute("PRAGMA journal_mode=DELETE")  # its lock is in the file itself then, and goes where that goes
            its.execute("BEGIN EXCLUSIVE")
            os.replace(other, path)
            await until(lambda: "cannot reread the counters" in caplog.text)
            [(revision,)] = its.execute("SELECT revision FROM counter").fetchall()
        await until(lambda: ask(db_url, "SELECT revision FROM counter") > [(revision,)])


async def test_changes_found_by_a_failed_poll_are_found_again(db_url: str):
    class FailsOnce(Nobody):
        def __init__(self) -> None:
            self.asked, self.shown = 0, list[Snapshot]()

        def send(self, snapshot: Snapshot) -> float:
            self.shown.append(snapshot)
            return 0.0

        def callers(self, counter: str) -> set[Caller]:
            self.asked += 1
            if self.asked == 1:
                raise OSError("too many open files")
            return set()

    audience = FailsOnce()
    pipeline = pipeline_of(db_url, audience)
    async with pipeline.run():
        await pipeline.read_newest("counter")
        ask(db_url, "UPDATE counter SET visibility = 'members', value = 7, revision = revision + 1")
        await until(lambda: audience.shown and audience.shown[-1].value == 7)
    assert audience.asked > 1


def test_a_poller_closed_while_polling_opens_again(db_url: str):
    poller, faults = ChangePoller(db_url), list[Exception]()

    def poll() -> None:
        try:
            for _ in range(100):
                assert poller.poll(["counter"]) != []
        except Exception as fault:
            faults.append(fault)

    polling = threading.Thread(target=poll)
    polling.start()
    while polling.is_alive():
        poller.close()
    poller.close()
    assert faults == []


async def test_a_writer_that_has_ended_makes_the_process_unready(db_url: str, monkeypatch: pytest.MonkeyPatch):
    pipeline = pipeline_of(db_url)
    async with pipeline.run():
        await pipeline.check_writable()
        monkeypatch.setattr(pipeline._committer, "_next_batch", lambda: 1 / 0)
        monkeypatch.setattr(threading, "excepthook", lambda _: None)
        await pipeline.record(order())  # the batch that was waited for is written; then the thread dies
        await until(lambda: not pipeline._committer._thread.is_alive())
        with pytest.raises(Later):
            await pipeline.check_writable()


async def test_a_writer_that_has_just_committed_makes_the_process_ready(db_url: str, monkeypatch: pytest.MonkeyPatch):
    pipeline, other = pipeline_of(db_url), open_engine(db_url)
    monkeypatch.setattr(pipeline_module, "JUST_NOW", 60.0)
    async with pipeline.run():
        await pipeline.record(order())
        with other.begin() as busy:
            busy.execute(
                text("LOCK TABLE counter" if busy.dialect.name == "postgresql" else "UPDATE counter SET value = value")
            )
            await pipeline.check_writable()
            monkeypatch.setattr(pipeline_module, "JUST_NOW", 0.0)
            with pytest.raises((Later, TimeoutError)):  # it waits, on PostgreSQL longer than here
                await asyncio.wait_for(pipeline.check_writable(), 3)
    other.dispose()


def snapshot_with(settings_revision: int, value: int = 1) -> Snapshot:
    return Snapshot("door", value, value, 3, CounterSettings(revision=settings_revision))


async def test_what_another_worker_made_private_is_read_again_at_once(db_url: str):
    pipeline, loop = pipeline_of(db_url), asyncio.get_running_loop()
    read: asyncio.Future[Snapshot] = loop.create_future()
    read.set_result(snapshot_with(1))
    pipeline.recent.keep("door", read)
    pipeline._heard(snapshot_with(1, value=2))
    assert pipeline.recent.get("door") is read, "a press there does not make everybody read here"
    pipeline._heard(snapshot_with(2, value=2))
    assert pipeline.recent.get("door") is None
    pipeline.recent.keep("door", loop.create_future())
    pipeline._heard(snapshot_with(2, value=3))
    assert pipeline.recent.get("door") is None, "what is just being read may have been read before"
    pipeline.recent.keep("door", read)
    pipeline.publish(snapshot_with(3))
    assert pipeline.recent.get("door") is None
