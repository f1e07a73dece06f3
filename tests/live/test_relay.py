"""Snapshots and lookers between processes, over a real Redis."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from clickcounter.domain.clicks import Snapshot
from clickcounter.live.relay import Relay
from tests.redis_server import RedisServer
from tests.server import until

CHANNEL = "a:relay"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


class Ear:
    """One process' end of the relay, and what it heard."""

    def __init__(self, redis: RedisServer, channel: str = CHANNEL) -> None:
        self.heard: list[Snapshot] = []
        self.stirred: list[str] = []
        self.relay = Relay(redis.url, channel, self.heard.append, self.stirred.append)


@asynccontextmanager
async def two(redis: RedisServer) -> AsyncIterator[tuple[Ear, Ear]]:
    one, other = Ear(redis), Ear(redis)
    async with one.relay.run(), other.relay.run():
        await until(lambda: one.relay.alive and other.relay.alive)
        yield one, other


async def test_what_one_process_tells_the_others_hear_and_it_does_not_hear_itself(redis: RedisServer):
    async with two(redis) as (one, other):
        one.relay.tell(Snapshot("a", 5, 7, 3))
        await until(lambda: other.heard)
    assert other.heard == [Snapshot("a", 5, 7, 3)]
    assert one.heard == []


@pytest.mark.parametrize("turns", [0, 1, 2, 4])  # of the event loop, between the news and the end
async def test_a_process_that_has_just_told_something_stops_all_the_same(redis: RedisServer, turns: int):
    ear = Ear(redis)
    async with asyncio.timeout(10):
        async with ear.relay.run():
            await until(lambda: ear.relay.alive)
            await until(lambda: ear.relay._wake._waiters)  # it waits for news now
            ear.relay.tell(Snapshot("a", 1, 1, 3))
            for _ in range(turns):
                await asyncio.sleep(0)


async def test_a_thousand_changes_at_once_are_a_few_messages_and_the_newest_arrives(redis: RedisServer):
    async with two(redis) as (one, other):
        redis.commands()
        for revision in range(1, 1001):
            one.relay.tell(Snapshot("a", revision, revision, 3))
            if revision % 100 == 0:
                await asyncio.sleep(0)
        one.relay.tell(Snapshot("a", 0, 1, 3))  # older, as two commits may arrive in the wrong order
        await until(lambda: other.heard and other.heard[-1].revision == 1000)
        assert redis.commands()["publish"] <= 6


async def test_lookers_add_up_over_processes_and_go_with_a_goodbye(redis: RedisServer):
    one = Ear(redis)
    async with one.relay.run():
        async with two(redis) as (second, third):
            second.relay.look_on("a", 2, ("North door",))
            third.relay.look_on("a", 3)
            await until(lambda: one.relay.elsewhere("a") == 5)
            assert "a" in one.stirred
            assert one.relay.who_elsewhere("a") == {"North door"}
            second.relay.look_on("a", 0)
            await until(lambda: one.relay.elsewhere("a") == 3)
        await until(lambda: one.relay.elsewhere("a") == 0, within=1)


async def test_a_process_that_fell_silent_is_forgotten(redis: RedisServer):
    async with two(redis) as (one, _):
        last_words = {"from": "gone", "turn": 9, "snapshots": [], "lookers": {"a": 4}}
        redis.client.publish(CHANNEL, json.dumps(last_words))
        await until(lambda: one.relay.elsewhere("a") == 4)
        redis.client.publish(CHANNEL, json.dumps(last_words | {"turn": 8, "lookers": {"a": 1}}))  # overtaken on its way
        one.relay.tell(Snapshot("b", 1, 1, 1))
        await asyncio.to_thread(redis.client.ping)
        assert one.relay.elsewhere("a") == 4
        one.stirred.clear()
        await until(lambda: one.relay.elsewhere("a") == 0, within=8)
        assert one.stirred == ["a"]


def good(**changes: Any) -> str:
    return json.dumps({"from": "x", "turn": 1, "snapshots": [["a", 1, 1, 1, 0]], "lookers": {"a": 1}} | changes)


