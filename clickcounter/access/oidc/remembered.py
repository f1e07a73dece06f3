"""What was read from somewhere slow, kept for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from clickcounter.access.oidc.http_client import ProviderFailed

T = TypeVar("T")

FRESH = 3_600.0  # seconds
KEPT = 86_400.0  # seconds in which an old one is better than none
TRY_AGAIN = 5.0  # seconds after a failure in which nobody asks again
MOST_WAITING = 100


class Remembered(Generic[T]):
    """Read when it is first needed, by one caller at a time; the others wait for that one."""

    def __init__(self, load: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic) -> None:
        self._load, self._clock = load, clock
        self._value: T | None = None
        self._read_at = self._failed_at = float("-inf")
        self._lock, self._waiting = asyncio.Lock(), 0

    async def get(self, since: float = FRESH) -> T:
        """The value, at most so many seconds old if it can be read. Raises ProviderFailed."""
        if self._value is not None and self._clock() - self._read_at < since:
            return self._value
        if self._waiting >= MOST_WAITING:
            raise ProviderFailed("too many wait for the provider")
        self._waiting += 1
        try:
            async with self._lock:
                await self._refresh(since)
        finally:
            self._waiting -= 1
        if self._value is None or self._clock() - self._read_at > KEPT:
            raise ProviderFailed("the provider gave no usable answer a moment ago")
        return self._value

    async def _refresh(self, since: float) -> None:
        now = self._clock()
        if now - self._read_at < since or now - self._failed_at < TRY_AGAIN:
            return
        try:
            self._value, self._read_at = await self._load(), self._clock()
        except ProviderFailed:
            self._failed_at = self._clock()
            if self._value is None:
                raise
