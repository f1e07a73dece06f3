"""Reads a report: at one moment of the database, at a cost that does not grow with what lies outside its time."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypedDict

from sqlalchemy import Connection, Engine

from clickcounter.access import authorization
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.domain import calendar
from clickcounter.domain.clicks import Caller
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.history import group_parts
from clickcounter.history.leaders import LeaderQuery, known_leaders, leaders_of
from clickcounter.history.report import sums as rollups
from clickcounter.history.report.curve import Curve, by_row, curve_of, mark_of, peak_of
from clickcounter.history.report.entries import are_all, changes_of, increments, read_entries
from clickcounter.history.report.facts import Changes, Door, Mark, People, Report, ReportQuery, Row
from clickcounter.history.report.stretch import Stretch, stretch_of
from clickcounter.history.slices import Sums

MOST_PEOPLE = 50


def read_report(engine: Engine, query: ReportQuery, who: Caller | None, now: int) -> Report:
    """The report, for somebody who may see the counter, or with None for the terminal.

    Raises CounterNotFound, Refused.
    """
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, query.counter)
        authorization.require(connection, counter, who, "view")
        stretch = stretch_of(connection, counter, query, now)
        house = _house(connection, counter, who)
        edges = _edges(counter, stretch)
        sums = {one: rollups.row_sums(connection, one, stretch, edges) for one in house.signs}
        number = _number(connection, house, stretch)
    settings = settings_from_row(counter)
    of_rows = [_signed(house.signs, {one: rows[n] for one, rows in sums.items()}) for n in range(len(edges) - 1)]
    return Report(
        **_doors(house, sums),
        counter=counter.slug,
        name=counter.name,
        group=bool(counter.is_group),
        zone=stretch.zone,
        since=stretch.since,
        until=stretch.until,
        made_at=now,
        day=stretch.day,
        round=stretch.round,
        width=stretch.width,
        rows=_rows(edges, of_rows, number, now),
        sums=_sum(of_rows),
        at_start=number.before,
        peak=peak_of(number.curve),
        at_end=number.curve[-1][1],
        step=number.step,
        curve=tuple(number.curve),
        upper=settings.upper,
        goal=settings.goal,
        marks=_marks(number.curve, settings.upper, settings.goal, settings.warn_at),
        people=_people(engine, query, stretch, who, now),
        changes=number.changes,
    )


class _ByDoor(TypedDict):
    doors: tuple[Door, ...]
    hidden: int
    of_hidden: Sums
    rows_of_hidden: tuple[Sums, ...]


class _House(NamedTuple):
    """A counter alone, or a group's counters: how each counts, and those that the reader may see, with their names."""

    signs: dict[int, int]
    names: dict[int, str]
    doors: dict[int, tuple[str, str, int, bool]]


class _Number(NamedTuple):
    """The number over time, how exactly it is known, and what was corrected meanwhile."""

    before: int
    curve: Curve
    step: int
    changes: Changes


def _house(connection: Connection, counter: CounterRow, who: Caller | None) -> _House:
    if not counter.is_group:
        return _House({counter.id: 1}, {counter.id: ""}, {})
    rows = group_parts.parts_of(connection, counter.id)
    shown, _ = group_parts.seen_by(connection, counter, who)
    doors = {row.id: (row.slug, row.name, row.sign, row.archived_at is not None) for row in shown}
    return _House({row.id: row.sign for row in rows}, {row.id: row.name or row.slug for row in shown}, doors)


def _edges(counter: CounterRow, stretch: Stretch) -> list[int]:
    edges = calendar.edges(stretch.zone, stretch.width, stretch.since, stretch.until - 1, counter.day_start)
    return [stretch.since, *edges[1:-1], stretch.until]


