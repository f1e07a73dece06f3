"""What each device added to each round, kept in the ledger's own transaction and to be rebuilt from it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)

from clickcounter.counting import statements as sql
from clickcounter.counting.clicks import CLICK, CORRECTION, UNDO
from clickcounter.counting.quick import run_for_each

SUMS = ("up", "down", "corrected", "clicks")

_clicks = sql.CLICKS.c
_IN_UP = or_(and_(_clicks.kind == CLICK, _clicks.amount > 0), and_(_clicks.kind == UNDO, _clicks.amount < 0))
_IN_DOWN = or_(and_(_clicks.kind == CLICK, _clicks.amount < 0), and_(_clicks.kind == UNDO, _clicks.amount > 0))


def column_of(kind: str, amount: int) -> str:
    """The sum that an entry belongs to: an undo to the one of what it takes back."""
    if kind == CORRECTION:
        return "corrected"
    return "up" if (amount > 0) == (kind == CLICK) else "down"


def add(connection: Connection, rows: Iterable[dict[str, Any]], now: int) -> dict[tuple[int, int | None], tuple[int, int]]:
    """Add rows of the ledger. Returns what stands then of each device that had one: (round, device) → up, down."""
    parts: dict[tuple[int, int], Counter[str]] = {}
    for row in rows:
        part = parts.setdefault((row["round_id"], row["device_id"]), Counter())
        part["clicks"] += 1
        part[column_of(row["kind"], row["amount"])] += row["amount"]
    if not parts:
        return {}
    values = [
        {"round_id": round_id, "device_id": device_id, "last_at": now, **{name: part[name] for name in SUMS}}
        for (round_id, device_id), part in sorted(parts.items())
    ]
    stands = run_for_each(connection, sql.add_to_tallies(connection.dialect.name), values)
    return {(row.round_id, row.device_id): (row.up, row.down) for row in stands}


def rebuild(connection: Connection) -> None:
    """Make all of them anew from the ledger."""
    connection.execute(delete(sql.TALLIES))
    summed = _from_ledger(func.max(_clicks.saved_at).label("last_at"))
    connection.execute(insert(sql.TALLIES).from_select(["round_id", "device_id", *SUMS, "last_at"], summed))


def differences(connection: Connection) -> list[tuple[int, int, str, int, int]]:
    """Where they do not follow from the ledger: round, device, which sum, what is stored, what the ledger says."""
    nothing = [literal(0).label(f"ledger_{name}") for name in SUMS]
    stored = select(sql.TALLIES.c.round_id, sql.TALLIES.c.device_id, *(sql.TALLIES.c[name] for name in SUMS), *nothing)
    ledger = _from_ledger().subquery()
    told = select(
        ledger.c.round_id, ledger.c.device_id, *(literal(0).label(name) for name in SUMS), *(ledger.c[name] for name in SUMS)
    )
    both = union_all(stored, told).subquery()
    sums = {name: cast(func.sum(both.c[name]), BigInteger) for name in (*SUMS, *(f"ledger_{name}" for name in SUMS))}
    apart = select(both.c.round_id, both.c.device_id, *(total.label(name) for name, total in sums.items()))
    apart = apart.group_by(both.c.round_id, both.c.device_id)
    apart = apart.having(or_(*(sums[name] != sums[f"ledger_{name}"] for name in SUMS)))
    return [
        (row["round_id"], row["device_id"], name, row[name], row[f"ledger_{name}"])
        for row in connection.execute(apart).mappings()
        for name in SUMS
        if row[name] != row[f"ledger_{name}"]
    ]


def _from_ledger(*more: Any) -> Select[Any]:
    def total(of: Any) -> Any:
        return cast(func.coalesce(func.sum(case((of, _clicks.amount), else_=0)), 0), BigInteger)

    sums = (total(_IN_UP), total(_IN_DOWN), total(_clicks.kind == CORRECTION), func.count())
    named = (of.label(name) for of, name in zip(sums, SUMS, strict=True))
    return select(_clicks.round_id, _clicks.device_id, *named, *more).group_by(_clicks.round_id, _clicks.device_id)
