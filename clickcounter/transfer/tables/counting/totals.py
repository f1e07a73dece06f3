"""Running totals -> what was added each time. The order of the rows does not matter; memory does not grow with them."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import cast

from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.transfer.tables.counting.raw_rows import RawRow
from clickcounter.transfer.tables.errors import uncounted
from clickcounter.transfer.tables.plan import LeftOut

CACHE_KIB = 4_000  # of the temporary database; the rest is on disk
_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -{CACHE_KIB};
CREATE TABLE reading (line INTEGER, counter TEXT, at INTEGER, total INTEGER, note TEXT, opening INTEGER, key TEXT);
BEGIN;
"""
Rows = Iterator[RawRow | LeftOut]


class OutOfOrder(Exception):
    """The rows are in another order than this function needs."""


def oldest_first(rows: Iterable[RawRow | LeftOut]) -> Rows:
    """The differences of totals that stand in the order of their times, each counter for itself. Raises OutOfOrder."""
    last: dict[str, RawRow] = {}
    for row in rows:
        if isinstance(row, LeftOut):
            yield row
            continue
        before, last[row[1]] = last.get(row[1]), row
        if before is not None and _time(row) < _time(before):
            raise OutOfOrder
        yield _added(row, before)


def newest_first(rows: Iterable[RawRow | LeftOut]) -> Rows:
    """The same for the opposite order."""
    waiting: dict[str, RawRow] = {}  # until the one before it comes
    for row in rows:
        if isinstance(row, LeftOut):
            yield row
            continue
        after, waiting[row[1]] = waiting.get(row[1]), row
        if after is None:
            continue
        if _time(row) > _time(after):
            raise OutOfOrder
        yield _added(after, row)
    for row in waiting.values():
        yield _added(row, None)


def any_order(rows: Iterable[RawRow | LeftOut]) -> Rows:
    """The same for any order: they are sorted in a temporary file. Of equal times, the line decides."""
    database = sqlite3.connect("", isolation_level=None)  # "" is a file that deletes itself
    database.executescript(_SCHEMA)
    left_out: list[LeftOut] = []

    def readings() -> Iterator[RawRow]:
        for row in rows:
            if isinstance(row, LeftOut):
                left_out.append(row)
            else:
                yield row

    database.executemany("INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?)", readings())
    yield from left_out
    found = database.execute("SELECT * FROM reading ORDER BY counter, at, line")
    before: RawRow | None = None
    for row in found:
        reading = cast("RawRow", row)
        yield _added(reading, before if before is not None and before[1] == reading[1] else None)
        before = reading


ORDERS = (oldest_first, newest_first, any_order)


def _added(row: RawRow, before: RawRow | None) -> RawRow | LeftOut:
    """The difference to the reading before; the first of a counter opens it. What no press can add is a correction."""
    line, counter, at, total, note, _, key = row
    if before is None:
        return (line, counter, at, total, note, True, key) if total else uncounted(line, "zero")
    added = total - before[3]
    if added == 0:
        return uncounted(line, "unchanged")
    return line, counter, at, added, note, not -MAX_AMOUNT <= added <= MAX_AMOUNT, key


def _time(row: RawRow) -> int:
    return row[2] or 0
