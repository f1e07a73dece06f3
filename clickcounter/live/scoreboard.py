"""The newest snapshot of each counter that this process shows."""

from clickcounter.domain.clicks import Snapshot


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
