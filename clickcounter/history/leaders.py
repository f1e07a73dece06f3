"""Who counted most: in a round, in a span of time, or ever. Read from roll-ups, never from the ledger.

A person who is signed in appears once, whichever devices they use; a device's numbers include anonymous clicks only.

To find the most active, all that took part must be summed up. Where those are very many, a page gets what was found a moment
ago (background.py), but not at a counter of a group that has become members-only since. Names and labels are always those of
now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain.calendar import pieces
from clickcounter.history.background import BackgroundReads, Kept
from clickcounter.history.scopes import Scope, scope_of
from clickcounter.ledger.rollups import ROUND

LIMIT = 10  # leaders
MANY = 5_000  # rows of a roll-up; summing up more takes a page too long

SUMS = ("up", "down", "clicks")

_activity = tables.ACTIVITY.c
_account_activity = tables.ACCOUNT_ACTIVITY.c
_rounds = tables.ROUNDS.c


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


@dataclass(frozen=True, slots=True)
class LeaderQuery:
    """Leaders of a round, or ever; or from `start` to before `end`, UTC ms on quarters of an hour, in all rounds."""

    counter: str
    round: int | None = None  # its number
    start: int | None = None
    end: int | None = None
    everywhere: bool = False  # also at a group's counters that are for members only


_in_background: BackgroundReads[tuple[str, LeaderQuery, Scope], list[Leader]] = BackgroundReads()


def leaders(engine: Engine, slug: str, round_number: int | None = None, limit: int = LIMIT) -> list[Leader]:
    """The most active in a round, or ever. Raises CounterNotFound."""
    return _read(engine, LeaderQuery(slug, round_number), limit)


def leaders_between(engine: Engine, slug: str, start: int, end: int, limit: int = LIMIT) -> list[Leader]:
    """The most active from `start` to before `end`, UTC ms on quarters of an hour. Raises CounterNotFound."""
    return _read(engine, LeaderQuery(slug, None, start, end), limit)


def leaders_of(engine: Engine, query: LeaderQuery, limit: int) -> list[Leader]:
    """The most active, however long that takes. Raises CounterNotFound."""
    return _read(engine, query, limit)


def known_leaders(
    engine: Engine, query: LeaderQuery, now: int, asker: str = "", limit: int = LIMIT
) -> Kept[list[Leader]] | None:
    """The most active, at a cost that does not grow with their number. `asker` is an address. Raises CounterNotFound.

    Of very many they are those of a moment ago and at most LIMIT, or None before they are known; then ask again.
    """
    with read_only(engine).begin() as connection:
        scope = _scope(connection, query)
        sources = _sources(query, scope)
        if not is_large(connection, sources):
            return Kept(_named(connection, _most_active(connection, sources, limit)), now)
    key = (str(engine.url), query, scope)
    found = _in_background.newest(query.counter, key, lambda: _read_of(engine, sources), asker)
    if found is None:
        return None
    with read_only(engine).begin() as connection:
        return replace(found, value=_named(connection, found.value))


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a roll-up: the table, what it is joined with, and which rows."""

    table: Table
    joined: FromClause
    condition: ColumnElement[bool]


Sources = tuple[Rows, Rows]  # what was counted on each device, and what people counted there


def whole_rounds(scope: Scope) -> Sources:
    """What was counted in these rounds."""
    found = []
    for table, condition in ((tables.TALLIES, true()), (tables.ACCOUNT_ACTIVITY, _account_activity.width == ROUND)):
        if scope.round_id is not None:
            found.append(Rows(table, table, and_(table.c.round_id == scope.round_id, condition)))
        else:
            joined = tables.ROUNDS.join(table, table.c.round_id == _rounds.id)
            of_counter = and_(scope.has(_rounds.counter_id), _rounds.counted)
            found.append(Rows(table, joined, and_(of_counter, condition)))
    return found[0], found[1]


def is_large(connection: Connection, sources: Sources) -> bool:
    """Whether there are more rows than a page can wait for. Reads MANY of each at most."""
    for rows in sources:
        some = select(literal(1)).select_from(rows.joined).where(rows.condition).limit(MANY + 1).subquery()
        if connection.execute(select(func.count()).select_from(some)).scalar_one() > MANY:
            return True
    return False


