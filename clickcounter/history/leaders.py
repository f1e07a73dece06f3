"""Who counted most: in a round, in a stretch of time, or ever. Read from roll-ups, never from the ledger.

A person who is signed in is told once, whichever devices they used; a device stands for what was pressed on it by nobody
that has a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, Select, Table, and_, cast, func, select

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain.calendar import pieces
from clickcounter.history.ledger_pages import round_ids
from clickcounter.history.timeseries import within
from clickcounter.ledger.rollups import ROUND

MOST = 10

_persons = tables.ACCOUNT_ACTIVITY.c


@dataclass(frozen=True, slots=True)
class Leader:
    """A person's part or a device's: what it added, what it took off (zero or less), and its rows of the ledger."""

    number: int | None  # the device's, or else `account` and `person` say who it was
    label: str
    up: int
    down: int
    clicks: int
    person: str = ""
    account: int | None = None


def leaders(engine: Engine, slug: str, round_number: int | None = None, most: int = MOST) -> list[Leader]:
    """The most active of a round, or of all time. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, slug, round_number)
        return _leaders(connection, tables.TALLIES, tables.TALLIES.c.round_id.in_(rounds), of_rounds(rounds), most)


def leaders_between(
    engine: Engine, slug: str, start: int, end: int, round_number: int | None = None, most: int = MOST
) -> list[Leader]:
    """The most active from `start` to before `end`, both on a quarter of an hour. Raises CounterNotFound."""
    runs = [(0, *piece) for piece in pieces(start, end)]
    table = tables.DEVICE_ACTIVITY
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, slug, round_number)
        of_devices = and_(table.c.round_id.in_(rounds), within(table.c, runs).of)
        of_persons = and_(_persons.round_id.in_(rounds), within(_persons, runs, "asked_of_persons").of)
        return _leaders(connection, table, of_devices, of_persons, most)


def of_rounds(rounds: Sequence[int]) -> ColumnElement[bool]:
    """Which rows of the accounts' activity are those of whole rounds."""
    return and_(_persons.round_id.in_(rounds), _persons.width == ROUND)


def by_persons(which: ColumnElement[Any], of: ColumnElement[bool], *more: ColumnElement[Any]) -> Select[Any]:
    """The sums of what people with a name did, for each account or for each device: up, down and clicks."""
    joined = tables.ACCOUNT_ACTIVITY.join(ACCOUNTS, ACCOUNTS.c.id == _persons.account_id)
    return select(which, *more, *_sums(tables.ACCOUNT_ACTIVITY)).select_from(joined).where(of, NAMED).group_by(which, *more)


def _sums(table: Table) -> list[ColumnElement[int]]:
    return [cast(func.sum(table.c[name]), BigInteger).label(name) for name in ("up", "down", "clicks")]


def _leaders(
    connection: Connection, table: Table, of_devices: ColumnElement[bool], of_persons: ColumnElement[bool], most: int
) -> list[Leader]:
    """Whoever moved the number most comes first, in whichever direction."""
    persons = by_persons(_persons.account_id, of_persons, ACCOUNTS.c.name).subquery().c
    moved = (persons.up - persons.down).desc()
    people = connection.execute(
        select(persons.account_id, persons.name, persons.up, persons.down, persons.clicks)
        .order_by(moved, persons.account_id)
        .limit(most)
    ).all()
    found = [Leader(None, "", row.up, row.down, row.clicks, row.name, row.account_id) for row in people]
    found += [Leader(*row) for row in connection.execute(_devices(table, of_devices, of_persons, most))]
    return sorted(found, key=lambda leader: leader.down - leader.up)[:most]


def _devices(table: Table, of_devices: ColumnElement[bool], of_persons: ColumnElement[bool], most: int) -> Select[Any]:
    """The most active devices, without what people with a name did there."""
    whole = select(table.c.device_id, *_sums(table)).where(of_devices).group_by(table.c.device_id).subquery().c
    told = by_persons(_persons.device_id, of_persons).subquery()
    up, down, clicks = (whole[name] - func.coalesce(told.c[name], 0) for name in ("up", "down", "clicks"))
    rest = select(whole.device_id, tables.DEVICES.c.label, up.label("up"), down.label("down"), clicks.label("clicks"))
    rest = rest.join_from(tables.DEVICES, whole.device_id.table, whole.device_id == tables.DEVICES.c.id)
    rest = rest.outerjoin(told, told.c.device_id == whole.device_id).where(clicks > 0)
    return rest.order_by((up - down).desc(), whole.device_id).limit(most)
