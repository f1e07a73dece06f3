"""When a counter's rounds end by themselves: each day or each week at a time of day, or once, in a named time zone.

A schedule is a text of three words: "day 04:00 Europe/Berlin", "monday 04:00 Europe/Berlin" or
"2026-12-24 18:00 Europe/Berlin". Where the clocks are put forward past the time, the round ends at the change; a time that
comes twice counts the first time.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from clickcounter.domain.calendar import time_zone
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.errors import Refused

DAILY = "day"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 100  # characters
LAST_YEAR = 2099  # nobody knows what the clocks of later years will do
CAUGHT_UP = 90 * 86_400_000  # ms; ends that were missed longer ago get no rounds of their own

_WORDS = re.compile(rf"({DAILY}|{'|'.join(WEEKDAYS)}|\d{{4}}-\d\d-\d\d) (\d\d:\d\d) (\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it was read: on one date, on one weekday (Monday is 0), or every day."""

    date: date | None
    weekday: int | None
    time: time
    zone: ZoneInfo


@lru_cache(maxsize=1_000)
def read_schedule(text: str) -> Schedule:
    """What a schedule's text says. Raises Refused with the code schedule_wrong or zone."""
    words = _WORDS.fullmatch(text) if len(text) <= LONGEST else None
    if words is None:
        raise Refused("schedule_wrong")
    when, at, zone = words.groups()
    try:
        on = None if when == DAILY or when in WEEKDAYS else date.fromisoformat(when)
        clock = time.fromisoformat(at)
    except ValueError:
        raise Refused("schedule_wrong") from None
    if on is not None and on.year > LAST_YEAR:
        raise Refused("schedule_wrong")
    return Schedule(on, WEEKDAYS.index(when) if when in WEEKDAYS else None, clock, time_zone(zone))


def next_end(text: str, after: int) -> int | None:
    """The first end after a moment (UTC ms). None if no more come, or if this machine does not know the time zone."""
    try:
        schedule = read_schedule(text) if text else None
    except Refused:  # a counter from another machine, whose presses must be saved all the same
        return None
    if schedule is None:
        return None
    return next((end for end in _ends(schedule, after) if end > after), None)


def moment_on(schedule: Schedule, day: date) -> int:
    """A schedule's time on a day: UTC ms."""
    return _moment(datetime.combine(day, schedule.time), schedule.zone)


def due_ends(text: str, first: int, now: int, until: int) -> tuple[list[int], int | None]:
    """The ends from the planned one until a moment that is not after now, and the one that follows them.

    Of those that came more than CAUGHT_UP ago, only the first counts: the days that followed it become one round.
    """
    ends, following = [first], next_end(text, max(first, now - CAUGHT_UP))
    while following is not None and following <= until:
        ends.append(following)
        following = next_end(text, following)
    return ends, following


def with_next_end(settings: CounterSettings, after: int) -> CounterSettings:
    """The settings with the first end after a moment. An archived counter's rounds do not end by themselves."""
    return replace(settings, ends_at=None if settings.archived_at is not None else next_end(settings.schedule, after))


def with_planned_end(settings: CounterSettings, now: int) -> CounterSettings:
    """The settings of a counter from a file: its round ends when that was planned, as if the server had been off since."""
    coming = with_next_end(settings, now)
    if not settings.schedule or settings.archived_at is not None or settings.ends_at is None:
        return coming
    return replace(settings, ends_at=min(settings.ends_at, coming.ends_at or settings.ends_at))


def _ends(schedule: Schedule, after: int) -> Iterator[int]:
    """The ends of the days around a moment, in order, one of a week at least."""
    if schedule.date is not None:
        yield _moment(datetime.combine(schedule.date, schedule.time), schedule.zone)
        return
    today = datetime.fromtimestamp(after / 1000, schedule.zone).date()
    for days in range(-1, 9):  # a time zone may have skipped a whole day
        day = today + timedelta(days=days)
        if schedule.weekday in (None, day.weekday()):
            yield _moment(datetime.combine(day, schedule.time), schedule.zone)


def _moment(shown: datetime, zone: ZoneInfo) -> int:
    """The first moment (UTC ms) at which the zone's clock shows this time or, put forward past it, a later one."""
    first, second = (int(shown.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first > second:  # it is skipped, between the two: read with the offset before the change, and with that after it
        first = second + bisect_left(
            range(second, first), True, key=lambda s: datetime.fromtimestamp(s, zone).replace(tzinfo=None) >= shown
        )
    return first * 1000
