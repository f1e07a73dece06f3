"""One tab follows several counters: each is right by itself, and a tab that leaves takes all of them along."""

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import Connection

from clickcounter.access import accounts
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger import counters, ownership
from clickcounter.ledger.ledger import Ledger
from tests.boards import BoardTab
from tests.cluster import Start
from tests.raw import RawClient
from tests.server import BackEnd
from tests.services.stage import HASH

NAMES = [f"species-{number}" for number in range(1, 13)]


def create(ledger: Ledger, *names: str) -> None:
    for name in names:
        ledger.create(name, name)


@pytest.fixture
def twelve(back_end_for_all: BackEnd) -> BackEnd:
    """A back end with twelve counters."""
    with_ledger = Ledger(f"sqlite:///{back_end_for_all.database}")
    if not back_end_for_all.query("SELECT 1 FROM counter WHERE slug = 'species-1'"):
        create(with_ledger, *NAMES)
    with_ledger.close()
    return back_end_for_all


async def test_twelve_counters_are_shown_and_pressed_on_one_socket(start: Start, ledger: Ledger):
    """Each frame goes to its counter alone, and comes from the other worker, too."""
    create(ledger, *NAMES)
    cluster = start({}, {})
    async with BoardTab(cluster.ports[0]) as board, RawClient(cluster.ports[1], "/c/species-7") as other:
        await board.watch(*NAMES)
        assert {name: board.of(name)["count"] for name in NAMES} == dict.fromkeys(NAMES, 0)
        assert {board.of(name, "about")["name"] for name in NAMES} == {*NAMES}
        assert all(board.of(name, "mine")["rights"]["press"] for name in NAMES)
        answers = await asyncio.gather(*(board.press(name, number) for number, name in enumerate(NAMES, 1)))
        assert {answer["error"] for answer in answers} == {None}
        for number, name in enumerate(NAMES, 1):
            await board.shows(name, count=number)
        await other.sees(7)
        await other.record(other.click(), counter="species-7")
        await board.shows("species-7", count=8)
        await other.hears({"lookers": 2})
    revisions = [[frame["revision"] for frame in board.all_frames[name]] for name in NAMES]
    assert revisions == [sorted(each) for each in revisions]


async def test_a_name_of_no_counter_is_said_in_its_cell_alone(twelve: BackEnd):
    before = twelve.query("SELECT count(*) FROM counter")
    async with BoardTab(twelve.port) as board:
        await board.watch("species-1", "no-such", "x" * 64, "Ж'\"")
        assert board.of("species-1")["count"] >= 0
        assert [board.of(name)["error"] for name in ("no-such", "x" * 64, "Ж'\"")] == ["no_counter"] * 3
        assert (await board.press("no-such"))["error"] == "no_counter"
    assert twelve.query("SELECT count(*) FROM counter") == before


@pytest.mark.parametrize(
    "counters", [None, "species-1", [*NAMES, "counter"], [1], [""], ["a" * 65], [["species-1"]], {"species-1": 1}, ["\0"]]
)
async def test_what_no_board_asks_for_changes_nothing(twelve: BackEnd, counters: object):
    async with BoardTab(twelve.port) as board:
        await board.watch("species-2")
        board.followed = None
        await board.ask_to_follow(counters)
        await board.ask_to_follow(["species-2"], device="nobody's")
        await board.press("species-2")
        await board.watch("species-2")
        assert board.cells.keys() == {"species-2"}
    assert "Traceback" not in twelve.printed()


async def test_a_counter_taken_off_the_board_is_no_longer_watched(twelve: BackEnd):
    async with BoardTab(twelve.port) as board, RawClient(twelve.port, "/c/species-3") as other:
        await board.watch("species-3", "species-4")
        await other.hears({"lookers": 2})
        await board.watch("species-4")
        await other.hears({"lookers": 1})
        heard = len(board.all_frames["species-3"])
        await other.record(other.click(), counter="species-3")
        await board.press("species-4")
        assert len(board.all_frames["species-3"]) == heard


@pytest.mark.parametrize("ending", ["close", "abort", "navigate"])
async def test_a_board_that_leaves_takes_all_of_its_cells_along(twelve: BackEnd, ending: str):
    async with RawClient(twelve.port, "/c/species-5") as one, RawClient(twelve.port, "/c/species-6") as two:
        board = await BoardTab(twelve.port).__aenter__()
        await board.watch(*NAMES)
        for each in (one, two):
            await each.hears({"lookers": 2})
        if ending == "navigate":
            board.router_data = {"pathname": "/c/species-6", "asPath": "/c/species-6"}
            await board.event("reflex___state____state.reflex___state____on_load_internal_state.on_load_internal", {})
        elif ending == "abort":
            board.reader.cancel()
            board.socket._response.connection.transport.abort()
        else:
            await board.__aexit__()
        await one.hears({"lookers": 1})
        await two.hears({"lookers": 2 if ending == "navigate" else 1})
        await board.session.close()


async def test_a_counter_that_changes_for_everybody_changes_on_boards(start: Start, ledger: Ledger):
    """Renamed, archived, closed to others, opened again, deleted: by another worker or by the terminal."""
    create(ledger, "one", "two", "three")

    def change(work: Any, *arguments: Any) -> None:
        ledger.transact(lambda connection: work(connection, *arguments))

    def own(connection: Connection) -> None:
        ownership.add_member(connection, counters.lock(connection, "two").id, account, "owner")

    account = ledger.transact(lambda connection: accounts.create(connection, "Owner", HASH, now_ms()))
    change(own)
    cluster = start({}, {}, with_redis=False)
    async with BoardTab(cluster.ports[0]) as board:
        await board.watch("one", "two", "three")
        change(counters.update_settings, "one", {"name": "First"}, None)
        await board.until(lambda: board.of("one", "about")["name"] == "First")
        change(counters.archive, "one", True, None)
        await board.until(lambda: board.of("one", "about")["archived"])
        change(counters.update_settings, "two", {"visibility": "members", "press": "members"}, None)
        await board.shows("two", error="members_only")
        assert "count" not in board.of("two")
        assert (await board.press("two"))["error"] == "members_only"
        change(counters.update_settings, "two", {"visibility": "listed", "press": "anyone"}, None)
        await board.shows("two", count=0)
        change(counters.delete, "three", "three", None)
        await board.shows("three", error="no_counter")
        await board.press("two")
        await board.shows("two", count=1)


async def test_following_twelve_counters_costs_as_much_as_twelve_events(twelve: BackEnd):
    async with BoardTab(twelve.port) as board:
        began = time.monotonic()
        for _ in range(5):
            await board.watch(*NAMES)
        assert time.monotonic() - began > 1.5
        assert (await board.press("species-1"))["error"] is None


async def test_of_many_wishes_at_once_the_newest_is_granted(twelve: BackEnd):
    async with BoardTab(twelve.port) as board, RawClient(twelve.port, "/c/species-12") as other:
        for shown in range(12, 0, -1):
            await board.ask_to_follow(NAMES[:shown])
        await board.until(lambda: board.followed == NAMES[:1])
        await other.hears({"lookers": 1})
