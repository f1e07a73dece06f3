"""People who are signed in on several devices: each of them follows the others, whichever worker it is at."""

import asyncio
import time

import psycopg
import pytest
from sqlalchemy import Connection, delete, update

from clickcounter.access import accounts, sessions
from clickcounter.database.tables import MEMBERS, SESSIONS
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.ledger import counters, ownership, rounds
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.watching.session_watcher import CHECK_EVERY, SHARE
from tests.cluster import Start
from tests.conftest import only_postgresql
from tests.preloaded import CHANGED
from tests.raw import RawClient
from tests.server import PATIENCE, until


def signed_in(ledger: Ledger, name: str, devices: int) -> list[str]:
    """The cookies of so many browsers in which somebody signed in."""
    tokens = [sessions.new_token() for _ in range(devices)]

    def work(connection: Connection) -> None:
        account = accounts.create(connection, name, f"no password has the hash of {name}", now_ms())
        for token in tokens:
            sessions.create(connection, account, str(sessions.sha256_of(token)), "", now_ms())

    ledger.transact(work)
    return [f"clickcounter_session={token}" for token in tokens]


@pytest.mark.parametrize(("db_url", "relayed"), [("postgresql", True), ("sqlite", False)], indirect=["db_url"])
async def test_totals_and_ended_sessions_reach_tabs_at_other_workers(start: Start, ledger: Ledger, relayed: bool):
    cluster = start({}, {}, with_redis=relayed)
    one, two, other = signed_in(ledger, "Ann", 2) + signed_in(ledger, "Bob", 1)
    here, there = cluster.ports
    ann = {"name": "Ann", "superuser": False, "up": 0, "down": 0}
    async with (
        RawClient(here, cookie=one) as phone,
        RawClient(there, cookie=two) as laptop,
        RawClient(there, cookie=other) as bobs,
    ):
        for pressed in (1, 2, 3):
            await phone.record(phone.click())
            await laptop.until(lambda n=pressed: laptop.own.get("account") == ann | {"up": n})
        assert (laptop.own["counter"], laptop.own["revision"]) == ("counter", laptop.frame["revision"])
        assert bobs.own.get("account") in (None, ann | {"name": "Bob"})
        gone = str(sessions.sha256_of(two.partition("=")[2]))
        ledger.transact(lambda connection: sessions.end(connection, gone))
        await asyncio.wait_for(laptop.answers.get(), PATIENCE)  # None: the socket was told to close
        async with RawClient(there, cookie=two) as again:  # a cookie that is nobody's is told nothing more
            assert (await again.introduce())["account"] is None
            with pytest.raises(TimeoutError):
                await again.answer(within=2)
        assert (await phone.introduce())["account"]["up"] == 3
        expired = update(SESSIONS).values(expires_at=now_ms() - 1)
        ledger.transact(lambda connection: connection.execute(expired))
        await asyncio.gather(*(asyncio.wait_for(tab.answers.get(), PATIENCE) for tab in (phone, bobs)))


@only_postgresql
async def test_one_slow_check_delays_no_later_one(start: Start, ledger: Ledger, db_url: str, query):
    cluster = start({CHANGED: "clickcounter.live.watching.session_watcher SLOWEST 600"}, with_redis=False)
    one, two = signed_in(ledger, "Ann", 2)
    [port] = cluster.ports
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND now() - query_start > interval '2 s'"
    async with RawClient(port, cookie=one) as phone, RawClient(port, cookie=two) as laptop:
        await phone.record(phone.click())
        await laptop.until(lambda: laptop.own.get("account", {}).get("up") == 1)
        with psycopg.connect(db_url.replace("+psycopg", "")) as other:
            other.execute("LOCK TABLE session")
            await until(lambda: query(waiting))
        await phone.record(phone.click())
        await laptop.until(lambda: laptop.own.get("account", {}).get("up") == 2, 2 / SHARE / 2)


@only_postgresql
async def test_a_busy_counter_sends_totals_a_few_times_a_second(start: Start, ledger: Ledger):
    cluster = start({}, with_redis=False)
    one, two = signed_in(ledger, "Ann", 2)
    [port] = cluster.ports
    async with RawClient(port, cookie=one) as phone, RawClient(port, cookie=two) as laptop:
        began, pressed = time.monotonic(), 0
        while (took := time.monotonic() - began) < 3 or pressed < 3 * took / CHECK_EVERY:
            await phone.record(phone.click())
            pressed += 1
        await laptop.until(lambda: laptop.own.get("account", {}).get("up") == pressed)
        took = time.monotonic() - began
        numbers = [own["account"]["up"] for own in laptop.owns]
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= took / CHECK_EVERY + 1 < pressed


async def test_only_the_new_members_waiting_tab_is_let_in(start: Start, ledger: Ledger):
    cluster = start({}, {}, with_redis=False)
    anns, bobs, carols = (signed_in(ledger, name, 1)[0] for name in ("Ann", "Bob", "Carol"))
    ann = Caller(sessions.sha256_of(anns.partition("=")[2]))
    facts = {"name": "Door", "visibility": "members", "press": "members"}
    ledger.transact(lambda connection: counters.create(connection, facts, rounds.new_round_id(), ann))
    here, there = cluster.ports
    async with (
        RawClient(here, "/c/door", anns) as owner,
        RawClient(there, "/c/door", bobs) as bob,
        RawClient(there, "/c/door", carols) as carol,
    ):
        for kept_out in (bob, carol):
            await kept_out.hears({"counter": "door", "error": "members_only"})
        for joins in (True, False, True):
            ledger.transact(lambda connection, joins=joins: (join if joins else leave)(connection))
            await bob.until(lambda joins=joins: ("error" in bob.frame) != joins)
            pressed = await owner.record(owner.click(), counter="door")
            if joins:
                await bob.sees(pressed["value"])
                assert bob.about["name"] == "Door"
        assert all(frame["error"] == "members_only" for frame in carol.frames)


def join(connection: Connection) -> None:
    """Bob becomes a member."""
    ownership.add_member(connection, counters.lock(connection, "door").id, bob_of(connection), "counter")


def leave(connection: Connection) -> None:
    """He is none any more."""
    connection.execute(delete(MEMBERS).where(MEMBERS.c.account_id == bob_of(connection)))


def bob_of(connection: Connection) -> int:
    return accounts.by_name(connection, "Bob").id
