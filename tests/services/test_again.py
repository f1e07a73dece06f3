"""What is tried again because no answer came happens once."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from clickcounter.access import authentication
from clickcounter.access.authentication import Browser as Caller
from clickcounter.access.authentication import Database
from clickcounter.access.sessions import User
from clickcounter.domain.clicks import Caller as Who
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.api.test_account import PASSWORD, browsers
from tests.raw import RawClient, new_key
from tests.rights_actions import UPKEEP
from tests.server import BackEnd, until

NEW_PASSWORD = "another horse here"
TRIES = 5  # on a busy machine ours may come too late to begin


async def make(client: RawClient, name: str, **more: Any) -> dict[str, Any]:
    """Ask for a counter; return the reply."""
    ask = new_key()
    await client.event(f"{UPKEEP}.make", {"ask": ask, "device": client.device, "fields": {"name": name}} | more)
    return dict(await client.until(lambda: client.replies.pop(ask, None)))


def count(back_end: BackEnd, table: str, name: str) -> int:
    return int(back_end.query(f"SELECT count(*) FROM {table} WHERE name = '{name}'")[0][0])


async def answered_later_but_done(back_end: BackEnd, table: str, name: str, asking: Callable[[], Awaitable[Any]]) -> bool:
    """Ask for something while another program holds the database. Whether it was done after the answer, which is "later".

    A change waits 2 s for the lock; after two others, ours still waits when it is answered, 5 s after it came.
    """
    async with contextlib.AsyncExitStack() as stack:
        other = stack.enter_context(contextlib.closing(sqlite3.connect(back_end.database, isolation_level=None)))
        other.execute("BEGIN IMMEDIATE")
        before = [await stack.enter_async_context(RawClient(back_end.port)) for _ in range(2)]
        waiting = [asyncio.create_task(make(one, "Before")) for one in before]
        await asyncio.gather(*(one.introduce() for one in before))  # their changes wait before ours
        answer = await asking()
        other.execute("ROLLBACK")
        await asyncio.gather(*waiting)
    assert answer["error"] == "later"
    with contextlib.suppress(TimeoutError):
        await until(lambda: count(back_end, table, name), within=5)
        return True
    return False


async def test_an_account_registered_again_after_later_is_one(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "") as [person]:
        for name in (f"Again {n}" for n in range(TRIES)):
            fields = {"name": name, "password": PASSWORD, "key": new_key()}

            async def register(fields: dict[str, str] = fields) -> dict[str, Any]:
                return dict((await person.post("register", **fields))[1])

            if await answered_later_but_done(back_end_for_all, "account", name, register):
                break
        else:
            pytest.fail("never done after its answer")
        assert await register() == {"account": {"name": name, "superuser": False}}
        assert (await person.me())["account"]["name"] == name
    assert count(back_end_for_all, "account", name) == 1


async def test_a_counter_created_again_after_later_is_one(back_end_for_all: BackEnd):
    async with RawClient(back_end_for_all.port) as client:
        for name in (f"Again {n}" for n in range(TRIES)):
            create = partial(make, client, name, key=new_key())
            if await answered_later_but_done(back_end_for_all, "counter", name, create):
                break
        else:
            pytest.fail("never done after its answer")
        assert (await create())["result"]["slug"] == name.lower().replace(" ", "-")
    assert count(back_end_for_all, "counter", name) == 1


async def test_the_same_twice_at_once_happens_once(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "", "") as both, RawClient(back_end_for_all.port) as client:
        key = new_key()
        registering = [one.post("register", name="Twice", password=PASSWORD, key=key) for one in both]
        assert [status for status, _ in await asyncio.gather(*registering)] == [200, 200]
        assert [(await one.me())["account"]["name"] for one in both] == ["Twice"] * 2
        replies = await asyncio.gather(*(make(client, "Twice", key=key) for _ in range(3)))
        assert {reply["result"]["slug"] for reply in replies} == {"twice"}
    assert [count(back_end_for_all, table, "Twice") for table in ("account", "counter")] == [1, 1]


async def test_a_key_opens_nothing_to_others(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "", "") as [one, other], RawClient(back_end_for_all.port) as client:
        key = new_key()
        assert (await one.post("register", name="Mine", password=PASSWORD, key=key))[0] == 200
        for wrong in (
            {"password": NEW_PASSWORD, "key": key},
            {"password": PASSWORD, "key": new_key()},
            {"password": PASSWORD},
        ):
            assert (await other.post("register", name="Mine", **wrong))[1]["error"] == "account_taken"
        for malformed in ("", "x" * 32, 7, ["a"]):
            answer = (await other.post("register", name="Other", password=PASSWORD, key=malformed))[1]
            assert (answer["error"], (await make(client, "Other", key=malformed))["error"]) == ("malformed", "malformed")
        slugs = [(await make(client, "Mine", key=key))["result"]["slug"]]
        slugs.append((await make(client, "Mine", key=key, device=new_key()))["result"]["slug"])
        slugs.append((await make(client, "Mine too", key=key))["result"]["slug"])
        assert slugs == ["mine", "mine-2", "mine-too"]
        assert [(await make(client, "Old tab"))["result"]["slug"] for _ in range(2)] == ["old-tab", "old-tab-2"]


async def test_a_new_password_tried_again_signs_in(back_end_for_all: BackEnd):
    fields = {"old": PASSWORD, "new": NEW_PASSWORD, "key": new_key()}
    async with browsers(back_end_for_all, "Changing", "", "") as [person, again, stranger]:
        old = {"Cookie": person.cookie}  # what the browser still has if no answer came
        assert (await person.post("password", **fields))[0] == 200
        assert (await again.post("password", old, **fields))[1] == {"account": {"name": "Changing", "superuser": False}}
        assert (await again.me())["account"]["name"] == "Changing"
        assert (await person.me())["account"]["name"] == "Changing", "both have one session"
        for wrong in ({"new": "a third horse"}, {"key": new_key()}, {"key": None}):
            assert (await stranger.post("password", old, **fields | wrong))[1]["error"] == "signed_out"
        assert (await stranger.post("password", **fields))[1]["error"] == "signed_out"


async def test_two_processes_that_get_the_same_do_it_once(db_url: str, ledger: Ledger, query: Callable[[str], list[tuple]]):
    ledgers, key, device = [ledger, Ledger(db_url)], new_key(), "d" * 64

    async def both(of: Ledger, turn: int) -> tuple[User, str]:
        async def run(work: Callable[..., Any]) -> Any:
            return await asyncio.to_thread(of.transact, work)

        _, user = await authentication.register(Database(run, run), Caller(), f"Ann {turn}", PASSWORD, 1, key)
        first = rounds.round_id_of(device, key, str(turn))
        return user, await run(lambda c: counters.create(c, {"name": "Door"}, first, Who(None, device)))

    for turn in range(5):
        one, other = await asyncio.gather(*(both(of, turn) for of in ledgers))
        assert one == other
    ledgers[1].close()
    assert query("SELECT count(*) FROM account") == [(5,)]
    assert query("SELECT count(*) FROM counter WHERE name = 'Door'") == [(5,)]
