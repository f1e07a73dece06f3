"""The days of a counter whose rounds end by themselves each day, or its weeks: this one against the others.

A day is what lies between two scheduled ends: one round, or several if somebody has reset the counter in between. A group's
day is that of all its counters together. What is read does not grow with the history: the newest rounds, and the roll-ups of
the newest days.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from statistics import median_low
from typing import TypedDict

from sqlalchemy import Connection, Engine, select

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.calendar import HOUR, QUARTER_HOUR
from clickcounter.domain.schedule import WEEKDAYS
from clickcounter.errors import CounterNotFound

DAY = 24 * HOUR
MOST_ROUNDS = 200
MOST_DAYS = 35  # that are listed
TYPICAL_OF = {"day": 28, "week": 8}  # of so many closed ones before the current one
STEP = {"day": HOUR, "week": DAY}  # of their course
MOST_STEPS = {"day": 25, "week": 8}  # in an hour more, when the clocks are put back

_rounds, _activity, _counters, _parts = tables.ROUNDS.c, tables.ACTIVITY.c, tables.COUNTERS.c, tables.GROUP_PARTS.c


class Day(TypedDict):
    """A day, or a week. `number` is that of its last round. Times are UTC ms; `ended_at` is None for the current one."""

    number: int
    total: int
    started_at: int
    ended_at: int | None


class DaysView(TypedDict):
    """The days, newest first, and the course of this one: the total after each step.

    `before` is the same day a week ago, or last week; `typical` is the middle one of the days before that counted anything,
    at each step. None where there is none. What was counted `so_far` holds for the same time of the day, to a quarter of an
    hour.
    """

    unit: str  # day or week
    step: int  # ms
    days: list[Day]
    course: list[int]  # without the present step
    so_far: int
    before: Day | None
    before_course: list[int]
    before_so_far: int | None
    typical: int | None
    typical_course: list[int]
    typical_so_far: int | None


@dataclass(slots=True)
class _Stretch:
    """A day and its rounds: their ids, and the sign with which each counts."""

    rounds: dict[int, int]
    day: Day


def read_days(engine: Engine, slug: str, now: int) -> DaysView | None:
    """The days of a counter; None if no day of it ends by itself. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        found = select(_counters.id, _counters.schedule, _counters.is_group).where(
            _counters.slug == slug, _counters.deleted_at.is_(None)
        )
        counter = connection.execute(found).first()
        if counter is None:
            raise CounterNotFound(slug)
        unit = _unit(counter.schedule)
        if unit is None:
            return None
        stretches = list(islice(_stretches(connection, counter.id, unit), MOST_DAYS))
        if counter.is_group:
            stretches = _of_parts(connection, counter.id, stretches)
        current, before = stretches[0], _before(stretches, unit)
        closed = [one for one in stretches[1 : 1 + TYPICAL_OF[unit]] if _is_typical(one.day, unit)]
        courses = _courses(connection, [current, *closed, *([before] if before else [])], unit)
    elapsed = max(now - current.day["started_at"], 0)
    quarters = min(round(elapsed / QUARTER_HOUR), MOST_STEPS[unit] * STEP[unit] // QUARTER_HOUR)
    of_before = courses[before.day["number"]] if before else []
    of_closed = [courses[stretch.day["number"]] for stretch in closed]
    usual = [median_low(totals) for totals in zip(*of_closed, strict=True)]
    return {
        "unit": unit,
        "step": STEP[unit],
        "days": [stretch.day for stretch in stretches],
        "course": _by_step(courses[current.day["number"]], unit)[: elapsed // STEP[unit]],
        "so_far": current.day["total"],
        "before": before.day if before else None,
        "before_course": _by_step(of_before, unit),
        "before_so_far": of_before[quarters] if before else None,
        "typical": median_low([stretch.day["total"] for stretch in closed]) if closed else None,
        "typical_course": _by_step(usual, unit),
        "typical_so_far": usual[quarters] if closed else None,
    }


def _unit(schedule: str) -> str | None:
    when = schedule.partition(" ")[0]
    return "week" if when in WEEKDAYS else "day" if when == "day" else None


def _stretches(connection: Connection, counter_id: int, unit: str) -> Iterator[_Stretch]:
    """The days, newest first."""
    newest = select(_rounds.id, _rounds.number, _rounds.total, _rounds.started_at, _rounds.ended_at, _rounds.by_schedule)
    newest = newest.where(_rounds.counter_id == counter_id).order_by(_rounds.number.desc()).limit(MOST_ROUNDS)
    stretch: _Stretch | None = None
    for row in connection.execute(newest):
        if stretch is not None and not row.by_schedule and _fits(stretch.day, row.started_at, unit):
            stretch.rounds[row.id] = 1
            stretch.day |= {"total": stretch.day["total"] + row.total, "started_at": row.started_at}
            continue
        if stretch is not None:
            yield stretch
        stretch = _Stretch(
            {row.id: 1}, {"number": row.number, "total": row.total, "started_at": row.started_at, "ended_at": row.ended_at}
        )
    if stretch is not None:
        yield stretch


def _of_parts(connection: Connection, group: int, stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """A group's days with what its counters counted: each of their rounds belongs to the day on which it ended."""
    starts = [stretch.day["started_at"] for stretch in reversed(stretches)]
    since = starts[0]
    for stretch in stretches:
        stretch.rounds, stretch.day["total"] = {}, 0
    for part, sign in connection.execute(select(_parts.counter_id, _parts.sign).where(_parts.group_id == group)).all():
        newest = select(_rounds.id, _rounds.total, _rounds.started_at, _rounds.ended_at).where(_rounds.counter_id == part)
        rows = connection.execute(newest.order_by(_rounds.number.desc()).limit(MOST_ROUNDS)).all()
        since = max(since, rows[-1].started_at) if len(rows) == MOST_ROUNDS else since
        for row in rows:
            place = len(starts) if row.ended_at is None else bisect_left(starts, row.ended_at)
            if place:
                stretch = stretches[-place]
                stretch.rounds[row.id] = sign
                stretch.day["total"] += sign * row.total
    return [stretch for stretch in stretches if stretch is stretches[0] or stretch.day["started_at"] >= since]


def _fits(day: Day, started_at: int, unit: str) -> bool:
    """Whether an earlier round belongs to the day: the day gets no longer than one can be."""
    return (day["ended_at"] or day["started_at"]) - started_at <= MOST_STEPS[unit] * STEP[unit]


def _is_typical(day: Day, unit: str) -> bool:
    """Whether something was counted on it, and it is not what lies before the schedule began."""
    return day["total"] != 0 and (day["ended_at"] or 0) - day["started_at"] <= MOST_STEPS[unit] * STEP[unit]


def _before(stretches: Sequence[_Stretch], unit: str) -> _Stretch | None:
    """The same day a week ago, or last week."""
    if unit == "week":
        return stretches[1] if len(stretches) > 1 else None
    week_ago = stretches[0].day["started_at"] - 7 * DAY
    return next((one for one in stretches[1:] if abs(one.day["started_at"] - week_ago) < DAY // 2), None)


def _courses(connection: Connection, stretches: Sequence[_Stretch], unit: str) -> dict[int, list[int]]:
    """The totals of these days after none, one, two… quarters of an hour, by the day's number."""
    count = MOST_STEPS[unit] * STEP[unit] // QUARTER_HOUR
    of_round = {round_id: (sign, stretch.day) for stretch in stretches for round_id, sign in stretch.rounds.items()}
    amounts = {stretch.day["number"]: [0] * (count + 1) for stretch in stretches}
    latest = max(stretch.day["started_at"] for stretch in stretches) + count * QUARTER_HOUR
    rows = select(_activity.round_id, _activity.start, _activity.up + _activity.down + _activity.corrected).where(
        _activity.round_id.in_(list(of_round)), _activity.width == QUARTER_HOUR, _activity.start < latest
    )
    for round_id, start, amount in connection.execute(rows):
        sign, day = of_round[round_id]
        place = (start - day["started_at"]) // QUARTER_HOUR + 1  # an imported press may be older than its round
        amounts[day["number"]][min(max(place, 0), count)] += sign * amount
    for stretch in stretches:  # what was carried over has no time: a day begins with it
        of_day = amounts[stretch.day["number"]]
        of_day[0] += stretch.day["total"] - sum(of_day)
    return {number: list(accumulate(of_day)) for number, of_day in amounts.items()}


def _by_step(course: Sequence[int], unit: str) -> list[int]:
    """A course after each step alone."""
    quarters = STEP[unit] // QUARTER_HOUR
    return list(course[quarters::quarters])
