"""Roll-ups: sums of the ledger, updated in its own transaction; `rebuild` recomputes them from it.

Each roll-up is a table with the four sums of statements.SUMS for each of its keys. The rows of a commit are summed once, by
round, device and minute; what each table gets is summed up from that.
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
from clickcounter.database.rows import LedgerRow
from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CLICK, CORRECTION, TAKE_BACK, UNDO

Sums = dict[tuple[int, ...], list[int]]  # (some of) a table's key → the four sums
Totals = tuple[int, int]  # up, down

ROUND = 0  # the width of a row that covers a whole round
# Of a device's corrections in a round. Then no sum of them leaves 64 bits, where SQLite would go on with a float.
MAX_CORRECTED = 2**60

_clicks = tables.CLICKS.c


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums, and how its key follows from a ledger row."""

    table: Table
    keys: Mapping[str, ColumnElement[Any]]
    where: ColumnElement[bool] = field(default_factory=true)  # its rows, if it shares the table with other roll-ups
    clicks: ColumnElement[bool] = field(default_factory=true)  # the ledger rows that it sums
    extra: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)  # other columns, not compared


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stored sum that differs from the ledger's."""

    keys: Mapping[str, int]
    sum: str
    stored: int
    ledger: int


def _by_time(table: Table, width: int, clicks: ColumnElement[bool] | None = None) -> Rollup:
    start = _clicks.pressed_at - _clicks.pressed_at % width if width else literal(0)
    keys = {"round_id": _clicks.round_id, "width": literal(width), "start": start}
    keys |= {name: _clicks[name] for name in ("account_id", "device_id", "counter_id") if name in table.c}
    return Rollup(table, keys, table.c.width == width, true() if clicks is None else clicks)


_SIGNED_IN = _clicks.account_id.is_not(None)
TALLIES = Rollup(
    tables.TALLIES,
    {"round_id": _clicks.round_id, "device_id": _clicks.device_id},
    extra={"last_at": func.max(_clicks.saved_at)},
)
ACCOUNT_TALLIES = Rollup(
    tables.ACCOUNT_TALLIES,
    {"round_id": _clicks.round_id, "account_id": _clicks.account_id},
    clicks=_SIGNED_IN,
    extra={"last_at": func.max(_clicks.saved_at)},
)
ALL = (
    TALLIES,
    ACCOUNT_TALLIES,
    *(_by_time(tables.ACTIVITY, width) for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)),
    *(_by_time(tables.DEVICE_ACTIVITY, width) for width in (QUARTER_HOUR, FOUR_HOURS)),
    *(_by_time(tables.ACCOUNT_ACTIVITY, width, _SIGNED_IN) for width in (ROUND, QUARTER_HOUR, FOUR_HOURS)),
)


def add(connection: Connection, rows: Iterable[LedgerRow], now: int) -> dict[tuple[int, int], Totals]:
    """Add ledger rows to the roll-ups. Returns the new totals of each of their devices, by (round, device).

    Raises OverflowError if corrections back and forth have made a sum too large.
    """
    minutes = _sum_by_minute(rows)
    if not minutes:
        return {}
    dialect = connection.dialect.name
    tallies: Sums = {}
    by_minute: Sums = {}
    devices: Sums = {}
    for (round_id, device, minute, counter_id), sums in minutes.items():
        _add_to(tallies, (round_id, device), sums)
        _add_to(by_minute, (round_id, minute, counter_id), sums)
        _add_to(devices, (round_id, QUARTER_HOUR, minute - minute % QUARTER_HOUR, device), sums)
        _add_to(devices, (round_id, FOUR_HOURS, minute - minute % FOUR_HOURS, device), sums)
    activity: Sums = {}
    for (round_id, minute, counter_id), sums in by_minute.items():
        for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS):
            _add_to(activity, (round_id, width, minute - minute % width, counter_id), sums)
    tally_rows = [row | {"last_at": now} for row in _table_rows(("round_id", "device_id"), tallies)]
    stored = execute_many(connection, sql.add_to_tallies(dialect), tally_rows)
    _check_corrected(tallies, stored)
    _execute_adds(connection, tables.ACTIVITY, ("round_id", "width", "start", "counter_id"), activity)
    _execute_adds(connection, tables.DEVICE_ACTIVITY, ("round_id", "width", "start", "device_id"), devices)
    return {(row.round_id, row.device_id): (row.up, row.down) for row in stored}


def add_for_accounts(connection: Connection, rows: Iterable[LedgerRow], now: int) -> dict[tuple[int, int], Totals]:
    """Add the rows of signed-in people to their roll-ups. Returns the new totals, by (round, account)."""
    tallies: Sums = {}
    activity: Sums = {}
    for row in rows:
        account, round_id, pressed_at = row["account_id"], row["round_id"], row["pressed_at"]
        if account is None:
            continue
        sums = [0, 0, 0, -1 if row["kind"] == TAKE_BACK else 1]
        sums[_sum_index(row["kind"], row["amount"])] = row["amount"]
        _add_to(tallies, (round_id, account), sums)
        for width in (ROUND, QUARTER_HOUR, FOUR_HOURS):
            start = pressed_at - pressed_at % width if width else 0
            _add_to(activity, (round_id, width, start, account, row["device_id"]), sums)
    if not tallies:
        return {}
    tally_rows = [row | {"last_at": now} for row in _table_rows(("round_id", "account_id"), tallies)]
    stored = execute_many(connection, sql.add_to_account_tallies(connection.dialect.name), tally_rows)
    _check_corrected(tallies, stored)
    key = ("round_id", "width", "start", "account_id", "device_id")
    _execute_adds(connection, tables.ACCOUNT_ACTIVITY, key, activity)
    return {(row.round_id, row.account_id): (row.up, row.down) for row in stored}


