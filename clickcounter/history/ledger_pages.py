"""The ledger as people read it: pages of entries, newest first, and the rounds.

A page's cursor is the position of an entry, never a number of entries to skip: new clicks do not shift a page, and the last
page is as fast as the first. Entries are ordered by round first, so that a late click stands in the round that it joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, bindparam, case, exists, func, select, tuple_

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS
from clickcounter.domain.calendar import FOUR_HOURS
from clickcounter.errors import CounterNotFound
from clickcounter.history.scopes import counter_of, scope_of

PAGE = 50  # rows
MOST_DELETED = 50

_clicks, _rounds, _devices, _counters, _activity = (
    table.c for table in (tables.CLICKS, tables.ROUNDS, tables.DEVICES, tables.COUNTERS, tables.ACTIVITY)
)
_deleted = tables.DELETED_NOTES.c
_UNDO = tables.CLICKS.alias("undo")
# No EXISTS: PostgreSQL would read the whole ledger to answer it for all rows of a page together.
_TAKEN_BACK = select(_UNDO.c.id).where(_UNDO.c.counter_id == _clicks.counter_id, _UNDO.c.takes_back == _clicks.key).limit(1)
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
    until: int | None  # of what was added afterwards, when its time ends; pressed_at is when it begins
    taken_back: bool  # by another entry, an undo for example


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Entries, newest first, and the cursor of the next page, if there is one."""

    rows: tuple[LedgerEntry, ...]
    next: Cursor | None


class DeletedNotes(TypedDict):
    """What JavaScript reads of a history's last deleted notes: the ids of the newest and the oldest told, and their keys.

    `oldest` is 0 where that is all, and both are where no note was deleted. At most MOST_DELETED keys, newest first.
    """

    newest: int
    oldest: int
    keys: list[str]


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
    by_schedule: bool  # the counter's schedule ended it


@dataclass(frozen=True, slots=True)
class RoundTime:
    """When a round began and ended: UTC ms; `ended_at` is None for the current one."""

    number: int
    started_at: int
    ended_at: int | None


