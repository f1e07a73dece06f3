"""Writes when API keys were last used: once a minute for each key at most, apart from what the keys are used for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from clickcounter.access import keys
from clickcounter.errors import Later

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds


async def run(commit: Callable[[Callable[[Connection], None]], Awaitable[None]]) -> None:
    """Run for ever; `commit` runs its argument in a transaction of the ledger."""
    while True:
        await asyncio.sleep(EVERY)
        if uses := keys.take_uses():
            try:
                await commit(lambda connection: keys.write_uses(connection, uses))  # noqa: B023  awaited here
            except Later as later:  # the next use is written
                log.debug("when keys were used is not written: %s", later)
