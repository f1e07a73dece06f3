"""An address that asks for what does not exist, or for pictures without end, costs other addresses nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from zlib import crc32

import aiohttp
import pytest

from clickcounter.access.program_limits import PICTURES_A_SECOND, PICTURES_AT_ONCE, UNKNOWN_A_SECOND, UNKNOWN_AT_ONCE
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.server import BackEnd, free_port

FLOOD, SOMEBODY, PAINTER = ({"X-Forwarded-For": f"192.0.2.{n}"} for n in (1, 2, 3))
KNOWN = 30


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A server behind a proxy, with some counters."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("floods"), REFLEX_TRUSTED_PROXY_HOPS="1")
    server.start()
    ledger = Ledger(server.db_url)
    for number in range(KNOWN):
        name = {"name": f"Known {number}"}
        ledger.transact(lambda c, name=name: counters.create(c, name, rounds.new_round_id(), None))
    ledger.close()
    yield server
    server.kill()


async def statuses(asked: BackEnd, paths: list[str], headers: dict[str, str]) -> Counter[int]:
    """All at once."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(asked.url, connector=connector, headers=headers) as http:

        async def ask(path: str) -> int:
            async with http.get(path) as answer:
                return answer.status

        return Counter(await asyncio.gather(*map(ask, paths)))


@pytest.mark.parametrize(
    ("path", "agent"),
    [
        ("/c/none-{n}/value.txt", "curl"),
        ("/c/none-{n}/badge.svg", "curl"),
        ("/c/none-{n}", "Twitterbot/1.0"),
        ("/oembed?url={url}/c/none-{n}", "curl"),
    ],
)
async def test_a_flood_of_unknown_names_is_its_own_addresss_trouble(asked: BackEnd, path: str, agent: str):
    of_this_test = crc32(f"{path} {agent}".encode())  # names that another one asked for may be known to lead nowhere
    flood = [path.format(n=f"{of_this_test}-{n}", url=asked.url) for n in range(600)]
    known = [f"/c/known-{number}/value.txt" for number in range(KNOWN)]
    began = time.monotonic()
    flooding = asyncio.create_task(statuses(asked, flood, FLOOD | {"User-Agent": agent, "Host": asked.url[7:]}))
    answered = [await statuses(asked, known, SOMEBODY) for _ in range(3)]
    refused = await flooding
    assert answered == [Counter({200: KNOWN})] * 3
    assert set(refused) <= {404, 429}
    assert refused[404] <= UNKNOWN_AT_ONCE + UNKNOWN_A_SECOND * (time.monotonic() - began)
    assert refused[429] > 300


async def test_many_badges_of_counters_that_exist_are_shown_at_once(asked: BackEnd):
    for _ in range(5):
        assert set(await statuses(asked, [f"/c/known-{n}/badge.svg" for n in range(KNOWN)], {})) == {200}


async def test_pictures_are_drawn_at_a_pace_for_each_address(asked: BackEnd):
    paths = [f"/c/known-{number}/picture.png" for number in range(KNOWN)]
    began = time.monotonic()
    flood = await statuses(asked, paths, PAINTER)
    assert set(flood) <= {200, 429}
    assert PICTURES_AT_ONCE <= flood[200] <= PICTURES_AT_ONCE + PICTURES_A_SECOND * (time.monotonic() - began)
    assert await statuses(asked, paths[-1:] * 3, SOMEBODY) == Counter({200: 3})
