"""The entries of a group's history: those of its counters, whoever may see them."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from clickcounter.access import accounts, sessions
from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import ANY_ROUND, NOTE, Caller, Click, Order
from clickcounter.errors import Malformed
from clickcounter.history.entries import Entries, history_page, read_entries
from clickcounter.history.history_view import HistoryQuery, history_view
from clickcounter.history.ledger_pages import PAGE, LedgerQuery
from clickcounter.ledger import counters, membership
from clickcounter.ledger.ledger import Ledger
from clickcounter.services.validation import page_cursor_of
from tests.conftest import only_sqlite
from tests.history.test_cost import steps
from tests.ledger.test_group_limits import DEVICES, make_group
from tests.ledger.test_past_entries import add, remove
from tests.moved_clock import HOUR, Clock, Query
from tests.raw import new_key

NOBODY = Caller()
DOORS = {"North": 1, "South": 1, "Way out": -1}


@pytest.fixture
def engine(db_url: str):
    made = open_engine(db_url)
    yield made
    made.dispose()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clicks, "time", found)
    found.set("2026-11-20T12:00Z")
    return found


def pages(engine: Engine, query: LedgerQuery, who: Caller | None = NOBODY) -> list[dict[str, Any]]:
    """The rows of all pages, their cursors sent as a browser sends them."""
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = history_page(engine, query, 0, page_cursor_of(after), who)
        rows += page["rows"]
        if page["next"] is None:
            return rows
        assert len(page["rows"]) == PAGE
        after = [list(part) if isinstance(part, tuple) else part for part in page["next"]]


def press(ledger: Ledger, door: str, device: str, *amounts: int, seen: tuple[int, int] | None = None) -> tuple[int, int]:
    """Press now in the current round, or as was `seen` before: in a round at a moment. Returns those of this press."""
    round_id, at = seen or (ANY_ROUND, clicks.now_ms())
    [outcome] = ledger.write([Order(door, device, tuple(Click(new_key(), one, at, round_id) for one in amounts))])
    assert set(outcome.codes.values()) == {"saved"}
    assert outcome.snapshot is not None
    return outcome.snapshot.round, at


def evening(ledger: Ledger, clock: Clock, doors: list[str]) -> None:
    """Presses, late ones too, resets, entries added afterwards and notes, at random."""
    random.seed(20)
    seen = {door: [press(ledger, door, DEVICES[0], 1)] for door in doors}
    for _ in range(70):
        clock.now += random.choice([0, 1, 60_000])
        door = random.choice(doors)
        what = random.random()
        if what < 0.15:
            ledger.reset(door)
            seen[door].append(press(ledger, door, DEVICES[0], 1))
        elif what < 0.25:
            add(ledger, 3, clock.now - 1000, counter=door)
        elif what < 0.35:
            add(ledger, 0, clock.now - 2000, counter=door, kind=NOTE, text="Rain")
        else:
            press(ledger, door, random.choice(DEVICES), *[1] * random.randint(1, 6), seen=random.choice(seen[door]))


def test_a_groups_pages_have_each_entry_of_its_counters_once_and_in_their_order(
    ledger: Ledger, engine: Engine, query: Query, clock: Clock
):
    house, doors = make_group(ledger, DOORS)
    evening(ledger, clock, doors)
    rows = pages(engine, LedgerQuery(house))
    ids = {door["counter"]: door["id"] for door in read_entries(engine, LedgerQuery(house), None, NOBODY)["doors"]}
    for door in doors:
        own = [row["id"] for row in pages(engine, LedgerQuery(door))]
        assert [row["id"] for row in rows if row["door"] == ids[door]] == own
    assert len(rows) == query("SELECT count(*) FROM click")[0][0] > 3 * PAGE
    assert all(newer["time"] >= older["time"] for newer, older in pairwise(rows))
    saved_in_time = [row for row in rows if row["time"] == row["saved_at"]]
    assert len(rows) / 3 < len(saved_in_time) < len(rows), "a late one stands where its round ended"
    device = rows[0]["device"]
    assert [row["id"] for row in pages(engine, LedgerQuery(house, device=device))] == [
        row["id"] for row in rows if row["device"] == device
    ]
    middle = rows[70]["saved_at"]
    before, since = (pages(engine, LedgerQuery(house, **of)) for of in ({"until": middle}, {"since": middle}))
    assert {row["id"] for row in before} == {row["id"] for row in rows if row["saved_at"] < middle}
    assert len(before) + len(since) == len(rows)
    first = read_entries(engine, LedgerQuery(house), None, NOBODY)
    ledger.reset(doors[0])
    press(ledger, doors[0], DEVICES[0], 1, 1)
    second = read_entries(engine, LedgerQuery(house), first["next"], NOBODY)
    both = [row["id"] for row in (*first["rows"], *second["rows"])]
    assert both == [row["id"] for row in rows[: 2 * PAGE]], "what is pressed meanwhile shifts no page"


def test_a_groups_history_shows_no_entry_of_a_counter_that_its_reader_may_not_see(ledger: Ledger, engine: Engine):
    house, (north, south, way_out) = make_group(ledger, DOORS)
    owner = Caller("1" * 64, None)

    def own(connection) -> None:
        account = accounts.create(connection, "Ann", "hash", clicks.now_ms())
        sessions.create(connection, account, str(owner.session), "", clicks.now_ms())
        membership.give(connection, south, "Ann")
        counters.update_settings(connection, south, {"visibility": "members"}, None)

    for door in (north, south, way_out):
        press(ledger, door, DEVICES[0], *[1] * 60)
    press(ledger, south, DEVICES[1], 1)
    ledger.transact(own)

    def told(who: Caller | None) -> tuple[set[str], int, int]:
        page = read_entries(engine, LedgerQuery(house), None, who)
        assert {row["door"] for row in page["rows"]} <= {door["id"] for door in page["doors"]}
        return {door["counter"] for door in page["doors"]}, page["hidden"], len(pages(engine, LedgerQuery(house), who))

    assert told(NOBODY) == ({north, way_out}, 1, 120)
    assert told(owner) == told(None) == ({north, south, way_out}, 0, 181)
    of_owner = read_entries(engine, LedgerQuery(house), None, owner)["next"]
    [hidden] = {row["door"] for row in pages(engine, LedgerQuery(house), owner)} - {
        row["door"] for row in pages(engine, LedgerQuery(house))
    }
    stolen = read_entries(engine, LedgerQuery(house), of_owner, NOBODY)
    assert hidden not in {row["door"] for row in stolen["rows"]}, "a cursor opens nothing"
    view = history_view(engine, HistoryQuery(house, "all", ZoneInfo("UTC")), clicks.now_ms())
    assert hidden not in {row["door"] for row in view["rows"]}, "who asks without a name sees what anybody may"
    assert [leader["up"] for leader in view["leaders"]] == [120], "nor does it say who counts there, and how much"
    assert view["amount"] == 61, "only how much is counted in all"


def test_a_round_of_a_group_lists_what_its_counters_saved_in_it(ledger: Ledger, engine: Engine, clock: Clock):
    house, (north, south, _) = make_group(ledger, DOORS)
    for amount in (1, 2, 3):
        press(ledger, north, DEVICES[0], amount)
        clock.now += HOUR
        ledger.reset(south)  # a counter's own round
        press(ledger, south, DEVICES[1], 10 * amount)
        clock.now += HOUR
        ledger.reset(house)
    for number, amounts in ((1, [10, 1]), (3, [30, 3]), (4, [])):
        view = history_view(engine, HistoryQuery(house, "round", ZoneInfo("UTC"), number), clock.now)
        assert (view["round"], [row["amount"] for row in view["rows"]]) == (number, amounts)
        assert [row["amount"] for row in pages(engine, LedgerQuery(house, number))] == amounts


def test_a_deleted_note_of_a_counter_is_told_to_who_reads_its_group(ledger: Ledger, engine: Engine, clock: Clock):
    house, (north, south, _) = make_group(ledger, DOORS)
    keys = [new_key() for _ in range(3)]
    for key, door in zip(keys, (north, south, north), strict=True):
        add(ledger, 0, clock.now, counter=door, kind=NOTE, text="Rain", key=key)
    for key, door in zip(keys[:2], (north, south), strict=True):
        remove(ledger, key, counter=door)
    page: Entries = read_entries(engine, LedgerQuery(house), None, NOBODY)
    assert (page["deleted"]["keys"], [row["key"] for row in page["rows"]]) == ([keys[1], keys[0]], [keys[2]])


@only_sqlite
@pytest.mark.parametrize("wrong", [[[1]], [[1, 2, 3, 4, "5"]], [[1] * 5] * 13, [[1] * 5, 1], [[1] * 6], [[1] * 5, None]])
def test_a_malformed_cursor_is_refused(ledger: Ledger, engine: Engine, wrong: list[Any]):
    house, (north, *_) = make_group(ledger, DOORS)
    with pytest.raises(Malformed):
        page_cursor_of(wrong)
    for slug, of_another in ((house, [1, 2, 3]), (north, [[1, 2, 3, 4, 5]])):
        with pytest.raises(Malformed):
            history_page(engine, LedgerQuery(slug), 0, page_cursor_of(of_another), NOBODY)


@only_sqlite
def test_a_page_of_a_group_costs_the_same_however_much_its_counters_hold(ledger: Ledger, db_url: str):
    house, doors = make_group(ledger, {f"Door {number}": 1 for number in range(10)})
    for door in doors:
        press(ledger, door, DEVICES[0], *[1] * 30)
    cost = []
    for copies in (0, 200):
        engine = open_engine(db_url, pooled=False)
        with engine.begin() as connection:
            connection.execute(text(MORE), {"copies": copies})
        middle = read_entries(engine, replace(LedgerQuery(house), until=clicks.now_ms() - 1), None, NOBODY)["next"]
        looks: list[Callable[[], object]] = [
            lambda: read_entries(engine, LedgerQuery(house), None, NOBODY),  # noqa: B023  it is called at once
            lambda: read_entries(engine, LedgerQuery(house), middle, NOBODY),  # noqa: B023
        ]
        cost.append([steps(engine, look) for look in looks])
        engine.dispose()
    for few, many in zip(*cost, strict=True):
        assert many < 1.5 * few + 2_000


# Each click so many times again, earlier by as many milliseconds.
MORE = """
WITH RECURSIVE n (i) AS (SELECT 1 WHERE :copies > 0 UNION ALL SELECT i + 1 FROM n WHERE i < :copies)
INSERT INTO click (counter_id, round_id, device_id, key, amount, total, pressed_at, saved_at, time_adjusted, round_unknown,
  kind, reason)
SELECT counter_id, round_id, device_id, key || i, amount, total, pressed_at - i, saved_at - i, time_adjusted, round_unknown,
  kind, reason FROM click, n
"""
