"""Groups whose rounds end by themselves, with moved clocks, on a real SQLite file and on a real PostgreSQL."""

import threading

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Refused
from clickcounter.history import verify
from clickcounter.ledger import counters, groups, rounds
from clickcounter.ledger.ledger import Ledger
from tests.ledger.test_group_limits import DEVICES, make_group
from tests.ledger.test_scheduled_ends import CHANGES
from tests.moved_clock import HOUR, Clock, Query, end, ms, press, rounds_of, schedule, start

FOUR = "day 04:00 UTC"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    found.set("2019-01-01T00:00Z")
    monkeypatch.setattr(clicks, "time", found)
    return found


@pytest.fixture
def house(ledger: Ledger, clock: Clock) -> str:
    """A group of the counters `in` and `out`, which it subtracts."""
    return make_group(ledger, {"in": 1, "out": -1})[0]


def values(query: Query) -> list[tuple]:
    return query("SELECT slug, value FROM counter WHERE is_group OR in_groups ORDER BY slug")


def consistent(ledger: Ledger) -> None:
    engine = open_engine(str(ledger._url))
    assert verify.verify(engine)[1] == []
    engine.dispose()


@pytest.mark.parametrize(("text", "began", "expected"), CHANGES[:6])
def test_a_group_ends_once_with_its_counters_when_clocks_change(
    ledger: Ledger, query: Query, clock: Clock, house: str, text: str, began: str, expected: list[str]
):
    start(ledger, query, clock, began, text, house)
    for moment in expected:
        press(ledger, clock.now, amount=5, counter="in")
        press(ledger, clock.now, amount=2, counter="out")
        clock.now = ms(moment) - 1
        round_id = press(ledger, clock.now, counter="in").round
        for later in (0, 1, HOUR, 2 * HOUR):  # the hour comes twice, or is missing
            clock.now = ms(moment) + later
            end(ledger, house)
        assert press(ledger, clock.now, amount=3, counter="out").round != round_id
        press(ledger, clock.now, amount=-3, counter="out")
    moments = [ms(moment) for moment in expected]
    for counter, total in ((house, 4), ("in", 6), ("out", 2)):
        assert rounds_of(query, counter) == [*((total, moment) for moment in moments), (0, None)]
    consistent(ledger)


def test_after_a_stop_a_press_at_a_door_finds_each_missed_day_ended(ledger: Ledger, query: Query, clock: Clock, house: str):
    start(ledger, query, clock, "2026-03-27T12:00Z", "day 02:30 Europe/Berlin", house)
    press(ledger, clock.now, amount=9, counter="in")
    press(ledger, clock.now, amount=4, counter="out")
    clock.set("2026-03-30T10:00Z")
    assert press(ledger, clock.now, amount=3, counter="out").value == 3
    ends = [ms("2026-03-28T01:30Z"), ms("2026-03-29T01:00Z"), ms("2026-03-30T00:30Z"), None]
    assert [row[1] for row in rounds_of(query, house)] == ends
    assert rounds_of(query, "in") == list(zip([9, 0, 0, 0], ends, strict=True))
    assert rounds_of(query, "out") == list(zip([4, 0, 0, 3], ends, strict=True))
    assert rounds_of(query, house)[0][0] == 5
    assert values(query) == sorted([(house, -3), ("in", 0), ("out", 3)])
    consistent(ledger)


def test_a_clock_that_is_set_back_ends_no_groups_round_twice(ledger: Ledger, query: Query, clock: Clock, house: str):
    start(ledger, query, clock, "2026-03-27T12:00Z", FOUR, house)
    clock.set("2026-03-28T04:00Z")
    end(ledger, house)
    clock.set("2026-03-28T03:30Z")
    [(door,)] = query("SELECT round_id FROM counter WHERE slug = 'in'")
    press(ledger, clock.now, door, counter="in")
    again = schedule(ledger, FOUR, house)
    assert again.settings.ends_at == ms("2026-03-29T04:00Z")
    clock.set("2026-03-28T04:00Z")
    end(ledger, house)
    assert values(query) == sorted([(house, 1), ("in", 1), ("out", 0)])
    clock.set("2026-03-29T04:00Z")
    end(ledger, house)
    for counter, total in ((house, 1), ("in", 1), ("out", 0)):
        assert rounds_of(query, counter) == [(0, ms("2026-03-28T04:00Z")), (total, ms("2026-03-29T04:00Z")), (0, None)]


