"""The ledger as a spreadsheet with real dates, which opens right in Excel and LibreOffice in every region.

Written here and not by a library: those keep the whole table in a temporary file until it is complete, so a browser would
wait for minutes without a byte, and the disk would hold a gigabyte for each download of a million rows. Here the sheet is
compressed while it is read, and whatever is ready is sent. workbook.py has the parts that are always the same.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from io import RawIOBase
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.transfer.exports import workbook
from clickcounter.transfer.exports.csv_table import COLUMNS
from clickcounter.transfer.exports.reading import Entry, ExportRequest, counters_of, entries

MOST_ROWS = 1_048_576  # of a sheet, as spreadsheets have it; then comes another sheet
MOST_BYTES = 1_900_000_000  # of a sheet: Excel cannot read the form of a zip that is needed from 2 GiB on
DAY = 86_400_000  # ms
EPOCH = 25_569  # 1970-01-01, in days since 1899-12-30
LEVEL = 1  # of compression: the file is a tenth larger than at 6, in half the time
# What XML cannot hold, and what a spreadsheet would take for such a letter written in hexadecimal digits.
UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def xlsx_pieces(engine: Engine, request: ExportRequest) -> Iterator[bytes]:
    """The file in pieces. Raises CounterNotFound before the first one."""
    counters = counters_of(engine, request)
    sink = _Sink()
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as file,
        closing(_Sheets(file)) as sheets,  # also when nobody wants the rest
    ):
        for batch in entries(engine, counters):
            sheets.add(batch, request.zone)
            if sink.pending:
                yield sink.take()
        for name, content in workbook.parts(sheets.end()).items():
            file.writestr(name, content)
    yield sink.take()


class _Sink(RawIOBase):
    """Keeps what the zip writes until it is taken; a zip needs no more of a file that it cannot seek in."""

    def __init__(self) -> None:
        self.pending = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.pending += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self.pending)
        self.pending.clear()
        return taken


class _Sheets:
    """One sheet after the other, each with the column names above."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._count = 0
        self._begin()

    def add(self, batch: list[Entry], zone: ZoneInfo) -> None:
        """Add rows."""
        if self._rows + len(batch) > MOST_ROWS or self._bytes > MOST_BYTES:
            self._finish()
            self._begin()
        self._write("".join(_row(entry, zone) for entry in batch))
        self._rows += len(batch)

    def end(self) -> int:
        """How many sheets there are."""
        self._finish()
        return self._count

    def close(self) -> None:
        """Add no more."""
        self._sheet.close()

    def _begin(self) -> None:
        self._count += 1
        self._rows, self._bytes = 1, 0
        self._sheet = self._file.open(workbook.sheet_name(self._count), "w")
        self._write(workbook.sheet_begin(COLUMNS))

    def _finish(self) -> None:
        self._write(workbook.sheet_end(len(COLUMNS), self._rows))
        self._sheet.close()

    def _write(self, text: str) -> None:
        self._bytes += self._sheet.write(text.encode())


def _row(entry: Entry, zone: ZoneInfo) -> str:
    """A row of COLUMNS. An empty cell keeps its place."""
    row = entry.click
    cells = (
        _text(entry.counter),
        _number(entry.round),
        _moments(row.pressed_at, zone),
        _moments(row.saved_at, zone),
        _number(row.device_id),
        _text(entry.label),
        _text(entry.person),
        _number(row.amount),
        _number(row.total),
        _text(row.kind),
        _text(row.key),
        _text(row.takes_back or ""),
        _text(row.reason),
        "<c/><c/>" if row.until is None else _moments(row.until, zone),
    )
    return f"<row>{''.join(cells)}</row>"


def _number(number: int) -> str:
    return f"<c><v>{number}</v></c>"


def _moments(moment: int, zone: ZoneInfo) -> str:
    """Two dates: in UTC and in the zone. A cell's date has none."""
    offset = datetime.fromtimestamp(moment // 1000, zone).utcoffset()
    local = moment + (round(offset.total_seconds() * 1000) if offset else 0)
    return f"{_date(moment)}{_date(local)}"


def _date(moment: int) -> str:
    return f'<c s="{workbook.DATE}"><v>{EPOCH + moment / DAY:.10f}</v></c>'


def _text(text: str) -> str:
    """A text, which a spreadsheet never runs as a formula."""
    if not text:
        return "<c/>"
    fit = UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{workbook.escaped(fit)}</t></is></c>'
