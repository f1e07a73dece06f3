"""Time buckets in a local time zone: minutes to years, with days that start at a chosen hour.

Pure arithmetic. Buckets are described by their edges: increasing UTC milliseconds, each the end of one bucket and the start
of the next. On a day when the clocks change, that day and the hour of the change are shorter or longer.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clickcounter.errors import Refused

MINUTE = 60_000  # milliseconds
QUARTER_HOUR = 15 * MINUTE
HOUR = 60 * MINUTE
FOUR_HOURS = 4 * HOUR  # a day contains five whole ones or six; quarters make up the rest
CLOCK = {"minute": MINUTE, "quarter": QUARTER_HOUR, "hour": HOUR}
DATES = ("day", "week", "month", "year")
WIDTHS = (*CLOCK, *DATES)
LONGEST = {"day": 1, "week": 7, "month": 31, "year": 366}  # days; from the first day of one, that leads into the next
MAX_BUCKETS = 1_000  # in one answer
MONDAY = 1  # days of the week are numbered as ISO 8601 does


def time_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises Refused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("zone") from None


def known_time_zone(name: str) -> ZoneInfo:
    """A browser's time zone, or UTC: the browser may know newer names than this machine."""
    try:
        return time_zone(name)
    except Refused:
        return ZoneInfo("UTC")


def unit(width: str) -> int:
    """The roll-up width that buckets of this width are summed from, in milliseconds: every edge is a multiple of it."""
    return MINUTE if width == "minute" else QUARTER_HOUR


def edges(zone: ZoneInfo, width: str, first: int, last: int, day_start: int = 0, week_start: int = MONDAY) -> list[int]:
    """The edges of all buckets that overlap `first` to `last`, in UTC milliseconds. Days start at the hour `day_start`.

    Weeks start on the day `week_start`. Raises Refused if `last` is before `first`, or for more than MAX_BUCKETS buckets.
    """
    if width not in WIDTHS or not 0 <= day_start <= 23:
        raise ValueError(f"no {width} begins at {day_start} o'clock")  # a mistake in our code: nobody can ask for it
    if last < first:
        raise Refused("period")
    candidates = _dates(zone, width, first, day_start, week_start) if width in DATES else _clock(zone, CLOCK[width], first)
    try:
        found = _until(last, candidates)
    except (OverflowError, ValueError):  # at the end of the year 9999
        raise Refused("stretches") from None
    return found[max(bisect_right(found, first) - 1, 0) :]


def pieces(start: int, end: int) -> list[tuple[int, int, int]]:
    """Split a period that starts and ends on a quarter of an hour into runs of roll-up rows, four-hour ones where possible.

    Each run is (width, start, end).
    """
    first, last = -_floor(-start, FOUR_HOURS), _floor(end, FOUR_HOURS)
    if first >= last:
        return [(QUARTER_HOUR, start, end)] if start < end else []
    runs = [(QUARTER_HOUR, start, first), (FOUR_HOURS, first, last), (QUARTER_HOUR, last, end)]
    return [run for run in runs if run[1] < run[2]]


def _until(last: int, candidates: Iterator[int]) -> list[int]:
    found: list[int] = []
    for edge in candidates:
        if not found or edge > found[-1]:  # a day that a time zone skipped has no length
            found.append(edge)
        if edge > last:
            break
        if len(found) > MAX_BUCKETS:
            raise Refused("stretches")
    return found


def _dates(zone: ZoneInfo, width: str, first: int, day_start: int, week_start: int) -> Iterator[int]:
    day = _first_day((_local(zone, first) - timedelta(days=1)).date(), width, week_start)
    while True:
        # If the clock skips this hour, the moment of the change; if the hour occurs twice, the first.
        start = datetime(day.year, day.month, day.day, day_start, tzinfo=zone)
        yield _floor(int(start.timestamp() * 1000), QUARTER_HOUR)
        day = _first_day(day + timedelta(days=LONGEST[width]), width, week_start)


def _first_day(day: date, width: str, week_start: int) -> date:
    """The first day of the week, month or year that this day belongs to."""
    if width == "week":
        return day - timedelta(days=(day.isoweekday() - week_start) % 7)
    if width == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if width == "year" else day


def _clock(zone: ZoneInfo, width: int, first: int) -> Iterator[int]:
    step = min(width, QUARTER_HOUR)
    offset = _offset(zone, first)
    edge = _floor(first + offset, width) - offset
    change = _change(zone, edge, first, step)
    edge = edge if change is None else change
    while True:
        yield _floor(edge, step)
        offset = _offset(zone, edge)
        following = _floor(edge + offset, width) + width - offset
        change = _change(zone, edge, following, step)
        edge = following if change is None else change


def _change(zone: ZoneInfo, start: int, end: int, step: int) -> int | None:
    """The moment between two, at most an hour apart, at which the UTC offset changes; None if it does not."""
    if start >= end or _offset(zone, start) == _offset(zone, end - 1):
        return None
    moments = range(_floor(start, step) + step, end, step)
    return next((m for m in moments if _offset(zone, m) != _offset(zone, start)), None)


def _floor(moment: int, width: int) -> int:
    return moment - moment % width


def _local(zone: ZoneInfo, moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, zone)


def _offset(zone: ZoneInfo, moment: int) -> int:
    offset = _local(zone, moment).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)
