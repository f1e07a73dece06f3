"""How much was counted when, read from the roll-ups: no read here gets slower as the ledger grows.

A click belongs to the moment at which it was pressed, even if it was saved hours later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Engine, Integer, and_, cast, func, select, values
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain import calendar
from clickcounter.history.ledger_pages import round_ids

_activity = tables.ACTIVITY.c
_device_activity = tables.DEVICE_ACTIVITY.c
_account_activity = tables.ACCOUNT_ACTIVITY.c
Columns = ReadOnlyColumnCollection[str, Column[Any]]


@dataclass(frozen=True, slots=True)
class ChartQuery:
    """One chart: of a counter or one of its rounds; of everybody, one device or one person. Times are UTC ms."""

    counter: str
    width: str  # of a bucket: one of calendar.WIDTHS
    zone: ZoneInfo
    first: int  # a moment in the first bucket
    last: int  # a moment in the last bucket
    day_start: int = 0  # hour
    round: int | None = None  # its number
    device: int | None = None  # its number; there are no roll-ups of a device by minute
    account: int | None = None  # its id; counts on every device; not by minute either
    clipped: bool = False  # start exactly at `first`, end right after `last`; both fall on a quarter then


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bar of the chart: from `start` to before `end`, UTC ms. `total` is the sum of everything before `end`."""

    start: int
    end: int
    up: int
    down: int
    corrected: int
    clicks: int
    total: int

    @property
    def amount(self) -> int:
        """How much the number changed in this time."""
        return self.up + self.down + self.corrected


@dataclass(frozen=True, slots=True)
class Rate:
    """Clicks per minute in the current round, now and at its peak. JavaScript reads these fields by name."""

    now: float
    peak: int
    peak_at: int | None  # UTC ms; the newest minute with that peak


class Slice(NamedTuple):
    """Roll-up rows of one width that start from `start` to before `end`, and the index of the bucket that they belong to."""

    bucket: int
    width: int  # ms
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SliceJoin:
    """Slices joined with a roll-up: `condition` selects the rows that lie in one of them, `bucket` is that one's index."""

    bucket: ColumnElement[int]
    condition: ColumnElement[bool]


class _Sums(NamedTuple):
    up: int = 0
    down: int = 0
    corrected: int = 0
    clicks: int = 0

    @property
    def amount(self) -> int:
        return self.up + self.down + self.corrected


def buckets(engine: Engine, query: ChartQuery) -> list[Bucket]:
    """Every bucket of a chart, in order, empty ones included. Raises CounterNotFound, Refused."""
    edges = _edges(query)
    columns, subject = _source(query)
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, query.counter, query.round)
        condition = and_(columns.round_id.in_(rounds), *subject)
        sums = _bucket_sums(connection, columns, condition, edges, query.width)
        overall = _overall_total(connection, rounds, query if subject else None)
        later = _amount_since(connection, columns, condition, edges[-1], query.width)
    # A chart usually ends now: for the total before it, subtracting what follows reads less than adding up a long past.
    total = overall - later - sum(found.amount for found in sums.values())
    result = []
    for index, (start, end) in enumerate(pairwise(edges)):
        found = sums.get(index, _Sums())
        total += found.amount
        result.append(Bucket(start, end, *found, total))
    return result


def amounts_by_participant(
    engine: Engine, query: ChartQuery, participants: Sequence[tuple[int | None, int | None]]
) -> list[list[int]]:
    """What each participant added in each bucket of a chart that is not by minute. Raises CounterNotFound, Refused.

    A participant is (device number, None) or (None, account id); a device's amounts include anonymous clicks only.
    """
    edges = _edges(query)
    result = []
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, query.counter, query.round)
        for device, account in participants:
            amounts = [0] * (len(edges) - 1)
            for sign, columns, subject in _signed_sources(device, account):
                condition = and_(columns.round_id.in_(rounds), subject)
                for index, sums in _bucket_sums(connection, columns, condition, edges, query.width).items():
                    amounts[index] += sign * sums.amount
            result.append(amounts)
    return result


def first_press(engine: Engine, slug: str, round_number: int | None = None) -> int | None:
    """When the first click of a round, or ever, was pressed: UTC ms, rounded down to four hours. None if there is no click.

    Raises CounterNotFound.
    """
    with read_only(engine).begin() as connection:
        condition = _activity.round_id.in_(round_ids(connection, slug, round_number))
        first = select(func.min(_activity.start)).where(condition, _activity.width == calendar.FOUR_HOURS)
        return connection.execute(first).scalar()


