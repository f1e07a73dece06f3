"""A short chaos run in every test run; `make chaos` is a long one."""

import random
from pathlib import Path

import pytest

from tests.chaos.run import Plan, run_plan
from tests.chaos.world import one_process, three_workers


@pytest.mark.parametrize("with_servers", [one_process, three_workers])
async def test_faults_lose_no_click_and_count_none_twice(with_servers, ports: tuple[int, int], origin: str, tmp_path: Path):
    plan = Plan(seed=random.randrange(10**6), faults=8, clicks=1200, browser_clicks=120)
    with with_servers(tmp_path) as servers:
        passed = await run_plan(plan, servers, ports[0], origin, tmp_path)
    assert passed, "see the printed report; its seed repeats the faults"
