"""What a report reads from the roll-ups: its cost depends on the report's time, never on the number of presses."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, cast, func, or_, select

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import parts
from clickcounter.domain import calendar
from clickcounter.history.report.curve import Open
from clickcounter.history.report.stretch import DAY, Stretch
from clickcounter.history.slices import Sums, slices_after, slices_of, sums_by_slice

MINUTES, QUARTERS = 50 * calendar.HOUR, 32 * DAY  # up to so long the steps are minutes, or quarters of an hour

Steps: TypeAlias = dict[tuple[int, int], tuple[int, int]]  # amounts and numbers of presses, by a round's id and the start

_activity, _rounds = tables.ACTIVITY.c, tables.ROUNDS.c


def step_of(stretch: Stretch) -> int:
    """How wide the steps are that the number is known by, ms."""
    length = stretch.until - stretch.since
    if length <= MINUTES:
        return calendar.MINUTE
    return calendar.QUARTER_HOUR if length <= QUARTERS else calendar.FOUR_HOURS


def row_sums(connection: Connection, counter: int, stretch: Stretch, edges: Sequence[int]) -> list[Sums]:
    """What a counter counted between each two of these edges."""
    slices = slices_of(edges, stretch.width)
    sums = [cast(func.coalesce(func.sum(_activity[name]), 0), BigInteger).label(name) for name in sql.SUMS]
    found = [Sums()] * (len(edges) - 1)
    statement = sums_by_slice(connection, _activity, _of(stretch, [counter]), slices, sums)
    for index, *row in connection.execute(statement):
        found[index] = found[index].plus(1, Sums(*map(int, row)))
    return found


def steps(connection: Connection, counters: Collection[int], stretch: Stretch) -> Steps:
    """The amount and the number of presses of each step, by its round's id and its start."""
    step = step_of(stretch)
    runs = calendar.pieces(stretch.since, stretch.until)
    runs = runs if step == calendar.FOUR_HOURS else [(step, stretch.since, stretch.until)]
    found: Steps = {}
    for width, start, end in runs:
        amount = (_activity.up + _activity.down + _activity.corrected).label("amount")
        query = select(_activity.round_id, _activity.start, amount, _activity.clicks)
        within = (_activity.width == width, _activity.start >= start, _activity.start < end)
        for row in connection.execute(query.where(_of(stretch, counters), *within)):
            if row.amount or row.clicks:
                found[row.round_id, row.start] = (row.amount, row.clicks)
    return found


def open_rounds(connection: Connection, signs: Mapping[int, int], stretch: Stretch, within: Steps) -> dict[int, Open]:
    """The rounds with presses that had not ended when the stretch began, and what each had counted until then.

    That is its total without what was pressed `within` the stretch and after it: those are mostly less to read.
    """
    if stretch.round_id is not None:  # all of it is shown, whenever it ended; what it opened with has no time
        total = connection.execute(select(_rounds.total).where(_rounds.id == stretch.round_id)).scalar_one()
        return {stretch.round_id: Open(1, total - sum(amount for amount, _ in within.values()), None)}
    still = or_(_rounds.ended_at.is_(None), _rounds.ended_at > stretch.since)
    ours = and_(_rounds.counter_id.in_(list(signs)), _rounds.counted, still)
    after: defaultdict[int, int] = defaultdict(int)
    for (round_id, _), (amount, _) in within.items():
        after[round_id] += amount
    for _, width, start, end in slices_after(stretch.until, "quarter"):
        later = and_(_activity.width == width, _activity.start >= start, _activity.start < end)
        for row in connection.execute(_totals(ours, later)):
            after[row.round_id] += int(row.amount)
    columns = (_rounds.id, _rounds.counter_id, _rounds.total, _rounds.started_at, _rounds.ended_at)
    rows = connection.execute(select(*columns).where(ours)).all()
    found = {row.id: Open(signs[row.counter_id], row.total - after[row.id], row.ended_at) for row in rows}
    started = {row.id: row.started_at for row in rows if row.started_at > stretch.since and found[row.id].before}
    return found | _opened_later(connection, {one: found[one] for one in started}, started, stretch.since)


def _opened_later(
    connection: Connection, rounds: Mapping[int, Open], started: Mapping[int, int], since: int
) -> dict[int, Open]:
    """Those of these rounds that began after `since`, with what they opened with, which no roll-up has.

    What was imported may be older than its round: a round begins with its first press, if that is earlier.
    """
    quarters = (_activity.round_id == _rounds.id, _activity.width == calendar.QUARTER_HOUR)
    first = select(func.min(_activity.start)).where(*quarters).scalar_subquery()
    began = {}
    for some in parts(sorted(rounds)):
        for row in connection.execute(select(_rounds.id, first.label("first")).where(_rounds.id.in_(some))):
            began[row.id] = started[row.id] if row.first is None else min(started[row.id], row.first)
    return {
        id_: Open(one.sign, 0, one.ended_at, one.before, began[id_]) for id_, one in rounds.items() if began[id_] > since
    }


def _totals(rounds: ColumnElement[bool], within: ColumnElement[bool]) -> Select[tuple[int, int]]:
    amount = cast(func.sum(_activity.up + _activity.down + _activity.corrected), BigInteger).label("amount")
    query = select(_activity.round_id, amount).join_from(tables.ROUNDS, tables.ACTIVITY, _activity.round_id == _rounds.id)
    return query.where(rounds, within).group_by(_activity.round_id)


def _of(stretch: Stretch, counters: Collection[int]) -> ColumnElement[bool]:
    if stretch.round_id is not None:
        return _activity.round_id == stretch.round_id
    return _activity.counter_id.in_(list(counters))
