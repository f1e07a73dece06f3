"""Ends the rounds that are due, one counter at a time, so that presses are saved in between.

Every process does it; the ledger ends each round once. What fails is due again at the next poll.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from clickcounter.domain.clicks import Snapshot
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.scheduled import ends

log = logging.getLogger(__name__)

WithLedger = Callable[[Callable[[Ledger], Snapshot | None]], Awaitable[Snapshot | None]]


class Keeper:
    """`with_ledger` runs its argument between two commits, `publish` takes each counter as it is afterwards."""

    def __init__(self, with_ledger: WithLedger, publish: Callable[[Snapshot], None]) -> None:
        self._with_ledger, self._publish = with_ledger, publish
        self._due: list[str] = []
        self._wake = asyncio.Event()

    def end(self, counters: Iterable[str]) -> None:
        """End the rounds of these counters soon. Nothing is lost if they are being ended already."""
        self._due = list(counters)
        self._wake.set()

    async def run(self) -> None:
        """Run for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            for counter in self._due:
                await self._end(counter)

    async def _end(self, counter: str) -> None:
        try:
            snapshot = await self._with_ledger(
                lambda ledger: ledger.transact(lambda connection: ends.end_due(connection, counter))
            )
        except Later as later:
            log.info("the round of counter %r ends later: %s", counter, later)
        except Exception:  # the others must not wait for it
            log.exception("the round of counter %r does not end", counter, extra={"counter": counter})
        else:
            if snapshot is not None:
                self._publish(snapshot)
