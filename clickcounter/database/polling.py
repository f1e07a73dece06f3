"""Reading the same again and again, where somebody wrote meanwhile: another worker, the terminal, a restored file."""

import contextlib
import threading
from collections.abc import Iterator

from sqlalchemy import Connection

from clickcounter.database.engines import open_engine, read_only, sqlite_path

PATIENCE = 5.0  # seconds; a read that the database holds up for longer holds up nothing else that is closed at the end


class PollingReader:
    """A connection that is kept between two reads, for one thread at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._embedded = sqlite_path(url) is not None
        self._connection: Connection | None = None
        self._version: int | None = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection, in no transaction yet. It is given back where anything fails inside."""
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
        """Whether anybody, this process included, committed since this was asked last; True where that cannot be told."""
        if not self._embedded:
            return True
        cursor = connection.connection.cursor()  # past SQLAlchemy, which would begin a transaction
        try:
            version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            cursor.close()
        known, self._version = self._version, version
        return version != known

    def close(self) -> None:
        """Give the connection back between two reads. May wait for PATIENCE; after that only the process's end does it."""
        if self._lock.acquire(timeout=PATIENCE):
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
