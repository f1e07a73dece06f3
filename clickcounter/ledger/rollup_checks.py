"""The roll-ups as the ledger says they should be: to check them, and to rebuild them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
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
from clickcounter.domain.calendar import FOUR_HOURS, HOUR, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CLICK, CORRECTION, NOTE, OPENING, TAKE_BACK, UNDO
from clickcounter.domain.past import MOST_SHARES
from clickcounter.ledger.rollups import ROUND

_clicks = tables.CLICKS.c
_COLUMNS = tuple(_clicks[name] for name in ("round_id", "counter_id", "device_id", "account_id", "saved_at"))


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums by device, account, or time: then its rows are those of one `width`, 0 for a whole round."""

    table: Table
    keys: tuple[str, ...]
    width: int | None = None
    last_at: bool = False  # not compared

    @property
    def where(self) -> ColumnElement[bool]:
        """Its rows, among those of other roll-ups that share the table."""
        return true() if self.width is None else self.table.c.width == self.width

    @property
    def extra(self) -> tuple[str, ...]:
        """Its columns besides the keys and the sums."""
        return ("last_at",) if self.last_at else ()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stored sum that differs from the ledger's."""

    keys: Mapping[str, int]
    sum: str
    stored: int
    ledger: int


def _by_time(table: Table, width: int) -> Rollup:
    names = ("account_id", "device_id", "counter_id")
    return Rollup(table, ("round_id", "width", "start", *(name for name in names if name in table.c)), width)


ALL = (
    Rollup(tables.TALLIES, ("round_id", "device_id"), last_at=True),
    Rollup(tables.ACCOUNT_TALLIES, ("round_id", "account_id"), last_at=True),
    *(_by_time(tables.ACTIVITY, width) for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)),
    *(_by_time(tables.DEVICE_ACTIVITY, width) for width in (QUARTER_HOUR, FOUR_HOURS)),
    *(_by_time(tables.ACCOUNT_ACTIVITY, width) for width in (ROUND, QUARTER_HOUR, FOUR_HOURS)),
)


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
    rows = (_by_round() if rollup.width in (None, ROUND) else _by_moment()).subquery("ledger").c
    at = rows.pressed_at - rows.pressed_at % rollup.width if rollup.width else literal(0)
    # Keys are named inside and grouped by outside: PostgreSQL does not accept two parameters for the same expression.
    keys = {"width": literal(rollup.width), "start": at}
    columns = [keys[name].label(name) if name in keys else rows[name] for name in rollup.keys]
    inside = select(*columns, *(rows[name] for name in ("kind", "amount", "saved_at", "presses")))
    if "account_id" in rollup.keys:
        inside = inside.where(rows.account_id.is_not(None))
    named = inside.subquery("named").c

    def total(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.coalesce(func.sum(case((condition, named.amount), else_=0)), 0), BigInteger)

    click, undo = named.kind == CLICK, named.kind.in_((UNDO, TAKE_BACK))
    up = or_(and_(click, named.amount > 0), and_(undo, named.amount < 0))
    down = or_(and_(click, named.amount < 0), and_(undo, named.amount > 0))
    totals = (total(up), total(down), total(named.kind == CORRECTION), cast(func.sum(named.presses), BigInteger))
    sums = (column.label(name) for column, name in zip(totals, sql.SUMS, strict=True))
    extra = [func.max(case((named.presses < 0, 0), else_=named.saved_at)).label(name) for name in rollup.extra]
    group = [named[name] for name in rollup.keys]
    return select(*group, *sums, *extra).group_by(*group)


def _by_round() -> Select[Any]:
    """All entries but notes. What somebody added afterwards counts as a correction does."""
    afterwards = or_(_clicks.until.is_not(None), _clicks.kind == OPENING)
    kind = case((afterwards, literal(CORRECTION)), else_=_clicks.kind)
    taken_back = or_(_clicks.kind == TAKE_BACK, and_(_clicks.kind == OPENING, _clicks.takes_back.is_not(None)))
    presses = case((taken_back, -1), else_=1)
    columns = (*_COLUMNS, _clicks.pressed_at, _clicks.amount, kind.label("kind"), presses.label("presses"))
    return select(*columns).where(_clicks.kind != NOTE)


def _by_moment() -> CompoundSelect[Any]:
    """What was counted when: presses, undos and corrections, and the shares of past entries as in domain/past.py."""
    presses = case((_clicks.kind == TAKE_BACK, -1), else_=1).label("presses")
    made = select(*_COLUMNS, _clicks.pressed_at, _clicks.amount, _clicks.kind, presses)
    made = made.where(_clicks.until.is_(None), _clicks.kind != OPENING)
    length = _clicks.until - _clicks.pressed_at
    step = case((length <= HOUR, MINUTE), else_=QUARTER_HOUR)
    count = case((length <= MINUTE, 1), else_=(length + step - 1) // step)
    numbers = select(literal(0).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < MOST_SHARES - 1))
    n, amount = numbers.c.n, func.abs(_clicks.amount)
    share = case((_clicks.amount > 0, 1), else_=-1) * (amount * (n + 1) // count - amount * n // count)
    added = select(
        *_COLUMNS,
        (_clicks.pressed_at + n * step).label("pressed_at"),
        share.label("amount"),
        literal(CORRECTION).label("kind"),
        literal(0).label("presses"),
    )
    added = added.select_from(tables.CLICKS.join(numbers, n < count)).where(_clicks.until.is_not(None), share != 0)
    return union_all(made, added)
