"""Brings the database to the schema that this version needs, or says how.

The embedded SQLite is upgraded at start, after a copy of it was made. Any other database is upgraded by a person, on
purpose: the app refuses to start on an old schema and names the command.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event

from clickcounter.database.engines import MIGRATION_BUSY_MS, open_engine, read_only, sqlite_path
from clickcounter.errors import SchemaOutOfDate
from clickcounter.settings import ROOT

UPGRADING = 0x636C69636B  # "click": the advisory lock's number, ours alone in a database


def prepare(url: str, *, by_hand: bool = False) -> Path | None:
    """Upgrade an embedded SQLite database, making it where there is none. Returns the copy made before, if any.

    Raises SchemaOutOfDate where a person has to act: a schema newer than this version knows, or another database, which
    is upgraded only `by_hand`.
    """
    engine = migrating_engine(url)
    try:
        script = ScriptDirectory.from_config(config())
        with engine.connect() as connection:
            current, head = MigrationContext.configure(connection).get_current_revision(), script.get_current_head()
        if current == head:
            return None
        if current is not None and not is_known(current):
            raise SchemaOutOfDate(
                f"The database has schema {current}, which is newer than this version of Click Counter knows ({head}). "
                "Use the version that wrote it, or a copy from before its upgrade."
            )
        path = sqlite_path(url)
        if path is None and not by_hand:
            command = "python -m clickcounter upgrade"
            raise SchemaOutOfDate(f"The database has schema {current}, and {head} is needed. Run: {command}")
        copy = _copy(path, current) if path and current else None
        upgrade(engine)
        return copy
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """True where the database is there and has this version's schema."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return False
    engine = open_engine(url)
    try:
        with read_only(engine).begin() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return revision == ScriptDirectory.from_config(config()).get_current_head()


def is_known(revision: str) -> bool:
    """True for a schema of this version or of an older one."""
    return revision in {r.revision for r in ScriptDirectory.from_config(config()).walk_revisions()}


def config() -> alembic.config.Config:
    """Alembic's configuration, wherever the command was started."""
    return alembic.config.Config(ROOT / "alembic.ini")


def migrating_engine(url: str) -> Engine:
    """An engine for migrations, without foreign_keys, under which a batch migration would erase the ledger.

    A whole upgrade is one transaction that takes a lock first (SQLite's write lock, an advisory lock of PostgreSQL): it
    happens entirely or not at all, and a second process that starts at the same moment waits and then finds nothing to do.
    """
    if sqlite_path(url) is None:
        engine = open_engine(url)
        event.listen(engine, "begin", _lock)
        return engine
    engine = create_engine(url, connect_args={"timeout": MIGRATION_BUSY_MS / 1000, "isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {MIGRATION_BUSY_MS}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADING})")


def upgrade(engine: Engine) -> None:
    """Run the migrations, then let SQLite check that every foreign key still finds its row."""
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        alembic.command.upgrade(settings, "head")
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise SchemaOutOfDate(f"The upgrade would leave {len(broken)} broken references. Nothing was changed.")


def _copy(path: Path, revision: str) -> Path:
    """A copy beside the file, made by SQLite itself, so that it is whole even under load."""
    copy = path.with_name(f"{path.name}.before-{revision}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy
