"""Polls the database for what other processes wrote: another worker, the terminal, a restored file."""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from clickcounter.database.engines import FileIdentity, sqlite_path
from clickcounter.database.polling import PollingReader
from clickcounter.database.tables import COUNTERS
from clickcounter.domain.clicks import Snapshot
from clickcounter.history.snapshots import snapshots

MOST_ENDS = 50
NEXT_ENDS = (
    select(COUNTERS.c.ends_at, COUNTERS.c.slug)
    .where(COUNTERS.c.ends_at.is_not(None), COUNTERS.c.deleted_at.is_(None))
    .order_by(COUNTERS.c.ends_at)
    .limit(MOST_ENDS)
)


class ChangePoller:
    """Reads the counters again, on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._path = sqlite_path(url)
        self._file = FileIdentity(self._path)
        self._reader = PollingReader(url)
        self._slugs: set[str] = set()
        self.next_ends: list[tuple[int, str]] = []  # when a round ends by itself, UTC ms, and whose; soonest first

    def close(self) -> None:
        """Close the connection; the next poll opens another one and misses nothing."""
        self._reader.close()

    def holds(self) -> bool:
        """False when the database was replaced, until `adopt` has succeeded."""
        return self._file.holds()

    def adopt(self, adopt: Callable[[], object]) -> None:
        """Close our connection to the old file, then let `adopt` take over the new one."""
        file = FileIdentity(self._path)
        self.close()
        adopt()
        self._file = file

    def poll(self, slugs: Iterable[str]) -> list[Snapshot] | None:
        """Snapshots of those of these counters that exist; None where SQLite says that nothing was written since."""
        wanted = {*slugs}
        with self._reader.connection() as connection:
            moved = self._reader.moved(connection)
            known, self._slugs = self._slugs, wanted
            if not moved and wanted <= known:
                return None
            with connection.begin():
                if moved:
                    self.next_ends = [(row.ends_at, row.slug) for row in connection.execute(NEXT_ENDS)]
                return snapshots(connection, wanted)
