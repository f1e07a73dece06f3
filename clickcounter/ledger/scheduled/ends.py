"""Ends the rounds whose scheduled end has come, whoever comes first: a press, somebody's change, the server that was off.

So each ends once and at its own moment. A group's rounds end with those of its counters, as when it is reset by hand.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.rows import CounterRow
from clickcounter.domain import rules
from clickcounter.domain.clicks import Click, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.domain.rules import LATE_FOR, RoundState
from clickcounter.domain.schedule import due_ends, with_next_end
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.ledger import groups, rounds
from clickcounter.ledger.scheduled import due

_counters, _rounds = tables.COUNTERS.c, tables.ROUNDS.c


class _Ending(NamedTuple):
    """A counter or group that is locked, its current round's number, and the moments at which its rounds end."""

    counter: CounterRow
    number: int
    ends: list[int]


def end_due(connection: Connection, slug: str) -> Snapshot | None:
    """End what is due of a counter or group. Returns what it shows now; None if it was deleted.

    Raises Due if something must end before it, Later.
    """
    try:
        counter, parts = groups.lock_with_parts(connection, slug, ending=True)
    except CounterNotFound:
        return None
    now = now_ms()
    if counter.ends_at is not None and counter.ends_at <= now:
        _end(connection, counter, parts, counter.ends_at, now)
        counter = groups.lock(connection, slug, ending=True)
    return rounds.snapshot_of(connection, counter)


def add_scheduled_rounds(
    connection: Connection, counter: CounterRow, state: RoundState, clicks: Iterable[Click], now: int
) -> None:
    """Let the state know the rounds in which clicks may have been made whose round follows from their time."""
    moments = [click.earliest for click in clicks if rules.goes_by_time(state, click)]
    if not moments:
        return
    since = max(min(moments), now - LATE_FOR)
    for row in connection.execute(sql.READ_SCHEDULED_ROUNDS, {"counter_id": counter.id, "since": since}):
        state.totals[row.id], state.started[row.id], state.ended[row.id] = row.total, row.started_at, row.ended_at
        state.scheduled.append(row.id)


def plan(connection: Connection, counter: CounterRow, settings: CounterSettings, *, new: bool) -> CounterSettings:
    """The settings with the next end of their schedule. Raises Refused if a `new` schedule has none."""
    # A clock that was set back does not end again what has ended.
    began = connection.execute(select(_rounds.started_at).where(_rounds.id == counter.round_id)).scalar_one()
    planned = with_next_end(settings, max(now_ms(), began))
    if new and planned.schedule and planned.archived_at is None and planned.ends_at is None:
        raise Refused("schedule_past")
    return planned


def _end(connection: Connection, counter: CounterRow, parts: Sequence[CounterRow], first: int, now: int) -> None:
    """End the rounds of a counter, or of a group with its parts', up to the next end of anything that shares a round."""
    locked = groups.lock_groups(connection, [counter, *parts])
    others = [row for row in (*parts, *locked.rows.values()) if row.id != counter.id]
    due.check(others, first - 1)
    until = min([now, *(row.ends_at for row in others if row.ends_at is not None)])
    ends, following = due_ends(counter.schedule, first, now, until)
    endings = _endings(connection, [counter, *parts], ends)
    for row, _, own in endings:
        for sign, group in locked.groups(row.id):
            group.total -= sign * row.value if own else 0
    if all(
        abs(group.total) <= MAX_VALUE for group in locked.totals.values()
    ):  # else no round ends: a sum could not be shown
        locked.write(connection)
        for ending in endings:
            if ending.ends:
                _open_rounds(connection, ending)
    revision = rounds.next_revision(counter.revision + 1)
    values = {"ends_at": following, "revision": revision, "about_revision": revision}
    connection.execute(update(tables.COUNTERS).where(_counters.id == counter.id).values(values))


def _endings(connection: Connection, counters: Sequence[CounterRow], ends: Sequence[int]) -> list[_Ending]:
    """What ends of each of them: no round ends before it began, whatever the clock was then."""
    query = select(_rounds.id, _rounds.number, _rounds.started_at).where(_rounds.id.in_([row.round_id for row in counters]))
    current = {row.id: row for row in connection.execute(query)}
    return [
        _Ending(row, current[row.round_id].number, [end for end in ends if end > current[row.round_id].started_at])
        for row in counters
    ]


def _open_rounds(connection: Connection, ending: _Ending) -> None:
    counter, ends = ending.counter, ending.ends
    ids = _round_ids(connection, counter.round_id, ends)
    closed: dict[str, Any] = {"ended_at": ends[0], "by_schedule": True}
    opened: dict[str, Any] = {"round_id": ids[-1], "last_by": None, "last_account": None}
    if counter.is_group:
        closed["total"] = counter.value  # which no click of its own adds up to
    else:
        opened |= {"value": 0, "revision": rounds.next_revision(counter.revision)}
    connection.execute(update(tables.ROUNDS).where(_rounds.id == counter.round_id).values(closed))
    new = [
        {"id": id_, "number": ending.number + place, "started_at": start, "ended_at": end, "by_schedule": end is not None}
        for place, (id_, (start, end)) in enumerate(zip(ids, pairwise([*ends, None]), strict=True), 1)
    ]
    connection.execute(insert(tables.ROUNDS), [row | {"counter_id": counter.id, "total": 0} for row in new])
    connection.execute(update(tables.COUNTERS).where(_counters.id == counter.id).values(opened))


def _round_ids(connection: Connection, current: int, ends: Iterable[int]) -> list[int]:
    """The ids of the rounds that begin at these ends. A restored database makes the ones that it made before."""
    ids = []
    for end in ends:
        current = rounds.round_id_of("schedule", str(current), str(end))
        ids.append(current)
    taken = set(connection.execute(select(_rounds.id).where(_rounds.id.in_(ids))).scalars())  # by an import
    return [rounds.new_round_id() if new in taken else new for new in ids]
