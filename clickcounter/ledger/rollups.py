"""Sums of the ledger, kept in its own transaction and to be rebuilt from it.

Each is a table with the four sums of statements.SUMS for each of its keys. The rows of a commit are added up once, by
round, device and minute, and every table's part is folded from that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
)

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO

Parts = dict[tuple[int, ...], list[int]]  # some of a table's key → the four sums

_clicks = tables.CLICKS.c


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums: what each column of its key is of the ledger's row; `where`, if it shares the table with others."""

    table: Table
    keys: Mapping[str, ColumnElement[Any]]
    where: ColumnElement[bool] = field(default_factory=true)
    of: ColumnElement[bool] = field(default_factory=true)  # which rows of the ledger
    more: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)  # other columns, not compared


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A sum that does not follow from the ledger."""

    keys: Mapping[str, int]
    sum: str
    stored: int
    ledger: int


TALLIES = Rollup(
    tables.TALLIES,
    {"round_id": _clicks.round_id, "device_id": _clicks.device_id},
    more={"last_at": func.max(_clicks.saved_at)},
)


ROUND = 0  # the width of what has no time: a whole round


def _by_time(table: Table, width: int, of: ColumnElement[bool] | None = None) -> Rollup:
    start = _clicks.pressed_at - _clicks.pressed_at % width if width else literal(0)
    keys = {"round_id": _clicks.round_id, "width": literal(width), "start": start}
    keys |= {name: _clicks[name] for name in ("account_id", "device_id") if name in table.c}
    return Rollup(table, keys, table.c.width == width, true() if of is None else of)


_OF_PERSONS = _clicks.account_id.is_not(None)
ACCOUNT_TALLIES = Rollup(
    tables.ACCOUNT_TALLIES,
    {"round_id": _clicks.round_id, "account_id": _clicks.account_id},
    of=_OF_PERSONS,
    more={"last_at": func.max(_clicks.saved_at)},
)
ALL = (
    TALLIES,
    ACCOUNT_TALLIES,
    *(_by_time(tables.ACTIVITY, width) for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)),
    *(_by_time(tables.DEVICE_ACTIVITY, width) for width in (QUARTER_HOUR, FOUR_HOURS)),
    *(_by_time(tables.ACCOUNT_ACTIVITY, width, _OF_PERSONS) for width in (ROUND, QUARTER_HOUR, FOUR_HOURS)),
)


def add(connection: Connection, rows: Iterable[dict[str, Any]], now: int) -> dict[tuple[int, int | None], tuple[int, int]]:
    """Add rows of the ledger. Returns what stands then of each device that had one: (round, device) → up, down."""
    minutes = _added_up(rows)
    if not minutes:
        return {}
    dialect = connection.dialect.name
    quarters, watches, tallies, all_minutes = _folded(minutes)
    rows_of_tallies = [row | {"last_at": now} for row in _rows(("round_id", "device_id"), tallies)]
    stands = execute_many(connection, sql.add_to_tallies(dialect), rows_of_tallies)
    mine = {(row.round_id, row.device_id): (row.up, row.down) for row in stands}
    activity: Parts = {}
    for (of, minute), sums in all_minutes.items():
        for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS):
            _into(activity, (of, width, minute - minute % width), sums)
    execute_many(connection, sql.add_to(dialect, tables.ACTIVITY), _rows(("round_id", "width", "start"), activity))
    devices: Parts = {(of, QUARTER_HOUR, start, device): sums for (of, device, start), sums in quarters.items()}
    devices |= {(of, FOUR_HOURS, start, device): sums for (of, device, start), sums in watches.items()}
    names = ("round_id", "width", "start", "device_id")
    execute_many(connection, sql.add_to(dialect, tables.DEVICE_ACTIVITY), _rows(names, devices))
    return mine


def add_for_accounts(
    connection: Connection, rows: Iterable[dict[str, Any]], now: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """Add those rows that somebody signed in has made. Returns what stands then: (round, account) → up, down."""
    tallies: Parts = {}
    activity: Parts = {}
    for row in rows:
        account, of = row["account_id"], row["round_id"]
        if account is None:
            continue
        sums = _sums_of(row)
        _into(tallies, (of, account), sums)
        for width in (ROUND, QUARTER_HOUR, FOUR_HOURS):
            start = row["pressed_at"] - row["pressed_at"] % width if width else 0
            _into(activity, (of, width, start, account, row["device_id"]), sums)
    if not tallies:
        return {}
    adding = [tally | {"last_at": now} for tally in _rows(("round_id", "account_id"), tallies)]
    dialect = connection.dialect.name
    stands = execute_many(connection, sql.add_to_account_tallies(dialect), adding)
    names = ("round_id", "width", "start", "account_id", "device_id")
    execute_many(connection, sql.add_to(dialect, tables.ACCOUNT_ACTIVITY), _rows(names, activity))
    return {(row.round_id, row.account_id): (row.up, row.down) for row in stands}


def _sums_of(row: Mapping[str, Any]) -> list[int]:
    """What one row adds to the four sums."""
    sums = [0, 0, 0, 1]
    sums[_place(row["kind"], row["amount"])] += row["amount"]
    return sums


def _added_up(rows: Iterable[dict[str, Any]]) -> Parts:
    """By round, device and minute."""
    parts: Parts = {}
    for row in rows:
        pressed_at, amount = row["pressed_at"], row["amount"]
        key = (row["round_id"], row["device_id"], pressed_at - pressed_at % MINUTE)
        sums = parts.get(key)
        if sums is None:
            sums = parts[key] = [0, 0, 0, 0]
        sums[_place(row["kind"], amount)] += amount
        sums[3] += 1
    return parts


def _place(kind: str, amount: int) -> int:
    """Which of SUMS an amount belongs to: an undo's to the one of what it takes back."""
    if kind == CORRECTION:
        return 2
    return 0 if (amount > 0) == (kind == CLICK) else 1


