"""How much was counted when, read from the roll-ups: nothing here grows with the ledger.

A press belongs to the time at which it was pressed, also when it was saved hours later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
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
_devices = tables.DEVICE_ACTIVITY.c
_persons = tables.ACCOUNT_ACTIVITY.c
_Kept = ReadOnlyColumnCollection[str, Column[Any]]


@dataclass(frozen=True, slots=True)
class ChartQuery:
    """A chart that somebody wants to see: of a counter or one of its rounds, of all or one. Times are UTC ms."""

    counter: str
    width: str
    zone: ZoneInfo
    first: int
    last: int
    day_start: int = 0
    round: int | None = None  # its number
    device: int | None = None  # its number; minutes are not kept by device
    account: int | None = None  # one person's, on whatever device; as with a device
    exactly: bool = False  # the first and the last stretch are cut at `first` and after `last`; both on quarters then


@dataclass(frozen=True, slots=True)
class Bucket:
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
class Rate:
    """Clicks a minute in the current round: now, and at most in any minute so far, the last such one."""

    now: float
    peak: int
    peak_at: int | None


def buckets(engine: Engine, wish: ChartQuery) -> list[Bucket]:
    """The stretches of a chart, all of them, in order. Raises CounterNotFound, Refused."""
    edges = _edges(wish)
    kept, of_one = _kept_for(wish)
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, wish.counter, wish.round)
        chosen = and_(kept.round_id.in_(rounds), *of_one)
        found = _sums(connection, kept, chosen, edges, wish.width)
        whole = _whole(connection, rounds, wish if of_one else None)
        later = _since(connection, kept, chosen, edges[-1], wish.width)
    total = whole - later - sum(sum(sums[:3]) for sums in found.values())
    answer = []
    for place, (start, end) in enumerate(pairwise(edges)):
        up, down, corrected, clicks = found.get(place, (0, 0, 0, 0))
        total += up + down + corrected
        answer.append(Bucket(start, end, up, down, corrected, clicks, total))
    return answer


def _kept_for(wish: ChartQuery) -> tuple[_Kept, list[ColumnElement[bool]]]:
    """Where a chart is read, and which rows are of the one whose it is."""
    if wish.width == "minute" or (wish.account is None and wish.device is None):
        return _activity, []
    if wish.account is not None:
        return _persons, [_persons.account_id == wish.account]
    return _devices, [_devices.device_id == wish.device]


def parts(engine: Engine, wish: ChartQuery, whose: Sequence[tuple[int | None, int | None]]) -> list[list[int]]:
    """What each of these (device, account; one is None) added in each stretch of a chart, which is not one by minutes.

    A device stands for what was pressed there by nobody that has a name. Raises as `bars` does.
    """
    edges = _edges(wish)
    found = []
    with read_only(engine).begin() as connection:
        rounds = round_ids(connection, wish.counter, wish.round)
        named = _persons.account_id.in_(select(ACCOUNTS.c.id).where(NAMED))
        for device, account in whose:
            amounts = [0] * (len(edges) - 1)
            signs = [(1, _persons, _persons.account_id == account)]
            if account is None:
                told = and_(_persons.device_id == device, named)
                signs = [(1, _devices, _devices.device_id == device), (-1, _persons, told)]
            for sign, kept, of_one in signs:
                chosen = and_(kept.round_id.in_(rounds), of_one)
                for place, sums in _sums(connection, kept, chosen, edges, wish.width).items():
                    amounts[place] += sign * sum(sums[:3])
            found.append(amounts)
    return found


def first_press(engine: Engine, slug: str, round_number: int | None = None) -> int | None:
    """The beginning of the watch in which the first click of a round, or of all, was pressed. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        chosen = _activity.round_id.in_(round_ids(connection, slug, round_number))
        first = select(func.min(_activity.start)).where(chosen, _activity.width == calendar.FOUR_HOURS)
        return connection.execute(first).scalar()


def _edges(wish: ChartQuery) -> list[int]:
    edges = calendar.edges(wish.zone, wish.width, wish.first, wish.last, wish.day_start)
    return [wish.first, *edges[1:-1], wish.last + 1] if wish.exactly else edges


