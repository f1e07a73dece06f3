"""Webhooks of real servers: over the socket, from the terminal, through kill -9, and with several workers."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from tests.cluster import Start
from tests.conftest import only_postgresql, only_sqlite
from tests.raw import RawClient
from tests.server import BackEnd, free_port, until
from tests.states.test_upkeep import ask, make
from tests.terminal import terminal
from tests.webhooks.receiver import Receiver

ALLOWED = {"CLICKCOUNTER_WEBHOOK_NETWORKS": "127.0.0.0/8, ::1"}
Query = Callable[[str], list[tuple]]


@only_sqlite
async def test_owners_add_test_and_remove_webhooks(db_url: str, tmp_path: Path):
    server = BackEnd(free_port(), tmp_path, REFLEX_DB_URL=db_url, **ALLOWED)
    server.start()
    async with Receiver().run() as receiver, RawClient(server.port) as owner, RawClient(server.port) as other:
        mine = {"device": owner.device, "counter": await make(owner, "Door", goal=2)}
        wish = mine | {"url": receiver.url, "events": ["goal", "changed"], "key": "c" * 32}
        added = (await ask(owner, "add_webhook", **wish))["result"]
        assert (await ask(owner, "add_webhook", **wish))["result"] == added, "sent twice, it is added once"
        await owner.record(owner.click(round=0), owner.click(round=0), counter=mine["counter"])
        await until(lambda: "goal_reached" in receiver.types)
        assert (await ask(owner, "test_webhook", **mine, webhook=added["webhook"]))["error"] is None
        await until(lambda: "test" in receiver.types)
        assert {body["data"]["counter"] for body in receiver.verified(added["secret"])} == {"door"}

        async def settled() -> bool:
            [hook] = (await ask(owner, "webhooks", **mine))["result"]["webhooks"]
            return (hook["last_status"], hook["waiting"], hook["testing"]) == (200, 0, False)

        await until(settled)
        assert added["secret"] not in json.dumps(await ask(owner, "webhooks", **mine))
        theirs = mine | {"device": other.device}
        for what, more in (("webhooks", {}), ("test_webhook", {"webhook": added["webhook"]}), ("add_webhook", wish)):
            assert (await ask(other, what, **more | theirs))["error"] == "not_owner", what
        for wrong in ({"url": "http://[::1/"}, {"events": []}, {"url": 7}, {"events": ["nothing"]}, {"events": "goal"}):
            reply = await ask(owner, "add_webhook", **wish | wrong)
            assert reply["error"] in ("webhook_url", "webhook_events", "malformed"), wrong
        assert (await ask(owner, "test_webhook", **mine, webhook=5))["error"] == "no_webhook"
        for _ in range(2):
            assert (await ask(owner, "remove_webhook", **mine, webhook=added["webhook"]))["error"] is None
        assert (await ask(owner, "webhooks", **mine))["result"]["webhooks"] == []
    server.kill()
    assert "Traceback" not in server.printed()


@only_sqlite
async def test_what_kill_9_interrupts_comes_after_the_restart(db_url: str, tmp_path: Path):
    server, answering = BackEnd(free_port(), tmp_path, REFLEX_DB_URL=db_url, **ALLOWED), asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        await answering.wait()
        return web.Response()

    async with Receiver(slow).run() as receiver:
        done = terminal(db_url, "webhook", "add", "counter", receiver.url, "--events", "reset")
        secret = done.stdout.splitlines()[-1]
        server.start()
        assert terminal(db_url, "reset", "--yes").returncode == 0
        await until(lambda: len(receiver.got) == 1)
        server.kill()
        assert terminal(db_url, "reset", "--yes").returncode == 0
        answering.set()
        server.start()
        await until(lambda: len(receiver.got) == 3)
        assert receiver.ids[0] == receiver.ids[1] != receiver.ids[2], "the one whose answer was lost, and the next"
        assert [body["data"]["round"] for body in receiver.verified(secret)] == [1, 1, 2]
        server.stop()
        assert "messages waiting" not in terminal(db_url, "webhook", "list", "counter").stdout
    assert "Traceback" not in server.printed()


@only_postgresql
async def test_another_worker_takes_over_from_a_killed_sender(start: Start, query: Query):
    cluster = start(ALLOWED, ALLOWED)
    async with Receiver().run() as receiver:
        terminal(cluster.db_url, "webhook", "add", "counter", receiver.url, "--events", "reset")
        for told, dying in ((3, cluster.workers[0]), (6, cluster.workers[1]), (9, None)):
            for _ in range(3):
                terminal(cluster.db_url, "reset", "--yes")
            await until(lambda told=told: len({*receiver.ids}) == told)
            await until(lambda: query("SELECT count(*) FROM webhook_delivery") == [(0,)])
            if dying:
                dying.kill()
                dying.start()
        assert len({*receiver.ids}) == len(receiver.ids) == 9


def test_the_terminal_lists_and_removes(db_url: str):
    assert "https://example.org" not in terminal(db_url, "webhook", "list", "counter").stdout
    done = terminal(db_url, "webhook", "add", "counter", "https://example.org/hook")
    number = done.stdout.split()[1]
    assert "whsec_" in done.stdout
    listed = terminal(db_url, "webhook", "list", "counter").stdout
    assert listed == f"{number}  https://example.org/hook  goal,limit,warning,reset,archived  nothing sent yet\n"
    assert terminal(db_url, "webhook", "test", "counter", number).returncode == 0
    assert "has been removed" in terminal(db_url, "webhook", "test", "counter", 7).stderr
    assert "begins with https" in terminal(db_url, "webhook", "add", "counter", "ftp://example.org").stderr
    assert "no counter 'nothing'" in terminal(db_url, "webhook", "list", "nothing").stderr
    assert terminal(db_url, "webhook", "remove", "counter", number).stdout == "Removed.\n"
    assert terminal(db_url, "webhook", "list", "counter").stdout == ""
