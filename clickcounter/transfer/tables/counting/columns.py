"""Reads the dates and times of a column: some of its lines at once."""

import contextlib
from collections.abc import Callable
from operator import add
from zoneinfo import ZoneInfo

from clickcounter.transfer.tables.counting.times import (
    DAY,
    MOST_REMEMBERED,
    IsoParts,
    iso_parser,
    offsets_of,
    time_parser,
)
from clickcounter.transfer.workbooks.columns import Column, Moments


def column_parser(dates: str, zone: ZoneInfo) -> Callable[[Column], list[int]]:
    """A function from cells, texts or moments, to UTC ms; local times are of `zone`. It raises ValueError, OverflowError."""
    known = IsoParts(zone)
    days, minutes, seconds = known.days, known.minutes, known.seconds
    parse = iso_parser(known) if dates == "iso" else time_parser(dates, zone)
    midnights = _Midnights(zone)

    def parse_column(cells: Column) -> list[int]:
        if isinstance(cells, Moments) and dates == "iso":
            with contextlib.suppress(KeyError):
                return list(map(add, map(midnights.__getitem__, cells.days), cells.milliseconds))
        texts = cells if isinstance(cells, list) else cells.texts
        try:
            return [days[text[:10]] + minutes[text[11:16]] + seconds[text[16:]] for text in texts]
        except KeyError:  # in another form, or for the first time
            return list(map(parse, texts))

    return parse_column


class _Midnights(dict[int, int]):
    """Days since 1970 -> UTC ms. Raises KeyError for a day on which a clock is changed, and OverflowError."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._offset_at = offsets_of(zone)

    def __missing__(self, day: int) -> int:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        offset = self._offset_at(day * DAY)
        if offset != self._offset_at(day * DAY + DAY - 1):
            raise KeyError(day)
        midnight = self[day] = day * DAY - offset
        return midnight
