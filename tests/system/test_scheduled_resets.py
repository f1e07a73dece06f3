"""A scheduled end reaches every open tab of every worker, and a server that was off makes up for it."""

import asyncio
import contextlib

from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger
from tests.cluster import Start
from tests.conftest import only_postgresql
from tests.ledger.test_group_limits import make_group
from tests.moved_clock import far_hour, rounds_of
from tests.raw import RawClient
from tests.server import wait_for


@only_postgresql
async def test_every_worker_shows_one_end_at_its_moment(start: Start, query):
    query(f"UPDATE counter SET schedule = 'day {far_hour():02}:00 UTC', ends_at = 4102444800000")
    cluster = await asyncio.to_thread(start, {}, {}, with_redis=False)
    async with cluster.tabs() as tabs:
        await tabs[0].record(tabs[0].click())
        await asyncio.gather(*(tab.sees(1) for tab in tabs))
        first = tabs[0].frame["round"]
        moment = now_ms() + 700
        query(f"UPDATE counter SET ends_at = {moment}")
        await asyncio.gather(*(tab.sees(0) for tab in tabs))
        assert {tab.frame["round"] for tab in tabs} != {first}
        assert min(frame["at"] for tab in tabs for frame in tab.frames if frame["round"] != first) >= moment
        await asyncio.gather(*(tab.until(lambda tab=tab: tab.about["ends_at"] > moment) for tab in tabs))
    cluster.kill()
    missed = now_ms() + 1
    query(f"UPDATE counter SET ends_at = {missed}")
    wait_for(lambda: now_ms() > missed + 200, "the moment has passed")
    await asyncio.to_thread(cluster.start)
    wait_for(lambda: query("SELECT count(*) FROM round") == [(3,)], "the missed end has come")
    async with RawClient(cluster.workers[0].port) as tab:
        await tab.record(tab.click())
        await tab.sees(1)
    assert query("SELECT total, ended_at, by_schedule FROM round ORDER BY number") == [
        (1, moment, True),
        (0, missed, True),
        (1, None, False),
    ]


async def test_a_groups_end_reaches_every_door_on_every_worker(start: Start, db_url: str, query):
    ledger = Ledger(db_url)
    house, doors = make_group(ledger, {"North": 1, "South": 1}, schedule=f"day {far_hour():02}:00 UTC")
    ledger.close()
    cluster = await asyncio.to_thread(start)
    async with contextlib.AsyncExitStack() as stack:
        pages = [(port, counter) for port in cluster.ports for counter in (house, *doors)]
        tabs = [await stack.enter_async_context(RawClient(port, f"/c/{counter}")) for port, counter in pages]
        of_doors = [(tab, counter) for tab, (_, counter) in zip(tabs, pages, strict=True) if counter != house]
        for tab, door in of_doors:
            await tab.record(tab.click(), counter=door)
        workers = len(cluster.ports)
        await asyncio.gather(
            *(tab.sees(2 * workers if counter == house else workers) for tab, (_, counter) in zip(tabs, pages, strict=True))
        )
        moment = now_ms() + 500
        query(f"UPDATE counter SET ends_at = {moment} WHERE is_group")
        await asyncio.gather(*(tab.sees(0) for tab in tabs))
        await asyncio.gather(*(tab.record(tab.click(), counter=door) for tab, door in of_doors))
    for counter, each in ((house, 2 * workers), *((door, workers) for door in doors)):
        assert rounds_of(query, counter)[0] == (each, moment)
        assert query(f"SELECT value FROM counter WHERE slug = '{counter}'") == [(each,)]
        assert len(rounds_of(query, counter)) == 2
