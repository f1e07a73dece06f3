"""Requests that are sent again: the same key gets the same answer.

The ledger itself sees to it that nothing counts twice. Here is what was answered, in this process, for a while: so a request
that is sent again is carried out again, which changes nothing and asks for its rights once more, and gets the first answer.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from clickcounter.api.v1.answers import Answer, Problem

MOST_BYTES = 8_000_000  # of all answers that are kept
EACH = 850  # bytes that an answer takes besides its body
KEPT_FOR = 86_400.0  # seconds, if so many fit


@dataclass(slots=True)
class _Sent:
    """A request by its key: what it said, and how it was answered, or None while it is carried out."""

    said: bytes
    answer: Answer | None
    at: float

    @property
    def size(self) -> int:
        return EACH + len(self.answer.body if self.answer else b"")


class Repeats:
    """The answers of one process, by who asked for what with which key."""

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most_bytes, clock
        self._sent: OrderedDict[Hashable, _Sent] = OrderedDict()
        self._bytes = 0

    def begin(self, name: Hashable, said: bytes) -> Answer | None:
        """What the first request with this name was answered. Raises Problem if that still runs, or said something else."""
        first, said = self._sent.get(name), hashlib.sha256(said).digest()  # anybody decides how long it is
        if first and first.answer and self._clock() - first.at > KEPT_FOR:
            self._forget(name)
            first = None
        if first is None:
            self._keep(name, _Sent(said, None, self._clock()))
            return None
        if first.said != said:
            raise Problem("repeat_differs")
        if first.answer is None:
            raise Problem("repeat_running")
        return first.answer

    def end(self, name: Hashable, answer: Answer) -> Answer:
        """The first answer, which is this one if there was none. An answer that decides nothing is not kept."""
        first = self._sent.get(name)
        if first is None:
            return answer
        if first.answer is not None:
            return first.answer if answer.status < 400 else answer
        if answer.status in (401, 403, 404, 429) or answer.status >= 500:
            self._forget(name)
        else:
            self._forget(name)
            self._keep(name, _Sent(first.said, answer, self._clock()))
        return answer

    async def once(self, name: Hashable, said: bytes, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `work` answers, or what it answered the first time; without a name, each time is the first."""
        if name is None:
            return await work()
        first = self.begin(name, said)
        if first and first.status >= 400:
            return first
        try:
            answer = await work()
        except BaseException:
            if first is None:
                self._forget(name)
            raise
        return self.end(name, answer)

    def _keep(self, name: Hashable, sent: _Sent) -> None:
        self._sent[name] = sent
        self._bytes += sent.size
        while self._bytes > self._most and len(self._sent) > 1:
            self._forget(next(iter(self._sent)))

    def _forget(self, name: Hashable) -> None:
        if sent := self._sent.pop(name, None):
            self._bytes -= sent.size
