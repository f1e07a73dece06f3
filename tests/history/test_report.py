"""A report says what the ledger says, counted row by row."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.history.report import entries
from clickcounter.history.report.facts import Report, ReportQuery
from clickcounter.history.report.read import read_report
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite
from tests.event_night import BERLIN, FORGED, LIMIT, NOBODY, REASON, SINCE, UNTIL, Truth, night, query_of
from tests.moved_clock import DAY, HOUR, Clock, Query, end, ms, press, schedule, start

UTC = ZoneInfo("UTC")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clicks, "time", found)
    return found


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    opened = open_engine(db_url)
    yield opened
    opened.dispose()


def is_exactly(report: Report, truth: Truth) -> None:
    assert report.sums == truth.sums(report.since, report.until)
    for row in report.rows:
        assert row.sums == truth.sums(row.start, row.end)
        assert (row.highest, row.at_end) == (truth.highest(row.start, row.end), truth.number(row.end - 1))
    assert (report.at_start, report.at_end) == (truth.number(report.since - 1), truth.number(report.until - 1))
    assert report.peak.value == truth.highest(report.since, report.until)
    assert [truth.number(report.peak.at), truth.number(report.peak.at - 1) < report.peak.value] == [report.peak.value, True]


def test_a_nights_report_equals_its_ledger_across_a_clock_change(
    ledger: Ledger, query: Query, clock: Clock, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    house, signs = night(ledger, clock)
    report, truth = read_report(engine, query_of(house), NOBODY, clock.now), Truth(query, signs)
    assert (report.since, report.until, report.width, len(report.rows)) == (SINCE, UNTIL, "hour", 8)
    assert (report.step, report.changes.complete) == (0, True)
    is_exactly(report, truth)
    assert {door.slug: door.sums for door in report.doors} == {slug: truth.sums(SINCE, UNTIL, slug) for slug in signs}
    for door in report.doors:
        assert list(door.rows) == [truth.sums(row.start, row.end, door.slug) for row in report.rows], door.name
    limit = next(mark for mark in report.marks if mark.kind == "limit")
    assert [since for since, _ in limit.times] == truth.times_at(LIMIT)
    assert sum(one.clicks for one in report.people.listed or ()) == report.sums.clicks
    found = {change.kind: change for change in report.changes.listed}
    [corrected] = [row[2] for row in truth.rows if row[1] == "correction"]
    assert (found["correction"].reason, found["correction"].amount) == (REASON, corrected)
    assert (found["take_back"].reason, found["take_back"].count, found["take_back"].door) == (FORGED, 1, "South")
    assert sum(change.count for change in report.changes.listed if change.kind == "undo") == sum(
        row[1] == "undo" for row in truth.rows
    )
    monkeypatch.setattr(entries, "MOST_ENTRIES", 20)
    by_minute = read_report(engine, query_of(house), NOBODY, clock.now)
    assert (by_minute.step, by_minute.changes.complete) == (60_000, False)
    assert (by_minute.sums, by_minute.doors, by_minute.at_end) == (report.sums, report.doors, report.at_end)
    minutes = range(SINCE, UNTIL, 60_000)
    assert by_minute.peak.value == max(report.at_start, *(truth.number(minute + 59_999) for minute in minutes))


@only_sqlite
def test_a_door_has_a_report_of_its_own_and_of_each_round(ledger: Ledger, query: Query, clock: Clock, engine: Engine):
    _, signs = night(ledger, clock)
    for slug in signs:
        is_exactly(read_report(engine, query_of(slug), NOBODY, clock.now), Truth(query, {slug: 1}))
    south = list(signs)[1]
    first = read_report(engine, ReportQuery(south, BERLIN, round=1), NOBODY, clock.now)
    second = read_report(engine, ReportQuery(south, BERLIN, round=2), NOBODY, clock.now)
    [(one,), (two,)] = query(
        f"SELECT total FROM round JOIN counter ON counter.id = counter_id WHERE slug = '{south}' ORDER BY number"
    )
    assert (first.at_start, first.sums.amount, first.at_end) == (0, one, one)
    assert (second.at_start, second.sums.amount, second.at_end, second.round) == (0, two, two, 2)
    assert first.peak.value >= one
    with pytest.raises(CounterNotFound):
        read_report(engine, ReportQuery(south, BERLIN, round=3), NOBODY, clock.now)


@only_sqlite
def test_a_year_is_told_by_weeks_however_many_entries_it_has(
    ledger: Ledger, query: Query, clock: Clock, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    _, signs = night(ledger, clock)
    north, truth = next(iter(signs)), Truth(query, {next(iter(signs)): 1})
    since, until = ms("2025-12-01T07:15Z"), ms("2026-11-29T19:45Z")
    report = read_report(engine, ReportQuery(north, UTC, since=since, until=until), NOBODY, until)
    assert (report.width, report.sums, report.step) == ("week", truth.sums(since, until), 0)
    assert report.peak.value == truth.highest(since, until)
    monkeypatch.setattr(entries, "MOST_ENTRIES", 20)
    by_hours = read_report(engine, ReportQuery(north, UTC, since=since, until=until), NOBODY, until)
    assert (by_hours.step, by_hours.rows[0].highest, by_hours.sums, by_hours.at_end) == (
        *(4 * HOUR, None, report.sums, report.at_end),
    )
    for wrong, code in (((since, since), "period"), ((since, since + 368 * DAY), "stretches"), ((None, until), "period")):
        with pytest.raises(Refused, match=code):
            read_report(engine, ReportQuery(north, UTC, since=wrong[0], until=wrong[1]), NOBODY, until)


@only_sqlite
def test_a_day_is_as_long_as_the_clocks_and_the_schedule_make_it(ledger: Ledger, query: Query, clock: Clock, engine: Engine):
    start(ledger, query, clock, "2026-10-20T10:00Z", "")

    def day(on: str, zone: ZoneInfo | None = BERLIN) -> Report:
        return read_report(engine, ReportQuery("counter", zone, date.fromisoformat(on)), NOBODY, clock.now)

    assert [(one.until - one.since) // HOUR for one in map(day, ("2026-03-29", "2026-10-24", "2026-10-25"))] == [23, 24, 25]
    ledger.transact(lambda c: counters.update_settings(c, "counter", {"day_start": 6}, None))
    assert day("2026-10-25").since == ms("2026-10-25T06:00+01:00")
    schedule(ledger, "day 04:00 Europe/Berlin")
    clock.set("2026-10-25T02:50Z")
    press(ledger, clock.now, amount=8)
    clock.set("2026-10-25T03:00Z")
    end(ledger)
    clock.set("2026-10-25T09:00Z")
    press(ledger, clock.now, amount=2)
    before, today = day("2026-10-24", None), read_report(engine, ReportQuery("counter"), NOBODY, clock.now)
    assert (before.since, before.until) == (ms("2026-10-24T02:00Z"), ms("2026-10-25T03:00Z"))
    assert (before.zone, len(before.rows), before.sums.up, before.at_end) == (BERLIN, 25, 8, 8)
    assert (today.day, today.at_start, today.at_end) == (date(2026, 10, 25), 0, 2)
    assert today.rows[-1].start == ms("2026-10-25T09:00Z"), "what is still to come is left out"


@only_sqlite
def test_a_groups_report_names_only_doors_that_its_reader_may_see(
    ledger: Ledger, query: Query, clock: Clock, engine: Engine
):
    house, signs = night(ledger, clock)
    whole = read_report(engine, query_of(house), NOBODY, clock.now)
    south = list(signs)[1]
    query(f"UPDATE counter SET visibility = 'members' WHERE slug = '{south}'")
    report = read_report(engine, query_of(house), NOBODY, clock.now)
    assert ([door.name for door in report.doors], report.hidden) == (["North", "Way out"], 1)
    hidden = next(door for door in whole.doors if door.slug == south)
    assert (report.of_hidden, report.rows_of_hidden) == (hidden.sums, hidden.rows)
    assert {change.door for change in report.changes.listed} <= {"North", "Way out"}
    assert set(report.people.listed) < set(whole.people.listed), "nor the people who counted at others alone"
    assert replace(
        report, doors=(), hidden=0, of_hidden=whole.of_hidden, rows_of_hidden=(), changes=whole.changes, people=whole.people
    ) == replace(whole, doors=())
    of_terminal = read_report(engine, query_of(house), None, clock.now)
    assert (len(of_terminal.doors), of_terminal.people) == (3, whole.people), "the terminal sees all"
    query(f"UPDATE counter SET visibility = 'members' WHERE slug = '{house}'")
    with pytest.raises(Refused, match="members_only"):
        read_report(engine, query_of(house), NOBODY, clock.now)