def _number(connection: Connection, house: _House, stretch: Stretch) -> _Number:
    """From the entries themselves, unless they are too many; then by the steps of the roll-ups."""
    steps = rollups.steps(connection, house.signs, stretch)
    rounds = rollups.open_rounds(connection, house.signs, stretch, steps)
    with_presses = list(dict.fromkeys(round_id for round_id, _ in steps))
    entries = read_entries(connection, with_presses, stretch.since, stretch.until)
    step = rollups.step_of(stretch)
    each = increments(entries, stretch.since, stretch.until)
    if exact := are_all(each, _widened(steps, step), step):
        added = [(moment, round_id, amount) for moment, round_id, amount, _ in each]
    else:
        added = sorted((start, round_id, amount) for (round_id, start), (amount, _) in steps.items())
    curve = curve_of(rounds, added, stretch.since, stretch.until)
    before = sum(one.sign * one.before for one in rounds.values())
    return _Number(before, curve, 0 if exact else step, changes_of(connection, entries, house.names, complete=exact))


def _widened(steps: rollups.Steps, width: int) -> rollups.Steps:
    """The same by steps of one width: at the ends of a long time they are narrower."""
    found: rollups.Steps = {}
    for (round_id, start), (amount, clicks) in steps.items():
        key = (round_id, start - start % width)
        before = found.get(key, (0, 0))
        found[key] = (before[0] + amount, before[1] + clicks)
    return found


def _rows(edges: Sequence[int], sums: Sequence[Sums], number: _Number, now: int) -> tuple[Row, ...]:
    """Those that have begun."""
    is_known = number.step <= calendar.QUARTER_HOUR  # each row consists of whole steps
    numbers = by_row(number.curve, edges) if is_known else [(None, None)] * len(sums)
    begun = max(bisect_left(edges, now + 1), 1)
    rows = zip(edges, edges[1:], sums, numbers, strict=False)
    return tuple(Row(start, end, one, *last_and_highest) for start, end, one, last_and_highest in rows)[:begun]


def _doors(house: _House, sums: Mapping[int, Sequence[Sums]]) -> _ByDoor:
    rows = {one: tuple(Sums().plus(sign, row) for row in sums[one]) for one, sign in house.signs.items()}
    hidden = [of_door for one, of_door in rows.items() if one not in house.names]
    of_hidden = tuple(_sum(row) for row in zip(*hidden, strict=True))
    doors = tuple(Door(*door, _sum(rows[one]), rows[one]) for one, door in house.doors.items())
    return {"doors": doors, "hidden": len(hidden), "of_hidden": _sum(of_hidden), "rows_of_hidden": of_hidden}


def _signed(signs: Mapping[int, int], sums: Mapping[int, Sums]) -> Sums:
    found = Sums()
    for counter, sign in signs.items():
        found = found.plus(sign, sums[counter])
    return found


def _sum(sums: Sequence[Sums]) -> Sums:
    return Sums(*(sum(column) for column in zip(*sums, strict=True))) if sums else Sums()


def _marks(curve: Curve, upper: int | None, goal: int | None, warn_at: Sequence[int]) -> tuple[Mark, ...]:
    """When the number was at a warning, at the goal and at the limit; those that it never reached are left out."""
    aim = goal if upper is None else upper
    marks = [mark_of(curve, "limit", upper)] if upper is not None else []
    marks += [mark_of(curve, "goal", goal)] if goal is not None else []
    if aim is not None and aim > 0:
        below = sorted((percent for percent in warn_at if percent < 100), reverse=True)
        marks += [mark_of(curve, "warning", -(-aim * percent // 100), percent) for percent in below]
    return tuple(mark for mark in marks if mark.times)


def _people(engine: Engine, query: ReportQuery, stretch: Stretch, who: Caller | None, now: int) -> People:
    of_round = LeaderQuery(query.counter, stretch.round)
    between = LeaderQuery(query.counter, None, stretch.since, stretch.until)
    asked = between if stretch.round_id is None else of_round
    if who is not None:
        known = known_leaders(engine, asked, now, query.address, MOST_PEOPLE + 1)
        if known is None:
            return People(None)
        are_some = known.at != now  # of very many, kept from a moment ago
        return People(tuple(known.value[:MOST_PEOPLE]), are_some or len(known.value) > MOST_PEOPLE)
    found = leaders_of(engine, replace(asked, everywhere=True), MOST_PEOPLE + 1)
    return People(tuple(found[:MOST_PEOPLE]), len(found) > MOST_PEOPLE)
