"""How many look on, added up over the processes that tell each other.

Each process tells the whole of its own counts; what it told last holds until it says goodbye or falls silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SILENCE = 5.0  # seconds; who was not heard for so long is gone


@dataclass(frozen=True, slots=True)
class _Told:
    turn: int
    at: float
    counts: Mapping[str, int]


class Presence:
    """The lookers of this process and of the others. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self.here: dict[str, int] = {}
        self._others: dict[str, _Told] = {}

    def look_on(self, counter: str, lookers: int) -> None:
        """So many tabs of this process look at the counter now."""
        if lookers:
            self.here[counter] = lookers
        else:
            self.here.pop(counter, None)

    def elsewhere(self, counter: str) -> int:
        """How many tabs of other processes look at the counter."""
        return sum(told.counts.get(counter, 0) for told in self._others.values())

    def told(self, sender: str, turn: int, counts: Mapping[str, int], now: float) -> set[str]:
        """Another process told its counts. Returns the counters whose sum changed; an older turn changes nothing."""
        before = self._others.get(sender)
        if before is not None and turn <= before.turn:
            return set()
        self._others[sender] = _Told(turn, now, counts)
        known = before.counts if before else {}
        return {counter for counter in {*known, *counts} if known.get(counter, 0) != counts.get(counter, 0)}

    def left(self, sender: str) -> set[str]:
        """Another process said goodbye. Returns the counters whose sum changed."""
        told = self._others.pop(sender, None)
        return set(told.counts) if told else set()

    def forget_the_silent(self, now: float) -> set[str]:
        """Drop who fell silent. Returns the counters whose sum changed."""
        silent = [sender for sender, told in self._others.items() if now - told.at >= SILENCE]
        return {counter for sender in silent for counter in self.left(sender)}
