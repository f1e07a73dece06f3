"""Notices what other processes wrote: another worker, the terminal, a restored file."""

from collections.abc import Callable, Iterable

from clickcounter.database.engines import FileIdentity, sqlite_path
from clickcounter.database.polling import PollingReader
from clickcounter.domain.clicks import Snapshot
from clickcounter.history.queries import snapshots


class ChangeWatcher:
    """Notices what others wrote."""

    def __init__(self, url: str) -> None:
        self._path = sqlite_path(url)
        self._file = FileIdentity(self._path)
        self._rereader = PollingReader(url)
        self._slugs: set[str] = set()

    def close(self) -> None:
        """Give the connection back."""
        self._rereader.close()

    def holds(self) -> bool:
        """False when the database was replaced, until `adopt` has gone well."""
        return self._file.holds()

    def adopt(self, adopt: Callable[[], object]) -> None:
        """Let `adopt` take over what is there now, after our connection to the old file is closed."""
        file = FileIdentity(self._path)
        self.close()
        adopt()
        self._file = file

    def look(self, slugs: Iterable[str]) -> list[Snapshot] | None:
        """Snapshots of these counters, of those that are there; None where SQLite says that nothing was written since."""
        wanted = {*slugs}
        with self._rereader.connection() as connection:
            moved = self._rereader.moved(connection)
            known, self._slugs = self._slugs, wanted
            if not moved and wanted <= known:
                return None
            with connection.begin():
                return snapshots(connection, wanted)
