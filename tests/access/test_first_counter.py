"""Whose the counter on the first page is: everybody's, or superusers' alone until it has an owner."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickcounter.access import accounts, sessions
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger import counters, membership
from clickcounter.ledger.ledger import Ledger
from tests.raw import RawClient
from tests.rights_actions import UPKEEP
from tests.server import BackEnd, free_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackEnd]:
    limits = {"CLICKCOUNTER_DEVICES_PER_HOUR": "2", "CLICKCOUNTER_EVENTS_PER_SECOND": "100"}
    made = BackEnd(free_port(), tmp_path, CLICKCOUNTER_FIRST_COUNTER="owned", **limits)
    made.start()
    yield made
    made.kill()
    assert "Traceback" not in made.printed()


async def error(client: RawClient, what: str, **arguments: Any) -> str | None:
    ask = os.urandom(8).hex()
    payload = {"ask": ask, "device": client.device, "counter": "counter"} | arguments
    named = {name: value for name, value in payload.items() if value is not None}
    return (await client.ask(f"{UPKEEP}.{what}", named, ask))["error"]


async def test_an_owned_first_counter_is_changed_by_its_owner_alone(server: BackEnd):
    ledger, token = Ledger(server.db_url), sessions.new_token()
    cookie = f"clickcounter_session={token}"

    def sign_in(connection: Any) -> None:
        account = accounts.create(connection, "Ann", "hash", now_ms())
        sessions.create(connection, account, str(sessions.sha256_of(token)), "", now_ms())

    ledger.transact(sign_in)
    async with RawClient(server.port) as nobody, RawClient(server.port, cookie=cookie) as ann:
        for client in (nobody, ann):
            assert list((await client.record(client.click()))["codes"].values()) == ["saved"]
            for what, arguments in (
                ("change", {"fields": {"name": "Mine"}}),
                ("archive", {}),
                ("end_round", {"round": client.frame["round"]}),
                ("correct", {"round": 0, "key": "c" * 32, "value": 7, "reason": "mine"}),
                ("take_back", {"of_device": 1, "reason": "mine"}),
            ):
                assert await error(client, what, **arguments) == "not_owner", what
        ledger.transact(lambda c: membership.give(c, "counter", "Ann"))
        assert await error(ann, "change", fields={"name": "Door"}) is None
        assert await error(nobody, "change", fields={"name": "Mine"}) == "not_owner"
        other = ledger.transact(lambda c: counters.create(c, {"name": "Other"}, 77, None))
        assert await error(nobody, "change", counter=other, fields={"name": "Everybody's"}) is None
    ledger.close()


async def test_a_tab_that_goes_on_with_new_devices_has_to_wait(server: BackEnd):
    async with RawClient(server.port) as script, RawClient(server.port) as person:
        await person.record(person.click())
        answers: list[str] = []
        while not (answers and answers[-1].startswith("Too many presses")) and len(answers) < 500:
            script.device = os.urandom(16).hex()
            answer = await script.record(script.click())
            answers.append(answer["sentences"].get("later", {}).get("en", ""))
        assert answers[0] == ""
        assert answers[1].startswith("Too many new devices")
        assert answers[-1].startswith("Too many presses at once")
        assert len(answers) < 100  # 1,000 presses may come at once; an order that is put off counts as 100
        assert list((await person.record(person.click()))["codes"].values()) == ["saved"]


async def test_a_new_device_past_the_limit_is_told_when_and_loses_nothing(server: BackEnd):
    async with RawClient(server.port) as one, RawClient(server.port) as two, RawClient(server.port) as three:
        for known in (one, two):
            await known.record(known.click())
        click = three.click()
        put_off = await three.record(click)
        assert (put_off["error"], put_off["codes"]) == ("later", {})
        assert put_off["sentences"]["later"]["en"].startswith(
            "Too many new devices in this network. Saving continues in 30 min"
        )
        ledger = Ledger(server.db_url)
        everybodys = {"counter": ledger.transact(lambda c: counters.create(c, {"name": "Other"}, 77, None))}
        ledger.close()
        for what, arguments in (
            ("end_round", everybodys | {"round": 77}),
            ("correct", everybodys | {"round": 77, "key": "c" * 32, "value": 7, "reason": "mine"}),
            ("name_device", {"counter": None, "label": "Three"}),
        ):
            assert await error(three, what, **arguments) == "new_devices"
            assert await error(one, what, **arguments) is None
        assert server.query("SELECT count(*) FROM device") == [(2,)]
        assert list((await one.record(one.click()))["codes"].values()) == ["saved"]
        assert server.query("SELECT value FROM counter WHERE slug = 'counter'") == [(3,)]
        assert "too many new devices at 127.0.0.1" in server.printed()
