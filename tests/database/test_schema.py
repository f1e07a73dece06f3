"""Upgrades, on real databases, by the app, by `reflex db` and by plain alembic."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from clickcounter.access import accounts
from clickcounter.database import schema
from clickcounter.database.engines import open_engine
from clickcounter.database.statements import LOCK_ALL_COUNTERS
from clickcounter.errors import Refused, SchemaOutOfDate
from clickcounter.history import verify
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from tests.postgres import PostgreSQL
from tests.preloaded import CHANGED
from tests.server import REFLEX, ROOT, free_port
from tests.sql import ask
from tests.terminal import alembic, reflex, terminal


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def run(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return run_on(f"sqlite:///{path}", *command)


def run_on(url: str, *command: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"REFLEX_DB_URL": url}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def three_at_once(url: str, *words: str) -> list[tuple[int, str]]:
    """Exit codes and complaints of three processes."""
    with ThreadPoolExecutor(3) as pool:
        return [(done.returncode, done.stderr) for done in pool.map(lambda _: terminal(url, *words), range(3))]


def test_a_new_database_is_created_once_without_a_copy(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/counter.db"
    assert schema.prepare(url) is None
    assert {"counter", "round", "device", "click"} <= tables(tmp_path / "counter.db")
    assert schema.prepare(url) is None
    assert [p.name for p in tmp_path.glob("*.before-*")] == []


def test_three_processes_can_create_one_database_at_once(tmp_path: Path):
    for turn in range(3):
        assert three_at_once(f"sqlite:///{tmp_path}/{turn}.db", "upgrade") == [(0, "")] * 3
        assert "click" in tables(tmp_path / f"{turn}.db")


def test_a_newer_schema_is_refused_with_an_explanation(db_url: str, query: Callable[[str], list[tuple]]):
    query("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaOutOfDate, match="newer than this version"):
        schema.prepare(db_url)


def test_an_upgrade_first_copies_the_whole_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "counter.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('0000')")
        connection.execute("CREATE TABLE precious (n)")
        connection.execute("INSERT INTO precious VALUES (7)")
    # There is one revision so far; a second script folder gives it a predecessor.
    folder = tmp_path / "alembic"
    (folder / "versions").mkdir(parents=True)
    shutil.copy(ROOT / "alembic" / "env.py", folder)
    first = (ROOT / "alembic" / "versions" / "0001_ledger.py").read_text()
    (folder / "versions" / "0001.py").write_text(first.replace("down_revision = None", 'down_revision = "0000"'))
    (folder / "versions" / "0000.py").write_text("revision = '0000'\ndown_revision = None\ndef upgrade(): pass\n")
    settings = schema.config()
    settings.set_main_option("script_location", str(folder))
    monkeypatch.setattr(schema, "config", lambda: settings)
    copy = schema.prepare(f"sqlite:///{path}")
    assert copy is not None
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT n FROM precious").fetchall() == [(7,)]
    assert "click" in tables(path)
    assert "click" not in tables(copy)


def test_plain_alembic_and_reflex_db_agree_with_the_models(tmp_path: Path):
    path = tmp_path / "one.db"
    assert run(path, sys.executable, "-m", "alembic", "upgrade", "head").returncode == 0
    check = alembic(f"sqlite:///{path}", "check")
    assert (check.returncode, "No new upgrade operations" in check.stdout) == (0, True), check.stdout + check.stderr

    path = tmp_path / "two.db"
    migrate = run(path, *REFLEX, "db", "migrate")
    assert migrate.returncode == 0, migrate.stdout + migrate.stderr
    assert tables(path) == tables(tmp_path / "one.db")
    status = reflex(f"sqlite:///{path}", "db", "status")
    assert (status.returncode, "0001" in status.stdout) == (0, True), status.stdout + status.stderr
    before = sorted((ROOT / "alembic" / "versions").glob("*.py"))
    assert reflex(f"sqlite:///{path}", "db", "makemigrations").returncode == 0
    assert sorted((ROOT / "alembic" / "versions").glob("*.py")) == before


def test_an_old_schema_on_postgresql_is_refused_with_the_command(postgres: PostgreSQL):
    url = database_url(postgres.create_database())
    with pytest.raises(SchemaOutOfDate, match="python -m clickcounter upgrade"):
        schema.prepare(url)
    assert three_at_once(url, "upgrade") == [(0, "")] * 3
    assert schema.prepare(url) is None
    assert postgres.ask(url.rpartition("/")[2], "SELECT count(*) FROM alembic_version") == [(1,)]


def test_the_terminal_explains_missing_tables_or_servers(postgres: PostgreSQL, tmp_path: Path):
    show = [sys.executable, "-m", "clickcounter", "show"]
    missing = f"sqlite:///{tmp_path}/none.db"
    for done in (run_on(missing, *show), terminal(missing, "show"), terminal(postgres.create_database(), "show")):
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert done.stderr.endswith("Has it been created yet? python -m clickcounter upgrade\n")
    done = terminal(f"postgresql://nobody@127.0.0.1:{free_port()}/none", "show")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert done.stderr.startswith("The database cannot be reached: ")
    assert "upgrade" not in done.stderr


def test_the_terminal_says_when_the_database_is_busy(db_url: str, tmp_path: Path):
    (tmp_path / "tally.csv").write_text("when,amount\n2026-03-01 09:00,5\n")
    engine = open_engine(db_url, writing=True)
    with engine.begin() as connection:
        connection.execute(LOCK_ALL_COUNTERS).all()
        commands = [("reset", "--yes")]
        if db_url.startswith("sqlite"):  # an import on PostgreSQL waits
            commands += [("import", tmp_path / "tally.csv"), ("verify", "--repair")]
        sooner = {CHANGED: "clickcounter.transfer.importer TRY_AGAIN_FOR 3"}
        with ThreadPoolExecutor() as at_once:  # each waits for the lock
            for done in at_once.map(lambda command: terminal(db_url, *command, **sooner), commands):
                assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
                assert done.stderr.endswith(". Try again in a moment.\n"), done.stderr
                assert "upgrade" not in done.stderr
    engine.dispose()


def test_plain_alembic_agrees_with_the_models_on_postgresql(postgres: PostgreSQL):
    url = postgres.create_database()
    for command in (("upgrade", "head"), ("check",)):
        done = alembic(url, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "No new upgrade operations" in done.stdout


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/counter.db"
    return database_url(request.getfixturevalue("postgres").create_database())


def brought_to(url: str, **fillings: str) -> None:
    """Migrate step by step, with these statements after each; names are revisions behind an r."""
    for revision, filling in fillings.items():
        assert alembic(url, "upgrade", revision.removeprefix("r")).returncode == 0
        for statement in filter(str.strip, filling.split(";")):
            ask(url, statement)


BEFORE_MANY_COUNTERS = """
INSERT INTO counter (id, slug, name, value, revision, round_id, created_at) VALUES (1, 'counter', '', 2, 9, 77, 1);
INSERT INTO counter (id, slug, name, value, revision, round_id, created_at) VALUES (2, 'east', 'East', 1, 8, 88, 1);
INSERT INTO round (id, counter_id, number, total, started_at, ended_at) VALUES (66, 1, 1, 1, 1, 5);
INSERT INTO round (id, counter_id, number, total, started_at) VALUES (77, 1, 2, 2, 5), (88, 2, 1, 1, 1);
INSERT INTO device (id, secret_sha256, label, created_at) VALUES (1, 'a', '', 1), (2, 'b', '', 1);
INSERT INTO click (counter_id, round_id, device_id, key, amount, total, pressed_at, saved_at, time_adjusted, round_unknown)
VALUES (1, 66, 1, 'k1', 1, 1, 2, 3, FALSE, FALSE), (1, 77, 1, 'k2', 1, 1, 6, 7, FALSE, TRUE),
       (1, 77, 2, 'k3', 1, 2, 6, 8, TRUE, FALSE), (2, 88, 2, 'k1', 1, 1, 2, 3, FALSE, FALSE);
