"""Keeps what is shown here up to date with what other processes wrote.

Twice a second, and at once when somebody asks for it, the database is polled. What changed joins the walk of a click at the
scoreboard; who may see a counter is checked on the same occasion.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable

from clickcounter.domain.clicks import Snapshot, now_ms
from clickcounter.live.audience import Audience
from clickcounter.live.change_poller import ChangePoller
from clickcounter.live.live_lists import LiveLists
from clickcounter.live.scoreboard import Scoreboard
from clickcounter.live.watching.access_watcher import AccessWatcher
from clickcounter.measures import REREADS
from clickcounter.pools import WATCHING

log = logging.getLogger(__name__)

EVERY = 0.5  # seconds between two polls


class ChangeWatcher:
    """`offer` takes each snapshot that was read, `adopt` takes over a database that was put in place of the old one.

    `end_rounds` is told the counters whose rounds are due to end by themselves.
    """

    def __init__(
        self,
        url: str,
        audience: Audience,
        scoreboard: Scoreboard,
        access: AccessWatcher,
        lists: LiveLists,
        offer: Callable[[Snapshot], None],
        adopt: Callable[[], object],
        end_rounds: Callable[[list[str]], None],
    ) -> None:
        self._poller = ChangePoller(url)
        self._audience, self._scoreboard = audience, scoreboard
        self._access, self._lists = access, lists
        self._offer, self._adopt, self._end_rounds = offer, adopt, end_rounds
        self._wake = asyncio.Event()

    def check_now(self) -> None:
        """Poll at once."""
        self._wake.set()

    def close(self) -> None:
        """Close the connection to the database."""
        self._poller.close()

    async def run(self) -> None:
        """Run for ever."""
        failing = False
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pause())
            self._wake.clear()
            try:
                await self._check()
                failing = False
            except Exception as error:
                REREADS["failed"] += 1
                await WATCHING.run(self._poller.close)  # the next poll then finds again what this one found
                if not failing:
                    log.warning("cannot reread the counters: %s", error)
                failing = True

    async def _check(self) -> None:
        if not await WATCHING.run(self._poller.holds):
            async with self._lists.closed():
                await WATCHING.run(self._poller.adopt, self._adopt)
        shown = self._scoreboard.shown()
        found = await WATCHING.run(self._poller.poll, shown)
        REREADS["unchanged" if found is None else "read"] += 1
        await self._access.shut_out(found or [])
        if found is not None:
            self._apply(shown, found)
        await self._access.let_in(moved=found is not None)
        if due := [counter for at, counter in self._poller.next_ends if at <= now_ms()]:
            self._end_rounds(due)

    def _pause(self) -> float:
        """Seconds until the next poll; less if a round ends before that."""
        coming = (at - now_ms() for at, _ in self._poller.next_ends)
        return min(EVERY, *(until / 1000 for until in coming if until > 0), EVERY)

    def _apply(self, shown: Iterable[str], found: list[Snapshot]) -> None:
        """`found` is what a poll read of the counters that were shown when it began."""
        for snapshot in found:
            self._offer(snapshot)
        for counter in {*shown} - {snapshot.counter for snapshot in found}:
            if self._scoreboard.newest(counter) is not None:
                self._scoreboard.forget(counter)
                self._audience.counter_gone(counter)