def rate(engine: Engine, slug: str, now: int) -> Rate:
    """How fast the current round of a counter grows, now and at its peak. Raises CounterNotFound.

    The current minute has only begun: the last sixty seconds are that minute and a share of the one before.
    """
    minute = now - now % calendar.MINUTE
    with read_only(engine).begin() as connection:
        round_id = round_ids(connection, slug)[0]
        condition = and_(_activity.round_id == round_id, _activity.width == calendar.MINUTE)
        recent = select(_activity.start, _activity.clicks).where(condition, _activity.start >= minute - calendar.MINUTE)
        counts = {row.start: row.clicks for row in connection.execute(recent)}
        busiest = select(_activity.clicks, _activity.start).where(condition)
        busiest = busiest.order_by(_activity.clicks.desc(), _activity.start.desc()).limit(1)
        row = connection.execute(busiest).first()
    share = 1 - (now - minute) / calendar.MINUTE
    current = counts.get(minute, 0) + share * counts.get(minute - calendar.MINUTE, 0)
    peak, peak_at = (row.clicks, row.start) if row else (0, None)
    # Sixty seconds across two minutes may hold more clicks than either; the peak must never be below the current rate.
    return Rate(current, peak, peak_at) if current <= peak else Rate(current, int(current + 0.5), minute)


def join_slices(columns: Columns, slices: Sequence[Slice], name: str = "slices") -> SliceJoin:
    """Join slices with a roll-up's columns. Two joins within one statement need two names."""
    fields = (("bucket", Integer()), ("width", BigInteger()), ("slice_start", BigInteger()), ("slice_end", BigInteger()))
    data = values(*(Column(field, kind) for field, kind in fields), name="slices").data(list(slices)).cte(name).c
    in_time = and_(columns.start >= data.slice_start, columns.start < data.slice_end)
    return SliceJoin(data.bucket, and_(columns.width == data.width, in_time))


def _edges(query: ChartQuery) -> list[int]:
    edges = calendar.edges(query.zone, query.width, query.first, query.last, query.day_start)
    return [query.first, *edges[1:-1], query.last + 1] if query.clipped else edges


def _source(query: ChartQuery) -> tuple[Columns, list[ColumnElement[bool]]]:
    """The roll-up that a chart is read from, and the condition for its device or person, if it is of one."""
    if query.width == "minute" or (query.account is None and query.device is None):
        return _activity, []
    if query.account is not None:
        return _account_activity, [_account_activity.account_id == query.account]
    return _device_activity, [_device_activity.device_id == query.device]


def _signed_sources(device: int | None, account: int | None) -> list[tuple[int, Columns, ColumnElement[bool]]]:
    """The roll-up rows to add (1) and to subtract (-1) for a participant."""
    if account is not None:
        return [(1, _account_activity, _account_activity.account_id == account)]
    named = _account_activity.account_id.in_(select(ACCOUNTS.c.id).where(NAMED))
    return [
        (1, _device_activity, _device_activity.device_id == device),
        (-1, _account_activity, and_(_account_activity.device_id == device, named)),
    ]


def _overall_total(connection: Connection, rounds: Sequence[int], subject: ChartQuery | None) -> int:
    """The sum of whole rounds, or the share of the chart's device or person in it."""
    if subject is None:
        total = select(func.sum(tables.ROUNDS.c.total)).where(tables.ROUNDS.c.id.in_(rounds))
        return int(connection.execute(total).scalar() or 0)
    by_account = subject.account is not None
    tallies = (tables.ACCOUNT_TALLIES if by_account else tables.TALLIES).c
    condition = tallies.account_id == subject.account if by_account else tallies.device_id == subject.device
    total = select(func.sum(tallies.up + tallies.down + tallies.corrected))
    return int(connection.execute(total.where(tallies.round_id.in_(rounds), condition)).scalar() or 0)


def _amount_since(connection: Connection, columns: Columns, condition: ColumnElement[bool], edge: int, width: str) -> int:
    """The sum of everything from an edge of a chart on."""
    boundary = -(-edge // calendar.FOUR_HOURS) * calendar.FOUR_HOURS
    amount = select(func.sum(columns.up + columns.down + columns.corrected)).where(condition)
    fine = amount.where(columns.width == calendar.unit(width), columns.start >= edge, columns.start < boundary)
    coarse = amount.where(columns.width == calendar.FOUR_HOURS, columns.start >= boundary)
    return sum(int(connection.execute(part).scalar() or 0) for part in (fine, coarse))


def _bucket_sums(
    connection: Connection, columns: Columns, condition: ColumnElement[bool], edges: Sequence[int], width: str
) -> dict[int, _Sums]:
    """The sums of each bucket that is not empty, by its index. Costs a few index lookups per bucket and round."""
    joined = join_slices(columns, _slices(edges, width))
    sums = [cast(func.sum(columns[name]), BigInteger) for name in sql.SUMS]
    query = select(joined.bucket, *sums).where(condition, joined.condition).group_by(joined.bucket)
    return {index: _Sums(*found) for index, *found in connection.execute(query).all()}


def _slices(edges: Sequence[int], width: str) -> list[Slice]:
    return [
        Slice(index, *piece)
        for index, (start, end) in enumerate(pairwise(edges))
        for piece in ([(calendar.MINUTE, start, end)] if width == "minute" else calendar.pieces(start, end))
    ]