def _whole(connection: Connection, rounds: Sequence[int], of_one: ChartQuery | None) -> int:
    """What the rounds came to, or the part of the one whose chart it is.

    What was before a chart is this less the chart and what follows: it as a rule ends now, and of a long history little is
    read.
    """
    if of_one is None:
        chosen = select(func.sum(tables.ROUNDS.c.total)).where(tables.ROUNDS.c.id.in_(rounds))
    else:
        by_account = of_one.account is not None
        parts = (tables.ACCOUNT_TALLIES if by_account else tables.TALLIES).c
        whose = parts.account_id == of_one.account if by_account else parts.device_id == of_one.device
        chosen = select(func.sum(parts.up + parts.down + parts.corrected)).where(parts.round_id.in_(rounds), whose)
    return int(connection.execute(chosen).scalar() or 0)


def _since(connection: Connection, kept: _Kept, chosen: ColumnElement[bool], edge: int, width: str) -> int:
    """All from an edge of a chart on."""
    following = -(-edge // calendar.FOUR_HOURS) * calendar.FOUR_HOURS
    amount = select(func.sum(kept.up + kept.down + kept.corrected)).where(chosen)
    sooner = amount.where(kept.width == calendar.unit(width), kept.start >= edge, kept.start < following)
    later = amount.where(kept.width == calendar.FOUR_HOURS, kept.start >= following)
    return sum(int(connection.execute(part).scalar() or 0) for part in (sooner, later))


def _sums(
    connection: Connection, kept: _Kept, chosen: ColumnElement[bool], edges: Sequence[int], width: str
) -> dict[int, tuple[int, int, int, int]]:
    """The four sums of each stretch in which there was something; a few looks into the key for each stretch and round."""
    asked = within(kept, _runs(edges, width))
    sums = [cast(func.sum(kept[name]), BigInteger) for name in sql.SUMS]
    rows = connection.execute(select(asked.place, *sums).where(chosen, asked.of).group_by(asked.place)).all()
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _runs(edges: Sequence[int], width: str) -> list[tuple[int, int, int, int]]:
    return [
        (place, *piece)
        for place, (start, end) in enumerate(pairwise(edges))
        for piece in ([(calendar.MINUTE, start, end)] if width == "minute" else calendar.pieces(start, end))
    ]


@dataclass(frozen=True, slots=True)
class Within:
    """To be joined with a roll-up: `of` holds for its rows in some runs of stretches, `place` says in which."""

    place: ColumnElement[int]
    of: ColumnElement[bool]


def within(kept: _Kept, runs: Sequence[tuple[int, int, int, int]], name: str = "asked") -> Within:
    """Runs are place, width, start and end. Two of them in one statement need two names."""
    names = (("place", Integer()), ("width", BigInteger()), ("began", BigInteger()), ("ended", BigInteger()))
    columns = [Column(name, of_type) for name, of_type in names]
    asked = values(*columns, name="asked").data(list(runs)).cte(name).c
    return Within(asked.place, and_(kept.width == asked.width, kept.start >= asked.began, kept.start < asked.ended))


def rate(engine: Engine, slug: str, now: int) -> Rate:
    """How fast a counter's current round goes, and went at its best. Raises CounterNotFound.

    The minute under way has only begun: the last sixty seconds are it and the share of the one before that they reach into.
    """
    minute = now - now % calendar.MINUTE
    with read_only(engine).begin() as connection:
        round_id = round_ids(connection, slug)[0]
        of_round = and_(_activity.round_id == round_id, _activity.width == calendar.MINUTE)
        recent = select(_activity.start, _activity.clicks).where(of_round, _activity.start >= minute - calendar.MINUTE)
        counts = {row.start: row.clicks for row in connection.execute(recent)}
        best = select(_activity.clicks, _activity.start).where(of_round)
        peak = connection.execute(best.order_by(_activity.clicks.desc(), _activity.start.desc()).limit(1)).first()
    share = 1 - (now - minute) / calendar.MINUTE
    rate = counts.get(minute, 0) + share * counts.get(minute - calendar.MINUTE, 0)
    # Sixty seconds that lie across two minutes may hold more than either; "at most" is never less than "now".
    most, at = (peak.clicks, peak.start) if peak else (0, None)
    return Rate(rate, most, at) if rate <= most else Rate(rate, int(rate + 0.5), minute)
