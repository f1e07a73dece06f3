"""What pages show of a counter with very many devices, on both databases."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event

from clickcounter.access import accounts, sessions
from clickcounter.database.engines import open_engine, read_only
from clickcounter.domain.clicks import UNDO, Caller, Click, Order, now_ms
from clickcounter.history import leaders, participants, snapshots
from clickcounter.history.background import BackgroundReads
from clickcounter.history.history_view import HistoryQuery, history_view, series
from clickcounter.history.leaders import LeaderQuery, known_leaders
from clickcounter.ledger import counters, groups
from clickcounter.ledger.ledger import Ledger
from tests.lists import create_counter
from tests.raw import new_key
from tests.server import wait_for

Query = Callable[[str], list[tuple]]
DEVICES = [f"{number:064}" for number in range(8)]
ANN = "1" * 64  # the hash of her session


@pytest.fixture
def engine(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Three rows of a roll-up are very many here."""
    for module in (leaders, participants):
        monkeypatch.setattr(module, "MANY", 3)
    monkeypatch.setattr(leaders, "_in_background", BackgroundReads())
    made = open_engine(db_url, pooled=False)
    yield made
    made.dispose()


@pytest.fixture
def pressed(ledger: Ledger) -> None:
    """Each device added its index, and one more where Ann was signed in: on the last three."""

    def sign_in(connection: Connection) -> None:
        sessions.create(connection, accounts.create(connection, "Ann", "hash", now_ms()), ANN, "", now_ms())

    ledger.transact(sign_in)
    for index, device in enumerate(DEVICES[1:], 1):
        ledger.write([Order("counter", device, (Click(new_key(), index, now_ms(), 0),))])
    for device in DEVICES[5:]:
        ledger.write([Order("counter", device, (Click(new_key(), 1, now_ms(), 0),), ANN)])


@pytest.mark.usefixtures("pressed")
def test_leaders_of_very_many_devices_arrive_a_moment_later(engine: Engine, ledger: Ledger, query: Query):
    asked = HistoryQuery("counter", "week", ZoneInfo("UTC"), by_device=True)
    view = history_view(engine, asked, now_ms())
    assert (view["leaders"], view["leaders_at"], view["parts"]) == ([], None, [])

    def known() -> bool:
        nonlocal view
        view = history_view(engine, asked, now_ms())
        return view["leaders_at"] is not None

    wait_for(known, "the leaders are known")
    moved = [(leader["person"], leader["up"]) for leader in view["leaders"]]
    assert moved == [("", 7), ("", 6), ("", 5), ("", 4), ("Ann", 3), ("", 3), ("", 2), ("", 1)]
    assert [sum(amounts) for *_, amounts in view["parts"]] == [7, 6, 5, 4, 3]
    query("UPDATE device SET label = 'North door'")
    ledger.transact(lambda connection: accounts.delete_account(connection, 1, now_ms()))
    named = history_view(engine, asked, now_ms())["leaders"]
    assert {(leader["person"], leader["label"]) for leader in named} == {("", "North door")}


@pytest.mark.usefixtures("pressed")
def test_a_chart_alone_reads_neither_participants_nor_sums_of_rounds(engine: Engine):
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    for span in ("week", "round", "all"):
        statements.clear()
        chart = series(engine, HistoryQuery("counter", span, ZoneInfo("UTC")), now_ms())
        assert sum(amount for _, _, amount, _, _ in chart.bars) == 31
        assert statements
        assert not [one for one in statements if "tally" in one or "account" in one or "ended_by" in one]
    assert not leaders._in_background._waiting
    assert not leaders._in_background._kept


@pytest.mark.usefixtures("pressed")
def test_leaders_found_in_the_background_are_those_of_the_roll_ups(engine: Engine):
    start, end = now_ms() // 900_000 * 900_000 - 900_000, now_ms() // 900_000 * 900_000 + 900_000
    for asked, exact in (
        (LeaderQuery("counter"), leaders.leaders(engine, "counter")),
        (LeaderQuery("counter", 1), leaders.leaders(engine, "counter", 1)),
        (LeaderQuery("counter", None, start, end), leaders.leaders_between(engine, "counter", start, end)),
    ):
        found = wait_for(lambda asked=asked: known_leaders(engine, asked, now_ms()), "the leaders are known")
        assert found.value == exact
        assert len(exact) == 8


def test_a_groups_leaders_forget_at_once_who_pressed_at_a_counter_that_became_members_only(engine: Engine, ledger: Ledger):
    doors = [create_counter(ledger, name) for name in ("North", "South")]
    house = create_counter(ledger, "House", group=True)
    ledger.transact(lambda c: groups.change_parts(c, house, dict.fromkeys(doors, 1), None))
    for door, devices in zip(doors, (DEVICES[:4], DEVICES[4:]), strict=True):
        for device in devices:
            ledger.write([Order(door, device, (Click(new_key(), 1, now_ms(), 0),))])
    asked = LeaderQuery(house)

    def named(many: int) -> bool:
        found = known_leaders(engine, asked, now_ms())
        assert found is None or len(found.value) == many
        return found is not None

    def show(visibility: str) -> None:
        ledger.transact(lambda c: counters.update_settings(c, doors[1], {"visibility": visibility}, None))

    wait_for(lambda: named(8), "the leaders are known")
    show("members")
    assert not named(4), "not those of a moment ago"
    wait_for(lambda: named(4), "the leaders of the open counter are known")
    show("link")
    assert named(8)


@pytest.mark.usefixtures("pressed")
def test_the_newest_of_very_many_participants_are_shown(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(participants, "MAX_ENTRIES", 4)  # Ann's three, and the last device's own
    found = participants.participants(engine, "counter", Caller())
    assert {(one.person, one.up) for one in found.shown} == {("Ann", 3), ("", 5), ("", 6), ("", 7)}
    assert found.more <= 8 - len(found.shown)
    assert not found.exact
    for module in (leaders, participants):
        monkeypatch.setattr(module, "MANY", 100)
    everybody = participants.participants(engine, "counter", Caller())
    assert (len(everybody.shown), everybody.more, everybody.exact) == (8, 0, True)


def test_an_undo_reaches_back_a_bounded_number_of_entries(
    engine: Engine, ledger: Ledger, query: Query, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(participants, "UNDO_REACH", 4)
    round_id = query("SELECT round_id FROM counter")[0][0]
    keys = [new_key() for _ in range(4)]

    def write(*clicks: Click) -> None:
        ledger.write([Order("counter", DEVICES[0], clicks)])
        written_at = now_ms()
        wait_for(lambda: now_ms() > written_at, "the next entry is saved later")

    for key in keys:
        write(Click(key, 1, now_ms(), round_id))
    last = []
    for key in reversed(keys[1:]):
        last.append(participants.own_totals(engine, "counter", Caller(None, DEVICES[0])).last)
        write(Click(new_key(), 0, now_ms(), round_id, kind=UNDO, of=key))
    last.append(participants.own_totals(engine, "counter", Caller(None, DEVICES[0])).last)
    assert [press and press.key for press in last] == [keys[3], keys[2], keys[1], None]


def test_a_list_of_any_length_can_be_asked_for(engine: Engine):
    slugs = ["counter", *(f"nothing-{number}" for number in range(70_000))]
    with read_only(engine).begin() as connection:
        assert [snapshot.counter for snapshot in snapshots.snapshots(connection, slugs)] == ["counter"]
