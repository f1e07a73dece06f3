"""Repeated reads over one connection, to notice what other processes wrote: another worker, the terminal, a restore."""

import contextlib
import threading
from collections.abc import Iterator

from sqlalchemy import Connection

from clickcounter.database.engines import open_engine, read_only, sqlite_path

CLOSE_TIMEOUT = 5.0  # seconds; a read that hangs for longer must not delay the shutdown


class PollingReader:
    """A read-only connection that stays open between reads, for one thread at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._embedded = sqlite_path(url) is not None
        self._connection: Connection | None = None
        self._version: int | None = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection, outside a transaction. It is closed if anything fails inside."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = read_only(open_engine(self._url)).connect()
                    self._version = None
                yield self._connection
            except Exception:
                self._drop()
                raise

    def moved(self, connection: Connection) -> bool:
        """Whether anyone, this process included, committed since the last call. Always True where SQLite cannot tell."""
        if not self._embedded:
            return True
        cursor = connection.connection.cursor()  # bypasses SQLAlchemy, which would begin a transaction
        try:
            version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            cursor.close()
        known, self._version = self._version, version
        return version != known

    def close(self) -> None:
        """Close the connection between two reads. Gives up after CLOSE_TIMEOUT; it then closes with the process."""
        if self._lock.acquire(timeout=CLOSE_TIMEOUT):
            try:
                self._drop()
            finally:
                self._lock.release()

    def _drop(self) -> None:
        if self._connection is not None:
            engine, connection = self._connection.engine, self._connection
            self._connection = None
            connection.invalidate()
            connection.close()
            engine.dispose()
