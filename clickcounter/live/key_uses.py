"""Writes when API keys were last used: once a minute for each key at most, apart from what the keys are used for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from clickcounter.access import keys
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds


async def run(with_ledger: Callable[[Callable[[Ledger], None]], Awaitable[None]]) -> None:
    """Run for ever; `with_ledger` runs its argument between two commits."""
    while True:
        await asyncio.sleep(EVERY)
        if uses := keys.take_uses():
            try:
                await with_ledger(partial(_write, uses))
            except Later as later:  # the next use is written
                log.debug("when keys were used is not written: %s", later)


def _write(uses: dict[str, int], ledger: Ledger) -> None:
    ledger.transact(lambda connection: keys.write_uses(connection, uses))
