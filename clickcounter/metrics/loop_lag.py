"""How late the event loop runs what is due: the time that a press, too, has to wait for its turn."""

import asyncio

from clickcounter.measures import LOOP_LAG

EVERY = 0.1  # seconds


async def measure() -> None:
    """Run for ever."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY
        await asyncio.sleep(EVERY)
        LOOP_LAG.observe(max(0.0, loop.time() - due))
