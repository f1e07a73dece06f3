"""Stretches of time as people in some place cut it: hours of their clock, days that begin when theirs do.

Pure arithmetic. Stretches are told by their edges: UTC milliseconds, growing, each the end of one and the start of the
next. A day on which clocks change is shorter or longer than others, and so is the hour that is cut or begun by the change.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clickcounter.errors import Refused

MINUTE = 60_000  # milliseconds
QUARTER_HOUR = 15 * MINUTE
HOUR = 60 * MINUTE
FOUR_HOURS = 4 * HOUR  # a day that begins on any quarter has five whole ones, and sixteen quarters
CLOCK = {"minute": MINUTE, "quarter": QUARTER_HOUR, "hour": HOUR}
DAYS = {"day": 1, "week": 7}
WIDTHS = (*CLOCK, *DAYS)
MAX_BUCKETS = 1_000  # stretches of one answer


def time_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises Refused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("zone") from None


def unit(width: str) -> int:
    """What stretches of this width are made of: every edge is a multiple of it."""
    return MINUTE if width == "minute" else QUARTER_HOUR


def edges(zone: ZoneInfo, width: str, first: int, last: int, day_start: int = 0) -> list[int]:
    """The edges of all stretches that hold a moment from `first` to `last`; days begin at the hour `day_start`.

    Weeks begin on Monday. Raises Refused for more than MOST stretches, or for a width or an hour that there is not.
    """
    if width not in WIDTHS or not 0 <= day_start <= 23 or last < first:
        raise Refused("stretches")
    found: list[int] = []
    whole = _days(zone, DAYS[width], first, day_start) if width in DAYS else _clock(zone, CLOCK[width], first)
    for edge in whole:
        if not found or edge > found[-1]:  # a day that a place left out has no length
            found.append(edge)
        if edge > last:
            break
        if len(found) > MAX_BUCKETS:
            raise Refused("stretches")
    return found[max(bisect_right(found, first) - 1, 0) :]


def pieces(start: int, end: int) -> list[tuple[int, int, int]]:
    """A time that begins and ends on quarters, as watches where they are whole: width, start, end of each run of them."""
    first, last = -_floor(-start, FOUR_HOURS), _floor(end, FOUR_HOURS)
    if first >= last:
        return [(QUARTER_HOUR, start, end)] if start < end else []
    runs = [(QUARTER_HOUR, start, first), (FOUR_HOURS, first, last), (QUARTER_HOUR, last, end)]
    return [(width, began, ended) for width, began, ended in runs if began < ended]


def place(found: list[int], moment: int) -> int:
    """In which stretch a moment lies."""
    return bisect_right(found, moment) - 1


def fold(found: list[int], amounts: Iterable[tuple[int, int]]) -> list[int]:
    """Sums of (moment, amount) for each stretch."""
    sums = [0] * (len(found) - 1)
    for moment, amount in amounts:
        sums[place(found, moment)] += amount
    return sums


def _days(zone: ZoneInfo, days: int, first: int, day_start: int) -> Iterator[int]:
    local = _local(zone, first) - timedelta(days=1)
    if days == DAYS["week"]:
        local -= timedelta(days=local.weekday())
    date = local.date()
    while True:
        # Where the clock skips this hour it is the moment of the change; where it strikes twice, the first.
        began = datetime(date.year, date.month, date.day, day_start, tzinfo=zone)
        yield _floor(int(began.timestamp() * 1000), QUARTER_HOUR)
        date += timedelta(days=days)


def _clock(zone: ZoneInfo, width: int, first: int) -> Iterator[int]:
    smallest = min(width, QUARTER_HOUR)
    offset = _offset(zone, first)
    edge = _floor(first + offset, width) - offset
    change = _change(zone, edge, first, smallest)
    edge = edge if change is None else change
    while True:
        yield _floor(edge, smallest)
        offset = _offset(zone, edge)
        following = _floor(edge + offset, width) + width - offset
        change = _change(zone, edge, following, smallest)
        edge = following if change is None else change


def _change(zone: ZoneInfo, start: int, end: int, smallest: int) -> int | None:
    """The moment between two, at most an hour apart, from which the clock goes otherwise than at the first."""
    if start >= end or _offset(zone, start) == _offset(zone, end - 1):
        return None
    moments = range(_floor(start, smallest) + smallest, end, smallest)
    return next((m for m in moments if _offset(zone, m) != _offset(zone, start)), None)


def _floor(moment: int, width: int) -> int:
    return moment - moment % width


def _local(zone: ZoneInfo, moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, zone)


def _offset(zone: ZoneInfo, moment: int) -> int:
    offset = _local(zone, moment).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)
