"""What other sites and old clients ask for: one read serves many of them, and none stands in people's line."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from clickcounter.access.program_limits import ProgramLimits
from clickcounter.domain.compat import CompatName
from clickcounter.live.pipeline import Pipeline
from clickcounter.live.presence import Presence
from clickcounter.pools import ELSEWHERE, READS
from clickcounter.services.compat import counters as compat
from clickcounter.services.elsewhere import sites
from clickcounter.settings import from_environment
from tests.audience import Nobody
from tests.server import PATIENCE, until


@pytest.fixture
async def served(db_url: str) -> AsyncIterator[None]:
    ProgramLimits(1000)
    async with Pipeline(replace(from_environment(), db_url=db_url), Nobody(), Presence()).run():
        yield


async def test_pages_of_other_sites_that_ask_at_once_share_one_read(served: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sites, "_known", OrderedDict())
    await until(lambda: not ELSEWHERE.running)
    before = sum(ELSEWHERE.seconds.counts)
    asking = [sites.may_press_from("counter", "https://elsewhere.example", "192.0.2.1") for _ in range(300)]
    assert await asyncio.gather(*asking) == [False] * 300
    await until(lambda: not ELSEWHERE.running)  # it is counted after its answer
    assert sum(ELSEWHERE.seconds.counts) == before + 1


async def test_old_clients_do_not_wait_in_the_line_of_the_history(served: None):
    go = threading.Event()
    reading = asyncio.create_task(READS.run(go.wait, 60))
    await until(lambda: READS.running)
    try:
        async with asyncio.timeout(PATIENCE):
            assert await compat.find(CompatName("site", "visits")) is None
    finally:
        go.set()
        await reading
