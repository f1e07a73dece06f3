"""Reads that cost in proportion to a counter's devices: one thread of this process does them, and their results are kept.

A page shows what is there. However many pages ask, the thread works only a small share of the time.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from clickcounter.domain.clicks import now_ms

log = logging.getLogger(__name__)

SHARE = 0.05  # of one core
LONGEST_REST = 60.0  # seconds
MOST = 1_000  # questions that wait, and results that are kept
OF_COUNTER = 20  # of them about one counter
OF_ASKER = 5  # questions about it that wait for one asker

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """A result, and when it was read: UTC ms."""

    value: V
    at: int


@dataclass(frozen=True, slots=True)
class _Question(Generic[V]):
    """Something to read, and who asked for it first."""

    read: Callable[[], V]
    asker: str


class BackgroundReads(Generic[K, V]):
    """The newest results by counter and question.

    Counters take turns, so that many questions about one delay no other; those about one are answered in their order.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, dict[K, _Question[V]]] = {}
        self._kept: dict[tuple[str, K], Kept[V]] = {}  # the oldest first
        self._busy = False

    def newest(self, counter: str, key: K, read: Callable[[], V], asker: str = "") -> Kept[V] | None:
        """The newest result, if there is one. `read` will be called soon, in another thread, unless too many wait."""
        with self._lock:
            self._ask(counter, key, _Question(read, asker))
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name="background reads", daemon=True).start()
            return self._kept.get((counter, key))

    def _ask(self, counter: str, key: K, question: _Question[V]) -> None:
        waiting = self._waiting.get(counter, {})
        if key in waiting:
            return
        own = [known for known, other in waiting.items() if other.asker == question.asker]
        if len(own) >= OF_ASKER:
            del waiting[own[0]]  # whoever asks is shown the newest
        if len(waiting) < OF_COUNTER and sum(map(len, self._waiting.values())) < MOST:
            self._waiting.setdefault(counter, waiting)[key] = question

    def _next(self) -> tuple[str, K, _Question[V]] | None:
        counter = next(iter(self._waiting), None)
        if counter is None:
            return None
        waiting = self._waiting.pop(counter)
        key = next(iter(waiting))
        question = waiting.pop(key)
        if waiting:
            self._waiting[counter] = waiting  # behind the others
        return counter, key, question

    def _work(self) -> None:
        while True:
            with self._lock:
                if (following := self._next()) is None:
                    self._busy = False
                    return
            time.sleep(min(self._answer(*following) * (1 / SHARE - 1), LONGEST_REST))

    def _answer(self, counter: str, key: K, question: _Question[V]) -> float:
        """Returns how many seconds it took."""
        began, at, found = time.monotonic(), now_ms(), None
        try:
            found = Kept(question.read(), at)
        except Exception as error:  # the counter or the database is gone; whoever asks again finds out
            log.info("cannot read in the background: %s", error)
        with self._lock:
            self._kept.pop((counter, key), None)
            if found is not None:
                self._kept[counter, key] = found
            of_counter = [known for known in self._kept if known[0] == counter]
            for old in [*of_counter[:-OF_COUNTER], *list(self._kept)[:-MOST]]:
                self._kept.pop(old, None)
        return time.monotonic() - began
