"""The ledger to be read by people: pages of its rows, newest first, and the rounds.

A page's cursor is a row's place, never a number of rows to skip: a page stays what it is while clicks come before it, and
the last one costs what the first does. Rounds follow each other, so that a late click stands in the round that it joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, select, tuple_

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS
from clickcounter.errors import CounterNotFound

PAGE = 50  # rows

_clicks, _rounds, _devices, _counters, _tallies = (
    table.c for table in (tables.CLICKS, tables.ROUNDS, tables.DEVICES, tables.COUNTERS, tables.TALLIES)
)
Cursor = tuple[int, int, int]  # the round's number, saved_at and id of the last row seen


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which rows somebody wants: of one round or all, of all, a device or a person, saved from `since` to before `until`."""

    counter: str
    round: int | None = None  # its number
    device: int | None = None  # its number
    since: int | None = None
    until: int | None = None
    after: Cursor | None = None
    account: int | None = None  # a person's number


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A row of the ledger. Times are UTC ms; `total` is the round's after it."""

    id: int
    round: int
    key: str
    kind: str
    amount: int
    total: int
    pressed_at: int
    saved_at: int
    device: int
    label: str
    person: str  # who was signed in
    takes_back: str | None
    reason: str
    time_adjusted: bool
    round_unknown: bool


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Rows, newest first, and the cursor of the next page, if there is one."""

    rows: tuple[LedgerEntry, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round: `ended_at` is None for the current one, `ended_by` for one that the terminal or nobody ended."""

    number: int
    id: int
    total: int
    clicks: int
    started_at: int
    ended_at: int | None
    ended_by: int | None
    ended_by_label: str

    def duration(self, now: int) -> int:
        """Milliseconds that it lasted, so far."""
        return (now if self.ended_at is None else self.ended_at) - self.started_at


_ELSEWHERE = {
    "round": _rounds.number,
    "device": _clicks.device_id,
    "label": _devices.label,
    "person": func.coalesce(ACCOUNTS.c.name, ""),
}
RECORD: Sequence[ColumnElement[Any]] = [
    _ELSEWHERE[f.name] if f.name in _ELSEWHERE else _clicks[f.name] for f in fields(LedgerEntry)
]


def entries() -> Select[Any]:
    """Rows with their round's number, their device's label and their account's name."""
    joined = select(*RECORD).join_from(tables.CLICKS, tables.ROUNDS, _rounds.id == _clicks.round_id)
    joined = joined.join(tables.DEVICES, _devices.id == _clicks.device_id)
    return joined.join(ACCOUNTS, ACCOUNTS.c.id == _clicks.account_id, isouter=True)


def round_ids(connection: Connection, slug: str, number: int | None = None) -> list[int]:
    """The ids of a counter's rounds, the newest first, or of the one with this number. Raises CounterNotFound."""
    return list(_numbered(connection, slug, number).values())


def day_start(engine: Engine, slug: str) -> int:
    """The hour at which a counter's days begin. Raises CounterNotFound."""
    chosen = select(_counters.day_start).where(_counters.slug == slug, _counters.deleted_at.is_(None))
    with read_only(engine).begin() as connection:
        found = connection.execute(chosen).scalar()
    if found is None:
        raise CounterNotFound(slug)
    return int(found)


def _numbered(connection: Connection, slug: str, number: int | None) -> dict[int, int]:
    """The same by number."""
    counter_id = connection.execute(
        select(_counters.id).where(_counters.slug == slug, _counters.deleted_at.is_(None))
    ).scalar()
    if counter_id is None:
        raise CounterNotFound(slug)
    chosen = select(_rounds.number, _rounds.id).where(_rounds.counter_id == counter_id).order_by(_rounds.number.desc())
    found = connection.execute(chosen if number is None else chosen.where(_rounds.number == number))
    return {row.number: row.id for row in found}


def read_page(engine: Engine, asked: LedgerQuery) -> LedgerPage:
    """The next rows after the cursor. Raises CounterNotFound."""
    found: list[Any] = []
    with read_only(engine).begin() as connection:
        for number, round_id in _numbered(connection, asked.counter, asked.round).items():
            if len(found) <= PAGE and (asked.after is None or number <= asked.after[0]):
                of_round = _of_round(asked, number, round_id).limit(PAGE + 1 - len(found))
                found += connection.execute(of_round)
    rows = tuple(LedgerEntry(*row) for row in found[:PAGE])
    return LedgerPage(rows, (rows[-1].round, rows[-1].saved_at, rows[-1].id) if len(found) > PAGE else None)


def _of_round(asked: LedgerQuery, number: int, round_id: int) -> Select[Any]:
    wanted = [_clicks.round_id == round_id]
    if asked.since is not None:
        wanted.append(_clicks.saved_at >= asked.since)
    if asked.until is not None:
        wanted.append(_clicks.saved_at < asked.until)
    # One's own rows are found by their ids, all others by the time they were saved: those are the indexes there are.
    by_time = asked.device is None and asked.account is None
    if asked.device is not None:
        wanted.append(_clicks.device_id == asked.device)
    elif asked.account is not None:
        wanted.append(_clicks.account_id == asked.account)
    order = [_clicks.saved_at.desc(), _clicks.id.desc()] if by_time else [_clicks.id.desc()]
    if asked.after is not None and number == asked.after[0]:
        _, saved_at, last = asked.after
        wanted.append(tuple_(_clicks.saved_at, _clicks.id) < tuple_(saved_at, last) if by_time else _clicks.id < last)
    return entries().where(*wanted).order_by(*order)


def read_rounds(engine: Engine, slug: str, before: int | None = None) -> list[RoundSummary]:
    """A counter's rounds, newest first, PAGE at most, with numbers below `before`. Raises CounterNotFound."""
    counts = select(func.coalesce(func.sum(_tallies.clicks), 0)).where(_tallies.round_id == _rounds.id).scalar_subquery()
    columns = (_rounds.number, _rounds.id, _rounds.total, counts, _rounds.started_at, _rounds.ended_at, _rounds.ended_by)
    with read_only(engine).begin() as connection:
        newest = round_ids(connection, slug)[0]
        counter_id = select(_rounds.counter_id).where(_rounds.id == newest).scalar_subquery()
        chosen = select(*columns, func.coalesce(_devices.label, "")).where(_rounds.counter_id == counter_id)
        chosen = chosen.join_from(tables.ROUNDS, tables.DEVICES, _devices.id == _rounds.ended_by, isouter=True)
        if before is not None:
            chosen = chosen.where(_rounds.number < before)
        found = connection.execute(chosen.order_by(_rounds.number.desc()).limit(PAGE)).all()
    return [RoundSummary(*row[:3], int(row[3]), *row[4:]) for row in found]
