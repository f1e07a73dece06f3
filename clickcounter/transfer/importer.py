"""Imports an export, or a table of another tally app, into an instance, empty or running.

The file is read twice: first to check it, so that a bad file changes nothing, then to write it in slices, between which
presses go on. Keys decide what is new: clicks that are here already are skipped, so an import that was cut off goes on when
it is started again. A counter that is not here is created with the file's settings, and one without clicks takes them over.
Any other counter keeps its settings and its current round; the file's rounds become past ones.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError

from clickcounter.database.engines import checkpoint, open_engine
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Later, NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import import_whole_file
from clickcounter.transfer.export_import.export import Export
from clickcounter.transfer.file_format import ClicksPiece, Piece
from clickcounter.transfer.import_errors import BadFile, CutOff
from clickcounter.transfer.import_survey import Survey, check_counter
from clickcounter.transfer.import_writer import ImportWriter
from clickcounter.transfer.progress import Checking, Progress, ReportTimer, Say
from clickcounter.transfer.table_import.shapes import RowsPiece
from clickcounter.transfer.table_import.table import Table

log = logging.getLogger(__name__)

SLICE_TAKES = 0.001  # seconds, besides its COMMIT; a press that comes meanwhile waits as long
QUIET_SLICE_TAKES = 0.005  # the same while nobody presses
SMALLEST, LARGEST = 20, 400  # clicks in a slice; sum_limits.MAX_BATCH is the most
LONGEST_REST = 0.1  # seconds
CHECKPOINT_AFTER = 2_000  # clicks
TRY_AGAIN_FOR = 30.0  # seconds while the database cannot be written
PAUSE = 0.5  # seconds between attempts


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many clicks were written, how many were here already, and how many the counters' limits kept out.

    `number` is that of the import, by which it can be undone; None if there is nothing to undo.
    """

    written: int
    known: int
    refused: int = 0
    number: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file. Rows of a table that name no counter go to `counter`; times without an offset are local to `zone`.

    `answers` are settings of the table that somebody chose.
    """

    path: Path
    counter: str
    zone: ZoneInfo
    answers: Mapping[str, str] = field(default_factory=dict)


class Slice(NamedTuple):
    """What one transaction writes. `work` returns how many of the `clicks` were new."""

    work: Callable[[Connection], int]
    clicks: int = 0


class Import:
    """One import of the pieces of a file, step by step: check, survey, then write slice by slice.

    The caller must manage the counters that exist already, and becomes the owner of new ones; None is the terminal, which
    may do everything.
    """

    def __init__(self, pieces: Iterator[Piece], by: Caller | None, say: Say, file_name: str = "") -> None:
        self._pieces, self._by, self._say, self._file_name = pieces, by, say, file_name
        self._writer = ImportWriter(by)
        self._clicks: int | None = None  # in the file, once it is checked
        self._source: Table | Export | None = None  # comes before its rows or clicks
        self._piece: ClicksPiece | RowsPiece | None = None  # whose clicks are being written
        self._size, self._took = SMALLEST, SLICE_TAKES  # clicks in a slice; seconds for the newest one
        self._timer = ReportTimer()
        self.quiet = self._changed = False  # nobody presses now; something is written
        self._since_checkpoint = self._done = self._written = 0  # clicks

    def check(self) -> bool:
        """Check some of the file; False once all of it is fine. Raises BadFile."""
        piece = next(self._pieces)
        if piece["type"] == "checking":
            self._say(Checking(piece["done"], piece["whole"]))
        elif piece["type"] == "checked":
            self._clicks = piece["clicks"]
        return self._clicks is None

    def survey(self, engine: Engine, most_new: float = float("inf")) -> int:
        """Look at what is here. Returns how many counters will be new, at most `most_new`. Raises BadFile, Refused."""
        survey = Survey(self._by, most_new)
        for piece in self._pieces:
            if piece["type"] == "surveyed":
                break
            if piece["type"] == "table":
                self._source = Table(piece, self._by, self._writer, self._file_name)
                survey.count_new(self._source.survey(engine))
            elif piece["type"] == "export":
                self._source = Export(piece, self._by, self._writer, self._file_name)
                self._source.survey(engine)
            else:
                survey.look(engine, piece)
        self._say(Progress(0, self._of_file))
        return survey.new

    def next_slice(self) -> Slice | None:
        """What to write next; None at the end."""
        if self._piece is None:
            piece = next(self._pieces, None)
            if piece is None or (piece["type"] != "clicks" and piece["type"] != "rows"):
                return self._slice_of(piece)
            self._piece = piece
        return self._slice_of_rows(self._piece) if self._piece["type"] == "rows" else self._slice_of_clicks(self._piece)

    def wrote(self, part: Slice, new: int) -> None:
        """A slice is on disk."""
        self._changed = True
        self._since_checkpoint += new
        self._done += part.clicks
        self._written += new
        if self._source:
            self._source.settle()
        if self._piece is not None and part.clicks:
            left: list[Any] = self._piece["rows"] if self._piece["type"] == "rows" else self._piece["clicks"]
            del left[: part.clicks]
            takes = QUIET_SLICE_TAKES if self.quiet else SLICE_TAKES
            self._size = round(min(LARGEST, max(SMALLEST, self._size * min(2.0, takes / self._took))))
            if not left:
                self._piece = None
        if self._done and self._timer.is_due():
            self._say(Progress(self._done, self._of_file))

    def checkpoint(self, engine: Engine) -> None:
        """Move what was written from SQLite's write-ahead log into the database, if it is much."""
        if self._since_checkpoint >= CHECKPOINT_AFTER:
            self._since_checkpoint = 0
            checkpoint(engine)

    def failure(self, error: Exception) -> Exception:
        """The error that ends this import, in words for people: it says what has been written."""
        if isinstance(error, (IntegrityError, DataError)):
            log.warning("the file conflicts with the database: %s", error.orig)
            error = BadFile("apart")
        return CutOff(error, self._written) if self._changed and isinstance(error, ClickCounterError) else error

    @property
    def result(self) -> ImportResult:
        """What it came to."""
        refused, number = (self._source.refused, self._source.number) if self._source else (0, None)
        return ImportResult(self._written, self._of_file - self._written - refused, refused, number)

    @property
    def _of_file(self) -> int:
        return cast("int", self._clicks)  # it is checked

    def _timed(self, work: Callable[[Connection], int], connection: Connection) -> int:
        began = time.monotonic()
        new = work(connection)
        self._took = max(time.monotonic() - began, 1e-4)
        return new

    def _slice_of_clicks(self, piece: ClicksPiece) -> Slice:
        source = cast("Export", self._source)
        count = min(self._size, len(piece["clicks"]))
        return Slice(partial(self._timed, partial(source.write, piece=piece, count=count)), count)

    def _slice_of_rows(self, piece: RowsPiece) -> Slice:
        source = cast("Table", self._source)
        if source.begins(piece["counter"]):
            return Slice(partial(source.begin, index=piece["counter"]))
        rows = piece["rows"][: self._size]
        work = partial(source.write, index=piece["counter"], rows=rows)
        return Slice(partial(self._timed, work), len(rows))

    def _slice_of(self, piece: Piece | None) -> Slice | None:
        by, writes = self._writer, cast("dict[str, Callable[..., int]]", {})
        writes = {"counter": by.write_counter, "rounds": by.write_rounds, "parts": by.write_parts}
        return Slice(partial(writes[piece["type"]], piece=piece)) if piece else None


