"""The newest snapshot of each counter that this process shows, and what it has just read of others."""

import time
from asyncio import Future
from collections import OrderedDict
from collections.abc import Callable

from clickcounter.domain.clicks import Snapshot
from clickcounter.errors import Later

FRESH = 1.0  # seconds for which a number that was read is shown again
MOST_KEPT = 2_000


class Scoreboard:
    """Keeps the newest snapshots. An older or equal revision is ignored, and so is a counter that nobody here watches."""

    def __init__(self) -> None:
        self._newest: dict[str, Snapshot | None] = {}

    def show(self, counter: str) -> None:
        """A tab watches this counter: accept its snapshots from now on."""
        self._newest.setdefault(counter, None)

    def drop(self, counter: str) -> None:
        """No tab here watches it any more."""
        self._newest.pop(counter, None)

    def forget(self, counter: str) -> None:
        """The counter no longer exists; its viewers see it again if it comes back."""
        if counter in self._newest:
            self._newest[counter] = None

    def shown(self) -> set[str]:
        """The counters that tabs here watch."""
        return set(self._newest)

    def __contains__(self, counter: str) -> bool:
        return counter in self._newest

    def offer(self, snapshot: Snapshot) -> bool:
        """Take a snapshot. Returns whether it is newer than the one known so far."""
        if snapshot.counter not in self._newest:
            return False
        known = self._newest[snapshot.counter]
        if known is not None and snapshot.revision <= known.revision:
            return False
        self._newest[snapshot.counter] = snapshot
        return True

    def newest(self, counter: str) -> Snapshot | None:
        """The newest known snapshot; None if there is none yet or nobody here watches the counter."""
        return self._newest.get(counter)

    def revision(self, counter: str) -> int | None:
        """The revision of the newest known snapshot."""
        newest = self._newest.get(counter)
        return newest.revision if newest else None


class RecentReads:
    """Snapshots that were read a moment ago, or are being read, for programs and other sites, which do not watch."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read: OrderedDict[str, tuple[float, Future[Snapshot]]] = OrderedDict()

    def get(self, counter: str) -> "Future[Snapshot] | None":
        """What was read within a second; None if it has to be read."""
        read_at, snapshot = self._read.get(counter, (float("-inf"), None))
        if snapshot is None or self._clock() - read_at >= FRESH or _failed(snapshot):
            return None
        return snapshot

    def keep(self, counter: str, snapshot: "Future[Snapshot]") -> None:
        """The counter is read now."""
        self._read[counter] = self._clock(), snapshot
        self._read.move_to_end(counter)
        if len(self._read) > MOST_KEPT:
            self._read.popitem(last=False)

    def forget(self, counter: str) -> None:
        """The counter was changed: what was read before may be for members only now."""
        self._read.pop(counter, None)

    def hear(self, newer: Snapshot) -> None:
        """Another process has published this. It says nothing of the settings but whether they are others."""
        _, snapshot = self._read.get(newer.counter, (0.0, None))
        if snapshot is None:
            return
        known = None if not snapshot.done() or snapshot.cancelled() or snapshot.exception() else snapshot.result()
        if known is None or known.settings.revision != newer.settings.revision:
            self.forget(newer.counter)


def _failed(snapshot: "Future[Snapshot]") -> bool:
    return snapshot.done() and (snapshot.cancelled() or isinstance(snapshot.exception(), Later))
