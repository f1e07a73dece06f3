"""When rounds end by themselves."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickcounter.domain.schedule import CAUGHT_UP, WEEKDAYS, due_ends, next_end, read_schedule
from clickcounter.errors import Refused
from tests.domain.test_calendar import CHANGES, DAY, ms

HOUR = 3_600_000


@given(st.sampled_from(CHANGES), st.integers(0, 1439), st.integers(-3 * DAY, 3 * DAY), st.sampled_from(("day", *WEEKDAYS)))
def test_each_day_has_one_end_at_its_time_or_at_the_change(change, minute: int, after: int, when: str):
    zone, moment = change
    schedule = read_schedule(text := f"{when} {minute // 60:02}:{minute % 60:02} {zone}")
    ends = [ms(moment) + after]
    for _ in range(6):
        ends.append(next_end(text, ends[-1]))
    shown = [datetime.fromtimestamp(end / 1000, schedule.zone) for end in ends[1:]]
    for end, local in zip(ends[1:], shown, strict=True):
        before = datetime.fromtimestamp(end / 1000 - 1, schedule.zone)
        skipped = (
            before.replace(tzinfo=None).time() < schedule.time < local.time() and local.utcoffset() > before.utcoffset()
        )
        assert local.time() == schedule.time or skipped
        assert (local.fold, skipped) in ((0, False), (0, True)), "of a time that comes twice, the first counts"
    days = [local.date() for local in shown]
    apart = timedelta(days=1 if when == "day" else 7)
    assert {later - day for day, later in pairwise(days)} == {apart}
    assert when == "day" or {day.weekday() for day in days} == {WEEKDAYS.index(when)}
    assert ends[1] - ends[0] <= (8 if when != "day" else 1) * DAY + HOUR


def test_ends_missed_long_ago_become_one():
    now = ms("2026-03-29T05:00Z")
    ends, following = due_ends("day 04:00 UTC", ms("2020-01-01T04:00Z"), now, now)
    assert (ends[0], ends[-1], following) == (ms("2020-01-01T04:00Z"), ms("2026-03-29T04:00Z"), ms("2026-03-30T04:00Z"))
    assert [later - end for end, later in pairwise(ends[1:])] == [DAY] * (len(ends) - 2)
    assert now - CAUGHT_UP < ends[1] <= now - CAUGHT_UP + DAY


def test_a_zone_that_this_machine_does_not_know_ends_nothing():
    assert next_end("day 04:00 Mars/Olympus", 0) is None
    assert due_ends("day 04:00 Mars/Olympus", 7, 9, 9) == ([7], None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("never", "schedule_wrong"),
        ("day 24:00 UTC", "schedule_wrong"),
        ("day 4:00 UTC", "schedule_wrong"),
        ("day 04:60 UTC", "schedule_wrong"),
        ("2026-02-30 04:00 UTC", "schedule_wrong"),
        ("2100-01-01 04:00 UTC", "schedule_wrong"),
        ("day 04:00 UTC\n", "schedule_wrong"),
        ("day ٠٤:00 UTC", "schedule_wrong"),
        ("day 04:00 " + "x" * 100, "schedule_wrong"),
        ("day 04:00 Europe/Nowhere", "zone"),
        ("day 04:00 ../../etc/passwd", "zone"),
    ],
)
def test_what_is_no_schedule_is_refused(text: str, code: str):
    with pytest.raises(Refused, match=code):
        read_schedule(text)
