"""A column of some rows, as it goes from the process that reads a workbook to the one that asked for it.

Cells that are all moments, or all numbers, travel as numbers: to write them as texts and to read these takes ten times as
long. All others are one text; where that could not be taken apart, they are a list of texts in JSON.
"""

import json
from array import array
from collections.abc import Callable, Sequence, Set
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import repeat
from operator import attrgetter, itemgetter, sub
from typing import Any, NamedTuple

BETWEEN = "\x7f"  # the cells of a column that is one text
LONGEST = 1_000  # characters of a cell; no column can use more
MOST_REMEMBERED = 10_000  # numbers, and days
MIDNIGHT = " 00:00:00"  # is not written
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  local times
TEXT, LIST, NUMBERS, MOMENTS = "text", "list", "numbers", "moments"


class Moments(NamedTuple):
    """Local times."""

    days: "array[int]"  # since 1970
    milliseconds: "array[int]"  # of the day

    @classmethod
    def of(cls, cells: Sequence[date]) -> "Moments":
        """Of dates, or of dates with times."""
        if not isinstance(cells[0], datetime):
            days = map(sub, map(date.toordinal, cells), repeat(EPOCH.toordinal()))
            return cls(array("i", days), array("i", [0]) * len(cells))
        since = list(map(sub, cells, repeat(EPOCH)))
        if any(map(attrgetter("microseconds"), since)):
            of_day = [each.seconds * 1000 + each.microseconds // 1000 for each in since]
        else:
            of_day = [seconds * 1000 for seconds in map(attrgetter("seconds"), since)]
        return cls(array("i", map(attrgetter("days"), since)), array("i", of_day))

    @property
    def texts(self) -> list[str]:
        """In ISO 8601."""
        return [f"{_day(day)}{_clock(of_day)}" for day, of_day in zip(self.days, self.milliseconds, strict=True)]

    def below(self, cut: int) -> "Moments":
        """Without the first ones."""
        return Moments(self.days[cut:], self.milliseconds[cut:])


class Numbers(NamedTuple):
    """Numbers."""

    values: "array[float]"

    @property
    def texts(self) -> list[str]:
        """Whole numbers without a decimal sign."""
        return list(map(_NUMBERS.__getitem__, self.values))

    def below(self, cut: int) -> "Numbers":
        """Without the first ones."""
        return Numbers(self.values[cut:])


Column = list[str] | Moments | Numbers


def packed(cells: Sequence[Any]) -> tuple[str, bytes]:
    """A column's kind and its bytes."""
    kinds = set(map(type, cells))
    if kinds == {float}:
        return NUMBERS, array("d", cells).tobytes()
    if kinds <= {date, datetime}:
        if len(kinds) > 1:
            cells = [cell if isinstance(cell, datetime) else datetime(*cell.timetuple()[:3]) for cell in cells]  # noqa: DTZ001
        days, of_day = Moments.of(cells)
        return MOMENTS, days.tobytes() + of_day.tobytes()
    texts = _texts(cells, kinds)
    joined = BETWEEN.join(texts)
    if joined.count(BETWEEN) == len(texts) - 1:
        return TEXT, joined.encode()
    return LIST, json.dumps(texts).encode()


def unpacked(kind: str, content: bytes) -> Column:
    """The same column."""
    if kind == NUMBERS:
        return Numbers(array("d", content))
    if kind == MOMENTS:
        middle = len(content) // 2
        return Moments(array("i", content[:middle]), array("i", content[middle:]))
    return content.decode().split(BETWEEN) if kind == TEXT else json.loads(content)


def _texts(cells: Sequence[Any], kinds: Set[type]) -> Sequence[str]:
    if kinds == {str} and max(map(len, cells)) <= LONGEST:
        return cells
    return [_TEXTS[type(cell)](cell) for cell in cells]


@lru_cache(MOST_REMEMBERED)
def _day(days: int) -> str:
    return str((EPOCH + timedelta(days)).date())


@lru_cache(MOST_REMEMBERED)
def _clock(milliseconds: int) -> str:
    return (EPOCH + timedelta(milliseconds=milliseconds)).isoformat(" ")[10:].removesuffix(MIDNIGHT)


class _Numbers(dict[float, str]):
    """Numbers as texts. Those that were asked for are remembered: amounts come again and again."""

    def __missing__(self, cell: float) -> str:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        text = self[cell] = str(int(cell)) if cell.is_integer() else repr(cell)
        return text


_NUMBERS = _Numbers()


def _moment(cell: datetime) -> str:
    return cell.isoformat(" ").removesuffix(MIDNIGHT)


def _duration(cell: timedelta) -> str:
    return f"{cell // timedelta(hours=1)}:{cell // timedelta(minutes=1) % 60:02}:{cell.seconds % 60:02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: itemgetter(slice(LONGEST)),
    int: str,
    float: _NUMBERS.__getitem__,
    bool: lambda cell: str(int(cell)),
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}
