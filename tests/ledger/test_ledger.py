"""The transaction, on a real SQLite file and on a real PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from clickcounter.database import compiled_sqlite
from clickcounter.database.engines import open_engine, sqlite_path
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.errors import Later
from clickcounter.history import verify
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.presses import transaction
from tests.conftest import only_sqlite
from tests.raw import new_key
from tests.server import ROOT

Query = Callable[[str], list[tuple]]


def order(*keys: str, counter: str = "counter", device: str = "d" * 64, round_id: int = 0) -> Order:
    return Order(counter, device, tuple(Click(key, 1, 0, round_id) for key in keys))


def current(ledger: Ledger) -> int:
    [outcome] = ledger.write([order(new_key())])
    return outcome.snapshot.round


def test_a_saved_click_is_in_the_ledger_and_every_total(ledger: Ledger, query: Query):
    [outcome] = ledger.write([order("a" * 32, "b" * 32)])
    assert outcome.codes == {"a" * 32: "saved", "b" * 32: "saved"}
    assert outcome.snapshot.value == 2
    assert query("SELECT value, revision, round_id FROM counter") == [(2, outcome.snapshot.revision, outcome.snapshot.round)]
    assert query("SELECT total FROM round") == [(2,)]
    assert query("SELECT total FROM click ORDER BY id") == [(1,), (2,)]


def test_a_key_sent_three_times_counts_once(ledger: Ledger, query: Query):
    for _ in range(3):
        [outcome] = ledger.write([order("a" * 32)])
        assert outcome.codes == {"a" * 32: "saved"}
    assert outcome.snapshot.value == 1
    assert query("SELECT count(*) FROM click") == [(1,)]


def test_a_duplicate_does_not_raise_the_revision(ledger: Ledger):
    [first] = ledger.write([order("a" * 32)])
    [again] = ledger.write([order("a" * 32)])
    assert again.snapshot == first.snapshot
    assert not again.changed


def test_an_order_for_an_unknown_counter_fails_alone(ledger: Ledger, query: Query):
    lost, good = ledger.write([order("a" * 32, counter="nowhere", device="e" * 64), order("b" * 32)])
    assert (lost.error, lost.snapshot) == ("no_counter", None)
    assert good.codes == {"b" * 32: "saved"}
    assert query("SELECT secret_sha256 FROM device") == [("d" * 64,)]


def test_two_resets_of_one_round_make_one(ledger: Ledger, query: Query):
    round_id = current(ledger)
    snapshot, news = ledger.reset("counter", round_id)
    assert news
    assert (snapshot.value, snapshot.round != round_id) == (0, True)
    assert ledger.reset("counter", round_id) == (snapshot, False)
    assert query("SELECT number, total, ended_at IS NULL FROM round ORDER BY number") == [(1, 1, 0), (2, 0, 1)]


def test_a_click_from_before_a_reset_joins_the_closed_round(ledger: Ledger, query: Query, db_url: str):
    round_id = current(ledger)
    ledger.reset("counter")
    [late] = ledger.write([order("a" * 32, round_id=round_id)])
    assert late.codes == {"a" * 32: "saved"}
    assert late.snapshot.value == 0
    assert query("SELECT number, total FROM round ORDER BY number") == [(1, 2), (2, 0)]
    assert verify.verify(open_engine(db_url)) == (2, [])


def test_a_round_that_is_unknown_or_over_bypasses_no_limit(ledger: Ledger, query: Query, db_url: str):
    closed = current(ledger)
    ledger.reset("counter")
    query("UPDATE round SET started_at = started_at - 600000, ended_at = ended_at - 300000 WHERE number = 1")
    query("UPDATE counter SET upper = 3")

    now = now_ms()
    unknown, over = Click("a" * 32, 5, now, 42), Click("b" * 32, 5, now, closed)
    late = Click("c" * 32, 5, now - 400_000, closed)
    [outcome] = ledger.write([Order("counter", "d" * 64, (unknown, over, late))])
    assert outcome.codes == {"a" * 32: "full", "b" * 32: "full", "c" * 32: "saved"}
    assert query("SELECT number, total FROM round ORDER BY number") == [(1, 6), (2, 0)]
    assert verify.verify(open_engine(db_url)) == (2, [])


def test_a_revision_grows_even_if_the_clock_goes_back(ledger: Ledger, query: Query):
    query("UPDATE counter SET revision = 9000000000000000")
    [outcome] = ledger.write([order("a" * 32)])
    assert outcome.snapshot.revision == 9_000_000_000_000_001
    ledger.adopt("counter")
    assert query("SELECT revision FROM counter") == [(9_000_000_000_000_002,)]


def test_the_writers_connection_is_durable(ledger: Ledger, db_url: str, query: Query):
    def told(command: str, *names: str) -> list[Any]:
        return ledger.transact(lambda writer: [writer.exec_driver_sql(f"{command} {name}").scalar() for name in names])

    if db_url.startswith("sqlite"):
        assert told("PRAGMA", "journal_mode", "synchronous", "foreign_keys") == ["wal", 2, 1]
        return
    query(f"ALTER DATABASE {db_url.rpartition('/')[2]} SET synchronous_commit = off")
    query(f"ALTER DATABASE {db_url.rpartition('/')[2]} SET default_transaction_isolation = serializable")
    ledger.close()
    assert told("SHOW", "synchronous_commit", "fsync", "transaction_isolation") == ["on", "on", "read committed"]


@only_sqlite
def test_the_warm_up_compiles_every_statement_and_leaves_nothing(
    ledger: Ledger, query: Query, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(compiled_sqlite, "compile_statement", cache(compiled_sqlite.compile_statement.__wrapped__))
    ledger.adopt("counter")
    assert [query(f"SELECT count(*) FROM {table}") for table in ("click", "device", "activity")] == [[(0,)]] * 3
    warmed_up = compiled_sqlite.compile_statement.cache_info().misses
    assert warmed_up > 0
    ledger.write([order("a" * 32)])
    assert compiled_sqlite.compile_statement.cache_info().misses == warmed_up
    assert query("SELECT id FROM device") == [(1,)]


def test_a_transaction_is_one_whichever_way_its_statements_go(ledger: Ledger, query: Query):
    def work(connection: Connection) -> None:
        transaction.record(connection, [order("a" * 32)])
        connection.execute(text("UPDATE counter SET name = 'renamed'"))
        transaction.record(connection, [order("b" * 32)])
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        ledger.transact(work)
    ledger.write([order("c" * 32)])
    assert query("SELECT value, name FROM counter") == [(1, "")]
    assert query("SELECT count(*) FROM click") == [(1,)]


@only_sqlite
def test_the_log_has_its_length_before_the_first_click(ledger: Ledger, db_url: str, query: Query):
    log, before = Path(f"{sqlite_path(db_url)}-wal"), query("SELECT name FROM sqlite_schema")
    ledger.adopt("counter")
    at_start = log.stat().st_size
    assert 4_000_000 < at_start < 5_000_000
    for _ in range(200):
        ledger.write([order(new_key())])
        ledger.checkpoint(idle=True)
    assert log.stat().st_size == at_start
    assert query("SELECT name FROM sqlite_schema") == before
    assert query("PRAGMA integrity_check") == [("ok",)]


@only_sqlite
def test_checkpoints_run_between_commits_never_inside_one(ledger: Ledger, db_url: str):
    log = Path(f"{sqlite_path(db_url)}-wal")
    for _ in range(300):
        ledger.write([order(new_key())])
    grown = log.stat().st_size
    assert grown > 8_000_000  # SQLite alone would checkpoint at 4 MB
    for _ in range(300):
        ledger.checkpoint(idle=True)
        ledger.write([order(new_key())])
    ledger.checkpoint(idle=False)
    assert log.stat().st_size == grown  # the log was reused


def test_verify_finds_a_total_that_differs_from_the_ledger(ledger: Ledger, db_url: str, query: Query):
    ledger.write([order("a" * 32)])
    engine = open_engine(db_url)
    assert verify.verify(engine) == (1, [])
    query("UPDATE counter SET value = 5")
    _, [difference] = verify.verify(engine)
    assert (difference.what, difference.stored, difference.ledger) == ("value", 5, 1)


@only_sqlite
def test_a_deleted_or_replaced_file_is_noticed_and_saves_nothing(ledger: Ledger, db_url: str, tmp_path: Path):
    path = Path(db_url.removeprefix("sqlite:///"))
    ledger.write([order("a" * 32)])
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, tmp_path / "copy.db")
    os.unlink(path)
    with pytest.raises(Later):
        ledger.write([order("b" * 32)])
    with pytest.raises(Later):
        ledger.write([order("b" * 32)])  # a missing file is not created
    assert not path.exists()
    os.replace(tmp_path / "copy.db", path)
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    with pytest.raises(Later):
        ledger.write([order("b" * 32)])  # the open connection is still to the deleted file
    ledger.adopt("counter")
    [outcome] = ledger.write([order("b" * 32)])
    assert outcome.snapshot.value == 2


@only_sqlite
def test_a_locked_database_means_later_and_loses_nothing(ledger: Ledger, db_url: str):
    other = sqlite3.connect(db_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Later):
        ledger.write([order("a" * 32)])
    other.execute("ROLLBACK")
    [outcome] = ledger.write([order("a" * 32)])
    assert outcome.snapshot.value == 1


WRITER = """
import sys
from clickcounter.domain.clicks import Click, Order
from clickcounter.ledger.ledger import Ledger
from clickcounter.errors import Later
from tests.raw import new_key
ledger = Ledger(sys.argv[1])
for _ in range(150):
    order = Order("counter", "d" * 64, (Click(new_key(), 1, 0, 0), Click(new_key(), 1, 0, 0)))
    while True:
        try:
            ledger.write([order])
            break
        except Later:
            pass
"""


def test_two_processes_writing_one_database_lose_nothing(db_url: str, query: Query):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, db_url], cwd=ROOT) for _ in range(2)]
    engine = open_engine(db_url)
    while any(writer.poll() is None for writer in writers):
        assert verify.verify(engine)[1] == []  # holds at every moment, not only at the end
    assert [writer.returncode for writer in writers] == [0, 0]
    assert query("SELECT value FROM counter") == [(600,)]
    assert verify.verify(engine) == (600, [])
