"""What other sites and old clients ask for: one read serves many of them, and none stands in people's line."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from clickcounter.live.pipeline import Pipeline
from clickcounter.live.presence import Presence
from clickcounter.pools import ELSEWHERE
from clickcounter.services.elsewhere import sites
from clickcounter.settings import from_environment
from tests.audience import Nobody


@pytest.fixture
async def served(db_url: str) -> AsyncIterator[None]:
    async with Pipeline(replace(from_environment(), db_url=db_url), Nobody(), Presence()).run():
        yield


async def test_pages_of_other_sites_that_ask_at_once_share_one_read(served: None):
    before = sum(ELSEWHERE.seconds.counts)
    asking = [sites.may_press_from("counter", "https://elsewhere.example") for _ in range(300)]
    assert await asyncio.gather(*asking) == [False] * 300
    assert sum(ELSEWHERE.seconds.counts) == before + 1
