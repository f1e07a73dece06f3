"""Python's garbage is collected when nobody waits for it.

A full collection looks at every object: with a thousand tabs a quarter of a second, in the middle of whatever goes on. What
is there at start stays, so it is taken out of sight once. After that only tabs that come or go leave anything behind.
"""

import asyncio
import gc
from collections.abc import Callable

LOOK = 2.0  # seconds
ENOUGH = 100  # tabs that came or left; worth a collection in a quiet moment
TOO_MANY = 2_000  # worth one at any moment
QUIET = 4  # frames since the last look; heartbeats alone are fewer


def set_aside() -> None:
    """What lives now lives as long as the process. Again after tabs have come it would keep what they leave behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 10_000)


async def collect(moves: Callable[[], int], frames: Callable[[], int]) -> None:
    """Run for ever. `moves` counts the tabs that came or left so far, `frames` the frames that were made."""
    collected, seen = moves(), frames()
    while True:
        await asyncio.sleep(LOOK)
        quiet, seen = frames() - seen <= QUIET, frames()
        waiting = moves() - collected
        if waiting >= TOO_MANY or (quiet and waiting >= ENOUGH):
            collected += waiting
            gc.collect()
