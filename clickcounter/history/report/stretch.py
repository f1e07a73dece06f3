"""Which time a report is of."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from clickcounter.database import tables
from clickcounter.database.rows import CounterRow
from clickcounter.domain import calendar
from clickcounter.domain.schedule import DAILY, Schedule, moment_on, read_schedule
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.history.report.facts import ReportQuery

DAY = 24 * calendar.HOUR
LONGEST = 367 * DAY  # a year, and the hours by which its ends may be widened
LAST_MOMENT = 4_102_444_800_000  # the year 2100; nobody knows what the clocks of later years will do
HOURLY, DAILY_ROWS = 4 * DAY, 93 * DAY  # up to so long the rows are hours, or days; of a longer time weeks

_rounds, _activity = tables.ROUNDS.c, tables.ACTIVITY.c


class Stretch(NamedTuple):
    """From `since` to before `until`, UTC ms on quarters of an hour. With `round_id` only what belongs to that round."""

    zone: ZoneInfo
    since: int
    until: int
    day: date | None = None
    round: int | None = None  # its number
    round_id: int | None = None

    @property
    def width(self) -> str:
        """How wide the rows are."""
        length = self.until - self.since
        return "hour" if length <= HOURLY else "day" if length <= DAILY_ROWS else "week"


def stretch_of(connection: Connection, counter: CounterRow, query: ReportQuery, now: int) -> Stretch:
    """The time that was asked for. Raises CounterNotFound for an unknown round, and Refused."""
    schedule = _schedule_of(counter)
    zone = query.zone or (schedule.zone if schedule else ZoneInfo("UTC"))
    if query.round is not None:
        found = _round(connection, counter, query.round, zone, now)
    elif query.since is not None or query.until is not None:
        found = _between(zone, query.since, query.until)
    else:
        found = _day(counter, schedule, query.day, zone, now)
    if found.since < 0 or found.until >= LAST_MOMENT or found.until - found.since > LONGEST:
        raise Refused("stretches")
    return found


def _schedule_of(counter: CounterRow) -> Schedule | None:
    try:
        return read_schedule(counter.schedule) if counter.schedule else None
    except Refused:  # a time zone that this machine does not know
        return None


def _between(zone: ZoneInfo, since: int | None, until: int | None) -> Stretch:
    if since is None or until is None or since >= until:
        raise Refused("period")
    first, end = since // calendar.QUARTER_HOUR, -(-until // calendar.QUARTER_HOUR)
    return Stretch(zone, first * calendar.QUARTER_HOUR, end * calendar.QUARTER_HOUR)


def _day(counter: CounterRow, schedule: Schedule | None, day: date | None, zone: ZoneInfo, now: int) -> Stretch:
    """A day of the counter; one that its schedule ends is a day of that schedule."""
    try:
        if schedule is not None and counter.schedule.startswith(DAILY):
            first = day or _scheduled_today(schedule, now)
            ends = (moment_on(schedule, first), moment_on(schedule, first + timedelta(days=1)))
            return _between(zone, *ends)._replace(day=first)
        at = now if day is None else _moment(datetime(day.year, day.month, day.day, counter.day_start, tzinfo=zone))
        since, until = calendar.edges(zone, "day", at, at, counter.day_start)
    except (OverflowError, ValueError):
        raise Refused("stretches") from None
    return Stretch(zone, since, until, datetime.fromtimestamp(since / 1000, zone).date() if day is None else day)


def _scheduled_today(schedule: Schedule, now: int) -> date:
    today = datetime.fromtimestamp(now / 1000, schedule.zone).date()
    return today if moment_on(schedule, today) <= now else today - timedelta(days=1)


def _moment(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _round(connection: Connection, counter: CounterRow, number: int, zone: ZoneInfo, now: int) -> Stretch:
    """From a round's start, or the first press in it, to its end, or to now. Of a group: all that its counters did then."""
    query = select(_rounds.id, _rounds.started_at, _rounds.ended_at)
    row = connection.execute(query.where(_rounds.counter_id == counter.id, tables.round_number == number)).first()
    if row is None:
        raise CounterNotFound(counter.slug)
    since, until = row.started_at, max(row.ended_at or now, row.started_at + 1)
    if counter.is_group:
        return _between(zone, since, until)._replace(round=number)
    quarters = (_activity.round_id == row.id, _activity.width == calendar.QUARTER_HOUR)
    first, last = connection.execute(select(func.min(_activity.start), func.max(_activity.start)).where(*quarters)).one()
    if first is not None:
        since, until = min(since, first), max(until, last + calendar.QUARTER_HOUR)
    return _between(zone, since, until)._replace(round=number, round_id=row.id)