def rest_after(took: float, *, quiet: bool = False) -> float:
    """How long to rest after a slice, so that presses get two thirds of the time, or half while there are none here."""
    return min(took if quiet else 2 * took, LONGEST_REST)


def pause_after(later: Later, began: float) -> float:
    """How long to wait before a slice is tried again, first tried at `began`. Raises `later` when that is long ago."""
    if time.monotonic() - began > TRY_AGAIN_FOR:
        raise later
    return PAUSE


def import_file(url: str, source: ImportSource, say: Say, by: Caller | None = None) -> ImportResult:
    """Import a file as the terminal does. Raises NotDone, Refused, Later; except for CutOff, nothing was changed then."""
    check_counter(source.counter)
    with open_file(source) as file:
        ledger, engine = Ledger(url), open_engine(url)
        pieces = import_whole_file.pieces(file, source.counter, source.zone, source.answers)
        importing = Import(pieces, by, say, source.path.name)
        try:
            while importing.check():
                pass
            importing.survey(engine)
            while (part := importing.next_slice()) is not None:
                began = time.monotonic()
                importing.wrote(part, _write(ledger, part))
                time.sleep(rest_after(time.monotonic() - began))
                importing.checkpoint(engine)
        except (ClickCounterError, IntegrityError, DataError) as error:
            raise importing.failure(error) from None
        finally:
            engine.dispose()
            ledger.close()
    return importing.result


def open_file(source: ImportSource) -> BinaryIO:
    """Open it for reading. Raises NotDone."""
    try:
        return source.path.open("rb")
    except OSError as error:
        raise NotDone(f"{source.path} cannot be read: {error.strerror}.") from None


def _write(ledger: Ledger, part: Slice) -> int:
    began = time.monotonic()
    while True:
        try:
            return ledger.transact(part.work)
        except Later as later:
            time.sleep(pause_after(later, began))
