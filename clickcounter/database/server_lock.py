"""Says whether a server runs on a SQLite database: an operating system's lock on a file beside it.

It vanishes with its process, however that ends. Servers share it, a restore has it alone.
"""

import os
import sys
import time
from pathlib import Path

from clickcounter.errors import NotDone

PATIENCE = 30.0  # seconds that a starting server waits for a restore
SERVERS = 1_000  # Windows locks bytes, one for each server

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int, *, alone: bool) -> None:
        for place in [0] if alone else range(SERVERS):
            os.lseek(file, place, os.SEEK_SET)
            try:
                return msvcrt.locking(file, msvcrt.LK_NBLCK, SERVERS if alone else 1)
            except OSError:
                continue
        raise BlockingIOError
else:
    import fcntl

    def _lock(file: int, *, alone: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


class ServerLock:
    """The lock of one database; of nothing where the path is None, for another kind of database."""

    def __init__(self, path: Path | None) -> None:
        self._path = path and path.with_name(f"{path.name}.running")
        self._file: int | None = None

    def share(self) -> None:
        """A server takes it, waiting while a restore goes on. Raises NotDone when that takes too long."""
        give_up_at = time.monotonic() + PATIENCE
        while not self._take(alone=False):
            if time.monotonic() > give_up_at:
                raise NotDone("Another program is replacing this database. Start again when it is done.")
            time.sleep(0.1)

    def take_alone(self) -> None:
        """Keep every server away until `release`. Raises NotDone where one runs."""
        if not self._take(alone=True):
            raise NotDone("A server is running on this database. Stop it first. Nothing was changed.")

    def release(self) -> None:
        """Give it back, if it was taken."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take(self, *, alone: bool) -> bool:
        if self._path is None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(file, alone=alone)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True