def sums_of_people(rows: Rows, key: ColumnElement[Any], *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
    """What people with a name did, per account or per device (`key`): key, other columns, up, down, clicks."""
    sums = select(key, *columns, *_sums(rows.table)).select_from(_with_accounts(rows))
    return sums.where(rows.condition, NAMED).group_by(key, *columns)


def _read(engine: Engine, query: LeaderQuery, limit: int) -> list[Leader]:
    with read_only(engine).begin() as connection:
        return _named(connection, _most_active(connection, _sources(query, _scope(connection, query)), limit))


def _read_of(engine: Engine, sources: Sources) -> list[Leader]:
    """The most active there, without names: whoever is shown them gets those of now."""
    with read_only(engine).begin() as connection:
        return _most_active(connection, sources, LIMIT)


def _scope(connection: Connection, query: LeaderQuery) -> Scope:
    return scope_of(connection, query.counter, query.round, of_people=not query.everywhere)


def _sources(query: LeaderQuery, scope: Scope) -> Sources:
    if query.start is None or query.end is None:
        return whole_rounds(scope)
    # Activity says in which rounds something was counted at that time, and when. One SELECT for each run of its rows: with
    # OR, SQLite may read all that was ever counted.
    keys = [_activity[name] for name in ("round_id", "width", "start")]
    runs = [
        select(*keys).where(
            scope.has(_activity.counter_id),
            _activity.width == width,
            _activity.start >= start,
            _activity.start < end,
        )
        for width, start, end in pieces(query.start, query.end)
    ]
    found = []
    for table in (tables.DEVICE_ACTIVITY, tables.ACCOUNT_ACTIVITY):
        counted = union_all(*runs).subquery()
        joined = counted.join(table, and_(*(table.c[key.name] == counted.c[key.name] for key in keys)))
        found.append(Rows(table, joined, true()))
    return found[0], found[1]


def _most_active(connection: Connection, sources: Sources, limit: int) -> list[Leader]:
    """The largest movement first, whichever its direction, and none without one; without names."""
    people = sums_of_people(sources[1], _account_activity.account_id).subquery().c
    columns = (people.account_id, people.up, people.down, people.clicks)
    largest_first = ((people.up - people.down).desc(), people.account_id)
    some = select(*columns).where(or_(people.up != 0, people.down != 0))
    rows = connection.execute(some.order_by(*largest_first).limit(limit))
    found = [Leader(None, "", row.up, row.down, row.clicks, "", row.account_id) for row in rows]
    found += [Leader(row[0], "", *row[1:]) for row in connection.execute(_devices(sources, limit))]
    return sorted(found, key=lambda leader: leader.down - leader.up)[:limit]


def _devices(sources: Sources, limit: int) -> Select[tuple[Any, ...]]:
    """The most active devices by their anonymous clicks: what people with a name did there is subtracted."""
    rows, of_people = sources
    everything = select(rows.table.c.device_id, *(rows.table.c[name] for name in SUMS))
    named = select(_account_activity.device_id, *(-_account_activity[name] for name in SUMS))
    signed = union_all(
        everything.select_from(rows.joined).where(rows.condition),
        named.select_from(_with_accounts(of_people)).where(of_people.condition, NAMED),
    ).subquery()
    up, down, clicks = (cast(func.sum(signed.c[name]), BigInteger) for name in SUMS)
    devices = select(signed.c.device_id, up, down, clicks).group_by(signed.c.device_id).having(or_(up != 0, down != 0))
    return devices.order_by((up - down).desc(), signed.c.device_id).limit(limit)


def _with_accounts(of_people: Rows) -> FromClause:
    return of_people.joined.join(ACCOUNTS, ACCOUNTS.c.id == _account_activity.account_id)


def _sums(table: Table) -> list[ColumnElement[int]]:
    return [cast(func.sum(table.c[name]), BigInteger).label(name) for name in SUMS]


def _named(connection: Connection, found: Sequence[Leader]) -> list[Leader]:
    """The same with the names and labels of now. An account that was deleted meanwhile is left out."""
    devices, accounts = tables.DEVICES.c, ACCOUNTS.c
    of_devices = select(devices.id, devices.label).where(devices.id.in_({leader.number for leader in found} - {None}))
    of_accounts = select(accounts.id, accounts.name).where(accounts.id.in_({leader.account for leader in found} - {None}))
    labels = {row.id: row.label for row in connection.execute(of_devices)}
    names = {row.id: row.name for row in connection.execute(of_accounts.where(NAMED))}
    return [
        replace(leader, label=labels.get(leader.number, ""), person=names.get(leader.account, ""))
        for leader in found
        if leader.account is None or leader.account in names
    ]
