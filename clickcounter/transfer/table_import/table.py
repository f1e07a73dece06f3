"""A table that is being imported: what its counters are here, and how its rows are written, slice by slice.

Rules are those of presses, in the order of time: a row that would take the counter past its limits, or that was counted
after it was archived, is left out. A row that is here already is recognized by its key. An opening amount says what the
counter stood at, so what imports have brought up to then is subtracted from it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, update

from clickcounter.access import authorization
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.domain import rules
from clickcounter.domain.clicks import CLICK, Caller, now_ms
from clickcounter.domain.clicks import CORRECTION as CORRECTION_KIND
from clickcounter.domain.counter_settings import CounterSettings, settings_from_row
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.ledger import imports, rounds
from clickcounter.ledger.groups import lock_groups
from clickcounter.transfer.file_format import ClickRecord, NumberedClick
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.import_survey import require_same_kind
from clickcounter.transfer.import_writer import ImportWriter, read_totals
from clickcounter.transfer.table_import.known_rows import KnownRows
from clickcounter.transfer.table_import.naming import Named, find_counters, label_of
from clickcounter.transfer.table_import.shapes import OPENING, PRESS, TablePiece, TableRow

OPENING_REASON = "opening amount"  # in the history


@dataclass(slots=True)
class _Counter:
    """A counter of the table, here. `round` is the one that was current when its first rows were written."""

    named: Named
    opening: int = 0  # what its opening amount adds
    round: int = 0
    known: KnownRows | None = None


@dataclass(slots=True)
class _Written:
    """What the newest slice wrote. It is settled once the slice is on disk: until then it may be written again."""

    number: int | None = None  # of the import
    refused: int = 0


@dataclass(slots=True)
class Table:
    """One import of a table by somebody; None is the terminal."""

    piece: TablePiece
    by: Caller | None
    writer: ImportWriter
    file_name: str = ""  # becomes the label of its device
    number: int | None = None  # of this import, once it has written something
    refused: int = 0  # rows that limits kept out
    _device: str = field(default_factory=lambda: hashlib.sha256(secrets.token_bytes(32)).hexdigest())
    _now: int = field(default_factory=now_ms)
    _counters: list[_Counter] = field(default_factory=list)
    _newest: _Written | None = None

    def survey(self, engine: Engine) -> int:
        """Find its counters, without changing anything. Returns how many are new. Raises BadFile, Refused."""
        names = [counter["name"] for counter in self.piece["counters"]]
        with read_only(engine).begin() as connection:
            found = find_counters(connection, names, self.piece["into"], self.by)
            before = imports.of_file(connection, self.piece["file_sha256"], self.by)
            if before is not None and before.left:
                raise BadFile("being_undone")
            if before is not None and not before.undone:  # it goes on
                self.number, self._device, self._now = before.id, before.device_sha256, before.started_at
            for index, named in enumerate(found):
                if not named.new:
                    require_same_kind(named.slug, authorization.read_counter(connection, named.slug).is_group, False)
                self._counters.append(_Counter(named, self._opening(connection, index, named)))
        return sum(named.new for named in found)

    def begins(self, index: int) -> bool:
        """Whether rows of this counter come for the first time, so that it must be begun."""
        return self._counters[index].known is None

    def begin(self, connection: Connection, index: int) -> int:
        """Find or create a counter, and its current round."""
        counter = self._counters[index]
        row = self.writer.lock(connection, counter.named.slug)
        if row is None:
            self._create(connection, index)
            row = self.writer.need(connection, counter.named.slug)
        counter.round = row.round_id
        counter.known = KnownRows.of(connection, row)
        return 0

    def write(self, connection: Connection, index: int, rows: Sequence[Sequence[Any]]) -> int:
        """Write the rows that are not here. Returns how many were new. Raises BadFile, BadLine, Refused."""
        of_table = self._counters[index]
        counter = self.writer.need(connection, of_table.named.slug)
        new = self._new(connection, of_table, counter, [TableRow(*row) for row in rows])
        allowed = _within_limits(connection, counter, of_table.round, new)
        written = self._newest = _Written(self.number, len(new) - len(allowed))
        if allowed:
            device = (self._device, label_of(self.file_name), self._now)
            [device_id] = self.writer.device_ids(connection, [device]).values()
            file = self.piece["file_sha256"]
            written.number = imports.find_or_create(connection, device_id, file, self.by, self._now)
            self.writer.write_new(connection, counter, [device], allowed)
        return len(allowed)

    def settle(self) -> None:
        """The newest slice is on disk."""
        if self._newest is not None:
            self.number = self._newest.number
            self.refused += self._newest.refused
            self._newest = None

    def _at(self, at: int | None) -> int:
        """Rows without a time stand at the time of the import."""
        return self._now if at is None else at

    def _opening(self, connection: Connection, index: int, named: Named) -> int:
        opening = self.piece["counters"][index]["opening"]
        if opening is None or named.new:
            return 0 if opening is None else opening[1]
        counter = authorization.read_counter(connection, named.slug)
        added = opening[1] - imports.brought_until(connection, counter.id, opening[0])
        if abs(added) > MAX_VALUE:
            raise BadFile("large")
        return added

    def _create(self, connection: Connection, index: int) -> None:
        """A new counter begins with its first row. If its total was ever below 0, it may be."""
        counter, about = self._counters[index], self.piece["counters"][index]
        settings = CounterSettings(name=about["name"] or counter.named.slug, lower=None if about["lowest"] < 0 else 0)
        current = rounds.new_round_id()
        rounds.create(connection, counter.named.slug, settings, current)
        change = update(tables.ROUNDS).where(tables.ROUNDS.c.id == current)
        connection.execute(change.values(started_at=min(self._at(about["first"]), now_ms())))
        self.writer.set_owner(connection, counter.named.slug)

    def _new(
        self, connection: Connection, of_table: _Counter, counter: CounterRow, rows: Sequence[TableRow]
    ) -> list[NumberedClick]:
        """Those that are not here, as entries of the ledger."""
        opened = [self._opened(row, of_table) if row.kind == OPENING else row for row in rows]
        asked = [row for row in opened if row.amount]
        known = of_table.known or KnownRows.of(connection, counter)
        return [(row.line, self._entry(row, of_table.round)) for row in known.unknown(connection, counter.id, asked)]

    def _opened(self, row: TableRow, of_table: _Counter) -> TableRow:
        """With what the opening amount adds in place of what it says."""
        digest = hashlib.sha256(f"opening {row.at} {row.amount} {of_table.opening}".encode()).hexdigest()
        return row._replace(amount=of_table.opening, key=f"{row.key[:12]}{digest[:20]}")

    def _entry(self, row: TableRow, round_id: int) -> ClickRecord:
        is_press, at = row.kind == PRESS, self._at(row.at)
        return {
            "type": "click",
            "round": round_id,
            "device": 0,
            "key": row.key,
            "kind": CLICK if is_press else CORRECTION_KIND,
            "amount": row.amount,
            "pressed_at": at,
            "saved_at": at,
            "takes_back": None,
            "reason": row.note or ("" if is_press else OPENING_REASON),
            "time_adjusted": False,
            "round_unknown": False,
            "until": None,
        }


def _within_limits(
    connection: Connection, counter: CounterRow, round_id: int, clicks: Sequence[NumberedClick]
) -> list[NumberedClick]:
    """Those that the counter would accept as presses; a round that has ended accepts all. Raises BadLine."""
    if round_id != counter.round_id or not clicks:
        return list(clicks)
    settings, allowed = settings_from_row(counter), []
    of_groups = lock_groups(connection, [counter]).groups(counter.id)
    total = read_totals(connection, counter.id, {round_id})[round_id]
    for line, click in clicks:
        after = total + click["amount"]
        if abs(after) > MAX_VALUE:
            raise BadLine(line, "large")
        kind, amount = click["kind"], click["amount"]
        why = rules.refusal(settings, kind, amount, after, click["pressed_at"])
        if why is None and rules.group_refusal(of_groups, kind, amount) is None:
            allowed.append((line, click))
            total = after
            for sign, group in of_groups:
                group.total += sign * amount
    return allowed
