"""The ledger as people read it: pages of entries, newest first, and the rounds.

A page's cursor is the position of an entry, never a number of entries to skip: new clicks do not shift a page, and the last
page is as fast as the first. Entries are ordered by round first, so that a late click stands in the round that it joined.
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
_BY_ACCOUNTS, _BY_DEVICES = ACCOUNTS.alias("by_account"), tables.DEVICES.alias("by_device")
Cursor = tuple[int, int, int]  # the round's number, saved_at and id of a page's last entry


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which entries to read: None selects all. Times are UTC ms of saving, from `since` to before `until`."""

    counter: str
    round: int | None = None  # its number
    device: int | None = None  # its number
    since: int | None = None
    until: int | None = None
    after: Cursor | None = None
    account: int | None = None  # its id


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry of the ledger, with the names that people know. Times are UTC ms; `total` is the round's total after it.

    JavaScript reads these fields by name.
    """

    id: int
    round: int  # its number
    key: str
    kind: str
    amount: int
    total: int
    pressed_at: int
    saved_at: int
    device: int  # its number
    label: str  # the device's
    person: str  # who was signed in
    takes_back: str | None  # the key of the click that this entry undoes
    reason: str
    time_adjusted: bool
    round_unknown: bool
    by_person: str  # the owner who took the click back, otherwise the owner's device; neither is the terminal
    by_device: int | None
    by_label: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Entries, newest first, and the cursor of the next page, if there is one."""

    rows: tuple[LedgerEntry, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round. Times are UTC ms. `ended_at` is None for the current one; `ended_by` for one that no device ended.

    JavaScript reads these fields by name.
    """

    number: int
    id: int
    total: int
    clicks: int
    started_at: int
    ended_at: int | None
    ended_by: int | None  # a device's number
    ended_by_label: str


_JOINED_COLUMNS: dict[str, ColumnElement[Any]] = {
    "round": _rounds.number,
    "device": _clicks.device_id,
    "label": _devices.label,
    "person": func.coalesce(ACCOUNTS.c.name, ""),
    "by_person": func.coalesce(_BY_ACCOUNTS.c.name, ""),
    "by_label": func.coalesce(_BY_DEVICES.c.label, ""),
}
_ENTRY_COLUMNS: Sequence[ColumnElement[Any]] = [
    _JOINED_COLUMNS[f.name] if f.name in _JOINED_COLUMNS else _clicks[f.name] for f in fields(LedgerEntry)
]


def entries() -> Select[tuple[Any, ...]]:
    """Selects the fields of LedgerEntry, in their order."""
    joined = select(*_ENTRY_COLUMNS).join_from(tables.CLICKS, tables.ROUNDS, _rounds.id == _clicks.round_id)
    joined = joined.join(tables.DEVICES, _devices.id == _clicks.device_id)
    joined = joined.join(ACCOUNTS, ACCOUNTS.c.id == _clicks.account_id, isouter=True)
    joined = joined.join(_BY_ACCOUNTS, _BY_ACCOUNTS.c.id == _clicks.by_account, isouter=True)
    return joined.join(_BY_DEVICES, _BY_DEVICES.c.id == _clicks.by_device, isouter=True)


def round_ids(connection: Connection, slug: str, number: int | None = None) -> list[int]:
    """The ids of a counter's rounds, newest first, or of the one with this number, if any. Raises CounterNotFound."""
    return list(_round_ids_by_number(connection, slug, number).values())


def day_start(engine: Engine, slug: str) -> int:
    """The hour at which a counter's days begin. Raises CounterNotFound."""
    query = select(_counters.day_start).where(_counters.slug == slug, _counters.deleted_at.is_(None))
    with read_only(engine).begin() as connection:
        hour = connection.execute(query).scalar()
    if hour is None:
        raise CounterNotFound(slug)
    return int(hour)


def read_page(engine: Engine, query: LedgerQuery) -> LedgerPage:
    """The next entries after the cursor. Raises CounterNotFound."""
    found: list[Sequence[Any]] = []
    with read_only(engine).begin() as connection:
        for number, round_id in _round_ids_by_number(connection, query.counter, query.round).items():
            if len(found) <= PAGE and (query.after is None or number <= query.after[0]):
                statement = _entries_of_round(query, number, round_id).limit(PAGE + 1 - len(found))
                found += connection.execute(statement)
    rows = tuple(LedgerEntry(*row) for row in found[:PAGE])
    return LedgerPage(rows, (rows[-1].round, rows[-1].saved_at, rows[-1].id) if len(found) > PAGE else None)


def read_rounds(engine: Engine, slug: str, before: int | None = None) -> list[RoundSummary]:
    """A counter's rounds, newest first, at most PAGE, with numbers below `before`. Raises CounterNotFound."""
    clicks = select(func.coalesce(func.sum(_tallies.clicks), 0)).where(_tallies.round_id == _rounds.id).scalar_subquery()
    columns = (_rounds.number, _rounds.id, _rounds.total, clicks, _rounds.started_at, _rounds.ended_at, _rounds.ended_by)
    with read_only(engine).begin() as connection:
        newest = round_ids(connection, slug)[0]
        counter_id = select(_rounds.counter_id).where(_rounds.id == newest).scalar_subquery()
        query = select(*columns, func.coalesce(_devices.label, "")).where(_rounds.counter_id == counter_id)
        query = query.join_from(tables.ROUNDS, tables.DEVICES, _devices.id == _rounds.ended_by, isouter=True)
        if before is not None:
            query = query.where(_rounds.number < before)
        rows = connection.execute(query.order_by(_rounds.number.desc()).limit(PAGE)).all()
    return [RoundSummary(*row[:3], int(row[3]), *row[4:]) for row in rows]


def _round_ids_by_number(connection: Connection, slug: str, number: int | None) -> dict[int, int]:
    counter = select(_counters.id).where(_counters.slug == slug, _counters.deleted_at.is_(None))
    counter_id = connection.execute(counter).scalar()
    if counter_id is None:
        raise CounterNotFound(slug)
    query = select(_rounds.number, _rounds.id).where(_rounds.counter_id == counter_id).order_by(_rounds.number.desc())
    rows = connection.execute(query if number is None else query.where(_rounds.number == number))
    return {row.number: row.id for row in rows}


def _entries_of_round(query: LedgerQuery, number: int, round_id: int) -> Select[tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [_clicks.round_id == round_id]
    if query.since is not None:
        conditions.append(_clicks.saved_at >= query.since)
    if query.until is not None:
        conditions.append(_clicks.saved_at < query.until)
    # The indexes decide the order: entries of one device or account are found by id, all others by the time of saving.
    by_time = query.device is None and query.account is None
    if query.device is not None:
        conditions.append(_clicks.device_id == query.device)
    elif query.account is not None:
        conditions.append(_clicks.account_id == query.account)
    order = [_clicks.saved_at.desc(), _clicks.id.desc()] if by_time else [_clicks.id.desc()]
    if query.after is not None and number == query.after[0]:
        _, saved_at, last = query.after
        older = tuple_(_clicks.saved_at, _clicks.id) < tuple_(saved_at, last) if by_time else _clicks.id < last
        conditions.append(older)
    return entries().where(*conditions).order_by(*order)
