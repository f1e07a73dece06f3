"""Which rows of a roll-up make up each bucket of a chart."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import JSON, BigInteger, Column, ColumnElement, Connection, Text, and_, cast, func, literal, select
from sqlalchemy import literal_column as sql_literal
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from clickcounter.domain import calendar

LATER = -1  # the index of a bucket that follows all others
FOR_EVER = 2**62  # UTC ms

Columns = ReadOnlyColumnCollection[str, Column[Any]]


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


def slices_of(edges: Sequence[int], width: str) -> list[Slice]:
    """Those of the buckets between these edges."""
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


def join_slices(connection: Connection, columns: Columns, slices: Sequence[Slice]) -> SliceJoin:
    """Join slices with a roll-up's columns."""
    # One JSON parameter: a list of VALUES would be compiled anew for each number of slices, which costs more than reading.
    data = literal(json.dumps(slices), Text)
    if connection.dialect.name == "sqlite":
        rows = func.json_each(data).table_valued("value")
        numbers: list[ColumnElement[int]] = [
            func.json_extract(rows.c.value, sql_literal(f"'$[{index}]'")) for index in range(4)
        ]
    else:
        rows = func.json_array_elements(cast(data, JSON)).table_valued("value")
        numbers = [cast(rows.c.value.op("->>")(sql_literal(str(index))), BigInteger) for index in range(4)]
    fields = ("bucket", "width", "slice_start", "slice_end")
    given = select(*(number.label(field) for number, field in zip(numbers, fields, strict=True))).cte("slices").c
    in_time = and_(columns.start >= given.slice_start, columns.start < given.slice_end)
    return SliceJoin(given.bucket, and_(columns.width == given.width, in_time))
