"""How much was counted when, read from the roll-ups: no read here gets slower as the ledger grows.

A click belongs to the moment at which it was pressed, even if it was saved hours later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, and_, cast, func, select
from sqlalchemy import literal_column as sql_literal

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain import calendar
from clickcounter.history.scopes import Scope, current_rounds, scope_of
from clickcounter.history.slices import Columns, Slice, Sums, slices_after, slices_of, sums_by_slice

DAY = 24 * calendar.HOUR
_activity = tables.ACTIVITY.c
_device_activity = tables.DEVICE_ACTIVITY.c
_account_activity = tables.ACCOUNT_ACTIVITY.c
_rounds = tables.ROUNDS.c


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
    week_start: int = calendar.MONDAY


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


def buckets(engine: Engine, query: ChartQuery) -> list[Bucket]:
    """Every bucket of a chart, in order, empty ones included. Raises CounterNotFound, Refused."""
    edges = _edges(query)
    columns, subject = _source(query)
    with read_only(engine).begin() as connection:
        scope = scope_of(connection, query.counter, query.round, of_people=bool(subject))
        slices = [*slices_of(edges, query.width), *slices_after(edges[-1], query.width)]
        sums: dict[int, Sums] = {}
        overall = 0
        for sign, some in scope.signed():
            found = _bucket_sums(connection, columns, and_(_in_scope(columns, some), *subject), slices)
            sums |= {index: sums.get(index, Sums()).plus(sign, one) for index, one in found.items()}
            overall += sign * _overall_total(connection, some, query if subject else None)
    # A chart usually ends now: for the total before it, subtracting what follows reads less than adding up a long past.
    total = overall - sum(bucket.amount for bucket in sums.values())
    result = []
    for index, (start, end) in enumerate(pairwise(edges)):
        bucket = sums.get(index, Sums())
        total += bucket.amount
        result.append(Bucket(start, end, *bucket, total))
    return result


def amounts_by_participant(
    engine: Engine, query: ChartQuery, participants: Sequence[tuple[int | None, int | None]]
) -> list[list[int]]:
    """What each participant added in each bucket of a chart that is not by minute. Raises CounterNotFound, Refused.

    A participant is (device number, None) or (None, account id); a device's amounts include anonymous clicks only.
    """
    edges = _edges(query)
    slices = slices_of(edges, query.width)
    result = []
    with read_only(engine).begin() as connection:
        scope = scope_of(connection, query.counter, query.round, of_people=True)
        for device, account in participants:
            amounts = [0] * (len(edges) - 1)
            for (side, some), (sign, columns, subject) in product(scope.signed(), _signed_sources(device, account)):
                condition = and_(_in_scope(columns, some), subject)
                for index, sums in _bucket_sums(connection, columns, condition, slices).items():
                    amounts[index] += side * sign * sums.amount
            result.append(amounts)
    return result


def first_press(engine: Engine, slug: str, round_number: int | None = None) -> int | None:
    """When the first click of a round, or ever, was pressed: UTC ms, rounded down to four hours. None if there is no click.

    Raises CounterNotFound.
    """
    with read_only(engine).begin() as connection:
        condition = _in_scope(_activity, scope_of(connection, slug, round_number))
        first = select(func.min(_activity.start)).where(condition, _activity.width == calendar.FOUR_HOURS)
        return connection.execute(first).scalar()


def rate(engine: Engine, slug: str, now: int) -> Rate:
    """How fast the current round of a counter grows, now and at its peak. Raises CounterNotFound.

    The current minute has only begun: the last sixty seconds are that minute and a share of the one before. A group's peak
    is that of the last 24 hours: no index finds the busiest minute of several counters together.
    """
    minute = now - now % calendar.MINUTE
    with read_only(engine).begin() as connection:
        rounds = current_rounds(connection, slug)
        # Written out: with a parameter, neither database uses the partial index of minutes.
        by_minute = _activity.width == sql_literal(str(calendar.MINUTE))
        condition = and_(_activity.round_id.in_(rounds) if len(rounds) != 1 else _activity.round_id == rounds[0], by_minute)
        clicks = _activity.clicks if len(rounds) == 1 else cast(func.sum(_activity.clicks), BigInteger)
        minutes = select(clicks.label("clicks"), _activity.start).where(condition)
        if len(rounds) != 1:
            minutes = minutes.where(_activity.start >= minute - DAY).group_by(_activity.start)
        recent = minutes.where(_activity.start >= minute - calendar.MINUTE)
        counts = {row.start: row.clicks for row in connection.execute(recent)}
        row = connection.execute(minutes.order_by(clicks.desc(), _activity.start.desc()).limit(1)).first()
    share = 1 - (now - minute) / calendar.MINUTE
    current = counts.get(minute, 0) + share * counts.get(minute - calendar.MINUTE, 0)
    peak, peak_at = (row.clicks, row.start) if row else (0, None)
    # Sixty seconds across two minutes may hold more clicks than either; the peak must never be below the current rate.
    return Rate(current, peak, peak_at) if current <= peak else Rate(current, int(current + 0.5), minute)


def _edges(query: ChartQuery) -> list[int]:
    edges = calendar.edges(query.zone, query.width, query.first, query.last, query.day_start, query.week_start)
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


def _in_scope(columns: Columns, scope: Scope) -> ColumnElement[bool]:
    """Selects the rows of one round, or of all rounds of a counter."""
    if columns is _activity:
        return scope.has(_activity.counter_id) if scope.round_id is None else _activity.round_id == scope.round_id
    # Rows of one device or account: their index finds them by time. Written so that no index of rounds is used instead,
    # which would lead to those of all devices.
    if scope.round_id is not None:
        return columns.round_id + 0 == scope.round_id
    counter = select(_rounds.counter_id).where(_rounds.id == columns.round_id).scalar_subquery()
    return scope.has(counter)


def _overall_total(connection: Connection, scope: Scope, subject: ChartQuery | None) -> int:
    """The sum of whole rounds, or the share of the chart's device or person in it."""
    if scope.round_id is not None:
        of_rounds = _rounds.id == scope.round_id
    else:
        of_rounds = and_(scope.has(_rounds.counter_id), _rounds.counted)
    if subject is None:
        return int(connection.execute(select(func.sum(_rounds.total)).where(of_rounds)).scalar() or 0)
    by_account = subject.account is not None
    tallies = (tables.ACCOUNT_TALLIES if by_account else tables.TALLIES).c
    condition = tallies.account_id == subject.account if by_account else tallies.device_id == subject.device
    total = select(func.sum(tallies.up + tallies.down + tallies.corrected)).where(condition)
    total = total.where(_in_scope(tallies, scope) if scope.round_id is None else tallies.round_id == scope.round_id)
    return int(connection.execute(total).scalar() or 0)


def _bucket_sums(
    connection: Connection, columns: Columns, condition: ColumnElement[bool], slices: Sequence[Slice]
) -> dict[int, Sums]:
    """The sums of each bucket that is not empty, by its index. Costs a few index lookups per bucket and round."""
    found: dict[int, Sums] = {}
    sums = [cast(func.coalesce(func.sum(columns[name]), 0), BigInteger).label(name) for name in sql.SUMS]
    for bucket, *row in connection.execute(sums_by_slice(connection, columns, condition, slices, sums)):
        found[bucket] = Sums(*map(sum, zip(found.get(bucket, Sums()), row, strict=True)))
    return found
