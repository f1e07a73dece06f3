"""Tells whether a server is running on a SQLite database: an operating system lock on a file next to it.

Servers hold it shared, a restore holds it exclusively. It disappears with its process, however that ends. Another file of
the same kind says which of the servers sends webhooks.
"""

import os
import sys
import time
from pathlib import Path

from clickcounter.errors import NotDone

WAIT_FOR_RESTORE = 30.0  # seconds that a starting server waits
MAX_SERVERS = 1_000  # on Windows, which locks one byte for each server

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int, *, exclusive: bool) -> None:
        for offset in [0] if exclusive else range(MAX_SERVERS):
            os.lseek(file, offset, os.SEEK_SET)
            try:
                return msvcrt.locking(file, msvcrt.LK_NBLCK, MAX_SERVERS if exclusive else 1)
            except OSError:
                continue
        raise BlockingIOError
else:
    import fcntl

    def _lock(file: int, *, exclusive: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)


class ServerLock:
    """The lock of one SQLite database. Without a path, for other databases, it does nothing."""

    def __init__(self, path: Path | None, purpose: str = "running") -> None:
        self._path = path and path.with_name(f"{path.name}.{purpose}")
        self._file: int | None = None

    def acquire_shared(self) -> None:
        """Take the lock for a server, waiting for a restore to end. Raises NotDone if that takes too long."""
        give_up_at = time.monotonic() + WAIT_FOR_RESTORE
        while not self._try_acquire(exclusive=False):
            if time.monotonic() > give_up_at:
                raise NotDone("Another program is replacing this database. Start again when it is done.")
            time.sleep(0.1)

    def acquire_exclusive(self) -> None:
        """Keep servers from starting until `release`. Raises NotDone if one is running."""
        if not self._try_acquire(exclusive=True):
            raise NotDone("A server is running on this database. Stop it first. Nothing was changed.")

    def release(self) -> None:
        """Release the lock, if it is held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try_acquire(self, *, exclusive: bool) -> bool:
        if self._path is None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(file, exclusive=exclusive)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True
