"""Upgrades the database to the schema that this version needs, or says how.

SQLite is upgraded at start, after a copy of the file is made. Any other database is upgraded by a person, on purpose: the
app refuses to start on an old schema and names the command.
"""

import contextlib
import logging
import os
import sqlite3
import time
from pathlib import Path

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from clickcounter.database import mixed_versions
from clickcounter.database.engines import MIGRATION_BUSY_MS, open_engine, read_only, require_writable, sqlite_path
from clickcounter.database.pooler import require_own_connections
from clickcounter.errors import SchemaOutOfDate
from clickcounter.places import COMMAND, ROOT

log = logging.getLogger(__name__)

DEADLOCKS = 4  # attempts that may end in one
UPGRADE_LOCK = 0x636C69636B  # "click" in ASCII: the advisory lock's number


def prepare(url: str, *, by_hand: bool = False) -> Path | None:
    """Upgrade a SQLite database, or create it. Returns the path of the copy made before, if any.

    Other databases are upgraded only `by_hand`. Raises SchemaOutOfDate if a person has to act: for those, and for a schema
    that is newer than this version. Raises SettingInvalid for a database that cannot be used.
    """
    _require_usable(url)
    engine = migrating_engine(url)
    try:
        script = ScriptDirectory.from_config(config())
        with engine.connect() as connection:
            current, head = MigrationContext.configure(connection).get_current_revision(), script.get_current_head()
        if current == head:
            mixed_versions.complete(engine)
            return None
        if current is not None and not is_known(current):
            raise SchemaOutOfDate(
                f"The database has schema {current}, which is newer than this version of Click Counter knows ({head}). "
                "Use the version that wrote it, or a copy from before its upgrade."
            )
        path = sqlite_path(url)
        if path is None and not by_hand:
            raise SchemaOutOfDate(f"The database has schema {current}, and {head} is needed. Run: {COMMAND} upgrade")
        copy = _copy(path, current) if path and current else None
        upgrade(engine)
        return copy
    finally:
        engine.dispose()


def _require_usable(url: str) -> None:
    """Raises SettingInvalid."""
    if sqlite_path(url) is not None:
        require_writable(url)
        return
    engine = open_engine(url)
    try:
        require_own_connections(engine)
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """True if the database exists and has this version's schema."""
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
    """True for this version's schema and older ones."""
    return revision in {r.revision for r in ScriptDirectory.from_config(config()).walk_revisions()}


def config() -> alembic.config.Config:
    """Alembic's configuration, whatever the working directory."""
    return alembic.config.Config(ROOT / "alembic.ini")


def migrating_engine(url: str) -> Engine:
    """An engine for migrations. Foreign keys are not enforced: with them, a batch migration would erase the ledger.

    A whole upgrade is one transaction that takes a lock first (SQLite's write lock, or PostgreSQL's advisory lock): it is
    atomic, and a second process that starts at the same time waits and then finds nothing to do.
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
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")


def upgrade(engine: Engine) -> None:
    """Run the migrations, then check SQLite's foreign keys. Readers of PostgreSQL may be in the way: then once more."""
    for _ in range(DEADLOCKS):
        try:
            return _upgrade(engine)
        except OperationalError as error:
            if not isinstance(error.orig, DeadlockDetected):
                raise
            log.info("somebody used the database meanwhile; the upgrade begins anew")
    return _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    alembic_config = config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql" and connection.scalar(text("SELECT to_regclass('counter')")):
            # Every press begins with this table: let those under way end, and keep others from beginning.
            connection.exec_driver_sql("LOCK TABLE counter IN ACCESS EXCLUSIVE MODE")
        alembic_config.attributes["connection"] = connection
        alembic.command.upgrade(alembic_config, "head")
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise SchemaOutOfDate(f"The upgrade would leave {len(broken)} broken references. Nothing was changed.")


def _copy(path: Path, revision: str) -> Path:
    """Copy the database next to the file. SQLite makes the copy, so it is consistent even under load."""
    copy = path.with_name(f"{path.name}.before-{revision}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy
