"""What receivers get: once each by its id, whatever they answer and whoever dies."""

import asyncio
import json
import time
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from clickcounter.ledger import counters
from clickcounter.webhooks import http_client, registry
from clickcounter.webhooks import sender as senders
from clickcounter.webhooks.election import Election
from clickcounter.webhooks.http_client import Client
from clickcounter.webhooks.sender import EVERY, Sender
from tests.server import free_port, until
from tests.webhooks.conftest import Direct, Stage
from tests.webhooks.receiver import Receiver

HOUR = 3_600


async def test_what_happens_arrives_signed_in_its_order(stage: Stage):
    stage.ledger.transact(
        lambda c: counters.update_settings(c, "counter", {"goal": 10, "upper": 20, "warn_at": (50,)}, None)
    )
    async with Receiver().run() as receiver, stage.sending():
        _, secret = stage.add(receiver.url, "goal", "limit", "warning", "reset", "archived")
        for what in (
            lambda: stage.press(10),
            lambda: stage.press(10),
            lambda: stage.ledger.reset("counter"),
            lambda: stage.ledger.transact(lambda c: counters.archive(c, "counter", True, None)),
            lambda: stage.ledger.transact(lambda c: counters.archive(c, "counter", False, None)),
        ):
            known = len(receiver.got)
            await asyncio.to_thread(what)
            await until(lambda known=known: len(receiver.got) > known and not stage.webhook.waiting)
        assert receiver.types == ["goal_reached", "warning_reached", "limit_reached", "reset", "archived", "restored"]
        bodies = [Webhook(secret).verify(body, headers) for headers, body in receiver.got]
        assert bodies[0]["data"] | {"revision": 0, "value": 0} == {
            "counter": "counter",
            "name": "",
            "round": 1,
            "goal": 10,
            "revision": 0,
            "value": 0,
        }
        assert (bodies[3]["data"]["total"], bodies[3]["data"]["round"], bodies[3]["data"]["value"]) == (20, 1, 0)
        assert len({*receiver.ids}) == 6
        assert receiver.got[0][0]["content-type"] == "application/json"


async def test_changes_come_once_a_second_and_newest_only(stage: Stage):
    stage.stop_clock()
    async with Receiver().run() as receiver, stage.sending():
        stage.add(receiver.url, "changed")
        stage.press(*[1] * 5)
        await until(lambda: receiver.got)
        stage.press(*[1] * 20)
        [before] = stage.revisions()
        stage.later(1)
        await until(lambda: stage.revisions() != [before] and not stage.webhook.waiting)
        values = [json.loads(body)["data"]["value"] for _, body in receiver.got]
        assert values[-1] == 25
        assert len(values) == 2


async def test_an_hour_of_silence_loses_and_doubles_nothing(stage: Stage):
    port = free_port()
    number, secret = stage.add(f"http://127.0.0.1:{port}/hook", "reset", "changed")
    async with stage.sending():
        for _ in range(3):
            stage.press(1)
            stage.ledger.reset("counter")
        await until(lambda: stage.webhook.attempts >= 1)
        assert stage.webhook.last_error == "connect"
        tried = stage.webhook.attempts
        for _ in range(9):  # more than an hour in all
            stage.later(HOUR / 8)
            stage.press(1)  # the newest change takes the place of the one before
            await until(lambda before=tried: stage.webhook.attempts > before or stage.webhook.due_at > stage.clock())
            tried = stage.webhook.attempts
        assert stage.webhook.state == "active"
        async with Receiver().run(port) as receiver:
            stage.later(2 * HOUR)
            await until(lambda: not stage.webhook.waiting)
            assert sorted(receiver.types) == ["changed", "reset", "reset", "reset"]
            assert len({*receiver.ids}) == len(receiver.ids)
            assert receiver.verified(secret)[-1]["data"]["value"] == 9
            assert [hook.id for hook in stage.webhooks()] == [number]
            assert (stage.webhook.attempts, stage.webhook.last_status) == (0, 200)


async def test_a_failing_receiver_is_given_up_after_a_day(stage: Stage):
    async with Receiver(lambda request: web.Response(status=500, text="x" * 100_000)).run() as receiver, stage.sending():
        number, _ = stage.add(receiver.url, "reset")
        stage.ledger.reset("counter")
        while stage.webhook.state == "active":
            await until(lambda: stage.webhook.attempts == len(receiver.got) > 0)
            known = len(receiver.got)
            stage.later(4.5 * HOUR)
            await until(lambda known=known: stage.webhook.attempts > known or stage.webhook.state == "failed")
        assert 6 <= len(receiver.got) <= 8
        assert (stage.webhook.state, stage.webhook.last_status, stage.webhook.waiting) == ("failed", 500, 0)
        assert len({*receiver.ids}) == 1
        known = len(receiver.got)
        stage.ledger.reset("counter")
        receiver.answer = lambda request: web.Response()
        stage.ledger.transact(lambda c: registry.test(c, "counter", number, None))
        await until(lambda: stage.webhook.state == "active")
        assert receiver.types[known:] == ["test"], "what happened meanwhile is not told"
        stage.ledger.reset("counter")
        await until(lambda: len(receiver.got) == known + 2)


async def test_410_turns_a_webhook_off_at_once(stage: Stage):
    async with Receiver(lambda request: web.Response(status=410)).run() as receiver, stage.sending():
        stage.add(receiver.url, "reset")
        stage.ledger.reset("counter")
        await until(lambda: stage.webhook.state == "failed")
        assert (len(receiver.got), stage.webhook.last_status, stage.webhook.waiting) == (1, 410, 0)


async def test_redirects_and_private_addresses_are_never_followed(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    private = Receiver()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with (
        private.run(),
        Receiver(lambda request: web.Response(status=302, headers={"Location": private.url})).run() as receiver,
    ):
        async with stage.sending():
            number, _ = stage.add(receiver.url, "reset")
            stage.ledger.reset("counter")
            await until(lambda: stage.webhook.last_status == 302)
            stage.ledger.transact(lambda c: registry.remove(c, "counter", number, None))
        async with stage.sending(networks=(ip_network("192.0.2.0/24"),)):
            for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"):
                number, _ = stage.add(f"http://{host}:{private.port}/", "reset")
                stage.ledger.reset("counter")
                await until(lambda: stage.webhook.last_at)
                assert stage.webhook.last_error == "address", host
                stage.ledger.transact(lambda c, number=number: registry.remove(c, "counter", number, None))
        assert private.got == []


async def test_receivers_that_hang_do_not_delay_others(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_client, "ANSWER_WITHIN", 2.0)
    stage.stop_clock()
    forever = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    async with Receiver(hang).run() as slow, Receiver().run() as quick, stage.sending():
        for _ in range(9):
            stage.add(slow.url, "reset")
        stage.add(quick.url, "reset")
        stage.ledger.reset("counter")
        await until(lambda: len(quick.got) == 1 and len(slow.got) == 9)
        await until(lambda: all(hook.attempts == 1 for hook in stage.webhooks() if hook.url == slow.url))
        assert {hook.last_error for hook in stage.webhooks() if hook.url == slow.url} == {"timeout"}
        monkeypatch.setattr(http_client, "ANSWER_WITHIN", 60.0)
        stage.later(6)
        stage.ledger.reset("counter")
        await until(lambda: len(quick.got) == 2)
        forever.set()


async def test_receivers_that_accept_slowly_do_not_delay_others(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(senders, "MOST_SENT", 4)
    monkeypatch.setattr(senders, "MOST_SHAKY", 2)
    monkeypatch.setattr(http_client, "ANSWER_WITHIN", 120.0)
    forever = asyncio.Event()

    async def accept_late(request: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    async with Receiver(accept_late).run() as slow, Receiver().run() as quick, stage.sending():
        stage.add(quick.url, "reset")
        stage.ledger.reset("counter")
        await until(lambda: stage.webhook.last_status == 200)
        for _ in range(8):
            stage.add(slow.url, "reset")
        stage.ledger.reset("counter")
        await until(lambda: len(quick.got) == 2 and len(slow.got) == 2)
        stage.ledger.reset("counter")
        await until(lambda: len(quick.got) == 3)
        forever.set()


async def test_a_slow_answer_counts_as_slow(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_client, "SLOW_AFTER", 0.0)
    async with Receiver().run() as receiver, stage.sending():
        stage.add(receiver.url, "reset")
        stage.ledger.reset("counter")
        await until(lambda: stage.webhook.last_error == "slow")
        assert (stage.webhook.last_status, stage.webhook.attempts, stage.webhook.waiting) == (200, 0, 0)


async def test_presses_without_end_are_looked_at_twice_a_second(stage: Stage):
    database = Direct(stage.url)
    commits, commit = [], database.commit

    async def counted(work: Any) -> Any:
        commits.append(work)
        return await commit(work)

    database.commit = counted  # type: ignore[method-assign]
    stage.add("http://127.0.0.1:9/", "goal")
    async with Sender(database, Election(stage.url), Client(()), stage.clock).run():
        began = time.monotonic()
        while time.monotonic() - began < 3 * EVERY:
            await asyncio.to_thread(stage.press, 1)
        await until(lambda: commits)
        assert len(commits) <= 2 + (time.monotonic() - began) / EVERY
    database.close()


async def test_two_processes_have_one_sender(stage: Stage):
    async with Receiver().run() as receiver, stage.sending(), stage.sending():
        stage.add(receiver.url, "reset", "changed")
        for _ in range(10):
            stage.press(1)
            stage.ledger.reset("counter")
        await until(lambda: receiver.types.count("reset") == 10 and not stage.webhook.waiting)
        assert len({*receiver.ids}) == len(receiver.ids)
