"""Some lines at once, column by column: what is done to a whole column takes a fraction of the time."""

from collections.abc import Iterator
from typing import NamedTuple

from clickcounter.transfer.tables.sources.text import Cells
from clickcounter.transfer.workbooks.columns import Column


class Block(NamedTuple):
    """Lines that follow each other. All columns are equally long; there may be none."""

    first: int  # the number of the first line
    height: int  # how many lines
    columns: list[Column]

    def lines(self) -> Iterator[Cells]:
        """The lines with their numbers."""
        texts = [self.column(index) for index in range(len(self.columns))]
        rows = map(list, zip(*texts, strict=True)) if texts else ([] for _ in range(self.height))
        return enumerate(rows, self.first)

    def cells(self, index: int) -> Column:
        """The cells of a column; empty ones if there is no such column."""
        return self.columns[index] if 0 <= index < len(self.columns) else [""] * self.height

    def column(self, index: int) -> list[str]:
        """The same as texts."""
        found = self.cells(index)
        return found if isinstance(found, list) else found.texts

    def below(self, header: int) -> "Block":
        """Without the lines up to this one."""
        cut = min(max(0, header + 1 - self.first), self.height)
        return Block(self.first + cut, self.height - cut, [_below(cells, cut) for cells in self.columns]) if cut else self


def _below(cells: Column, cut: int) -> Column:
    return cells[cut:] if isinstance(cells, list) else cells.below(cut)
