"""Engines, and the settings of each connection.

SQLite runs in WAL mode with synchronous=FULL: a commit that was answered survives a power cut. Transactions begin
explicitly, not where the driver would begin them. PostgreSQL's settings are in postgresql.py.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from clickcounter.database.compiled_sqlite import execute_raw
from clickcounter.database.postgresql import open_postgresql
from clickcounter.errors import SettingInvalid

BUSY_TIMEOUT_MS = 2_000  # how long a statement waits for another process's lock; an answer must come within 5 s
LONGEST_WAIT = 0.003  # seconds
_READING, _READ_ONLY = "reading", "postgresql_readonly"  # what SQLite's connections and PostgreSQL's know of themselves
MIGRATION_BUSY_MS = 30_000  # how long a schema upgrade waits for another one


def sqlite_path(url: str) -> Path | None:
    """The file that a SQLite URL names; None for any other database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def require_writable(url: str) -> None:
    """Raises SettingInvalid if a SQLite database, or its files -wal and -shm, could not be written."""
    path = sqlite_path(url)
    if path is None:
        return
    try:
        if path.exists():
            os.close(os.open(path, os.O_RDWR))
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise SettingInvalid(
            f"The database {path} cannot be written: {error.strerror}. "
            "Choose another folder: REFLEX_DB_URL=sqlite:////var/lib/clickcounter/counter.db"
        ) from error


def open_engine(url: str, *, pooled: bool = True, writing: bool = False) -> Engine:
    """An engine for the app itself: foreign keys are enforced, and `Connection.begin()` takes SQLite's write lock at once.

    A missing SQLite file is an error: creating an empty one would show 0. If not `pooled`, each connection opens the file
    again, so it never reads one that was replaced. `writing` is for the ledger: on PostgreSQL its commits are durable
    whatever the server's default, and its timeouts are shorter than the five seconds in which a click is answered.
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


def give_way(engine: Engine, is_urgent: Callable[[], bool]) -> Engine:
    """Let each statement that only reads wait while something more urgent goes on, for up to LONGEST_WAIT seconds.

    A reader's Python between two statements takes as long as several commits, and holds Python's lock meanwhile. A writer
    does not wait: it may hold a lock in the database that the urgent one needs.
    """

    def wait(connection: Connection, *_: object) -> None:
        options = connection.get_execution_options()
        end = time.monotonic() + LONGEST_WAIT
        while options.get(_READING, options.get(_READ_ONLY)) and is_urgent() and time.monotonic() < end:
            time.sleep(LONGEST_WAIT / 10)

    event.listen(engine, "before_cursor_execute", wait)
    return engine


def read_only(engine: Engine) -> Engine:
    """The same engine for read-only transactions: one consistent snapshot each, without the write lock."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", **{_READ_ONLY: True})
    return engine.execution_options(**{_READING: True})


def begin(connection: Connection) -> None:
    """Begin to write. On SQLite this waits for the write lock, and SQLAlchemy is told only once a statement goes through it:
    its own objects are a tenth of a lone press's work.
    """
    if connection.dialect.name == "sqlite":
        execute_raw(connection, "BEGIN IMMEDIATE")
    else:
        connection.begin()


def end(connection: Connection, *, commit: bool) -> None:
    """Commit what `begin` began, or roll it back."""
    if connection.in_transaction():
        (connection.commit if commit else connection.rollback)()
    elif commit:
        execute_raw(connection, "COMMIT")
    elif not connection.invalidated and _in_transaction(connection):  # SQLite may have rolled back by itself
        execute_raw(connection, "ROLLBACK")


def checkpoint(engine: Engine) -> None:
    """Move SQLite's write-ahead log into the database, while others write. Nothing on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        for _ in range(2):  # the second one has little to do: only if nobody writes meanwhile can the log begin anew
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    finally:
        connection.close()


def _prepare(connection: object, _record: object) -> None:
    # fullfsync: on macOS, plain fsync leaves the data in the drive's cache.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()  # type: ignore[attr-defined]


def _begin(connection: Connection) -> None:
    if _in_transaction(connection):
        return
    reading = connection.get_execution_options().get(_READING, False)
    execute_raw(connection, "BEGIN" if reading else "BEGIN IMMEDIATE")


def _in_transaction(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


class FileIdentity:
    """Checks that a path still names the same file.

    SQLite commits without an error into a file that was deleted or replaced; such a click would be shown as saved, and lost.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._identity = self._identify()

    def _identify(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            status = os.stat(self.path)
        except OSError:
            return (0, 0)
        return (status.st_dev, status.st_ino)

    def holds(self) -> bool:
        """True while the path names the file that it named when this was created."""
        return self._identify() == self._identity
