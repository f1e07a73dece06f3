"""Engines, and what each connection is told before it is used.

SQLite runs in WAL with synchronous=FULL: a commit that was answered survives a power cut. Transactions begin where we say
so, not where the driver guesses. What PostgreSQL's connections are told is in postgresql.py.
"""

import os
from pathlib import Path
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from clickcounter.database.compiled_sqlite import execute_raw
from clickcounter.database.postgresql import open_postgresql

BUSY_TIMEOUT_MS = 2_000  # how long a statement waits for another process's lock; an answer must come within 5 s
MIGRATION_BUSY_MS = 30_000  # a schema upgrade may wait for another process that does the same


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def open_engine(url: str, *, pooled: bool = True, writing: bool = False) -> Engine:
    """An engine for the app's own use: foreign keys are held, `Connection.begin()` takes the write lock at once.

    A missing SQLite file is an error: silently starting an empty one would show 0. Without a pool each connection opens
    the file anew, and so never reads one that was replaced. `writing` sets the ledger's own connection apart: on PostgreSQL
    its commits are durable whatever the server's default is, and it waits for nothing longer than an answer may take.
    """
    path = sqlite_path(url)
    if path is None:
        return open_postgresql(url, writing=writing)
    engine = sqlalchemy.create_engine(
        URL.create("sqlite", database=f"file:{quote(str(path))}?mode=rw", query={"uri": "true"}),
        poolclass=None if pooled else NullPool,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def read_only(engine: Engine) -> Engine:
    """The same engine for one consistent look, without the write lock."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(reading=True)


def _prepare(connection: object, _record: object) -> None:
    # fullfsync: on macOS alone a plain fsync leaves the data in the drive's own cache.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()  # type: ignore[attr-defined]


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    execute_raw(connection, "BEGIN" if reading else "BEGIN IMMEDIATE")


class FileIdentity:
    """Knows whether a path still holds the file that was opened.

    SQLite commits happily into a file that was deleted or replaced meanwhile; such a click would be told as saved and be
    gone.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._identity = self._look()

    def _look(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            found = os.stat(self.path)
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def holds(self) -> bool:
        """True while the path names the file that it named at first."""
        return self._look() == self._identity
