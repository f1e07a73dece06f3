"""Threads for work that waits: bounded lines, which hold up neither each other nor the end of the process."""

import asyncio
import subprocess
import sys
import threading

import pytest

from clickcounter.errors import Later
from clickcounter.pools import Pool
from tests.server import ROOT, until


async def busy(pool: Pool, go: threading.Event) -> asyncio.Task[bool]:
    """Work that has begun and waits for `go`."""
    at_work = threading.Event()
    begun = asyncio.create_task(pool.run(lambda: at_work.set() or go.wait(60)))
    await until(at_work.is_set)
    return begun


async def test_a_full_line_is_refused_at_once():
    pool, go = Pool("test", 1, 2), threading.Event()
    begun = await busy(pool, go)
    waiting = [asyncio.create_task(pool.run(int, n)) for n in ("1", "2")]
    await asyncio.sleep(0)
    with pytest.raises(Later):
        await pool.run(int, "3")
    going_on = asyncio.create_task(pool.run(int, "4", go_on=True))
    await asyncio.sleep(0)
    go.set()
    assert [await each for each in (begun, *waiting, going_on)] == [True, 1, 2, 4]


async def test_work_whose_caller_left_is_never_begun():
    pool, go, done = Pool("test", 1, 2), threading.Event(), list[int]()
    begun = await busy(pool, go)
    dropped, kept = (asyncio.create_task(pool.run(done.append, n)) for n in (1, 2))
    await asyncio.sleep(0)
    dropped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dropped
    replacing = asyncio.create_task(pool.run(done.append, 3))  # it takes the place that is free again
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(begun, kept, replacing)
    assert done == [2, 3]


async def test_a_failure_reaches_its_caller_alone():
    pool = Pool("test", 1, 10)
    results = await asyncio.gather(*(pool.run(int, text) for text in ("1", "x", "2")), return_exceptions=True)
    assert [results[0], type(results[1]), results[2]] == [1, ValueError, 2]


def test_work_under_way_does_not_keep_a_process_alive():
    script = """if True:
        import asyncio, time
        from clickcounter.pools import READS

        async def main():
            asyncio.create_task(READS.run(time.sleep, 600))
            while not READS.running:
                await asyncio.sleep(0)

        asyncio.run(main())
    """
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=120)
