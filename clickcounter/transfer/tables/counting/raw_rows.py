"""Rows before they are Rows: plain tuples take a fraction of the time, and most are never shown."""

from collections.abc import Callable

from clickcounter.transfer.tables.plan import LeftOut

RawRow = tuple[int, str, int | None, int, str, bool, str]  # the fields of Row; the amount may still be a running total
ReadRow = Callable[[int, list[str]], RawRow | LeftOut | None]  # from a line and its cells; None for an empty line