def test_processes_at_every_door_end_a_groups_round_once(ledger: Ledger, query: Query, clock: Clock, house: str):
    start(ledger, query, clock, "2026-03-27T12:00Z", FOUR, house)
    clock.set("2026-03-29T05:00Z")
    others, ready, done = [Ledger(str(ledger._url)) for _ in range(6)], threading.Barrier(6), []

    def work(one: Ledger, number: int) -> None:
        ready.wait(60)
        if number % 3 == 2:
            end(one, house)
        else:
            press(one, clock.now, counter=("in", "out")[number % 3])
        done.append(number)
        one.close()

    threads = [threading.Thread(target=work, args=(one, number)) for number, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(done) == 6
    ends = [ms("2026-03-28T04:00Z"), ms("2026-03-29T04:00Z"), None]
    for counter, last in ((house, 0), ("in", 2), ("out", 2)):
        assert rounds_of(query, counter) == list(zip([0, 0, last], ends, strict=True))
    consistent(ledger)


def test_a_door_with_a_schedule_of_its_own_ends_in_the_order_of_time(ledger: Ledger, query: Query, clock: Clock, house: str):
    start(ledger, query, clock, "2026-03-27T12:00Z", "day 05:00 UTC", house)
    schedule(ledger, FOUR, "in")
    press(ledger, clock.now, amount=7, counter="in")
    press(ledger, clock.now, amount=2, counter="out")
    clock.set("2026-03-29T12:00Z")
    press(ledger, clock.now, amount=6, counter="out")
    own, of_group = [[ms(f"2026-03-{day}T0{hour}:00Z") for day in (28, 29)] for hour in (4, 5)]
    assert rounds_of(query, "in") == [(7, own[0]), (0, of_group[0]), (0, own[1]), (0, of_group[1]), (0, None)]
    assert rounds_of(query, "out") == [(2, of_group[0]), (0, of_group[1]), (6, None)]
    assert rounds_of(query, house) == [(-2, of_group[0]), (0, of_group[1]), (0, None)]
    assert values(query) == sorted([(house, -6), ("in", 0), ("out", 6)])
    consistent(ledger)


def test_a_door_that_ends_at_the_same_moment_as_its_group_ends_once(ledger: Ledger, query: Query, clock: Clock, house: str):
    start(ledger, query, clock, "2026-03-27T12:00Z", FOUR, house)
    schedule(ledger, FOUR, "in")
    press(ledger, clock.now, amount=7, counter="in")
    clock.set("2026-03-28T12:00Z")
    end(ledger, house)
    assert end(ledger, "in").settings.ends_at == ms("2026-03-29T04:00Z")
    for counter in (house, "in"):
        assert rounds_of(query, counter) == [(7, ms("2026-03-28T04:00Z")), (0, None)]


def test_a_groups_end_takes_its_counters_out_of_other_groups(ledger: Ledger, query: Query, clock: Clock, house: str):
    other = make_group(ledger, {"north": 1})[0]
    ledger.transact(lambda c: groups.change_parts(c, other, {"in": 1}, None))
    start(ledger, query, clock, "2026-03-27T12:00Z", FOUR, house)
    press(ledger, clock.now, amount=7, counter="in")
    press(ledger, clock.now, amount=1, counter="north")
    clock.set("2026-03-28T12:00Z")
    end(ledger, house)
    assert query(f"SELECT value FROM counter WHERE slug = '{other}'") == [(1,)]
    assert rounds_of(query, other) == [(0, None)]
    consistent(ledger)


def test_who_may_not_reset_a_door_sets_no_schedule_over_it(ledger: Ledger, query: Query):
    one, other = (Caller(None, device) for device in DEVICES)

    def create(who: Caller, **fields: object) -> str:
        return ledger.transact(lambda c: counters.create(c, {"name": "Door"} | fields, rounds.new_round_id(), who))

    def set_schedule() -> None:
        ledger.transact(lambda c: counters.update_settings(c, house, {"schedule": FOUR}, one))

    house, *doors = create(one, group=True), create(one), create(other)
    query(
        f"INSERT INTO group_part SELECT g.id, c.id, 1 FROM counter g, counter c WHERE g.is_group AND c.slug IN {(*doors,)}"
    )
    with pytest.raises(Refused, match="not_owner"):
        set_schedule()
    assert query("SELECT schedule, ends_at FROM counter WHERE is_group") == [("", None)]
    query(f"DELETE FROM group_part WHERE counter_id = (SELECT id FROM counter WHERE slug = '{doors[1]}')")
    set_schedule()