def _folded(minutes: Parts) -> tuple[Parts, Parts, Parts, Parts]:
    """By device and quarter, by device and watch, by device, by minute; each within its round."""
    quarters: Parts = {}
    watches: Parts = {}
    tallies: Parts = {}
    all_minutes: Parts = {}
    for (of, device, minute), sums in minutes.items():
        _into(quarters, (of, device, minute - minute % QUARTER_HOUR), sums)
        _into(watches, (of, device, minute - minute % FOUR_HOURS), sums)
        _into(tallies, (of, device), sums)
        _into(all_minutes, (of, minute), sums)
    return quarters, watches, tallies, all_minutes


def _into(parts: Parts, key: tuple[int, ...], sums: list[int]) -> None:
    stands = parts.get(key)
    if stands is None:
        parts[key] = sums.copy()
    else:
        for place, amount in enumerate(sums):
            stands[place] += amount


def _rows(names: tuple[str, ...], parts: Parts) -> list[dict[str, int]]:
    """A table's rows in the order of its key. All who write lock them in this order, or two processes deadlock."""
    columns = (*names, *sql.SUMS)
    return [dict(zip(columns, (*key, *sums), strict=True)) for key, sums in sorted(parts.items())]


def rebuild(connection: Connection) -> None:
    """Make all of them anew from the ledger. Nobody may write meanwhile."""
    for rollup in ALL:
        connection.execute(delete(rollup.table).where(rollup.where))
        columns = [*rollup.keys, *sql.SUMS, *rollup.more]
        connection.execute(insert(rollup.table).from_select(columns, _from_ledger(rollup)))


def differences(connection: Connection, rollup: Rollup) -> list[Mismatch]:
    """Where a roll-up does not follow from the ledger."""
    table, ledger = rollup.table.c, _from_ledger(rollup).subquery()
    nothing = [literal(0).label(f"ledger_{name}") for name in sql.SUMS]
    stored = select(*(table[name] for name in (*rollup.keys, *sql.SUMS)), *nothing).where(rollup.where)
    zeros = [literal(0).label(name) for name in sql.SUMS]
    told = select(*(ledger.c[name] for name in rollup.keys), *zeros, *(ledger.c[name] for name in sql.SUMS))
    both = union_all(stored, told).subquery().c
    sums = {n: cast(func.sum(both[n]), BigInteger) for n in (*sql.SUMS, *(f"ledger_{name}" for name in sql.SUMS))}
    keys = [both[name] for name in rollup.keys]
    apart = select(*keys, *(total.label(name) for name, total in sums.items())).group_by(*keys)
    apart = apart.having(or_(*(sums[name] != sums[f"ledger_{name}"] for name in sql.SUMS))).order_by(*keys)
    return [
        Mismatch({key: row[key] for key in rollup.keys}, name, row[name], row[f"ledger_{name}"])
        for row in connection.execute(apart).mappings()
        for name in sql.SUMS
        if row[name] != row[f"ledger_{name}"]
    ]


def _from_ledger(rollup: Rollup) -> Select[Any]:
    """The roll-up as it should be: its keys, its sums, and what else its rows have."""
    # Keys are named inside and grouped by outside: PostgreSQL takes no two parameters for the same expression.
    inside = [of.label(name) for name, of in rollup.keys.items()]
    rows = select(*inside, _clicks.kind, _clicks.amount, _clicks.saved_at).where(rollup.of).subquery("ledger").c

    def total(of: ColumnElement[bool]) -> Any:
        return cast(func.coalesce(func.sum(case((of, rows.amount), else_=0)), 0), BigInteger)

    click, undo = rows.kind == CLICK, rows.kind == UNDO
    up = or_(and_(click, rows.amount > 0), and_(undo, rows.amount < 0))
    down = or_(and_(click, rows.amount < 0), and_(undo, rows.amount > 0))
    sums = (total(up), total(down), total(rows.kind == CORRECTION), func.count())
    more = [func.max(rows.saved_at).label(name) for name in rollup.more]
    keys = [rows[name] for name in rollup.keys]
    named = (of.label(name) for of, name in zip(sums, sql.SUMS, strict=True))
    return select(*keys, *named, *more).group_by(*keys)
