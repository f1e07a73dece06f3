"""Rounds that end by themselves, with moved clocks, on a real SQLite file and on a real PostgreSQL."""

import threading

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.errors import Refused
from clickcounter.history import verify
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite
from tests.moved_clock import HOUR, Clock, Query, end, ms, press, schedule, start


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clicks, "time", found)
    return found


def rounds_of(query: Query) -> list[tuple]:
    return query("SELECT number, total, started_at, ended_at FROM round ORDER BY number")


def days(query: Query) -> list[int]:
    """When the rounds that the schedule ended have ended; each begins where the one before ends."""
    found = rounds_of(query)
    assert [row[3] for row in found[:-1]] == [row[2] for row in found[1:]]
    assert found[-1][3] is None
    return [row[3] for row in found[:-1]]


CHANGES = [  # a schedule, when it was set, and its next ends around the change of the clocks
    ("day 02:30 Europe/Berlin", "2026-03-27T12:00Z", ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]),
    ("day 02:30 Europe/Berlin", "2026-10-24T12:00Z", ["2026-10-25T00:30Z", "2026-10-26T01:30Z", "2026-10-27T01:30Z"]),
    ("day 00:00 America/Santiago", "2026-09-04T12:00Z", ["2026-09-05T04:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z"]),
    ("day 23:30 America/Santiago", "2026-04-03T12:00Z", ["2026-04-04T02:30Z", "2026-04-05T02:30Z", "2026-04-06T03:30Z"]),
    ("day 02:15 Australia/Lord_Howe", "2026-10-02T12:00Z", ["2026-10-02T15:45Z", "2026-10-03T15:30Z", "2026-10-04T15:15Z"]),
    ("day 01:45 Australia/Lord_Howe", "2026-04-03T12:00Z", ["2026-04-03T14:45Z", "2026-04-04T14:45Z", "2026-04-05T15:15Z"]),
    ("sunday 02:30 Europe/Berlin", "2026-03-23T12:00Z", ["2026-03-29T01:00Z", "2026-04-05T00:30Z"]),
    ("sunday 23:00 America/Santiago", "2026-03-30T12:00Z", ["2026-04-06T03:00Z", "2026-04-13T03:00Z"]),
]


@pytest.mark.parametrize(("text", "began", "expected"), CHANGES)
def test_rounds_end_once_at_the_right_moment_when_clocks_change(
    ledger: Ledger, query: Query, clock: Clock, text: str, began: str, expected: list[str]
):
    first = start(ledger, query, clock, began, text)
    for moment in expected:
        clock.now = ms(moment) - 1
        assert end(ledger).round == first
        clock.now += 1
        first = end(ledger).round
        for later in (1, HOUR, 2 * HOUR):  # the hour comes twice, or is missing
            clock.now = ms(moment) + later
            assert end(ledger).round == first
    assert days(query) == [ms(moment) for moment in expected]


def test_a_server_that_was_off_ends_each_missed_day_at_its_own_moment(ledger: Ledger, query: Query, clock: Clock):
    friday = start(ledger, query, clock, "2026-03-27T12:00Z", "day 02:30 Europe/Berlin")
    press(ledger, clock.now, friday, 5)
    clock.set("2026-03-30T10:00Z")  # the first thing is a press that was made just now, on a page that shows Friday
    shown = press(ledger, clock.now, friday, 7)
    expected = ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]
    assert days(query) == [ms(moment) for moment in expected]
    assert [row[1] for row in rounds_of(query)] == [5, 0, 0, 7]
    assert (shown.value, shown.settings.ends_at) == (7, ms("2026-03-31T00:30Z"))
    assert end(ledger) == shown


def test_offline_presses_join_the_day_on_which_they_were_made(ledger: Ledger, query: Query, clock: Clock):
    friday = start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-30T10:00Z")
    made = {"2026-03-27T23:00Z": 1, "2026-03-28T03:59Z": 10, "2026-03-28T04:30Z": 100, "2026-03-29T20:00Z": 1000}
    for moment, amount in made.items():
        press(ledger, ms(moment), friday, amount)
    press(ledger, ms("2026-03-30T09:00Z"), friday, 10_000)
    assert [row[1] for row in rounds_of(query)] == [11, 100, 1000, 10_000]
    assert query("SELECT count(*) FROM click WHERE pressed_at < (SELECT started_at FROM round WHERE id = round_id)") == [
        (0,)
    ]
    assert query("SELECT count(*) FROM click WHERE pressed_at > (SELECT ended_at FROM round WHERE id = round_id)") == [(0,)]
    assert verify.verify(open_engine(str(ledger._url)))[1] == []


