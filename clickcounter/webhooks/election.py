"""Which process is the sender: the one that holds a lock, which ends with its process, however that ends."""

from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.database.engines import open_engine, sqlite_path
from clickcounter.database.server_lock import ServerLock
from clickcounter.errors import NotDone
from clickcounter.pools import WATCHING

# The server notices within seconds that a machine has gone, whose lock would otherwise stay for hours.
KEEP_ALIVE = """
SELECT set_config('tcp_keepalives_idle', '5', false),
       set_config('tcp_keepalives_interval', '2', false),
       set_config('tcp_keepalives_count', '3', false)
"""
ADVISORY_LOCK = 0x686F6F6B  # "hook" in ASCII: the number of PostgreSQL's lock, in each database


class _Lock(Protocol):
    def holds(self) -> bool:
        """Whether it is held, taken if it was free."""

    def release(self) -> None:
        """Let another process take it."""


class Election:
    """One for each process; any number of processes take part."""

    def __init__(self, url: str) -> None:
        embedded = url.startswith("sqlite")
        self._lock: _Lock = _FileLock(ServerLock(sqlite_path(url), "webhooks")) if embedded else _AdvisoryLock(url)

    async def holds(self) -> bool:
        """Whether this process is the sender now; it becomes it where there is none."""
        return await WATCHING.run(self._lock.holds)

    def leave(self) -> None:
        """Let another process become the sender."""
        self._lock.release()


class _FileLock:
    def __init__(self, lock: ServerLock) -> None:
        self._lock, self._held = lock, False

    def holds(self) -> bool:
        if not self._held:
            try:
                self._lock.acquire_exclusive()
                self._held = True
            except NotDone:
                return False
        return True

    def release(self) -> None:
        self._lock.release()
        self._held = False


class _AdvisoryLock:
    """PostgreSQL's, held by a connection of its own; it is lost with it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._connection: Connection | None = None

    def holds(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._try()
        except SQLAlchemyError:
            self.release()
            raise

    def _try(self) -> bool:
        self._engine = self._engine or open_engine(self._url)
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.execute(text(KEEP_ALIVE))
        if self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}).scalar():
            return True
        self.release()
        return False

    def release(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # the lock must not stay with a connection in the pool
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
