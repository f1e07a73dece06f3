"""Python's garbage is collected by the clock, and all of it when nobody waits.

A full collection looks at every object: with a thousand tabs a quarter of a second, in the middle of whatever goes on. What
is there at start stays, so it is taken out of sight once. After that tabs that come or go leave most of what is left behind.

A collection of the young objects is short while they are few. But Python counts those that went against those that came: a
ping of a thousand tabs replaces 54,000, and the next click starts a collection of them all, of 20 ms. So it happens by the
clock.
"""

import asyncio
import gc
import time
from collections.abc import Callable

YOUNG = 0.1  # seconds
LOOK = 20  # of them between two looks for more
ENOUGH = 100  # tabs that came or left; worth a collection in a quiet moment
TOO_MANY = 2_000  # worth one at any moment
SELDOM = 3600.0  # seconds after which a quiet moment is for one in any case, for what was refused or failed
LATEST = 24 * SELDOM  # after which it is not waited for
NEVER = 2**31 - 1  # each collection of the young ones counts towards one of all, which Python would begin at a bad moment
QUIET = 4  # frames since the last look; heartbeats alone are fewer


def freeze() -> None:
    """What lives now lives as long as the process. Again after tabs have come it would keep what they leave behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, NEVER)


async def collect(moves: Callable[[], int], frames: Callable[[], int]) -> None:
    """Run for ever. `moves` counts the tabs that came or left so far, `frames` the frames that were made."""
    collected, seen, collected_at = moves(), frames(), time.monotonic()
    while True:
        for _ in range(LOOK):
            await asyncio.sleep(YOUNG)
            gc.collect(1)
        quiet, seen = frames() - seen <= QUIET, frames()
        waiting, age = moves() - collected, time.monotonic() - collected_at
        if waiting >= TOO_MANY or age >= LATEST or (quiet and (waiting >= ENOUGH or age >= SELDOM)):
            gc.collect()
            collected, collected_at = collected + waiting, time.monotonic()
