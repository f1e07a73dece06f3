"""Clients that press at a steady pace, and a watch on how long anybody waits."""

import asyncio
import time
from random import Random
from typing import Any

from tests.chaos.budget import Budget
from tests.chaos.raw_clients import Presser
from tests.raw import RawClient


class Pace(Budget):
    """Lets everybody press a little, then pause; nobody while `stopped`."""

    def __init__(self, rng: Random, pause: float, most: int) -> None:
        super().__init__()
        self.rng, self.pause, self.most = rng, pause, most
        self.going = asyncio.Event()
        self.going.set()
        self.pressing = 0  # clients that have had their turn and not yet pressed

    async def take(self, most: int) -> int:
        """Wait for one's turn; return how many clicks to make."""
        await asyncio.sleep(self.rng.uniform(0.5, 1.5) * self.pause)
        await self.going.wait()
        self.pressing += 1
        return min(most, self.rng.randint(1, self.most))

    async def report(self, taken: int, made: int) -> None:
        """The clicks are made, and their keys logged."""
        self.pressing -= 1
        await super().report(taken, made)


class Watch:
    """When clicks were saved, and how long the slowest took, since `begin`."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.last, self.longest, self.slowest, self.saved = time.monotonic(), 0.0, 0.0, 0

    def click_saved(self, after: float) -> None:
        """A click was saved this many seconds after it was made."""
        now = time.monotonic()
        self.longest, self.last = max(self.longest, now - self.last), now
        self.slowest, self.saved = max(self.slowest, after), self.saved + 1

    @property
    def pause(self) -> float:
        """The longest time in which nobody's click was saved."""
        return max(self.longest, time.monotonic() - self.last)


class TimedPresser(Presser):
    """Tells the watch of each saved click, and notices a number that goes back."""

    def __init__(self, watch: Watch, *args: Any) -> None:
        super().__init__(*args)
        self.watch, self.made_at = watch, dict[str, float]()
        self.steps_back: list[str] = []

    async def _make(self, client: RawClient) -> None:
        await super()._make(client)
        for key in self.in_flight:
            self.made_at.setdefault(key, time.monotonic())

    def _settle(self, answer: dict[str, Any]) -> set[str]:
        keys = super()._settle(answer)
        for key in keys & self.made_at.keys():
            self.watch.click_saved(time.monotonic() - self.made_at.pop(key))
        return keys

    async def _follow(self, client: RawClient) -> None:
        # The frame after the first one may be a frame gap older; a page shows the newest.
        seen, judged_from = {"revision": 0, "count": 0}, time.monotonic() + 2
        while True:
            frame = client.frame
            self.value = frame.get("count")
            for what, before in seen.items():
                if frame.get(what, before) < before and time.monotonic() > judged_from:
                    self.steps_back.append(f"{what} {before} {frame[what]}")
                seen[what] = frame.get(what, before)
            client.heard.clear()
            await client.heard.wait()

    @property
    def waits(self) -> float:
        """How long its oldest unsaved click has waited."""
        oldest = min((self.made_at.get(key, float("inf")) for key in self.in_flight), default=float("inf"))
        return max(0.0, time.monotonic() - oldest)
