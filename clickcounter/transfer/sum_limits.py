"""Refuses an import whose sums would get larger than the numbers of a browser.

Clicks and undos are small: 9 thousand million of them would be needed. Only corrections can take a sum that far, and only
one by one, so the sums that a batch's corrections touch are read after each batch, before 64 bits could overflow.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, or_, select, tuple_

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.database.rows import LedgerRow
from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CORRECTION, OPENING
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.ledger import rollups

MAX_BATCH = 400  # rows; with a correction of 2^54 each, and rollups.MAX_CORRECTED before them, a sum stays below 2^63
Key = tuple[int, ...]
KEYS = {
    tables.TALLIES: ("round_id", "device_id"),
    tables.ACTIVITY: ("round_id", "width", "start"),
    tables.DEVICE_ACTIVITY: ("round_id", "width", "start", "device_id"),
}


def insert_clicks(connection: Connection, rows: Sequence[LedgerRow]) -> LedgerRow | None:
    """Insert the rows and add them to the roll-ups. Returns one that makes a sum too large, if there is one."""
    execute_many(connection, sql.INSERT_CLICKS, rows)
    try:
        rollups.add(connection, rows, max(row["saved_at"] for row in rows))
    except OverflowError:
        return first_too_large(connection, rows) or rows[0]
    return first_too_large(connection, rows)


def first_too_large(connection: Connection, rows: Sequence[LedgerRow]) -> LedgerRow | None:
    """The first correction among the rows, which are written, that belongs to a sum outside of ±MAX_VALUE."""
    corrections = [(row, _keys(row)) for row in rows if row["kind"] in (CORRECTION, OPENING)]
    if not corrections:
        return None
    too_large = {table: _too_large(connection, table, {k for _, keys in corrections for k in keys[table]}) for table in KEYS}
    return next((row for row, keys in corrections if any(too_large[table] & keys[table] for table in KEYS)), None)


def _keys(row: LedgerRow) -> dict[Table, set[Key]]:
    """The rows of the roll-ups to which this one was added."""
    round_id, device, at = row["round_id"], row["device_id"], row["pressed_at"]
    starts = [(width, at - at % width) for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)]
    return {
        tables.TALLIES: {(round_id, device)},
        tables.ACTIVITY: {(round_id, *start) for start in starts},
        tables.DEVICE_ACTIVITY: {(round_id, *start, device) for start in starts[1:]},
    }


def _too_large(connection: Connection, table: Table, keys: set[Key]) -> set[Key]:
    columns: list[Any] = [table.c[name] for name in KEYS[table]]
    sums = [table.c[name] for name in ("up", "down", "corrected")]
    outside = or_(*(total > MAX_VALUE for total in sums), *(total < -MAX_VALUE for total in sums))
    return {tuple(row) for row in connection.execute(select(*columns).where(tuple_(*columns).in_(sorted(keys)), outside))}
