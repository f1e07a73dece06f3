"""How many tabs watch each counter and under which labels, in this process and in the others.

Rooms reports the tabs of this process, the relay those of the others. Every process reports all of its counts each time; its
last report holds until it says goodbye or falls silent.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SILENCE = 5.0  # seconds after which a process that was not heard is dropped
MOST_LABELS = 20  # of one counter

Listener = Callable[[str, bool], None]  # the counter, and whether the change happened in this process


@dataclass(frozen=True, slots=True)
class _Report:
    turn: int
    at: float
    viewers: Mapping[str, int]
    labels: Mapping[str, Sequence[str]]


class Presence:
    """Viewers of this process and of the others. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._viewers: dict[str, int] = {}
        self._labels: dict[str, tuple[str, ...]] = {}
        self._others: dict[str, _Report] = {}
        self._listeners: list[Listener] = []

    @contextlib.contextmanager
    def subscribe(self, listener: Listener) -> Iterator[None]:
        """Inside, `listener` is called after each change."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def set_here(self, counter: str, viewers: int, labels: Sequence[str] = ()) -> None:
        """So many tabs of this process watch the counter now, some of them under these labels."""
        self._viewers.pop(counter, None)
        self._labels.pop(counter, None)
        if viewers:
            self._viewers[counter] = viewers
        if viewers and labels:
            self._labels[counter] = tuple(sorted(labels)[:MOST_LABELS])
        self._notify(counter, True)

    def viewers_here(self, counter: str) -> int:
        """How many tabs of this process watch the counter."""
        return self._viewers.get(counter, 0)

    @property
    def all_viewers_here(self) -> int:
        """How many tabs of this process watch any counter."""
        return sum(self._viewers.values())

    def report_here(self) -> tuple[dict[str, int], dict[str, Sequence[str]]]:
        """The viewers and labels of this process by counter, as the other processes are told them."""
        return dict(self._viewers), dict(self._labels)

    def viewers(self, counter: str) -> int:
        """How many tabs of all processes watch the counter."""
        here = self._viewers.get(counter, 0)
        return here + sum(report.viewers.get(counter, 0) for report in self._others.values()) if self._others else here

    def labels(self, counter: str) -> tuple[str, ...]:
        """Under which labels tabs of all processes watch the counter, in order, MOST_LABELS at most."""
        here = self._labels.get(counter, ())
        if not self._others:
            return here
        elsewhere = {label for report in self._others.values() for label in report.labels.get(counter, ())}
        return tuple(sorted({*here, *elsewhere})[:MOST_LABELS])

    def report(
        self, sender: str, turn: int, viewers: Mapping[str, int], labels: Mapping[str, Sequence[str]], now: float
    ) -> None:
        """Another process reported its viewers. A report older than its last one changes nothing."""
        before = self._others.get(sender)
        if before is not None and turn <= before.turn:
            return
        self._others[sender] = _Report(turn, now, viewers, labels)
        known, known_labels = (before.viewers, before.labels) if before else ({}, {})
        for counter in {*known, *viewers}:
            if known.get(counter, 0) != viewers.get(counter, 0) or known_labels.get(counter) != labels.get(counter):
                self._notify(counter, False)

    def drop(self, sender: str) -> None:
        """Another process said goodbye."""
        if report := self._others.pop(sender, None):
            for counter in report.viewers:
                self._notify(counter, False)

    def drop_silent(self, now: float) -> None:
        """Drop the processes that fell silent."""
        for sender in [sender for sender, report in self._others.items() if now - report.at >= SILENCE]:
            self.drop(sender)

    def drop_others(self) -> None:
        """Nobody reports the other processes any more."""
        for sender in list(self._others):
            self.drop(sender)

    def _notify(self, counter: str, here: bool) -> None:
        for listener in self._listeners:
            listener(counter, here)
