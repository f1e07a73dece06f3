"""What the process that reads a table hands out: the table, then its rows, by counter and time."""

from typing import Literal, NamedTuple, TypedDict

PRESS, CORRECTION, OPENING = 0, 1, 2  # an opening amount says what the counter stood at, a correction by how much it changed


class TableCounter(TypedDict):
    """A counter of a table. Times are UTC ms; those of rows without a time are None."""

    name: str  # as in the file; "" for rows that name none
    rows: int
    first: int | None
    last: int | None
    lowest: int  # its running total at its lowest, 0 at most
    opening: tuple[int | None, int] | None  # the time and the number of its opening amount


class TablePiece(TypedDict):
    """The whole table. Rows that name no counter go to the address `into`."""

    type: Literal["table"]
    file_sha256: str
    into: str
    counters: list[TableCounter]
    left_out: int  # rows


class TableRow(NamedTuple):
    """A row to count. `place` tells equal ones (same counter, time and amount) apart: 0 for the first of them."""

    line: int
    at: int | None  # UTC ms; None = unknown
    amount: int
    key: str
    kind: int
    place: int
    note: str


class RowsPiece(TypedDict):
    """Some rows of a counter, which is an index of the table's."""

    type: Literal["rows"]
    counter: int
    rows: list[TableRow]  # from another process: lists with the same values
