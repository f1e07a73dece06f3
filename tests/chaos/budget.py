"""How many clicks may be made by now, and which were: every key is in the log, on disk, before its click goes anywhere."""

import asyncio
import os
from pathlib import Path


class Budget:
    """Clicks that may be made until the next fault, so that each fault falls among clicks."""

    def __init__(self) -> None:
        self.allowed = self.taken = self.made = 0
        self.moved = asyncio.Condition()

    async def take(self, most: int) -> int:
        """Wait until some may be made; take up to `most` of them. Whoever takes tells afterwards how many were made."""
        async with self.moved:
            await self.moved.wait_for(lambda: self.taken < self.allowed)
            count = min(most, self.allowed - self.taken)
            self.taken += count
            return count

    async def tell(self, taken: int, made: int) -> None:
        """Of those that were taken so many were made; more than were taken, where nobody asked before."""
        async with self.moved:
            self.made += made
            self.taken += made - taken
            self.allowed = max(self.allowed, self.taken)
            self.moved.notify_all()

    async def allow(self, total: int) -> None:
        async with self.moved:
            self.allowed = total
            self.moved.notify_all()

    async def reach(self, made: int) -> None:
        """Wait until so many were made."""
        async with self.moved:
            await self.moved.wait_for(lambda: self.made >= made)


class KeyLog:
    """Keys, a line each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, *keys: str) -> None:
        os.write(self._file, "".join(f"{key}\n" for key in keys).encode())

    def keys(self) -> list[str]:
        return self.path.read_text().split()