"""


def test_the_upgrade_to_many_counters_keeps_every_counter_and_click(empty_url: str):
    brought_to(empty_url, r0001=BEFORE_MANY_COUNTERS)
    columns = "counter_id, round_id, device_id, key, amount, total, pressed_at, saved_at, time_adjusted, round_unknown"
    before = ask(empty_url, f"SELECT {columns} FROM click ORDER BY id")
    copy = schema.prepare(empty_url, by_hand=True)
    assert (copy is not None) == empty_url.startswith("sqlite")
    assert ask(empty_url, f"SELECT {columns} FROM click ORDER BY id") == before
    assert ask(empty_url, "SELECT slug, value, step, lower, upper, warn_at FROM counter ORDER BY id") == [
        ("counter", 2, 1, 0, None, "80"),
        ("east", 1, 1, 0, None, "80"),
    ]
    engine = open_engine(empty_url)
    assert verify.verify(engine) == (4, [])
    engine.dispose()


BEFORE_ACTIVITY = """
INSERT INTO click (id, counter_id, round_id, device_id, key, amount, total, pressed_at, saved_at, time_adjusted,
    round_unknown, kind, takes_back)
VALUES (11, 1, 77, 1, 'k4', -3, -1, 900001, 9, FALSE, FALSE, 'click', NULL),
       (12, 1, 77, 1, 'k5', 3, 2, 960000, 9, FALSE, FALSE, 'undo', 'k4'),
       (13, 1, 77, 2, 'k6', 40, 42, 1799999, 9, FALSE, FALSE, 'correction', NULL);
