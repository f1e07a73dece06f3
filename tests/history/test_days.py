"""The days of a counter, side by side."""

from zoneinfo import ZoneInfo

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import OPENING, Click, Order
from clickcounter.errors import Refused
from clickcounter.history.days import DaysView, read_days
from clickcounter.history.history_view import HistoryQuery, history_view
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite
from tests.history.test_cost import steps
from tests.ledger.test_group_limits import make_group
from tests.ledger.test_past_entries import add
from tests.moved_clock import DAY, HOUR, Clock, Query, end, ms, press, schedule, start
from tests.raw import new_key


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clicks, "time", found)
    return found


def days_of(ledger: Ledger, clock: Clock, counter: str = "counter") -> DaysView | None:
    engine = open_engine(str(ledger._url))
    found = read_days(engine, counter, clock.now)
    engine.dispose()
    return found


def test_today_is_compared_with_the_same_time_a_week_ago(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-02T04:00Z", "day 04:00 UTC")  # a Monday
    for day in range(8):
        for hour, amount in ((9, 10 + day), (15, 100)):
            clock.set("2026-03-02T00:00Z")
            clock.now += day * DAY + hour * HOUR
            if day < 7 or hour < 12:
                press(ledger, clock.now, amount=amount)
    clock.set("2026-03-09T12:00Z")
    found = days_of(ledger, clock)
    assert found is not None
    assert [day["total"] for day in found["days"]] == [17, 116, 115, 114, 113, 112, 111, 110]
    assert [day["ended_at"] for day in found["days"][:2]] == [None, ms("2026-03-09T04:00Z")]
    assert (found["so_far"], found["before_so_far"], found["typical_so_far"]) == (17, 10, 13)
    assert (found["before"]["total"], found["typical"]) == (110, 113)
    assert found["course"] == [0] * 5 + [17] * 3
    assert found["before_course"] == [0] * 5 + [10] * 6 + [110] * 14
    assert schedule(ledger, "").settings.ends_at is None
    assert days_of(ledger, clock) is None


@only_sqlite
def test_a_past_entry_counts_on_its_day_and_a_day_begins_with_its_opening_amount(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-02T04:00Z", "day 04:00 UTC")
    clock.set("2026-03-03T12:00Z")
    add(ledger, 30, ms("2026-03-02T10:00Z"), ms("2026-03-02T12:00Z"))
    add(ledger, 4, ms("2026-03-03T09:00Z"))
    add(ledger, 100, kind=OPENING)
    found = days_of(ledger, clock)
    assert found is not None
    assert [day["total"] for day in found["days"]] == [104, 30]
    assert found["course"] == [100] * 5 + [104] * 3
    with pytest.raises(Refused, match="past_rounds"):
        add(ledger, 1, ms("2026-03-03T03:00Z"), ms("2026-03-03T05:00Z"))


def test_a_day_that_was_reset_in_between_is_one_day(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-02T04:00Z", "day 04:00 UTC")
    for moment in ("2026-03-02T10:00Z", "2026-03-02T18:00Z", "2026-03-03T10:00Z"):
        clock.set(moment)
        press(ledger, clock.now, amount=5)
        ledger.reset("counter")
    found = days_of(ledger, clock)
    assert found is not None
    assert [(day["number"], day["total"], day["started_at"]) for day in found["days"]] == [
        (5, 5, ms("2026-03-03T04:00Z")),
        (3, 10, ms("2026-03-02T04:00Z")),
    ]


def test_weeks_are_compared_with_the_week_before(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-02T04:00Z", "monday 04:00 UTC")
    for moment, amount in (("2026-03-03T10:00Z", 3), ("2026-03-07T10:00Z", 40), ("2026-03-09T10:00Z", 5)):
        clock.set(moment)
        press(ledger, clock.now, amount=amount)
    clock.set("2026-03-11T10:00Z")
    found = days_of(ledger, clock)
    assert found is not None
    assert (found["unit"], found["so_far"], found["before_so_far"], found["before"]["total"]) == ("week", 5, 3, 43)
    assert found["course"] == [5, 5]


def test_a_groups_day_is_what_its_counters_counted_on_it(ledger: Ledger, query: Query, clock: Clock):
    clock.set("2026-03-02T04:00Z")
    house = make_group(ledger, {"in": 1, "out": -1})[0]
    start(ledger, query, clock, "2026-03-02T04:00Z", "day 04:00 UTC", house)
    for moment, way_in, way_out in (("2026-03-02T10:00Z", 9, 4), ("2026-03-02T18:00Z", 30, 1), ("2026-03-03T04:05Z", 6, 8)):
        clock.set(moment)
        press(ledger, clock.now, amount=way_in, counter="in")
        press(ledger, clock.now, amount=way_out, counter="out")
        ledger.reset("in")  # what it counted before is a part of the day all the same
    clock.set("2026-03-03T12:00Z")
    press(ledger, ms("2026-03-02T20:00Z"), clicks.ANY_ROUND, 100, "out")  # made without a connection
    found = days_of(ledger, clock, house)
    assert found is not None
    assert [(day["total"], day["started_at"]) for day in found["days"]] == [
        (-2, ms("2026-03-03T04:00Z")),
        (-66, ms("2026-03-02T04:00Z")),
    ]
    assert (found["so_far"], found["typical_so_far"], found["course"]) == (-2, 5, [-2] * 8)
    assert found["typical_course"] == [0] * 6 + [5] * 8 + [34] * 2 + [-66] * 9
    engine = open_engine(str(ledger._url))
    for day in found["days"]:
        asked = HistoryQuery(house, "round", ZoneInfo("UTC"), round=day["number"])
        assert history_view(engine, asked, clock.now)["amount"] == day["total"]
    engine.dispose()


@only_sqlite
def test_a_thousand_days_cost_no_more_than_a_hundred(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2023-01-01T12:00Z", "day 04:00 UTC")
    engine, cost = open_engine(str(ledger._url), pooled=False), []
    for _ in range(13):
        clock.now += 80 * DAY
        end(ledger)
        late = [Click(new_key(), 1, clock.now - day * DAY, clicks.ANY_ROUND) for day in range(80)]
        ledger.write([Order("counter", "d" * 64, tuple(late))])
        cost.append(steps(engine, lambda: read_days(engine, "counter", clock.now)))
    assert query("SELECT count(*) FROM round WHERE counted") == [(1_040,)]
    assert cost[-1] < 1.3 * cost[0], cost
