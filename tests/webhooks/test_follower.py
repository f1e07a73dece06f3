"""What is told of a counter that was not looked at for a while: everything that happened to it, once."""

import json
from collections.abc import Callable

import pytest

from clickcounter.access import accounts
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Refused
from clickcounter.ledger import counters, membership
from clickcounter.webhooks import follower
from clickcounter.webhooks.registry import MOST_WEBHOOKS
from tests.webhooks.conftest import Stage

Query = Callable[[str], list[tuple]]


def look(stage: Stage) -> None:
    """One look, as the sender does it."""
    engine = open_engine(stage.url)
    with engine.begin() as connection:
        found = follower.look(connection, stage.clock())
    stage.ledger.transact(lambda c: follower.write(c, found, stage.clock()))
    stage.ledger.transact(lambda c: follower.write(c, found, stage.clock()))  # a commit of unknown outcome is run again
    engine.dispose()


def told(query: Query) -> list[tuple[str, dict]]:
    bodies = [json.loads(body) for (body,) in query("SELECT body FROM webhook_delivery ORDER BY id")]
    return [(body["type"].removeprefix("counter."), body["data"]) for body in bodies]


def types(query: Query) -> list[str]:
    return [kind for kind, _ in told(query)]


def test_a_goal_reached_for_a_moment_is_told(stage: Stage, query: Query):
    stage.ledger.transact(lambda c: counters.update_settings(c, "counter", {"goal": 10, "lower": None}, None))
    stage.press(5)
    stage.add("http://example.org/", "goal")
    stage.press(5, -7)
    look(stage)
    look(stage)
    assert types(query) == ["goal_reached"]
    stage.press(1, 1, -1)
    look(stage)
    assert types(query) == ["goal_reached"]
    stage.press(6)
    look(stage)
    stage.press(1)
    look(stage)
    assert types(query) == ["goal_reached"] * 2


def change(stage: Stage, **fields: object) -> None:
    stage.ledger.transact(lambda c: counters.update_settings(c, "counter", fields, None))


def test_a_level_moved_to_a_reached_number_is_told(stage: Stage, query: Query):
    change(stage, goal=10, warn_at=(50,))
    stage.press(15)
    stage.add("http://example.org/", "goal", "limit", "warning")
    for fields in ({"goal": 8}, {"goal": 8, "name": "Door"}, {"goal": 30}, {"goal": 30, "warn_at": (50, 40)}, {"upper": 15}):
        change(stage, **fields)
        look(stage)
    found = [
        (kind.removesuffix("_reached"), data.get("at") or data.get("goal") or data["limit"]) for kind, data in told(query)
    ]
    moved = [("warning", 4), ("goal", 8), ("warning", 15), ("warning", 12), ("warning", 6), ("warning", 8), ("limit", 15)]
    assert found == moved


def test_an_upgrade_does_not_tell_again_what_was_told(stage: Stage, query: Query):
    change(stage, goal=10, upper=20, warn_at=(50, 80))
    stage.press(20)
    stage.add("http://example.org/", "goal", "limit", "warning")
    for key in ("goal", "limit", "warning 50", "warning 80"):  # as they were stored before
        number = {"goal": 10, "limit": 20, "warning 50": 10, "warning 80": 16}[key]
        query(f"UPDATE webhook SET seen = replace(seen, '{key} {number}', '{key}')")
    stage.ledger.adopt("counter")
    look(stage)
    assert told(query) == []
    change(stage, goal=9)
    look(stage)
    assert types(query) == ["goal_reached"]


def test_every_round_since_the_last_look_is_told(stage: Stage, query: Query):
    stage.ledger.transact(lambda c: counters.update_settings(c, "counter", {"goal": 2}, None))
    stage.add("http://example.org/", "goal", "reset", "changed")
    for n in range(45):
        stage.press(1 + n % 2)
        stage.ledger.reset("counter")
    stage.press(7)
    for _ in range(4):
        stage.later(1)
        look(stage)
    found = told(query)
    resets = [(data["round"], data["total"]) for kind, data in found if kind == "reset"]
    assert resets == [(n + 1, 1 + n % 2) for n in range(45)]
    goals = [data["round"] for kind, data in found if kind == "goal_reached"]
    assert goals == [n + 1 for n in range(45) if n % 2] + [46]
    assert [data["value"] for kind, data in found if kind == "changed"] == [7]


def test_a_webhook_keeps_its_newest_messages(stage: Stage, query: Query):
    stage.add("http://example.org/", "reset")
    for _ in range(follower.MOST_WAITING + 5):
        stage.ledger.reset("counter")
    for _ in range(8):
        look(stage)
    rounds = [data["round"] for _, data in told(query)]
    assert rounds == list(range(6, follower.MOST_WAITING + 6))


def test_a_renewed_revision_tells_nothing(stage: Stage, query: Query):
    stage.press(3)
    stage.add("http://example.org/")
    stage.ledger.adopt("counter")
    look(stage)
    assert told(query) == []
    assert stage.revisions() == [query("SELECT revision FROM counter")[0][0]]


def test_webhooks_are_bounded_and_go_with_their_counter(stage: Stage, query: Query):
    stage.ledger.create("east", "East")
    for n in range(MOST_WEBHOOKS):
        stage.add(f"http://example.org/{n}", "reset")
    with pytest.raises(Refused, match="webhook_many"):
        stage.add("http://example.org/", "reset")
    stage.ledger.reset("counter")
    look(stage)
    assert len(told(query)) == MOST_WEBHOOKS
    stage.ledger.transact(lambda c: counters.delete(c, "counter", "counter", None))
    assert query("SELECT count(*) FROM webhook") == query("SELECT count(*) FROM webhook_delivery") == [(0,)]


def test_webhooks_go_with_their_last_owners_account(stage: Stage, query: Query):
    first, second = (stage.ledger.transact(lambda c, n=n: accounts.create(c, n, "hash", now_ms())) for n in ("Ann", "Bob"))
    for name in ("Ann", "Bob"):
        stage.ledger.transact(lambda c, name=name: membership.give(c, "counter", name))
    stage.add("http://example.org/", "reset")
    stage.ledger.transact(lambda c: accounts.delete_account(c, first, now_ms()))
    assert query("SELECT count(*) FROM webhook") == [(1,)]
    stage.ledger.transact(lambda c: accounts.delete_account(c, second, now_ms()))
    assert query("SELECT count(*) FROM webhook") == [(0,)]