def _check_corrected(added: Sums, stored: Iterable[Any]) -> None:
    if any(sums[2] for sums in added.values()) and any(abs(row.corrected) > MAX_CORRECTED for row in stored):
        raise OverflowError("the sum of corrections is too large")


def _sum_by_minute(rows: Iterable[LedgerRow]) -> Sums:
    """The sums by round, device, minute and the round's counter."""
    minutes: Sums = {}
    for row in rows:
        pressed_at, amount = row["pressed_at"], row["amount"]
        key = (row["round_id"], row["device_id"], pressed_at - pressed_at % MINUTE, row["counter_id"])
        sums = minutes.get(key)
        if sums is None:
            sums = minutes[key] = [0, 0, 0, 0]
        sums[_sum_index(row["kind"], amount)] += amount
        sums[3] += -1 if row["kind"] == TAKE_BACK else 1
    return minutes


def _sum_index(kind: str, amount: int) -> int:
    """Which of SUMS an amount is added to; an undo's to the sum that its click was added to."""
    if kind == CORRECTION:
        return 2
    return 0 if (amount > 0) == (kind == CLICK) else 1


def _add_to(target: Sums, key: tuple[int, ...], sums: list[int]) -> None:
    known = target.get(key)
    if known is None:
        target[key] = sums.copy()
    else:
        for index, amount in enumerate(sums):
            known[index] += amount


def _execute_adds(connection: Connection, table: Table, key: tuple[str, ...], sums: Sums) -> None:
    execute_many(connection, sql.add_to(connection.dialect.name, table), _table_rows(key, sums))


def _table_rows(key: tuple[str, ...], sums: Sums) -> list[dict[str, int]]:
    """A table's rows, sorted by key. Every writer locks rows in this order, or two processes would deadlock."""
    columns = (*key, *sql.SUMS)
    return [dict(zip(columns, (*values, *four), strict=True)) for values, four in sorted(sums.items())]


def rebuild(connection: Connection) -> None:
    """Rebuild all roll-ups from the ledger. Nobody else may write meanwhile."""
    for rollup in ALL:
        connection.execute(delete(rollup.table).where(rollup.where))
        columns = [*rollup.keys, *sql.SUMS, *rollup.extra]
        connection.execute(insert(rollup.table).from_select(columns, _from_ledger(rollup)))


def differences(connection: Connection, rollup: Rollup) -> list[Mismatch]:
    """The sums of a roll-up that differ from the ledger's."""
    table, ledger = rollup.table.c, _from_ledger(rollup).subquery().c
    ledger_names = {name: f"ledger_{name}" for name in sql.SUMS}
    # Both sides in one list, each with zeros in the other's place, then summed by key: differing sums are mismatches.
    stored = select(
        *(table[name] for name in (*rollup.keys, *sql.SUMS)), *(literal(0).label(name) for name in ledger_names.values())
    ).where(rollup.where)
    expected = select(
        *(ledger[name] for name in rollup.keys),
        *(literal(0).label(name) for name in sql.SUMS),
        *(ledger[name] for name in sql.SUMS),
    )
    both = union_all(stored, expected).subquery().c
    sums = {name: cast(func.sum(both[name]), BigInteger) for name in (*sql.SUMS, *ledger_names.values())}
    keys = [both[name] for name in rollup.keys]
    different = (
        select(*keys, *(total.label(name) for name, total in sums.items()))
        .group_by(*keys)
        .having(or_(*(sums[name] != sums[ledger_name] for name, ledger_name in ledger_names.items())))
        .order_by(*keys)
    )
    return [
        Mismatch({key: row[key] for key in rollup.keys}, name, row[name], row[ledger_name])
        for row in connection.execute(different).mappings()
        for name, ledger_name in ledger_names.items()
        if row[name] != row[ledger_name]
    ]


def _from_ledger(rollup: Rollup) -> Select[Any]:
    """The roll-up as the ledger says it should be: its keys, its sums and its other columns."""
    # Keys are named inside and grouped by outside: PostgreSQL does not accept two parameters for the same expression.
    keys = [column.label(name) for name, column in rollup.keys.items()]
    rows = select(*keys, _clicks.kind, _clicks.amount, _clicks.saved_at).where(rollup.clicks).subquery("ledger").c

    def total(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.coalesce(func.sum(case((condition, rows.amount), else_=0)), 0), BigInteger)

    click, undo = rows.kind == CLICK, rows.kind.in_((UNDO, TAKE_BACK))
    up = or_(and_(click, rows.amount > 0), and_(undo, rows.amount < 0))
    down = or_(and_(click, rows.amount < 0), and_(undo, rows.amount > 0))
    count = func.sum(case((rows.kind == TAKE_BACK, -1), else_=1))
    totals = (total(up), total(down), total(rows.kind == CORRECTION), cast(count, BigInteger))
    sums = (column.label(name) for column, name in zip(totals, sql.SUMS, strict=True))
    extra = [func.max(case((rows.kind == TAKE_BACK, 0), else_=rows.saved_at)).label(name) for name in rollup.extra]
    group = [rows[name] for name in rollup.keys]
    return select(*group, *sums, *extra).group_by(*group)
