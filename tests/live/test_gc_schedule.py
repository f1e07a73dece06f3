"""When Python collects its garbage."""

import subprocess
import sys

import pytest

from tests.server import ROOT

# In a process of its own: how garbage is collected is one setting for all of a process.
HOURS = """
import gc
from clickcounter.live import gc_schedule
gc_schedule.freeze()
of_all = gc.get_stats()[2]["collections"]
for _ in range(10_001):
    gc.collect(1)
burst = [[] for _ in range(100_000)]
assert gc.get_stats()[2]["collections"] == of_all, gc.get_stats()
"""

# Nobody came or left, and what failed left something behind that is old by now.
SELDOM = """
import asyncio, gc, itertools, sys, weakref
from clickcounter.live import gc_schedule
gc_schedule.freeze()
gc_schedule.YOUNG, (gc_schedule.SELDOM, gc_schedule.LATEST, busy) = 0.001, map(float, sys.argv[1:])
class Left: pass
left = Left()
left.itself, known = left, weakref.ref(left)
gc.collect(0), gc.collect(1)
del left
async def gone():
    frames = itertools.count(step=int(busy))
    collecting = asyncio.create_task(gc_schedule.collect(lambda: 0, lambda: next(frames)))
    async with asyncio.timeout(60):
        while known():
            await asyncio.sleep(0.001)
    collecting.cancel()
asyncio.run(gone())
"""


@pytest.mark.parametrize(("seldom", "latest", "busy"), [("0.1", "100", "0"), ("0.1", "0.2", "1000")])
def test_garbage_is_collected_when_idle_or_at_last(seldom: str, latest: str, busy: str):
    subprocess.run([sys.executable, "-c", SELDOM, seldom, latest, busy], cwd=ROOT, check=True)


def test_no_burst_starts_a_full_collection():
    subprocess.run([sys.executable, "-c", HOURS], cwd=ROOT, check=True)
