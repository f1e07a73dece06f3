"""Copies of an instance from one database to another, in either direction."""

from pathlib import Path

import pytest
from sqlalchemy import Table, select

from clickcounter.database import tables
from clickcounter.database.engines import open_engine
from clickcounter.database.server_lock import ServerLock
from clickcounter.errors import NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from clickcounter.transfer.copy import PARTS, copy
from clickcounter.webhooks import registry
from tests.postgres import PostgreSQL
from tests.preloaded import Forked
from tests.raw import new_key
from tests.server import wait_for
from tests.sql import ask
from tests.terminal import begin, terminal
from tests.writing import consistent, order

KEY = "a" * 32


@pytest.fixture
def empty_url(db_url: str, postgres: PostgreSQL, tmp_path: Path) -> str:
    """An empty database of the other kind."""
    return database_url(postgres.create_database()) if db_url.startswith("sqlite") else f"sqlite:///{tmp_path}/target.db"


def all_rows(url: str, table: Table, *without: str) -> list[tuple]:
    engine = open_engine(url)
    with engine.begin() as connection:
        chosen = select(*(c for c in table.c if c.name not in without)).order_by(table.c.id)
        found = [tuple(row) for row in connection.execute(chosen)]
    engine.dispose()
    return found


def fill(ledger: Ledger, batches: int = 3) -> None:
    for n in range(batches):
        ledger.write([order(*(new_key() for _ in range(400)), device=f"{n:064x}")])
    ledger.create("east", "Восточный вход")
    ledger.write([order(KEY, counter="east", device="e" * 64)])
    ledger.reset("counter")
    ledger.write([order(device="f" * 64)])


def test_a_copy_holds_every_row_and_accepts_clicks(db_url: str, ledger: Ledger, empty_url: str):
    fill(ledger)
    said: list[str] = []
    assert copy(db_url, empty_url, said.append) == []
    for part in PARTS:
        assert all_rows(empty_url, part.table, "revision") == all_rows(db_url, part.table, "revision")
    columns = ("id", "slug", "name", "value", "round_id", "created_at")
    before, after = ([row[0] for row in all_rows(url, tables.COUNTERS, *columns)] for url in (db_url, empty_url))
    assert all(new > old for old, new in zip(before, after, strict=True))
    assert said[-2:] == ["click: 1202 of 1202", "1202 clicks read, 0 differences"]

    moved = Ledger(empty_url)
    [known, new] = moved.write(
        [order(KEY, counter="east"), order(device="0" * 60 + "beef")]
    )  # new ids follow the copied ones
    assert (known.snapshot.value, new.snapshot.value) == (1, 2)
    moved.create("west")
    moved.close()
    consistent(empty_url, 1203)


def test_webhooks_are_copied_with_what_they_have_to_send(db_url: str, ledger: Ledger, empty_url: str):
    for n in (3, 2, 1):
        address = f"https://example.org/{n}"
        secret = registry.new_secret()
        ledger.transact(lambda c, n=n, a=address, s=secret: registry.add(c, "counter", a, ["goal"], s, 10 * n, None))
        ledger.transact(lambda c, n=n: registry.test(c, "counter", 10 * n, None))
    for _ in range(2):
        assert copy(db_url, empty_url, lambda line: None) == []
        assert all_rows(empty_url, tables.WEBHOOKS) == all_rows(db_url, tables.WEBHOOKS)
        assert all_rows(empty_url, tables.DELIVERIES, "id") == all_rows(db_url, tables.DELIVERIES, "id")
    moved = Ledger(empty_url)
    moved.transact(lambda c: registry.test(c, "counter", 20, None))
    moved.close()


def test_a_repeated_copy_adds_news_until_the_target_diverges(db_url: str, ledger: Ledger, empty_url: str):
    fill(ledger)
    copy(db_url, empty_url, lambda line: None)
    ledger.write([order(device="9" * 64)])
    ledger.reset("east")
    copy(db_url, empty_url, lambda line: None)
    assert all_rows(empty_url, tables.ROUNDS) == all_rows(db_url, tables.ROUNDS)
    consistent(empty_url, 1203)
    moved = Ledger(empty_url)
    moved.write([order(device="8" * 64)])
    moved.close()
    there = [all_rows(empty_url, part.table) for part in PARTS]
    with pytest.raises(NotDone, match="that is not in the source"):
        copy(db_url, empty_url, lambda line: None)
    assert [all_rows(empty_url, part.table) for part in PARTS] == there


def test_a_target_with_other_data_is_refused_unchanged(
    db_url: str, ledger: Ledger, newest_url: str, tmp_path: Path, postgres: PostgreSQL
):
    fill(ledger, 1)
    other = Ledger(newest_url)
    other.create("counter")
    other.close()
    there = all_rows(newest_url, tables.COUNTERS)
    with pytest.raises(NotDone, match="contains a counter that is not in"):
        copy(db_url, newest_url, lambda line: None)
    assert all_rows(newest_url, tables.COUNTERS) == there
    strange = postgres.create_database()
    name = strange.rpartition("/")[2]
    postgres.ask(name, "CREATE TABLE precious (n int)")
    with pytest.raises(NotDone, match="precious"):
        copy(db_url, database_url(strange), lambda line: None)
    assert postgres.ask(name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("precious",)]
    with pytest.raises(NotDone, match="not a database of this version"):
        copy(f"sqlite:///{tmp_path}/nowhere.db", newest_url, lambda line: None)
    assert not (tmp_path / "nowhere.db").exists()


def test_a_copy_killed_repeatedly_still_completes(db_url: str, ledger: Ledger, newest_url: str):
    fill(ledger, 30)
    command = ["copy", "--from", db_url, "--to", newest_url]

    def rows() -> int:
        return len(ask(newest_url, "SELECT id FROM click"))

    def begun(copying: Forked, before: int) -> bool:
        return rows() > before or copying.poll() is not None

    for _ in range(2):
        before = rows()
        copying = begin(db_url, *command)
        wait_for(lambda c=copying, b=before: begun(c, b), "more of the clicks are there", 90)
        copying.kill()
    assert rows() > 0
    done = terminal(db_url, *command)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "12002 clicks read, 0 differences"), done.stderr
    assert all_rows(newest_url, tables.CLICKS) == all_rows(db_url, tables.CLICKS)


def test_no_copy_into_a_database_that_a_server_uses(ledger: Ledger, db_url: str, tmp_path: Path):
    lock = ServerLock(tmp_path / "target.db")
    lock.acquire_shared()
    with pytest.raises(NotDone, match="A server is running"):
        copy(db_url, f"sqlite:///{tmp_path}/target.db", lambda line: None)
    second = ServerLock(tmp_path / "target.db")
    second.acquire_shared()  # several servers may use one database
    lock.release()
    with pytest.raises(NotDone, match="A server is running"):
        copy(db_url, f"sqlite:///{tmp_path}/target.db", lambda line: None)
    second.release()
    assert copy(db_url, f"sqlite:///{tmp_path}/target.db", lambda line: None) == []
