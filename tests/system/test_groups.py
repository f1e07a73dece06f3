"""Four doors of one house, counted by many on several workers at once."""

import asyncio
import contextlib
from collections import Counter

from clickcounter.ledger.ledger import Ledger
from tests.cluster import Start, never_stepped_back
from tests.ledger.test_group_limits import make_group
from tests.raw import RawClient

CAPACITY, PEOPLE, EACH = 200, 50, 5


async def test_fifty_people_at_four_doors_fill_the_house_exactly(start: Start, db_url: str):
    ledger = Ledger(db_url)
    house, doors = make_group(ledger, dict.fromkeys(("North", "East", "South", "West"), 1), upper=CAPACITY)
    ledger.close()
    cluster = start()
    async with contextlib.AsyncExitStack() as stack:

        async def opened(port: int, counter: str) -> RawClient:
            return await stack.enter_async_context(RawClient(port, f"/c/{counter}"))

        walls = [await opened(port, house) for port in cluster.ports]
        ports, of_person = cluster.ports, [doors[number % len(doors)] for number in range(PEOPLE)]
        tabs = [await opened(ports[number % len(ports)], door) for number, door in enumerate(of_person)]

        async def count(tab: RawClient, door: str) -> list[str]:
            answers = [await tab.record(tab.click(), counter=door) for _ in range(EACH)]
            return [code for answer in answers for code in answer["codes"].values()]

        codes = await asyncio.gather(*map(count, tabs, of_person))
        await asyncio.gather(*(wall.sees(CAPACITY) for wall in walls))
        for wall in walls:
            never_stepped_back(wall)
            assert max(frame["count"] for frame in wall.frames) == CAPACITY
    assert Counter(code for some in codes for code in some) == {"saved": CAPACITY, "group_full": PEOPLE * EACH - CAPACITY}
    parts = cluster.query("SELECT sum(value) FROM counter WHERE in_groups")
    assert [(int(total),) for (total,) in parts] == [(CAPACITY,)]
