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
MAX_KEPT = 100  # results, and questions that wait

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """A result, and when it was read: UTC ms."""

    value: V
    at: int


class BackgroundReads(Generic[K, V]):
    """The newest results by question. Questions are answered in the order in which they were asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[K, Callable[[], V]] = {}
        self._kept: dict[K, Kept[V]] = {}  # the oldest first
        self._busy = False

    def newest(self, key: K, read: Callable[[], V]) -> Kept[V] | None:
        """The newest result, if there is one. In any case `read` will be called soon, in another thread."""
        with self._lock:
            if key in self._waiting or len(self._waiting) < MAX_KEPT:
                self._waiting[key] = read
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name="background reads", daemon=True).start()
            return self._kept.get(key)

    def _work(self) -> None:
        while True:
            with self._lock:
                key = next(iter(self._waiting), None)
                if key is None:
                    self._busy = False
                    return
                read = self._waiting.pop(key)
            time.sleep(min(self._answer(key, read) * (1 / SHARE - 1), LONGEST_REST))

    def _answer(self, key: K, read: Callable[[], V]) -> float:
        """Returns how many seconds it took."""
        began, at, found = time.monotonic(), now_ms(), None
        try:
            found = Kept(read(), at)
        except Exception as error:  # the counter or the database is gone; whoever asks again finds out
            log.info("cannot read in the background: %s", error)
        with self._lock:
            self._kept.pop(key, None)
            if found is not None:
                self._kept[key] = found
            while len(self._kept) > MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return time.monotonic() - began
