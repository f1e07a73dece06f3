"""Several workers on one database: with Redis, without it, and while it is down."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest

from clickcounter.settings import from_environment
from tests.cluster import Cluster, Presses, Start, count_reaches, frame_has, never_stepped_back, value_of
from tests.conftest import only_postgresql, only_sqlite
from tests.preloaded import CHANGED
from tests.raw import RawClient
from tests.server import wait_for


def ready(port: int) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:  # also before its first look at the database
        return json.load(error)


async def test_clicks_and_presence_reach_tabs_on_every_worker(start: Start, query):
    cluster = start()
    async with cluster.tabs() as tabs:
        await asyncio.gather(*(frame_has(tab, "lookers", 3) for tab in tabs))
        for pressed, tab in enumerate(tabs, 1):
            await tab.record(tab.click())
            await asyncio.gather(*(t.sees(pressed) for t in tabs))
        await tabs.pop().__aexit__()
        await asyncio.gather(*(frame_has(tab, "lookers", 2) for tab in tabs))
    assert value_of(query) == 3


@only_sqlite
async def test_the_relay_brings_presses_before_any_poll(start: Start):
    seldom = {CHANGED: "clickcounter.live.change_watcher EVERY 3600"}
    cluster = start(seldom, seldom)
    async with cluster.tabs() as (here, there):
        await asyncio.gather(*(frame_has(tab, "lookers", 2) for tab in (here, there)))  # the relay works
        for pressed in range(1, 21):
            await here.record(here.click())
            await there.sees(pressed)


@only_postgresql
async def test_another_instance_on_the_channel_cannot_change_the_number(start: Start, db_url: str):
    cluster = start({}, {})
    channel = from_environment({"REFLEX_DB_URL": db_url}).redis_prefix + ":relay"
    async with cluster.tabs() as (here, there):
        await asyncio.gather(*(frame_has(tab, "lookers", 2) for tab in (here, there)))  # both workers listen
        for pressed in range(1, 4):
            foreign = [["counter", 999, 2**53 - 1, 12345, 0]]
            message = {"from": "stranger", "turn": pressed, "snapshots": foreign, "lookers": {"counter": 5}}
            assert cluster.redis.client.publish(channel, json.dumps(message)) == 2
            await frame_has(there, "lookers", 7)  # the message was received
            await here.record(here.click())
            await asyncio.gather(*(tab.sees(pressed) for tab in (here, there)))
        assert max(frame["count"] for tab in (here, there) for frame in tab.frames) == 3


@only_postgresql
async def test_a_tab_can_reconnect_to_any_worker(start: Start, query):
    cluster = start()
    pressed = 0
    token = RawClient(0).url.rpartition("token=")[2]
    for port in (*cluster.ports, *cluster.ports, *[cluster.nginx.port] * 6):
        tab = RawClient(port)
        tab.url = tab.url.rpartition("token=")[0] + "token=" + token
        async with tab:
            assert tab.frame["count"] == pressed
            await tab.record(tab.click())
            pressed += 1
            await tab.sees(pressed)
    assert value_of(query) == pressed


@only_sqlite
async def test_without_redis_workers_poll_the_database(start: Start):
    cluster = start({}, {}, with_redis=False)
    async with cluster.tabs() as (here, there):
        for pressed in range(1, 6):
            await here.record(here.click())
            await there.sees(pressed)
        assert (here.frame["lookers"], there.frame["lookers"]) == (1, 1)
    await asyncio.to_thread(wait_for_relay, cluster, "off")


@only_postgresql
@pytest.mark.parametrize("how", ["frozen", "killed"])
async def test_counting_goes_on_through_a_redis_outage(start: Start, query, how: str):
    cluster = start()
    async with cluster.tabs() as tabs, Presses(tabs[0]) as presses:
        await presses.more(50)
        cluster.redis.freeze() if how == "frozen" else cluster.redis.kill()
        away_until = asyncio.get_running_loop().time() + (15 if how == "frozen" else 5)
        while asyncio.get_running_loop().time() < away_until:
            await presses.more(100)
            seen = presses.saved
            await asyncio.gather(*(count_reaches(tab, seen) for tab in tabs))
        async with RawClient(cluster.ports[1]) as late:
            await count_reaches(late, presses.saved)
        await asyncio.to_thread(wait_for_relay, cluster, "down")
        cluster.redis.thaw() if how == "frozen" else cluster.redis.start()
        await asyncio.to_thread(wait_for_relay, cluster, "ok")
        await presses.more(50)
        await asyncio.gather(*(frame_has(tab, "lookers", 3) for tab in tabs))
    async with cluster.tabs() as after:
        assert {tab.frame["count"] for tab in after} == {presses.saved}
    for tab in tabs:
        never_stepped_back(tab)
    assert presses.slowest < 10  # no press waits for Redis, which is away for longer; the rest is for a busy machine
    assert value_of(query) == presses.saved


def wait_for_relay(cluster: Cluster, state: str) -> None:
    wait_for(lambda: all(ready(port) == {"database": "ok", "relay": state} for port in cluster.ports), f"relay {state}")


async def test_workers_start_while_redis_is_down(start: Start):
    nobody = "redis://127.0.0.1:9/0"
    cluster = start({"REFLEX_REDIS_URL": nobody}, {"REFLEX_REDIS_URL": nobody})
    async with cluster.tabs() as (here, there):
        await here.record(here.click())
        await there.sees(1)
    await asyncio.to_thread(wait_for_relay, cluster, "down")


@only_postgresql
async def test_a_worker_killed_under_load_loses_no_click(start: Start, query):
    cluster = start()
    async with cluster.tabs() as (stays, *_), RawClient(cluster.ports[2]) as doomed, Presses(stays) as presses:
        await presses.more(20)
        click = doomed.click()
        assert (await doomed.record(click))["codes"] == {click["key"]: "saved"}
        cluster.workers[2].kill()
        for _ in range(6):  # nginx picks one of the remaining workers
            async with RawClient(cluster.nginx.port) as again:
                assert (await again.record(click))["codes"] == {click["key"]: "saved"}
        await presses.more(20)
        await frame_has(stays, "lookers", 2)
    assert value_of(query) == presses.saved + 1
    never_stepped_back(stays)
