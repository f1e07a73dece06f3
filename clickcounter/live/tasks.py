"""Tasks that run until they are cancelled."""

import asyncio
from collections.abc import Iterable

AGAIN = 0.5  # seconds


async def cancel_all(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Return when all of them have ended.

    They are cancelled repeatedly: Python 3.11's wait_for swallows a cancellation that meets its result.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        waiting = (await asyncio.wait(waiting, timeout=AGAIN))[1]
