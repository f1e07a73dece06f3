"""How much was counted when, read from the roll-ups: nothing here grows with the ledger.

A press belongs to the time at which it was pressed, also when it was saved hours later.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Engine, Integer, and_, cast, func, select, values
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from clickcounter.counting import buckets
from clickcounter.counting import statements as sql
from clickcounter.counting.history import reading
from clickcounter.counting.records import rounds_of

_activity = sql.ACTIVITY.c
_devices = sql.DEVICE_ACTIVITY.c
_Kept = ReadOnlyColumnCollection[str, Column[Any]]


@dataclass(frozen=True, slots=True)
class Wish:
    """A chart that somebody wants to see: of a counter or one of its rounds, of all devices or one. Times are UTC ms."""

    counter: str
    width: str
    zone: ZoneInfo
    first: int
    last: int
    day_start: int = 0
    round: int | None = None  # its number
    device: int | None = None  # its number; minutes are not kept by device


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of time. `total` is the sum of everything up to its end."""

    start: int
    end: int
    up: int
    down: int
    corrected: int
    clicks: int
    total: int

    @property
    def amount(self) -> int:
        """What the stretch added."""
        return self.up + self.down + self.corrected


@dataclass(frozen=True, slots=True)
class Pace:
    """Clicks a minute in the current round: now, and at most in any minute so far."""

    now: float
    peak: int
    peak_at: int | None


def bars(engine: Engine, wish: Wish) -> list[Bar]:
    """The stretches of a chart, all of them, in order. Raises CounterNotFound, Refused."""
    edges = buckets.edges(wish.zone, wish.width, wish.first, wish.last, wish.day_start)
    kept = _devices if wish.device is not None and wish.width != "minute" else _activity
    with reading(engine).begin() as connection:
        rounds = rounds_of(connection, wish.counter, wish.round)
        one = (_devices.device_id == wish.device) if kept is _devices else _activity.width == buckets.unit(wish.width)
        chosen = and_(kept.round_id.in_(rounds), one)
        total = _before(connection, kept, chosen, edges[0])
        found = _sums(connection, kept, chosen, edges)
    answer = []
    for place, (start, end) in enumerate(pairwise(edges)):
        up, down, corrected, clicks = found.get(place, (0, 0, 0, 0))
        total += up + down + corrected
        answer.append(Bar(start, end, up, down, corrected, clicks, total))
    return answer


def _before(connection: Connection, kept: _Kept, chosen: ColumnElement[bool], edge: int) -> int:
    amount = func.sum(kept.up + kept.down + kept.corrected)
    return int(connection.execute(select(func.coalesce(amount, 0)).where(chosen, kept.start < edge)).scalar_one())


def _sums(
    connection: Connection, kept: _Kept, chosen: ColumnElement[bool], edges: list[int]
) -> dict[int, tuple[int, int, int, int]]:
    """The four sums of each stretch in which there was something; one look into the key for each stretch and round."""
    columns = (Column("place", Integer), Column("began", BigInteger), Column("ended", BigInteger))
    stretches = [(place, *pair) for place, pair in enumerate(pairwise(edges))]
    asked = values(*columns, name="asked").data(stretches).cte("asked").c
    sums = [cast(func.sum(kept[name]), BigInteger) for name in sql.SUMS]
    within = and_(chosen, kept.start >= asked.began, kept.start < asked.ended)
    rows = connection.execute(select(asked.place, *sums).where(within).group_by(asked.place))
    return {place: (up, down, corrected, clicks) for place, up, down, corrected, clicks in rows}


def pace(engine: Engine, slug: str, now: int) -> Pace:
    """How fast a counter's current round goes, and went at its best. Raises CounterNotFound.

    The minute under way has only begun: the last sixty seconds are it and the share of the one before that they reach into.
    """
    minute = now - now % buckets.MINUTE
    with reading(engine).begin() as connection:
        round_id = rounds_of(connection, slug)[0]
        of_round = and_(_activity.round_id == round_id, _activity.width == buckets.MINUTE)
        recent = select(_activity.start, _activity.clicks).where(of_round, _activity.start >= minute - buckets.MINUTE)
        counts = {row.start: row.clicks for row in connection.execute(recent)}
        best = select(_activity.clicks, _activity.start).where(of_round)
        peak = connection.execute(best.order_by(_activity.clicks.desc(), _activity.start).limit(1)).first()
    share = 1 - (now - minute) / buckets.MINUTE
    rate = counts.get(minute, 0) + share * counts.get(minute - buckets.MINUTE, 0)
    return Pace(rate, peak.clicks if peak else 0, peak.start if peak else None)
