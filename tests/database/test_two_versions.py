"""Upgrades of databases with rows in all tables, the way back, and what servers of two versions write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from clickcounter.database import schema
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.ledger.ledger import Ledger
from tests.database.test_schema import BEFORE_ACTIVITY, BEFORE_MANY_COUNTERS, BEFORE_PERSONS
from tests.raw import new_key
from tests.sql import ask
from tests.terminal import terminal

REVISIONS = [each.revision for each in reversed(list(ScriptDirectory.from_config(schema.config()).walk_revisions()))]
FILLINGS = {
    "0001": BEFORE_MANY_COUNTERS,
    "0002": BEFORE_ACTIVITY,
    "0005": BEFORE_PERSONS,
    "0010": """INSERT INTO api_key (secret_sha256, name, scope, counter_id, in_address, created_at)
        VALUES ('s', 'door', 'press', 1, FALSE, 5)""",
    "0011": """INSERT INTO webhook (id, counter_id, url, events, secret, created_at, state, seen_revision, seen, look_at,
        attempts, last_error) VALUES (5, 1, 'https://example.org', 'goal', 's', 1, 'on', 1, '', 1, 0, '');
        INSERT INTO webhook_delivery (webhook_id, message, event, body, created_at) VALUES (5, 'm', 'goal', '{}', 1)""",
    "0012": "INSERT INTO site (counter_id, origin) VALUES (2, 'https://example.org')",
    "0013": "INSERT INTO compat_counter VALUES ('ours', 'door', 2, NULL, FALSE, 0, 100)",
    "0014": "INSERT INTO table_import (device_id, file_sha256, started_at) VALUES (2, 'f', 1)",
    "0016": "UPDATE counter SET schedule = 'day 04:00 Europe/Berlin', ends_at = 4102444800000 WHERE id = 2",
    "0018": "INSERT INTO deleted_note (counter_id, key) VALUES (1, 'k9')",
    "0021": "INSERT INTO imported_rows VALUES (1, 1, 2, 1, 0, 2, 2)",
}
FILLED_BY_AN_UPGRADE = {"alembic_version"}


def contents(url: str, columns: dict[str, list[str]] | None = None) -> tuple[dict[str, list[str]], dict[str, list[Any]]]:
    """The columns of all tables, and their rows; or the rows of these columns alone."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if columns is None:
            names = sorted(set(inspect(connection).get_table_names()) - FILLED_BY_AN_UPGRADE)
            columns = {name: [column["name"] for column in inspect(connection).get_columns(name)] for name in names}
        rows = {
            table: sorted(map(repr, connection.execute(text(f"SELECT {', '.join(names)} FROM {table}")).all()))
            for table, names in columns.items()
        }
    engine.dispose()
    return columns, rows


def migrate(engine: Engine, revision: str) -> None:
    settings = schema.config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        alembic.command.upgrade(settings, revision)
        for statement in filter(str.strip, FILLINGS.get(revision, "").split(";")):
            connection.exec_driver_sql(statement)


def test_the_copy_leads_back_to_the_version_before(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/counter.db"
    engine = schema.migrating_engine(url)
    for revision in REVISIONS[:6]:  # of the first version that people ran
        migrate(engine, revision)
    engine.dispose()
    columns, before = contents(url)
    said = terminal(url, "upgrade").stdout
    copy = said.split()[-1].rstrip(".")
    assert said == f"The database before the upgrade is kept as {copy}.\n"
    assert terminal(url, "press", "counter").returncode == 0
    done = terminal(url, "restore", tmp_path / copy, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 newer clicks in this database will be lost" in done.stdout
    assert contents(url) == (columns, before)
    assert ask(url, "SELECT version_num FROM alembic_version") == [("0006",)]
    assert terminal(url, "upgrade").returncode == 0
    assert terminal(url, "verify").returncode == 0


def test_what_an_older_server_writes_into_a_newer_schema_is_completed(
    ledger: Ledger, db_url: str, query: Callable[[str], list[tuple]]
):
    """As one before schema 0007 does, which names no counter with its activity and marks no round."""
    ledger.write([Order("counter", "a device", (Click(new_key(), 1, now_ms(), 0),))])
    query("UPDATE activity SET counter_id = 0")
    query("UPDATE round SET counted = (1 = 0)")
    assert terminal(db_url, "verify").returncode == 1
    schema.prepare(db_url)
    assert terminal(db_url, "verify").stdout == "1 clicks read, 0 differences\n"
