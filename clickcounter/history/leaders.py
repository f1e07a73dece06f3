"""Who counted most: in a round, in a span of time, or ever. Read from roll-ups, never from the ledger.

A person who is signed in appears once, whichever devices they use; a device's numbers include anonymous clicks only.
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
from clickcounter.history.timeseries import Slice, join_slices
from clickcounter.ledger.rollups import ROUND

LIMIT = 10  # leaders

_account_activity = tables.ACCOUNT_ACTIVITY.c


@dataclass(frozen=True, slots=True)
class Leader:
    """A person or a device: what they added, what they subtracted (zero or less), and how many clicks that took.

    JavaScript reads these fields by name.
    """

    number: int | None  # the device's; None for a person, whom `account` and `person` name
    label: str  # the device's
    up: int
    down: int
    clicks: int
    person: str = ""
    account: int | None = None


def leaders(engine: Engine, slug: str, round_number: int | None = None, limit: int = LIMIT) -> list[Leader]:
    """The most active in a round, or ever. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, slug, round_number)
        of_devices = tables.TALLIES.c.round_id.in_(rounds)
        return _leaders(connection, tables.TALLIES, of_devices, in_rounds(rounds), limit)


def leaders_between(
    engine: Engine, slug: str, start: int, end: int, round_number: int | None = None, limit: int = LIMIT
) -> list[Leader]:
    """The most active from `start` to before `end`, UTC ms on quarters of an hour. Raises CounterNotFound."""
    slices = [Slice(0, *piece) for piece in pieces(start, end)]
    table = tables.DEVICE_ACTIVITY
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, slug, round_number)
        of_devices = and_(table.c.round_id.in_(rounds), join_slices(table.c, slices).condition)
        in_time = join_slices(_account_activity, slices, "account_slices").condition
        of_people = and_(_account_activity.round_id.in_(rounds), in_time)
        return _leaders(connection, table, of_devices, of_people, limit)


def in_rounds(rounds: Sequence[int]) -> ColumnElement[bool]:
    """Selects the rows of account_activity that sum up whole rounds."""
    return and_(_account_activity.round_id.in_(rounds), _account_activity.width == ROUND)


def sums_of_people(
    key: ColumnElement[Any], condition: ColumnElement[bool], *columns: ColumnElement[Any]
) -> Select[tuple[Any, ...]]:
    """What people with a name did, per account or per device (`key`): key, other columns, up, down, clicks."""
    joined = tables.ACCOUNT_ACTIVITY.join(ACCOUNTS, ACCOUNTS.c.id == _account_activity.account_id)
    sums = select(key, *columns, *_sums(tables.ACCOUNT_ACTIVITY)).select_from(joined)
    return sums.where(condition, NAMED).group_by(key, *columns)


def _sums(table: Table) -> list[ColumnElement[int]]:
    return [cast(func.sum(table.c[name]), BigInteger).label(name) for name in ("up", "down", "clicks")]


def _leaders(
    connection: Connection, table: Table, of_devices: ColumnElement[bool], of_people: ColumnElement[bool], limit: int
) -> list[Leader]:
    """The largest movement first, whichever its direction."""
    people = sums_of_people(_account_activity.account_id, of_people, ACCOUNTS.c.name).subquery().c
    largest_first = ((people.up - people.down).desc(), people.account_id)
    columns = (people.account_id, people.name, people.up, people.down, people.clicks)
    rows = connection.execute(select(*columns).order_by(*largest_first).limit(limit))
    found = [Leader(None, "", row.up, row.down, row.clicks, row.name, row.account_id) for row in rows]
    found += [Leader(*row) for row in connection.execute(_devices(table, of_devices, of_people, limit))]
    return sorted(found, key=lambda leader: leader.down - leader.up)[:limit]


def _devices(
    table: Table, of_devices: ColumnElement[bool], of_people: ColumnElement[bool], limit: int
) -> Select[tuple[Any, ...]]:
    """The most active devices by their anonymous clicks: what people with a name did there is subtracted."""
    everybody = select(table.c.device_id, *_sums(table)).where(of_devices).group_by(table.c.device_id).subquery().c
    named = sums_of_people(_account_activity.device_id, of_people).subquery()
    up, down, clicks = (everybody[name] - func.coalesce(named.c[name], 0) for name in ("up", "down", "clicks"))
    rest = select(everybody.device_id, tables.DEVICES.c.label, up.label("up"), down.label("down"), clicks.label("clicks"))
    rest = rest.join_from(tables.DEVICES, everybody.device_id.table, everybody.device_id == tables.DEVICES.c.id)
    rest = rest.outerjoin(named, named.c.device_id == everybody.device_id).where(clicks > 0)
    return rest.order_by((up - down).desc(), everybody.device_id).limit(limit)