UPDATE counter SET value = 42 WHERE id = 1;
UPDATE round SET total = 42 WHERE id = 77;
UPDATE tally SET corrected = 40, clicks = 2, last_at = 9 WHERE round_id = 77 AND device_id = 2;
UPDATE tally SET clicks = 3, last_at = 9 WHERE round_id = 77 AND device_id = 1;
"""


def test_the_upgrade_to_activity_sums_the_existing_ledger(empty_url: str):
    brought_to(empty_url, r0001=BEFORE_MANY_COUNTERS, r0002=BEFORE_ACTIVITY)
    schema.prepare(empty_url, by_hand=True)
    engine = open_engine(empty_url)
    assert verify.verify(engine) == (7, [])
    engine.dispose()
    quarter = "SELECT up, down, corrected, clicks FROM activity WHERE round_id = 77 AND width = 900000 AND start = 900000"
    assert ask(empty_url, quarter) == [(0, 0, 40, 3)]
    watch = (
        "SELECT up, down, corrected, clicks FROM device_activity WHERE round_id = 77 AND width = 14400000 AND device_id = 1"
    )
    assert ask(empty_url, watch) == [(1, 0, 0, 3)]
    assert ask(empty_url, "SELECT day_start, tells_who, last_by FROM counter WHERE id = 1") == [(0, True, None)]
    done = alembic(empty_url, "downgrade", "0002")
    assert done.returncode == 0, done.stderr


def test_the_upgrade_to_accounts_keeps_counters_open_to_all(empty_url: str):
    brought_to(empty_url, r0001=BEFORE_MANY_COUNTERS)
    schema.prepare(empty_url, by_hand=True)
    assert ask(empty_url, "SELECT DISTINCT visibility, press, owner_device FROM counter") == [("listed", "anyone", None)]
    assert ask(empty_url, "SELECT count(*), count(account_id) FROM click") == [(4, 0)]
    engine = open_engine(empty_url)
    assert verify.verify(engine) == (4, [])
    engine.dispose()
    done = alembic(empty_url, "downgrade", "0004")
    assert done.returncode == 0, done.stderr
    assert ask(empty_url, "SELECT count(*) FROM click") == [(4,)]


BEFORE_PERSONS = """
INSERT INTO account (id, name, password_hash, superuser, created_at) VALUES (7, 'Ann', '', FALSE, 1);
UPDATE click SET account_id = 7 WHERE id IN (11, 12);
INSERT INTO account_tally (round_id, account_id, up, down, corrected, clicks, last_at) VALUES (77, 7, 0, 0, 0, 2, 9)
"""


def test_the_upgrade_to_persons_sums_their_earlier_clicks(empty_url: str):
    brought_to(empty_url, r0001=BEFORE_MANY_COUNTERS, r0002=BEFORE_ACTIVITY, r0005=BEFORE_PERSONS)
    schema.prepare(empty_url, by_hand=True)
    engine = open_engine(empty_url)
    assert verify.verify(engine) == (7, [])
    engine.dispose()
    assert ask(empty_url, "SELECT width, start, clicks FROM account_activity ORDER BY width") == [
        (0, 0, 2),
        (900_000, 900_000, 2),
        (14_400_000, 0, 2),
    ]
    done = alembic(empty_url, "downgrade", "0005")
    assert done.returncode == 0, done.stderr


def test_the_upgrade_to_counter_activity_finds_every_rounds_counter(empty_url: str):
    rounds = "INSERT INTO round (id, counter_id, number, total, started_at, ended_at) VALUES (99, 2, 2, 0, 5, NULL)"
    brought_to(empty_url, r0001=BEFORE_MANY_COUNTERS, r0002=BEFORE_ACTIVITY, r0005=BEFORE_PERSONS, r0006=rounds)
    schema.prepare(empty_url, by_hand=True)
    assert ask(empty_url, "SELECT DISTINCT round_id, counter_id FROM activity ORDER BY 1") == [(66, 1), (77, 1), (88, 2)]
    assert ask(empty_url, "SELECT id FROM round WHERE counted ORDER BY id") == [(66,), (77,), (88,)]
    engine = open_engine(empty_url)
    assert verify.verify(engine) == (7, [])
    engine.dispose()
    done = alembic(empty_url, "downgrade", "0006")
    assert done.returncode == 0, done.stderr


def test_the_upgrade_to_appearance_finds_older_names_that_look_alike(empty_url: str):
    names = ", ".join(f"('Person {n}', 'person{n}', '', FALSE, 1)" for n in range(1, 2_501))
    older = f"INSERT INTO account (name, name_folded, password_hash, superuser, created_at) VALUES {names}"
    brought_to(empty_url, r0008=older)
    ask(empty_url, "UPDATE account SET name = '', name_folded = NULL, deleted_at = 2 WHERE name = 'Person 7'")
    schema.prepare(empty_url, by_hand=True)
    assert ask(empty_url, "SELECT COUNT(appearance) FROM account") == [(2_499,)]
    ledger = Ledger(empty_url)
    for name, refused in (("Persοn 25OO", True), ("Persοn 2501", False), ("Person 7", False)):  # with a Greek omicron
        with pytest.raises(Refused, match="account_similar") if refused else nullcontext():
            ledger.transact(lambda connection, name=name: accounts.create(connection, name, "a hash", 1))
    ledger.close()
    done = alembic(empty_url, "downgrade", "0008")
    assert done.returncode == 0, done.stderr
