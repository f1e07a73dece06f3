"""Who counted most: in a round, in a stretch of time, or ever. Read from roll-ups, never from the ledger."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Engine, Table, and_, cast, func, select

from clickcounter.counting import statements as sql
from clickcounter.counting.activity import within
from clickcounter.counting.buckets import pieces
from clickcounter.counting.history import reading
from clickcounter.counting.people import persons
from clickcounter.counting.records import rounds_of

MOST = 10


@dataclass(frozen=True, slots=True)
class Leader:
    """A device's part: what it added, what it took off (zero or less), and how many rows of the ledger are its own."""

    number: int
    label: str
    up: int
    down: int
    clicks: int
    person: str = ""  # who pressed last there, signed in


def leaders(engine: Engine, slug: str, round_number: int | None = None, most: int = MOST) -> list[Leader]:
    """The most active of a round, or of all time. Raises CounterNotFound."""
    return _leaders(engine, slug, sql.TALLIES, round_number, most)


def leaders_between(
    engine: Engine, slug: str, start: int, end: int, round_number: int | None = None, most: int = MOST
) -> list[Leader]:
    """The most active from `start` to before `end`, both on a quarter of an hour. Raises CounterNotFound."""
    runs = [(0, *piece) for piece in pieces(start, end)]
    return _leaders(engine, slug, sql.DEVICE_ACTIVITY, round_number, most, within(sql.DEVICE_ACTIVITY.c, runs).of)


def _leaders(engine: Engine, slug: str, table: Table, number: int | None, most: int, *more: Any) -> list[Leader]:
    """Whoever moved the number most comes first, in whichever direction."""
    up, down, clicks = (cast(func.sum(table.c[name]), BigInteger) for name in ("up", "down", "clicks"))
    with reading(engine).begin() as connection:
        of_rounds = rounds_of(connection, slug, number)
        chosen = and_(table.c.round_id.in_(of_rounds), *more)
        parts = select(table.c.device_id, up.label("up"), down.label("down"), clicks.label("clicks")).where(chosen)
        first = parts.group_by(table.c.device_id).order_by((up - down).desc(), table.c.device_id).limit(most).subquery().c
        named = select(first.device_id, sql.DEVICES.c.label, first.up, first.down, first.clicks)
        named = named.join(sql.DEVICES, sql.DEVICES.c.id == first.device_id)
        rows = connection.execute(named.order_by((first.up - first.down).desc(), first.device_id)).all()
        names = persons(connection, of_rounds, [row.device_id for row in rows])
        return [Leader(*row, names.get(row.device_id, "")) for row in rows]
