"""Which rows of a table are in the ledger already.

A row is known by its key. The rows of an undone import count again: then the next key is made from the first. Earlier
versions made keys from line numbers; what they imported is recognized by its time, its amount and its place among equals.
"""

import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import CLICK, CORRECTION
from clickcounter.ledger import imports
from clickcounter.ledger.devices import read_devices
from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.table_import.shapes import PRESS, TableRow

MOST_UNDONE = 100  # times; each costs a look for every row

_clicks, _tallies = tables.CLICKS.c, tables.TALLIES.c
_undo = tables.CLICKS.alias("undo")
_WITH_UNDO = tables.CLICKS.outerjoin(
    _undo, and_(_undo.c.counter_id == _clicks.counter_id, _undo.c.takes_back == _clicks.key)
).join(tables.TALLIES, and_(_tallies.round_id == _clicks.round_id, _tallies.device_id == _clicks.device_id))
_IS_GONE = or_(_undo.c.id.is_not(None), and_(_clicks.kind == CORRECTION, _tallies.corrected == 0))


@dataclass(frozen=True, slots=True)
class KnownRows:
    """What to look for in one counter: the device of tables that older versions imported, and its rounds here."""

    old_device: int | None
    old_rounds: tuple[int, ...]

    @classmethod
    def of(cls, connection: Connection, counter: CounterRow) -> "KnownRows":
        """For this counter."""
        secret = hashlib.sha256(f"table for {counter.slug}".encode()).hexdigest()
        if not (known := read_devices(connection, [secret])):
            return cls(None, ())
        device = known[secret].number
        query = select(_tallies.round_id).join_from(tables.TALLIES, tables.ROUNDS, tables.ROUNDS.c.id == _tallies.round_id)
        found = connection.execute(query.where(_tallies.device_id == device, tables.ROUNDS.c.counter_id == counter.id))
        return cls(device, tuple(found.scalars()))

    def unknown(self, connection: Connection, counter_id: int, rows: Sequence[TableRow]) -> list[TableRow]:
        """The rows that are not here, each key once, with the keys to write. Raises BadFile."""
        old = self._count_old(connection, rows)
        asked = [row for row in rows if row.kind != PRESS or row.place >= old.get((row.at, row.amount), 0)]
        found: dict[str, TableRow] = {}
        for _ in range(MOST_UNDONE):
            here = keys_here(connection, counter_id, {row.key for row in asked})
            for row in asked:
                if row.key not in here:
                    found.setdefault(row.key, row)
            gone = _gone(connection, counter_id, here)
            if not gone:
                return list(found.values())
            asked = [row._replace(key=next_key(row.key)) for row in asked if row.key in gone]
        raise BadFile("undone_often")

    def _count_old(self, connection: Connection, rows: Sequence[TableRow]) -> dict[tuple[int | None, int], int]:
        """How many presses an older version imported, by time and amount."""
        if not self.old_rounds:
            return {}
        same = (_clicks.round_id.in_(self.old_rounds), _clicks.device_id == self.old_device, _clicks.kind == CLICK)
        times = sorted({row.at for row in rows if row.at is not None})
        query = select(_clicks.saved_at, _clicks.amount, func.count()).where(*same, _clicks.saved_at.in_(times))
        found = connection.execute(query.group_by(_clicks.saved_at, _clicks.amount))
        return {(row[0], row[1]): row[2] for row in found}


def keys_here(connection: Connection, counter_id: int, keys: Set[str]) -> set[str]:
    """Those of the keys that the counter has."""
    asked = {"counter_id": counter_id, "keys": sorted(keys)}
    return {row.key for row in execute(connection, sql.read_keys(connection), asked)} if keys else set()


def _gone(connection: Connection, counter_id: int, keys: Set[str]) -> set[str]:
    """Those of these keys whose rows an undo of their import has taken back. Raises BadFile if it has only begun."""
    undone = imports.undone_devices(connection, counter_id) if keys else set()
    if not undone:
        return set()
    query = select(_clicks.key, _IS_GONE.label("gone")).select_from(_WITH_UNDO)
    mine = (_clicks.counter_id == counter_id, _clicks.key.in_(sorted(keys)), _clicks.device_id.in_(sorted(undone)))
    rows = connection.execute(query.where(*mine)).all()
    if not all(row.gone for row in rows):
        raise BadFile("being_undone")
    return {row.key for row in rows}


def next_key(key: str) -> str:
    """The key of the same row after an undo."""
    return f"{key[:12]:0<12}{hashlib.sha256(f'again {key}'.encode()).hexdigest()[:20]}"
