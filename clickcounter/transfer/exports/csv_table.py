"""The ledger as CSV, for people and spreadsheets.

Excel splits lines at the separator of the computer's region only; LibreOffice offers comma, semicolon and tab at once. So
the separator can be chosen, and a line with another one in a text has all its texts in quotes.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.transfer.exports.reading import Entry, ExportRequest, counters_of, entries

COLUMNS = (
    "counter", "round", "pressed_utc", "pressed_local", "saved_utc", "saved_local",
    "device", "label", "person", "amount", "total", "kind", "key", "takes_back", "reason",
    "until_utc", "until_local",
)  # fmt: skip
SEPARATORS = {"comma": ",", "semicolon": ";"}
SPLITTING = (",", ";", "\t")
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins with one


def csv_lines(engine: Engine, request: ExportRequest) -> Iterator[str]:
    """A line of column names, then one line per click. Raises CounterNotFound before the first line."""
    counters = counters_of(engine, request)
    write = csv.writer(_Echo(), delimiter=request.separator).writerow
    write_quoted = csv.writer(_Echo(), delimiter=request.separator, quoting=csv.QUOTE_NONNUMERIC).writerow
    yield "\ufeff" + str(write(COLUMNS))  # without the byte order mark, spreadsheets do not take the file for UTF-8
    for batch in entries(engine, counters):
        for entry in batch:
            texts = (entry.label, entry.person, entry.click.reason)
            is_split = any(separator in text for text in texts for separator in SPLITTING)
            yield str((write_quoted if is_split else write)(map(escape_formula, _cells(entry, request.zone))))


def escape_formula(cell: object) -> object:
    """A text that no spreadsheet runs as a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell


def iso(moment: int, zone: ZoneInfo | None = None) -> str:
    """UTC ms as ISO 8601, ending in Z or, for a zone, in its offset."""
    text = datetime.fromtimestamp(moment // 1000, zone or UTC).replace(microsecond=moment % 1000 * 1000)
    return text.isoformat(timespec="milliseconds").replace("+00:00", "Z" if zone is None else "+00:00")


class _Echo:
    """The "file" of the CSV writer: its writerow returns the line."""

    def write(self, line: str) -> str:
        return line


def _cells(entry: Entry, zone: ZoneInfo) -> tuple[object, ...]:
    """The cells of COLUMNS."""
    row = entry.click
    pressed, saved = (iso(row.pressed_at), iso(row.pressed_at, zone)), (iso(row.saved_at), iso(row.saved_at, zone))
    who = (row.device_id, entry.label, entry.person)
    what = (row.amount, row.total, row.kind, row.key, row.takes_back, row.reason)
    until = ("", "") if row.until is None else (iso(row.until), iso(row.until, zone))
    return (entry.counter, entry.round, *pressed, *saved, *who, *what, *until)
