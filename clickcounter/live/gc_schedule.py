"""Python's garbage is collected on a schedule, and fully only while the server is idle.

A full collection visits every object: with a thousand tabs it takes a quarter of a second, in the middle of whatever is
going on. What exists at start lives as long as the process, so it is frozen once. After that, most garbage comes from tabs
that come and go.

A collection of young objects is short while they are few. But Python starts it when allocations outnumber deallocations: a
ping of a thousand tabs replaces 54,000 objects, and the next click would start a collection of them all, of 20 ms. So it
runs by the clock.
"""

import asyncio
import contextlib
import ctypes
import gc
import time
from collections.abc import Callable

YOUNG = 0.1  # seconds between two collections of young objects
CHECK = 20  # such collections between two checks whether a full one is due
ENOUGH = 100  # tabs that came or left are worth a full collection when idle
TOO_MANY = 10_000  # and so many at any moment; a tab that has left keeps 1 to 2 kB of cycles behind
SELDOM = 3600.0  # seconds after which one is due when idle in any case, for what was refused or failed
LATEST = 24 * SELDOM  # and at any moment
NEVER = 2**31 - 1  # Python counts young collections and would start a full one at a bad moment
QUIET = 4  # frames since the last check; heartbeats alone are fewer


def freeze() -> None:
    """Exempt what exists now from collection. Called once tabs are there, it would keep their garbage for ever."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, NEVER)


async def collect(moves: Callable[[], int], frames: Callable[[], int]) -> None:
    """Run for ever. `moves` counts the tabs that came or left so far, `frames` the frames that were made."""
    collected, seen, collected_at = moves(), frames(), time.monotonic()
    while True:
        for _ in range(CHECK):
            await asyncio.sleep(YOUNG)
            gc.collect(1)
        quiet, seen = frames() - seen <= QUIET, frames()
        waiting, age = moves() - collected, time.monotonic() - collected_at
        if waiting >= TOO_MANY or age >= LATEST or (quiet and (waiting >= ENOUGH or age >= SELDOM)):
            gc.collect()
            _give_back()
            collected, collected_at = collected + waiting, time.monotonic()


def _give_back() -> None:
    """Return free memory to the system; glibc by itself returns only what lies at the end of its heap."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)
