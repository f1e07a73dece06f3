"""Time buckets, in any zone, on any day."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clickcounter.domain import calendar
from clickcounter.errors import Refused

HOUR, DAY = 3_600_000, 86_400_000
LAST = 253_402_300_799_999  # ms; the end of the year 9999
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
CHANGES = [  # clock changes, UTC
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("America/New_York", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-11-01T06:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
]
SPANS = {"minute": 3 * HOUR, "quarter": 2 * DAY, "hour": 9 * DAY, "day": 200 * DAY, "week": 900 * DAY}
SPANS |= {"month": 9_000 * DAY, "year": 20_000 * DAY}


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


around_a_change = st.builds(lambda change, by: (change[0], ms(change[1]) + by), st.sampled_from(CHANGES),
                            st.integers(-2 * DAY, 2 * DAY))  # fmt: skip
anywhere = st.tuples(st.sampled_from(ZONES), st.integers(ms("1999-01-01T00:00Z"), ms("2030-01-01T00:00Z")))


@given(
    st.one_of(around_a_change, anywhere),
    st.sampled_from(calendar.WIDTHS),
    st.integers(0, 23),
    st.floats(0, 1),
)
@example(("Australia/Lord_Howe", ms("2026-04-04T15:20Z")), "hour", 2, 0.5)
@example(("Pacific/Apia", ms("2011-12-29T15:20Z")), "day", 5, 0.1)
def test_buckets_cover_every_moment_once(where, width, day_start, part):
    name, first = where
    zone = ZoneInfo(name)
    last = first + int(SPANS[width] * part)
    week_start = 1 + (day_start + width.count("e")) % 7
    edges = calendar.edges(zone, width, first, last, day_start, week_start)
    assert edges[0] <= first < edges[1]
    assert edges[-2] <= last < edges[-1]
    assert all(a < b for a, b in pairwise(edges))
    assert all(edge % calendar.unit(width) == 0 for edge in edges)
    # Buckets start on the hour, day or week of the local clock, or at a clock change.
    for edge in edges:
        local, before = (datetime.fromtimestamp(at / 1000, zone) for at in (edge, edge - 1))
        changed = local.utcoffset() != before.utcoffset()
        if width in calendar.DATES:
            assert (local.hour, local.minute) == (day_start, 0) or changed
            assert width != "week" or local.isoweekday() == week_start
            assert width not in ("month", "year") or local.day == 1
            assert width != "year" or local.month == 1
        elif width == "hour":
            assert local.minute == 0 or changed
        elif width == "quarter":
            assert local.minute % 15 == 0


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Kathmandu", "2026-10-25", 24),
    ],
)
def test_a_day_with_a_clock_change_is_shorter_or_longer(zone: str, day: str, hours: float):
    noon = int(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)
    [start, end] = calendar.edges(ZoneInfo(zone), "day", noon, noon)
    assert (end - start) / HOUR == hours
    assert len(calendar.edges(ZoneInfo(zone), "quarter", start, end - 1)) - 1 == hours * 4


def test_a_night_belongs_to_the_day_it_began_in():
    zone = ZoneInfo("Europe/Berlin")
    [start, end] = calendar.edges(zone, "day", ms("2026-11-25T02:30+01:00"), ms("2026-11-25T02:30+01:00"), day_start=5)
    assert (start, end) == (ms("2026-11-24T05:00+01:00"), ms("2026-11-25T05:00+01:00"))
    edges = calendar.edges(zone, "week", start, start, day_start=5)
    assert edges == [ms("2026-11-23T05:00+01:00"), ms("2026-11-30T05:00+01:00")]


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_period_splits_into_roll_up_rows_without_gaps(first, length):
    start, end = first * calendar.QUARTER_HOUR, (first + length) * calendar.QUARTER_HOUR
    runs = calendar.pieces(start, end)
    edges = [start, *(run_end for _, _, run_end in runs)]
    assert edges[-1] == end
    assert [run_start for _, run_start, _ in runs] == edges[:-1]
    assert all(low % width == high % width == 0 and low < high for width, low, high in runs)
    quarters = sum(high - low for width, low, high in runs if width == calendar.QUARTER_HOUR) // calendar.QUARTER_HOUR
    assert quarters < 32


def test_impossible_buckets_and_zones_are_refused():
    zone = calendar.time_zone("Europe/Berlin")
    for width, first, last, code in (
        ("minute", 0, DAY, "stretches"),
        ("year", LAST, LAST, "stretches"),
        ("day", 1, 0, "period"),
    ):
        with pytest.raises(Refused, match=code):
            calendar.edges(zone, width, first, last)
    for width, day_start in (("century", 0), ("day", 24)):
        with pytest.raises(ValueError, match=f"no {width} begins at {day_start} "):
            calendar.edges(zone, width, 0, 1, day_start)
    for name in ("Europe/Nowhere", "../../etc/passwd", "", "\0"):
        with pytest.raises(Refused, match="zone"):
            calendar.time_zone(name)
        assert calendar.known_time_zone(name).key == "UTC"
    assert calendar.known_time_zone("Asia/Kolkata").key == "Asia/Kolkata"


def test_months_and_years_follow_the_local_calendar():
    zone = ZoneInfo("America/New_York")
    edges = calendar.edges(zone, "month", ms("2026-02-10T00:00Z"), ms("2026-05-01T00:00Z"))
    assert edges == [
        ms(f"2026-{start}") for start in ("02-01T00:00-05:00", "03-01T00:00-05:00", "04-01T00:00-04:00", "05-01T00:00-04:00")
    ]
    edges = calendar.edges(zone, "year", ms("2024-12-31T23:00Z"), ms("2026-01-01T04:59Z"), day_start=4)
    assert edges == [ms(f"{year}-01-01T04:00-05:00") for year in (2024, 2025, 2026)]
