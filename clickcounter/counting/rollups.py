"""Sums of the ledger, kept in its own transaction and to be rebuilt from it.

Each is a table with the four sums of statements.SUMS for each of its keys. The rows of a commit are added up once, by
round, device and minute, and every table's part is folded from that.
"""

from collections.abc import Callable, Iterable, Mapping
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

from clickcounter.counting import statements as sql
from clickcounter.counting.clicks import CLICK, CORRECTION, UNDO
from clickcounter.counting.quick import run_for_each

MINUTE = 60_000  # milliseconds
QUARTER = 15 * MINUTE

Parts = dict[tuple[int, int, int], list[int]]  # (round, device, minute) → the four sums

_clicks = sql.CLICKS.c


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums: what each column of its key is of the ledger's row; `where`, if it shares the table with others."""

    table: Table
    keys: Mapping[str, ColumnElement[Any]]
    where: ColumnElement[bool] = field(default_factory=true)
    of: ColumnElement[bool] = field(default_factory=true)  # which rows of the ledger
    more: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)  # other columns, not compared


@dataclass(frozen=True, slots=True)
class Apart:
    """A sum that does not follow from the ledger."""

    keys: Mapping[str, int]
    sum: str
    stored: int
    ledger: int


_quarter = _clicks.pressed_at - _clicks.pressed_at % QUARTER
TALLIES = Rollup(
    sql.TALLIES,
    {"round_id": _clicks.round_id, "device_id": _clicks.device_id},
    more={"last_at": func.max(_clicks.saved_at)},
)
MINUTES = Rollup(
    sql.ACTIVITY,
    {"round_id": _clicks.round_id, "width": literal(MINUTE), "start": _clicks.pressed_at - _clicks.pressed_at % MINUTE},
    sql.ACTIVITY.c.width == MINUTE,
)
QUARTERS = Rollup(
    sql.ACTIVITY,
    {"round_id": _clicks.round_id, "width": literal(QUARTER), "start": _quarter},
    sql.ACTIVITY.c.width == QUARTER,
)
DEVICE_QUARTERS = Rollup(
    sql.DEVICE_ACTIVITY, {"round_id": _clicks.round_id, "start": _quarter, "device_id": _clicks.device_id}
)
ACCOUNT_TALLIES = Rollup(
    sql.ACCOUNT_TALLIES,
    {"round_id": _clicks.round_id, "account_id": _clicks.account_id},
    of=_clicks.account_id.is_not(None),
    more={"last_at": func.max(_clicks.saved_at)},
)
ALL = (TALLIES, MINUTES, QUARTERS, DEVICE_QUARTERS, ACCOUNT_TALLIES)


def add(connection: Connection, rows: Iterable[dict[str, Any]], now: int) -> dict[tuple[int, int | None], tuple[int, int]]:
    """Add rows of the ledger. Returns what stands then of each device that had one: (round, device) → up, down."""
    parts = _added_up(rows)
    if not parts:
        return {}
    dialect = connection.dialect.name
    tallies = _fold(parts, lambda of, device, _: {"round_id": of, "device_id": device}, last_at=now)
    stands = run_for_each(connection, sql.add_to_tallies(dialect), tallies)
    mine = {(row.round_id, row.device_id): (row.up, row.down) for row in stands}
    minutes = _fold(parts, lambda of, _, at: {"round_id": of, "width": MINUTE, "start": at})
    quarters = _fold(parts, lambda of, _, at: {"round_id": of, "width": QUARTER, "start": at - at % QUARTER})
    # Rows are locked in one order by all who write, or two processes deadlock.
    activity = sorted(minutes + quarters, key=lambda row: (row["round_id"], row["width"], row["start"]))
    run_for_each(connection, sql.add_to(dialect, sql.ACTIVITY), activity)
    devices = _fold(parts, lambda of, device, at: {"round_id": of, "start": at - at % QUARTER, "device_id": device})
    run_for_each(connection, sql.add_to(dialect, sql.DEVICE_ACTIVITY), devices)
    return mine


def add_of_accounts(
    connection: Connection, rows: Iterable[dict[str, Any]], now: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """Add those rows that somebody signed in has made. Returns what stands then: (round, account) → up, down."""
    tallies: dict[tuple[int, int], dict[str, int]] = {}
    for row in rows:
        if row["account_id"] is not None:
            key = {"round_id": row["round_id"], "account_id": row["account_id"]}
            tally = tallies.setdefault((row["round_id"], row["account_id"]), key | dict.fromkeys(sql.SUMS, 0))
            tally[sql.SUMS[_place(row["kind"], row["amount"])]] += row["amount"]
            tally["clicks"] += 1
    if not tallies:
        return {}
    adding = [tally | {"last_at": now} for _, tally in sorted(tallies.items())]
    stands = run_for_each(connection, sql.add_to_account_tallies(connection.dialect.name), adding)
    return {(row.round_id, row.account_id): (row.up, row.down) for row in stands}


def _added_up(rows: Iterable[dict[str, Any]]) -> Parts:
    parts: Parts = {}
    for row in rows:
        pressed_at, amount = row["pressed_at"], row["amount"]
        sums = parts.setdefault((row["round_id"], row["device_id"], pressed_at - pressed_at % MINUTE), [0, 0, 0, 0])
        sums[_place(row["kind"], amount)] += amount
        sums[3] += 1
    return parts


def _place(kind: str, amount: int) -> int:
    """Which of SUMS an amount belongs to: an undo's to the one of what it takes back."""
    if kind == CORRECTION:
        return 2
    return 0 if (amount > 0) == (kind == CLICK) else 1


def _fold(parts: Parts, keys: Callable[[int, int, int], dict[str, int]], **more: int) -> list[dict[str, int]]:
    """A table's rows, in the order of its key."""
    folded: dict[tuple[int, ...], dict[str, int]] = {}
    for part, sums in parts.items():
        row = keys(*part)
        stands = folded.setdefault(tuple(row.values()), row | dict.fromkeys(sql.SUMS, 0) | more)
        for name, amount in zip(sql.SUMS, sums, strict=True):
            stands[name] += amount
    return [row for _, row in sorted(folded.items())]


def rebuild(connection: Connection) -> None:
    """Make all of them anew from the ledger. Nobody may write meanwhile."""
    for rollup in ALL:
        connection.execute(delete(rollup.table).where(rollup.where))
        columns = [*rollup.keys, *sql.SUMS, *rollup.more]
        connection.execute(insert(rollup.table).from_select(columns, _from_ledger(rollup)))


def differences(connection: Connection, rollup: Rollup) -> list[Apart]:
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
        Apart({key: row[key] for key in rollup.keys}, name, row[name], row[f"ledger_{name}"])
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