_JOINED_COLUMNS: dict[str, ColumnElement[Any]] = {
    "round": _rounds.number,
    "device": _clicks.device_id,
    "label": _devices.label,
    "person": func.coalesce(ACCOUNTS.c.name, ""),
    "by_person": func.coalesce(_BY_ACCOUNTS.c.name, ""),
    "by_label": func.coalesce(_BY_DEVICES.c.label, ""),
    "taken_back": _TAKEN_BACK.scalar_subquery().is_not(None),
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


def read_page(engine: Engine, query: LedgerQuery) -> LedgerPage:
    """The next entries after the cursor. Raises CounterNotFound."""
    conditions = conditions_of(query)
    newest = entries().where(*conditions).order_by(_clicks.saved_at.desc(), _clicks.id.desc()).limit(PAGE + 1)
    found: list[Sequence[Any]] = []
    with read_only(engine).begin() as connection:
        counter, last_round = counter_of(connection, query.counter), query.after[0] if query.after else None
        for round_ in rounds_with_entries(connection, counter, query, last_round):
            statement = newest
            if query.after is not None and round_.number == query.after[0]:
                statement = newest.where(tuple_(_clicks.saved_at, _clicks.id) < tuple_(*query.after[1:]))
            found += connection.execute(statement, {"round": round_.id})
            if len(found) > PAGE:
                break
    rows = tuple(LedgerEntry(*row) for row in found[:PAGE])
    return LedgerPage(rows, (rows[-1].round, rows[-1].saved_at, rows[-1].id) if len(found) > PAGE else None)


def read_rounds(engine: Engine, slug: str, before: int | None = None) -> list[RoundSummary]:
    """A counter's rounds, newest first, at most PAGE, with numbers below `before`. Raises CounterNotFound."""
    clicks = select(func.coalesce(func.sum(_activity.clicks), 0)).where(
        _activity.round_id == _rounds.id, _activity.width == FOUR_HOURS
    )
    # A group's round has no clicks of its own: what it showed when it ended is kept, what it shows now is the group's value.
    total = case((and_(_counters.is_group, _counters.round_id == _rounds.id), _counters.value), else_=_rounds.total)
    columns: list[ColumnElement[Any]] = [_rounds.number, _rounds.id, total, clicks.scalar_subquery()]
    columns += [_rounds.started_at, _rounds.ended_at, _rounds.ended_by]
    columns += [func.coalesce(_devices.label, ""), _rounds.by_schedule]
    with read_only(engine).begin() as connection:
        query = select(*columns).where(_rounds.counter_id == counter_of(connection, slug))
        query = query.join_from(tables.ROUNDS, tables.COUNTERS, _counters.id == _rounds.counter_id)
        query = query.join(tables.DEVICES, _devices.id == _rounds.ended_by, isouter=True)
        if before is not None:
            query = query.where(tables.round_number < before)
        rows = connection.execute(query.order_by(_rounds.number.desc()).limit(PAGE)).all()
    return [RoundSummary(row[0], row[1], row[2], int(row[3]), *row[4:]) for row in rows]


def read_round(engine: Engine, slug: str, number: int | None = None) -> RoundTime:
    """When a round began and ended; without a number the current one. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        query = select(_rounds.number, _rounds.started_at, _rounds.ended_at)
        query = query.where(_rounds.counter_id == counter_of(connection, slug))
        if number is not None:
            query = query.where(tables.round_number == number)
        row = connection.execute(query.order_by(_rounds.number.desc()).limit(1)).first()
        if row is None:
            raise CounterNotFound(slug)
        return RoundTime(*row)


def deleted_notes(engine: Engine, slug: str) -> DeletedNotes:
    """A counter's deleted notes. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        return deleted_of(connection, [counter_of(connection, slug)])


def deleted_of(connection: Connection, counters: Sequence[int]) -> DeletedNotes:
    """The deleted notes of these counters."""
    is_back = exists().where(
        _clicks.counter_id == _deleted.counter_id, _clicks.key == _deleted.key
    )  # earlier versions let a file bring it again
    each = [
        select(_deleted.id, _deleted.key, is_back.label("is_back")).where(_deleted.counter_id == one) for one in counters
    ]
    newest = [query.order_by(_deleted.id.desc()).limit(MOST_DELETED) for query in each]
    found = sorted((row for query in newest for row in connection.execute(query)), key=lambda row: -row.id)[:MOST_DELETED]
    oldest = found[-1].id if len(found) == MOST_DELETED else 0
    return {"newest": found[0].id if found else 0, "oldest": oldest, "keys": [row.key for row in found if not row.is_back]}


def conditions_of(query: LedgerQuery) -> list[ColumnElement[bool]]:
    """Select the query's entries in the round `:round`, wherever its cursor is."""
    conditions: list[ColumnElement[bool]] = [_clicks.round_id == bindparam("round")]
    if query.since is not None:
        conditions.append(_clicks.saved_at >= query.since)
    if query.until is not None:
        conditions.append(_clicks.saved_at < query.until)
    if query.device is not None:
        conditions.append(_clicks.device_id == query.device)
    elif query.account is not None:
        conditions.append(_clicks.account_id == query.account)
    return conditions


def rounds_with_entries(connection: Connection, counter: int, query: LedgerQuery, last: int | None) -> Sequence[Any]:
    """A counter's newest rounds, from the number `last` on, that hold entries of this query: as many as a page may need.

    `counter` is its id: that of the query, or of a group's counter. Raises CounterNotFound if there is no such round.
    """
    rounds = select(_rounds.number, _rounds.id, _rounds.started_at, _rounds.ended_at).where(_rounds.counted)
    rounds = rounds.where(_rounds.counter_id == counter)
    if query.round is not None:
        rounds = rounds.where(_rounds.id == scope_of(connection, query.counter, query.round).round_id)
    if last is not None:
        rounds = rounds.where(tables.round_number <= last)
    for tallies, column, value in (
        (tables.TALLIES.c, "device_id", query.device),
        (tables.ACCOUNT_TALLIES.c, "account_id", query.account),
    ):
        if value is not None:
            rounds = rounds.where(_rounds.id.in_(select(tallies.round_id).where(tallies[column] == value)))
    if query.since is not None or query.until is not None:
        rounds = rounds.where(exists().where(_clicks.round_id == _rounds.id, *conditions_of(query)[1:]))
    # The page before may have ended with the last entry of its round.
    return connection.execute(rounds.order_by(_rounds.number.desc()).limit(PAGE + 2)).all()
