"""Checks the rows of a table and sorts them: by counter, then by time, so that their order in the file does not matter.

They are kept in a temporary SQLite database on disk, so that memory does not grow with the file.
"""

import hashlib
import itertools
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from clickcounter.domain.clicks import now_ms
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.domain.slugs import slug_of
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.import_line import MAX_AHEAD
from clickcounter.transfer.table_import.shapes import CORRECTION, OPENING, PRESS, RowsPiece, TableCounter, TableRow
from clickcounter.transfer.tables import LeftOut, Plan, Row
from clickcounter.transfer.tables.errors import refusal

BATCH = 400  # rows in a piece
MOST_COUNTERS = 1_000  # of one table; more are rather a column of something else
LONGEST_NAME, LONGEST_NOTE, LONGEST_KEY = 100, 200, 32  # characters
CACHE_KIB = 4_000  # of the temporary database; the rest is on disk
LARGEST_SUM = 2**62  # of amounts without their signs: then no sum on the way leaves 64 bits
NO_TIME = -1  # in the temporary database: before all others
ORDER = "at, opening DESC, amount DESC, line"
SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -{};
CREATE TABLE row (counter INTEGER, at INTEGER, line INTEGER, amount INTEGER, key TEXT, opening INTEGER, note TEXT);
BEGIN;
"""
_Kept = tuple[int, int, int, int, str, bool, str]


class Collected:
    """The rows of a table."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._latest = plan, now_ms() + MAX_AHEAD
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # "" is a file that deletes itself
        self._db.executescript(SCHEMA.format(CACHE_KIB))
        self._names: dict[str, int] = {}  # as compared -> the counter's index
        self._shown: list[str] = []  # names, by index
        self._waiting: list[_Kept] = []
        self.rows = self.left_out = 0
        self._first_left_out: LeftOut | None = None

    def add(self, row: Row | LeftOut) -> None:
        """Take a row. Raises BadLine, BadFile."""
        if isinstance(row, LeftOut):
            self.left_out += 1
            self._first_left_out = self._first_left_out or row
            return
        self._check(row)
        self.rows += 1
        note = row.note.replace("\0", "").encode(errors="ignore").decode()[:LONGEST_NOTE]
        at = NO_TIME if row.at is None else row.at
        self._waiting.append((self._index_of(row.counter), at, row.line, row.amount, row.key, row.opening, note))
        if len(self._waiting) == 1_000:
            self._write()

    def finish(self) -> None:
        """All rows are here. Raises BadFile if none counts, or a sum is too large."""
        self._write()
        self._db.execute(f"CREATE INDEX sorted ON row (counter, {ORDER})")
        if not self.rows:
            raise BadFile("no_rows") if self._first_left_out is None else refusal(self._first_left_out)
        sums = "SELECT max(abs(whole)), max(parts) FROM (SELECT total(amount) AS whole, total(abs(amount)) AS parts FROM row"
        [(whole, parts)] = self._db.execute(f"{sums} GROUP BY counter)")
        if whole > MAX_VALUE or parts > LARGEST_SUM:
            raise BadFile("large")

    def counters(self) -> list[TableCounter]:
        """The counters, by index."""
        query = "SELECT count(*), min(nullif(at, -1)), max(nullif(at, -1)), min(amount) FROM row WHERE counter = ?"
        found: list[TableCounter] = []
        for index, name in enumerate(self._shown):
            [(rows, first, last, least)] = self._db.execute(query, (index,)).fetchall()
            lowest, opening = self._lowest(index) if least < 0 else 0, self._opening(index)
            found.append({"name": name, "rows": rows, "first": first, "last": last, "lowest": lowest, "opening": opening})
        return found

    def pieces(self) -> Iterator[RowsPiece]:
        """The rows, by counter and time."""
        for index in range(len(self._shown)):
            rows = iter(self._sorted(index))
            while some := list(itertools.islice(rows, BATCH)):
                yield {"type": "rows", "counter": index, "rows": some}

    def _check(self, row: Row) -> None:
        if row.at is not None and row.at > self._latest:
            raise BadLine(row.line, "future_row")
        if row.at is not None and row.at < 0:
            raise BadLine(row.line, "ancient")
        if not 1 <= abs(row.amount) <= (2 * MAX_VALUE if row.opening else MAX_AMOUNT):
            raise BadLine(row.line, "amount")
        if row.key and (len(row.key) > LONGEST_KEY or not (row.key.isascii() and row.key.isprintable())):
            raise BadLine(row.line, "field", name="key")

    def _index_of(self, name: str) -> int:
        shown = " ".join(name.split())[:LONGEST_NAME]
        if shown and slug_of(shown) == self._plan.counter:
            shown = ""  # it names the counter that the others go to
        compared = unicodedata.normalize("NFKC", shown).casefold()
        if compared not in self._names:
            if len(self._names) == MOST_COUNTERS:
                raise BadFile("many_names", most=MOST_COUNTERS)
            self._names[compared] = len(self._shown)
            self._shown.append(shown)
        return self._names[compared]

    def _write(self) -> None:
        self._db.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def _one(self, query: str, *values: object) -> Any:
        return self._db.execute(query, values).fetchone()[0]

    def _lowest(self, index: int) -> int:
        """The running total at its lowest, in the order of time."""
        running = f"SELECT sum(amount) OVER (ORDER BY {ORDER}) AS total FROM row WHERE counter = ?"  # noqa: S608
        return min(0, int(self._one(f"SELECT min(total) FROM ({running})", index)))  # noqa: S608  both are constants

    def _opening(self, index: int) -> tuple[int | None, int] | None:
        """The time and the number of the counter's opening amount, if it has one: what it stood at before its other rows.

        In running totals it is the first row. Rows without a time were all before those with one.
        """
        undated, total = "counter = ? AND at = -1 AND key = ''", self._plan.meaning == "totals"
        [(rows, amount)] = self._db.execute(f"SELECT count(*), sum(amount) FROM row WHERE {undated}", (index,))  # noqa: S608
        first = f"SELECT at, amount, opening, key FROM row WHERE counter = ? ORDER BY {ORDER} LIMIT 1"  # noqa: S608
        if rows:
            at = self._one("SELECT min(at) FROM row WHERE counter = ? AND at >= 0", index)
            return (None if at is None else at - 1), amount
        at, amount, opening, key = self._db.execute(first, (index,)).fetchone()
        return (at, amount) if total and opening and not key else None

    def _sorted(self, index: int) -> Iterable[TableRow]:
        """A counter's rows by time. Each is known by its time, its amount and its place among equal ones, or by its key."""
        query = f"SELECT line, at, amount, key, opening, note FROM row WHERE counter = ? ORDER BY {ORDER}"  # noqa: S608
        opening, before, place = self._opening(index), None, 0
        for line, at, amount, key, is_opening, note in self._db.execute(query, (index,)):
            same = (at, amount, is_opening)
            place = place + 1 if same == before else 0
            row = TableRow(line, at, amount, key or key_of(*same, place), CORRECTION if is_opening else PRESS, place, note)
            if opening is None or (before is not None and (at != NO_TIME or key)):
                yield row
            elif before is None:
                yield row._replace(at=opening[0], amount=opening[1], kind=OPENING)
            before = same


def key_of(at: int, amount: int, is_correction: int, place: int) -> str:
    """The key of a row that has none: 12 digits of time, 20 of anything, like a browser's keys."""
    digest = hashlib.sha256(f"{at} {amount} {place} {is_correction}".encode()).hexdigest()
    return f"{max(at, 0):012x}{digest[:20]}"
