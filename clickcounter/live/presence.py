"""How many look on and under which labels, added up over the processes that tell each other.

Each process tells the whole of its own counts; what it told last holds until it says goodbye or falls silent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SILENCE = 5.0  # seconds; who was not heard for so long is gone


@dataclass(frozen=True, slots=True)
class _Told:
    turn: int
    at: float
    counts: Mapping[str, int]
    who: Mapping[str, Sequence[str]]


class Presence:
    """The lookers of this process and of the others. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self.here: dict[str, int] = {}
        self.who_here: dict[str, Sequence[str]] = {}
        self._others: dict[str, _Told] = {}

    def look_on(self, counter: str, lookers: int, who: Sequence[str] = ()) -> None:
        """So many tabs of this process look at the counter now, some under these labels."""
        self.here.pop(counter, None)
        self.who_here.pop(counter, None)
        if lookers:
            self.here[counter] = lookers
        if lookers and who:
            self.who_here[counter] = who

    def elsewhere(self, counter: str) -> int:
        """How many tabs of other processes look at the counter."""
        return sum(told.counts.get(counter, 0) for told in self._others.values())

    def who_elsewhere(self, counter: str) -> set[str]:
        """The labels of other processes' tabs that look at the counter."""
        return {label for told in self._others.values() for label in told.who.get(counter, ())}

    def told(
        self, sender: str, turn: int, counts: Mapping[str, int], who: Mapping[str, Sequence[str]], now: float
    ) -> set[str]:
        """Another process told its lookers. Returns the counters where they changed; an older turn changes nothing."""
        before = self._others.get(sender)
        if before is not None and turn <= before.turn:
            return set()
        self._others[sender] = _Told(turn, now, counts, who)
        known, known_who = (before.counts, before.who) if before else ({}, {})
        return {
            counter
            for counter in {*known, *counts}
            if known.get(counter, 0) != counts.get(counter, 0) or known_who.get(counter) != who.get(counter)
        }

    def left(self, sender: str) -> set[str]:
        """Another process said goodbye. Returns the counters whose sum changed."""
        told = self._others.pop(sender, None)
        return set(told.counts) if told else set()

    def forget_the_silent(self, now: float) -> set[str]:
        """Drop who fell silent. Returns the counters whose sum changed."""
        silent = [sender for sender, told in self._others.items() if now - told.at >= SILENCE]
        return {counter for sender in silent for counter in self.left(sender)}
