"""Snapshots and presence between processes, over a real Redis."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from clickcounter.domain.clicks import Snapshot
from clickcounter.live import presence, relay
from clickcounter.live.presence import Presence
from clickcounter.live.relay import Relay
from tests.redis_server import RedisServer, SentinelServer
from tests.server import PATIENCE, until

CHANNEL = "a:relay"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


class End:
    """One process' end of the relay, and what it heard."""

    def __init__(self, redis: RedisServer | SentinelServer, channel: str = CHANNEL) -> None:
        self.heard: list[Snapshot] = []
        self.presence, self.changed = Presence(), list[str]()
        self._subscription = self.presence.subscribe(lambda counter, _: self.changed.append(counter))
        self._subscription.__enter__()
        self.relay = Relay(redis.url, channel, self.presence, self.heard.append)

    def elsewhere(self, counter: str) -> int:
        return self.presence.viewers(counter) - self.presence.viewers_here(counter)


@asynccontextmanager
async def two(redis: RedisServer | SentinelServer) -> AsyncIterator[tuple[End, End]]:
    one, other = End(redis), End(redis)
    async with one.relay.run(), other.relay.run():
        await until(lambda: one.relay.alive and other.relay.alive)
        yield one, other


async def test_other_processes_hear_a_change_and_its_own_does_not(redis: RedisServer):
    async with two(redis) as (one, other):
        one.relay.publish(Snapshot("a", 5, 7, 3))
        await until(lambda: other.heard)
    assert other.heard == [Snapshot("a", 5, 7, 3)]
    assert one.heard == []


@pytest.mark.parametrize("turns", [0, 1, 2, 4])  # of the event loop, between the news and the end
async def test_a_process_that_has_just_published_stops_too(redis: RedisServer, turns: int):
    end = End(redis)
    async with asyncio.timeout(PATIENCE):
        async with end.relay.run():
            await until(lambda: end.relay.alive)
            await until(lambda: end.relay._wake._waiters)  # it waits for news now
            end.relay.publish(Snapshot("a", 1, 1, 3))
            for _ in range(turns):
                await asyncio.sleep(0)


async def test_a_thousand_changes_at_once_take_few_messages(redis: RedisServer):
    async with two(redis) as (one, other):
        redis.commands()
        for revision in range(1, 1001):
            one.relay.publish(Snapshot("a", revision, revision, 3))
            if revision % 100 == 0:
                await asyncio.sleep(0)
        one.relay.publish(Snapshot("a", 0, 1, 3))  # older, as two commits may arrive in the wrong order
        await until(lambda: other.heard and other.heard[-1].revision == 1000)
        assert redis.commands()["publish"] < 20  # some of them are reports of the viewers


async def test_viewers_add_up_over_processes_until_a_goodbye(redis: RedisServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(presence, "SILENCE", 3600.0)  # nobody is dropped for it
    monkeypatch.setattr(relay, "GOODBYE", PATIENCE)
    one = End(redis)
    async with one.relay.run():
        async with two(redis) as (second, third):
            second.presence.set_here("a", 2, ("North door",))
            third.presence.set_here("a", 3)
            await until(lambda: one.elsewhere("a") == 5)
            assert "a" in one.changed
            assert one.presence.labels("a") == ("North door",)
            second.presence.set_here("a", 0)
            await until(lambda: one.elsewhere("a") == 3)
        await until(lambda: one.elsewhere("a") == 0)


async def test_a_process_that_fell_silent_is_dropped(redis: RedisServer):
    async with two(redis) as (one, _):
        last_words = {"from": "gone", "turn": 9, "snapshots": [], "lookers": {"a": 4}}
        redis.client.publish(CHANNEL, json.dumps(last_words))
        await until(lambda: one.elsewhere("a") == 4)
        redis.client.publish(CHANNEL, json.dumps(last_words | {"turn": 8, "lookers": {"a": 1}}))  # overtaken on its way
        one.relay.publish(Snapshot("b", 1, 1, 1))
        await asyncio.to_thread(redis.client.ping)
        assert one.elsewhere("a") == 4
        one.changed.clear()
        await until(lambda: one.elsewhere("a") == 0)
        assert one.changed == ["a"]


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


async def test_a_malformed_message_changes_nothing(redis: RedisServer):
    async with two(redis) as (one, _):
        for message in MALFORMED:
            redis.client.publish(CHANNEL, message)
        redis.client.publish(CHANNEL, good(later_field=1))
        await until(lambda: one.heard)
        assert one.heard == [Snapshot("a", 1, 1, 1)]
        assert one.elsewhere("a") == 1


async def test_two_instances_on_one_redis_do_not_mix(redis: RedisServer):
    stranger = End(redis, "b:relay")
    async with two(redis) as (one, other), stranger.relay.run():
        await until(lambda: stranger.relay.alive)
        stranger.relay.publish(Snapshot("a", 99, 99, 1))
        stranger.presence.set_here("a", 9)
        one.relay.publish(Snapshot("a", 1, 1, 1))
        await until(lambda: other.heard)
        assert (stranger.heard, other.heard) == ([], [Snapshot("a", 1, 1, 1)])
        assert other.elsewhere("a") == 0


@pytest.mark.parametrize("how", ["frozen", "killed"])
async def test_a_redis_outage_delays_nobody_and_heals(redis: RedisServer, how: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    async with two(redis) as (one, other):
        loop = asyncio.get_running_loop()
        redis.freeze() if how == "frozen" else redis.kill()
        took = list[float]()
        revision = 0
        while one.relay.alive or other.relay.alive or revision < 200:
            revision += 1
            began = loop.time()
            one.relay.publish(Snapshot("a", revision, revision, 1))
            took.append(loop.time() - began)
            await asyncio.sleep(0.01)
        assert sorted(took)[-5] < 0.5  # it waits for nobody; Redis is given up after seconds, and a machine may stand still
        redis.thaw() if how == "frozen" else redis.start()
        await until(lambda: one.relay.alive and other.relay.alive)
        one.relay.publish(Snapshot("a", revision + 1, revision + 1, 1))
        await until(lambda: other.heard and other.heard[-1].revision == revision + 1)
    said = [record.getMessage() for record in caplog.records]
    for news in ("the relay is down", "the relay works again"):
        assert (
            2 <= len([line for line in said if news in line]) <= 6
        )  # one a process, though a busy machine may have more outages


async def test_a_redis_that_comes_only_later_is_found(tmp_path: Path):
    late = RedisServer(tmp_path)
    one, other = End(late), End(late)
    async with one.relay.run(), other.relay.run():
        one.presence.set_here("a", 1)
        one.relay.publish(Snapshot("a", 1, 1, 1))
        assert not one.relay.alive
        late.start()
        try:
            await until(lambda: other.elsewhere("a") == 1)
        finally:
            late.kill()


async def test_processes_follow_sentinel_to_the_new_master(redis: RedisServer, tmp_path: Path):
    replica, sentinel = RedisServer(tmp_path), SentinelServer(tmp_path, redis)
    replica.start()
    try:
        replica.follow(redis)
        sentinel.start()
        async with two(sentinel) as (one, other):
            redis.kill()
            await until(lambda: not one.relay.alive and not other.relay.alive)
            await until(lambda: one.relay.alive and other.relay.alive)
            one.relay.publish(Snapshot("a", 1, 1, 1))
            await until(lambda: other.heard)
        assert replica.client.role()[0] == b"master"  # type: ignore[index]
    finally:
        sentinel.stop()
        replica.kill()
