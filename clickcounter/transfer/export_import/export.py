"""An export that is being imported: its entries are written slice by slice, and noted as this import's."""

import hashlib
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.ledger import imported_rows, imports
from clickcounter.transfer.export_import import known_entries
from clickcounter.transfer.file_format import ClicksPiece, ExportPiece
from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.import_writer import ImportWriter
from clickcounter.transfer.table_import.naming import label_of


@dataclass(slots=True)
class Export:
    """One import of an export by somebody; None is the terminal."""

    piece: ExportPiece
    by: Caller | None
    writer: ImportWriter
    file_name: str = ""  # the label of the device that stands for it
    number: int | None = None  # of this import, once it has written something
    refused: int = 0  # limits keep nothing out
    _device: str = field(default_factory=lambda: hashlib.sha256(secrets.token_bytes(32)).hexdigest())
    _now: int = field(default_factory=now_ms)
    _newest: int | None = None  # its number, settled once the slice is on disk: until then it may be written again

    def survey(self, engine: Engine) -> None:
        """Find the import of the same file that it continues, without changing anything. Raises BadFile."""
        with read_only(engine).begin() as connection:
            before = imports.of_file(connection, self.piece["file_sha256"], self.by)
        if before is not None and before.left:
            raise BadFile("being_undone")
        if before is not None and not before.undone:
            self.number, self._device, self._now = before.id, before.device_sha256, before.started_at

    def write(self, connection: Connection, piece: ClicksPiece, count: int) -> int:
        """Write those of the next clicks that are not here, at most sum_limits.MAX_BATCH; all of them name a round.

        Returns how many were new. Raises BadFile, BadLine if a sum gets too large, Refused.
        """
        counter = self.writer.need(connection, piece["counter"])
        new = known_entries.unknown(connection, counter.id, piece["clicks"][:count], piece["taken_back"])
        if new:
            [device] = self.writer.device_ids(connection, [(self._device, label_of(self.file_name), self._now)]).values()
            self._newest = imports.find_or_create(connection, device, self.piece["file_sha256"], self.by, self._now)
            self.writer.write_new(connection, counter, piece["devices"], new)
            keys, amount = [click["key"] for _, click in new], sum(click["amount"] for _, click in new)
            imported_rows.add(connection, counter.id, self._newest, keys, amount)
        return len(new)

    def settle(self) -> None:
        """The newest slice is on disk."""
        self.number, self._newest = self._newest or self.number, None
