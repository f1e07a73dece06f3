"""The rows of a sheet as columns, some at once: a line of JSON with the kind and length of each column, then their bytes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any, NamedTuple

from clickcounter.transfer.workbooks.columns import BETWEEN, TEXT, Column, packed, unpacked

AT_ONCE = 1_500  # cells
MOST_ROWS = 1_048_576  # of a sheet


class Part(NamedTuple):
    """Rows of a sheet that follow each other."""

    row: int  # at which they begin, from 0
    column: int
    width: int
    rows: Iterable[Sequence[Any]]


class Output:
    """Writes rows so that each line has the number that the spreadsheet shows."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._height = self._width = 0  # so far

    def add(self, part: Part) -> None:
        """Write the next rows. Raises ValueError if they come before the last ones, or there are too many."""
        row, column, rest = part.row, part.column, iter(part.rows)
        self._width = max(self._width, column + part.width)
        if row < self._height:
            raise ValueError("the rows are not sorted")
        while some := list(islice(rest, max(1, AT_ONCE // max(1, self._width)))):
            if row + len(some) > MOST_ROWS:
                raise ValueError("too many rows")
            for above in range(self._height, row, AT_ONCE):
                self._write(min(AT_ONCE, row - above), [])
            row = self._height = row + len(some)
            empty, columns = (TEXT, BETWEEN.encode() * (len(some) - 1)), [packed(cells) for cells in zip(*some, strict=True)]
            self._write(len(some), [empty] * column + columns + [empty] * (self._width - column - len(columns)))

    def _write(self, height: int, columns: Sequence[tuple[str, bytes]]) -> None:
        about = [height, [(kind, len(content)) for kind, content in columns]]
        self._file.write(b"".join((json.dumps(about).encode(), b"\n", *(content for _, content in columns))))
        self._file.flush()


class Written(NamedTuple):
    """Some rows, as columns."""

    height: int
    columns: list[Column]


def read(file: IO[bytes]) -> Iterator[Written]:
    """What an Output has written. Ends early where it broke off."""
    while (line := file.readline()).endswith(b"\n"):
        height, columns = json.loads(line)
        content = file.read(sum(length for _, length in columns))
        if len(content) < sum(length for _, length in columns):
            return
        yield Written(height, list(_columns(columns, content)))


def _columns(about: Iterable[tuple[str, int]], content: bytes) -> Iterator[Column]:
    begin = 0
    for kind, length in about:
        yield unpacked(kind, content[begin : begin + length])
        begin += length
