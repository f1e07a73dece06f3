"""How many clicks may be made so far, and a log of their keys: each is on disk before its click is sent."""

import asyncio
import os
from pathlib import Path


class Budget:
    """Limits the clicks made before the next fault, so that every fault hits clicks under way."""

    def __init__(self) -> None:
        self.allowed = self.taken = self.made = 0
        self.changed = asyncio.Condition()

    async def take(self, most: int) -> int:
        """Wait until clicks are allowed and take up to `most`. The caller must `report` afterwards how many it made."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.taken < self.allowed)
            count = min(most, self.allowed - self.taken)
            self.taken += count
            return count

    async def report(self, taken: int, made: int) -> None:
        """Of the clicks taken, this many were made; more than taken if the caller did not ask first."""
        async with self.changed:
            self.made += made
            self.taken += made - taken
            self.allowed = max(self.allowed, self.taken)
            self.changed.notify_all()

    async def allow(self, total: int) -> None:
        async with self.changed:
            self.allowed = total
            self.changed.notify_all()

    async def reach(self, made: int) -> None:
        """Wait until this many clicks have been made."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.made >= made)


class KeyLog:
    """A file of keys, one per line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, *keys: str) -> None:
        os.write(self._file, "".join(f"{key}\n" for key in keys).encode())

    def keys(self) -> list[str]:
        return self.path.read_text().split()
