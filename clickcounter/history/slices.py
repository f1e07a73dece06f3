"""Which rows of a roll-up make up each bucket of a chart."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy import literal_column as written
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from clickcounter.domain import calendar

LATER = -1  # the index of a bucket that follows all others
FOR_EVER = 2**62  # UTC ms

Columns = ReadOnlyColumnCollection[str, Column[Any]]


class Sums(NamedTuple):
    """What was added, subtracted (zero or less) and corrected, and by how many presses."""

    up: int = 0
    down: int = 0
    corrected: int = 0
    clicks: int = 0

    @property
    def amount(self) -> int:
        """How much the number changed."""
        return self.up + self.down + self.corrected

    def plus(self, sign: int, other: "Sums") -> "Sums":
        """With those of a counter that a group adds (1) or subtracts (-1): then what went up there goes down here."""
        up, down = (other.up, other.down) if sign > 0 else (-other.down, -other.up)
        return Sums(self.up + up, self.down + down, self.corrected + sign * other.corrected, self.clicks + other.clicks)


class Slice(NamedTuple):
    """Roll-up rows of one width that start from `start` to before `end`, and the index of the bucket that they belong to."""

    bucket: int
    width: int  # ms
    start: int
    end: int


def slices_of(edges: Sequence[int], width: str) -> list[Slice]:
    """The slices that make up the buckets between these edges."""
    return [
        Slice(index, *piece)
        for index, (start, end) in enumerate(pairwise(edges))
        for piece in ([(calendar.MINUTE, start, end)] if width == "minute" else calendar.pieces(start, end))
    ]


def slices_after(edge: int, width: str) -> list[Slice]:
    """Everything from an edge of a chart on."""
    boundary = -(-edge // calendar.FOUR_HOURS) * calendar.FOUR_HOURS
    return [
        Slice(LATER, calendar.unit(width), edge, boundary),
        Slice(LATER, calendar.FOUR_HOURS, boundary, FOR_EVER),
    ]


def sums_by_slice(
    connection: Connection,
    columns: Columns,
    condition: ColumnElement[bool],
    slices: Sequence[Slice],
    sums: Sequence[ColumnElement[int]],
) -> Select[tuple[Any, ...]]:
    """For each slice, or for several of one bucket together: the bucket, and sums of the rows that meet the condition."""
    # One JSON parameter: a list of VALUES would be compiled anew for each number of slices, which costs more than reading.
    data = literal(json.dumps(slices), Text)
    if connection.dialect.name == "sqlite":
        rows = func.json_each(data).table_valued("value")
        numbers: list[ColumnElement[int]] = [func.json_extract(rows.c.value, written(f"'$[{n}]'")) for n in range(4)]
    else:
        rows = func.json_array_elements(cast(data, JSON)).table_valued("value")
        numbers = [cast(rows.c.value.op("->>")(written(str(n))), BigInteger) for n in range(4)]
    fields = ("bucket", "width", "slice_start", "slice_end")
    given = select(*(number.label(field) for number, field in zip(numbers, fields, strict=True))).cte("slices")
    in_time = and_(columns.start >= given.c.slice_start, columns.start < given.c.slice_end)
    within = and_(condition, columns.width == given.c.width, in_time)
    if connection.dialect.name == "sqlite":
        return select(given.c.bucket, *sums).where(within).group_by(given.c.bucket)
    # PostgreSQL's planner might read all rows of a counter rather than those of each slice.
    each = select(*sums).where(within).correlate(given).lateral()
    return select(given.c.bucket, *each.c).select_from(given.join(each, true()))
