"""The newest snapshot of each counter that this process shows."""

from clickcounter.domain.clicks import Snapshot


class Scoreboard:
    """Remembers the newest; an older or equal revision is no news, nor is a counter that nobody here looks at."""

    def __init__(self) -> None:
        self._newest: dict[str, Snapshot | None] = {}

    def show(self, counter: str) -> None:
        """Somebody looks at this counter: take its snapshots from now on."""
        self._newest.setdefault(counter, None)

    def drop(self, counter: str) -> None:
        """Nobody here looks at it any more."""
        self._newest.pop(counter, None)

    def forget(self, counter: str) -> None:
        """It is not there any more; somebody still looks, and is shown it again if it comes back."""
        if counter in self._newest:
            self._newest[counter] = None

    def shown(self) -> list[str]:
        """The counters that somebody here looks at."""
        return list(self._newest)

    def offer(self, snapshot: Snapshot) -> bool:
        """Take a snapshot; True when it is newer than what stood here."""
        if snapshot.counter not in self._newest:
            return False
        known = self._newest[snapshot.counter]
        if known is not None and snapshot.revision <= known.revision:
            return False
        self._newest[snapshot.counter] = snapshot
        return True

    def newest(self, counter: str) -> Snapshot | None:
        """The newest snapshot known here; None while it is not known yet or not shown."""
        return self._newest.get(counter)