def test_a_programs_late_press_joins_the_day_on_which_it_was_made(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-29T10:00Z")
    press(ledger, ms("2026-03-28T12:00Z"), clicks.ANY_ROUND, 3)
    press(ledger, clock.now, clicks.ANY_ROUND, 4)
    assert [row[1] for row in rounds_of(query)] == [0, 3, 4]


def test_a_page_that_has_not_heard_of_the_end_yet_counts_for_what_it_shows(ledger: Ledger, query: Query, clock: Clock):
    day = start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-28T04:00:01Z")
    press(ledger, clock.now, day)
    assert [row[1] for row in rounds_of(query)] == [1, 0]


def test_a_clock_that_is_set_back_ends_no_round_twice(ledger: Ledger, query: Query, clock: Clock):
    day = start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-28T04:00Z")
    shown = end(ledger)
    clock.set("2026-03-28T03:30Z")
    assert press(ledger, clock.now, shown.round).round == shown.round != day
    schedule(ledger, "day 04:00 UTC")  # said again
    clock.set("2026-03-28T04:00Z")
    assert end(ledger).round == shown.round
    clock.set("2026-03-29T04:00Z")
    end(ledger)
    assert days(query) == [ms("2026-03-28T04:00Z"), ms("2026-03-29T04:00Z")]


def test_two_processes_at_once_end_a_round_once(ledger: Ledger, query: Query, clock: Clock):
    day = start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-29T05:00Z")
    others = [Ledger(str(ledger._url)) for _ in range(4)]
    ready, shown = threading.Barrier(4), []

    def work(one: Ledger, number: int) -> None:
        ready.wait(60)
        shown.append(press(one, clock.now, day).round if number % 2 else end(one).round)
        one.close()

    threads = [threading.Thread(target=work, args=(one, number)) for number, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(shown) == 4
    assert len({*shown}) == 1
    assert days(query) == [ms("2026-03-28T04:00Z"), ms("2026-03-29T04:00Z")]
    assert [row[1] for row in rounds_of(query)] == [0, 0, 2]


def test_days_missed_for_years_do_not_hold_up_a_press(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2019-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-29T05:00Z")
    end(ledger)
    ended = days(query)
    assert (ended[0], ended[-1], len(ended)) == (ms("2019-03-28T04:00Z"), ms("2026-03-29T04:00Z"), 91)


@only_sqlite
def test_a_press_asks_no_more_where_a_round_will_end(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-27T12:00Z", "")
    asked: list[str] = []
    ledger._connection.connection.driver_connection.set_trace_callback(asked.append)
    counts = []
    for text in ("", "day 04:00 UTC"):
        schedule(ledger, text)
        press(ledger, clock.now)  # its round, day and device are known from now on
        asked.clear()
        press(ledger, clock.now)
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


def test_one_moment_ends_one_round_and_then_nothing(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-12-20T12:00Z", "2026-12-24 18:00 Europe/Berlin")
    clock.set("2027-01-10T00:00Z")
    assert end(ledger).settings.ends_at is None
    assert days(query) == [ms("2026-12-24T17:00Z")]
    with pytest.raises(Refused, match="schedule_past"):
        schedule(ledger, "2026-12-24 18:00 Europe/Berlin")


def test_an_archived_counters_round_waits_until_it_is_restored(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    archived = ledger.transact(lambda c: counters.archive(c, "counter", True, None))
    assert archived.settings.ends_at is None
    clock.set("2026-04-10T12:00Z")
    assert end(ledger).round == archived.round
    restored = ledger.transact(lambda c: counters.archive(c, "counter", False, None))
    assert (restored.round, restored.settings.ends_at) == (archived.round, ms("2026-04-11T04:00Z"))
    assert days(query) == []


def test_a_reset_by_hand_keeps_the_end_that_was_planned(ledger: Ledger, query: Query, clock: Clock):
    start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    clock.set("2026-03-27T15:00Z")
    snapshot, _ = ledger.reset("counter")
    assert snapshot.settings.ends_at == ms("2026-03-28T04:00Z")
    clock.set("2026-03-28T04:00:02Z")
    seen_long_ago, _ = ledger.reset("counter", snapshot.round)  # meant for the round that has just ended by itself
    assert seen_long_ago.round == end(ledger).round
    assert days(query) == [ms("2026-03-27T15:00Z"), ms("2026-03-28T04:00Z")]


def test_a_round_ends_though_an_import_took_its_successors_id(ledger: Ledger, query: Query, clock: Clock):
    day = start(ledger, query, clock, "2026-03-27T12:00Z", "day 04:00 UTC")
    taken = rounds.round_id_of("schedule", str(day), str(ms("2026-03-28T04:00Z")))
    query(
        "INSERT INTO round (id, counter_id, number, total, started_at, ended_at, counted, by_schedule)"
        f" SELECT {taken}, counter_id, -1, 0, 0, 1, counted, by_schedule FROM round"
    )
    clock.set("2026-03-28T04:00Z")
    assert end(ledger).round not in (day, taken)