MALFORMED = [
    "",
    "nonsense",
    "[" * 100_000,
    "null",
    "[]",
    b"\xff\xfe",
    good(**{"from": 7}),
    good(turn="2"),
    good(snapshots=None),
    good(snapshots=[["a", 1, 1, 1]]),
    good(snapshots=[["a", 1, 1, 1, 0], ["a", "2", 2, 1, 0]]),
    good(snapshots=[["a", True, 1, 1, 0]]),
    good(snapshots=[["a", 2**53, 1, 1, 0]]),
    good(snapshots=[["a", 1, 2**63, 1, 0]]),
    good(snapshots=[["a", 1, -1, 1, 0]]),
    good(snapshots=[["a", 1, 1, None, 0]]),
    good(snapshots=[["a", 1, 1, 1, 0, "North door"]]),
    good(snapshots=[["a", 1, 1, 1, 0, [7, None]]]),
    good(snapshots=[["a", 1, 1, 1, "0"]]),
    good(snapshots=[[None, 1, 1, 1, 0]]),
    good(lookers=[1]),
    good(lookers={"a": -1}),
    good(lookers={"a": "1"}),
    good(who=["North door"]),
    good(who={"a": "North door"}),
    good(who={"a": [1]}),
]


async def test_a_malformed_message_changes_nothing_and_the_next_good_one_is_heard(redis: RedisServer):
    async with two(redis) as (one, _):
        for message in MALFORMED:
            redis.client.publish(CHANNEL, message)
        redis.client.publish(CHANNEL, good(later_field=1))
        await until(lambda: one.heard)
        assert one.heard == [Snapshot("a", 1, 1, 1)]
        assert one.relay.elsewhere("a") == 1


async def test_two_instances_on_one_redis_do_not_mix(redis: RedisServer):
    stranger = Ear(redis, "b:relay")
    async with two(redis) as (one, other), stranger.relay.run():
        await until(lambda: stranger.relay.alive)
        stranger.relay.tell(Snapshot("a", 99, 99, 1))
        stranger.relay.look_on("a", 9)
        one.relay.tell(Snapshot("a", 1, 1, 1))
        await until(lambda: other.heard)
        assert (stranger.heard, other.heard) == ([], [Snapshot("a", 1, 1, 1)])
        assert other.relay.elsewhere("a") == 0


@pytest.mark.parametrize("how", ["frozen", "killed"])
async def test_a_redis_that_goes_and_comes_back_delays_nobody_is_logged_once_and_heals(
    redis: RedisServer, how: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING)
    async with two(redis) as (one, other):
        loop = asyncio.get_running_loop()
        redis.freeze() if how == "frozen" else redis.kill()
        longest = 0.0
        revision = 0
        while one.relay.alive or other.relay.alive or revision < 200:
            revision += 1
            began = loop.time()
            one.relay.tell(Snapshot("a", revision, revision, 1))
            longest = max(longest, loop.time() - began)
            await asyncio.sleep(0.01)
        assert longest < 0.5  # it waits for nobody; Redis is given up after seconds
        redis.thaw() if how == "frozen" else redis.start()
        await until(lambda: one.relay.alive and other.relay.alive, within=8)
        one.relay.tell(Snapshot("a", revision + 1, revision + 1, 1))
        await until(lambda: other.heard and other.heard[-1].revision == revision + 1)
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "the relay is down" in line]) == 2  # one a process
    assert len([line for line in said if "the relay works again" in line]) == 2


async def test_a_redis_that_comes_only_later_is_found(tmp_path: Path):
    late = RedisServer(tmp_path)
    one, other = Ear(late), Ear(late)
    async with one.relay.run(), other.relay.run():
        one.relay.look_on("a", 1)
        one.relay.tell(Snapshot("a", 1, 1, 1))
        assert not one.relay.alive
        late.start()
        try:
            await until(lambda: other.relay.elsewhere("a") == 1)
        finally:
            late.kill()
