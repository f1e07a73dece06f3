"""Imports an export, or a table of another tally app, into an instance, empty or running.

The file is read twice: first to check it, so that a bad file changes nothing, then to write it in slices, between which
presses go on. Keys decide what is new: clicks that are here already are skipped, so an import that was cut off goes on when
it is started again. A counter that is not here is created with the file's settings, and one without clicks takes them over.
Any other counter keeps its settings and its current round; the file's rounds become past ones.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError

from clickcounter.database.engines import checkpoint, open_engine
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Later, NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import import_whole_file
from clickcounter.transfer.file_format import Checked, ClicksPiece, Piece
from clickcounter.transfer.import_errors import BadFile, CutOff
from clickcounter.transfer.import_survey import Survey, check_counter
from clickcounter.transfer.import_writer import ImportWriter
from clickcounter.transfer.progress import ReportTimer

log = logging.getLogger(__name__)

SLICE_TAKES = 0.001  # seconds, besides its COMMIT; a press that comes meanwhile waits as long
SMALLEST, LARGEST = 20, 400  # clicks in a slice; sum_limits.MAX_BATCH is the most
LONGEST_REST = 0.1  # seconds
CHECKPOINT_AFTER = 2_000  # clicks
TRY_AGAIN_FOR = 30.0  # seconds while the database cannot be written
PAUSE = 0.5  # seconds between attempts


@dataclass(frozen=True, slots=True)
class Checking:
    """How much of a file is checked, in bytes."""

    done: int
    whole: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a file's clicks are written. The first report has `done` 0: the whole file is checked."""

    done: int
    whole: int  # clicks in the file


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many clicks were written, and how many were here already."""

    written: int
    known: int


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file. The lines of a CSV go to `counter`; their times, if they name no offset, are local to `zone`."""

    path: Path
    counter: str
    zone: ZoneInfo


class Slice(NamedTuple):
    """What one transaction writes. `work` returns how many of the `clicks` were new."""

    work: Callable[[Connection], int]
    clicks: int = 0


Say = Callable[[Checking | Progress], None]


class Import:
    """One import of the pieces of a file, step by step: check, survey, then write slice by slice.

    The lines of a table go to `counter`. The caller must manage the counters that exist already, and becomes the owner of
    new ones; None is the terminal, which may do everything.
    """

    def __init__(self, pieces: Iterator[Piece], counter: str, by: Caller | None, say: Say) -> None:
        self._pieces, self._counter, self._by, self._say = pieces, counter, by, say
        self._writer = ImportWriter(by)
        self._checked: Checked | None = None
        self._piece: ClicksPiece | None = None  # whose clicks are being written
        self._size, self._took = SMALLEST, SLICE_TAKES  # clicks in a slice; seconds for the newest one
        self._table_round: int | None = None
        self._timer = ReportTimer()
        self._changed, self._since_checkpoint = False, 0  # clicks
        self._done = self._written = 0

    def check(self) -> bool:
        """Check some of the file; False once all of it is fine. Raises BadFile."""
        piece = next(self._pieces)
        if piece["type"] == "checking":
            self._say(Checking(piece["done"], piece["whole"]))
        elif piece["type"] == "checked":
            self._checked = piece
        return self._checked is None

    def survey(self, engine: Engine, most_new: float = float("inf")) -> int:
        """Look at what is here. Returns how many counters will be new, at most `most_new`. Raises BadFile, Refused."""
        survey = Survey(self._by, most_new)
        if self._of_file["table"]:
            survey.look_at_table(engine, self._counter)
        for piece in self._pieces:
            if piece["type"] == "surveyed":
                break
            survey.look(engine, piece)
        self._say(Progress(0, self._of_file["clicks"]))
        return survey.new

    def next_slice(self) -> Slice | None:
        """What to write next; None at the end."""
        if self._of_file["table"] and self._table_round is None:
            return Slice(self._begin_table)
        if self._piece is None:
            piece = next(self._pieces, None)
            if piece is None or piece["type"] != "clicks":
                return self._slice_of(piece)
            self._piece = self._with_round(piece)
        clicks, devices = self._piece["clicks"][: self._size], self._piece["devices"]
        work = partial(self._writer.write_clicks, slug=self._piece["counter"], devices=devices, clicks=clicks)
        return Slice(partial(self._timed, work), len(clicks))

    def wrote(self, part: Slice, new: int) -> None:
        """A slice is on disk."""
        self._changed = True
        self._since_checkpoint += new
        self._done += part.clicks
        self._written += new
        if self._piece is not None:
            del self._piece["clicks"][: part.clicks]
            self._size = round(min(LARGEST, max(SMALLEST, self._size * min(2.0, SLICE_TAKES / self._took))))
            if not self._piece["clicks"]:
                self._piece = None
        if self._timer.is_due():
            self._say(Progress(self._done, self._of_file["clicks"]))

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
        return ImportResult(self._written, self._of_file["clicks"] - self._written)

    @property
    def _of_file(self) -> Checked:
        if self._checked is None:
            raise RuntimeError("the file is not checked yet")
        return self._checked

    def _timed(self, work: Callable[[Connection], int], connection: Connection) -> int:
        began = time.monotonic()
        new = work(connection)
        self._took = max(time.monotonic() - began, 1e-4)
        return new

    def _begin_table(self, connection: Connection) -> int:
        self._table_round = self._writer.begin_table(connection, self._counter, self._of_file["first_press"])
        return 0

    def _with_round(self, piece: ClicksPiece) -> ClicksPiece:
        if self._table_round is not None:
            for _, click in piece["clicks"]:
                click["round"] = self._table_round
        return piece

    def _slice_of(self, piece: Piece | None) -> Slice | None:
        if piece is not None and piece["type"] == "counter":
            return Slice(partial(self._writer.write_counter, piece=piece))
        if piece is not None and piece["type"] == "rounds":
            return Slice(partial(self._writer.write_rounds, piece=piece))
        return None


def rest_after(took: float) -> float:
    """How long to rest after a slice that took so many seconds: presses get two thirds of the time."""
    return min(2 * took, LONGEST_REST)


def pause_after(later: Later, began: float) -> float:
    """How long to wait before a slice is tried again, first tried at `began`. Raises `later` when that is long ago."""
    if time.monotonic() - began > TRY_AGAIN_FOR:
        raise later
    return PAUSE


def import_file(url: str, source: ImportSource, say: Say, by: Caller | None = None) -> ImportResult:
    """Import a file as the terminal does. Raises NotDone, Refused, Later; except for CutOff, nothing was changed then."""
    check_counter(source.counter)
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise NotDone(f"{source.path} cannot be read: {error.strerror}.") from None
    ledger, engine = Ledger(url), open_engine(url)
    with file:
        importing = Import(import_whole_file.pieces(file, source.counter, source.zone), source.counter, by, say)
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


def _write(ledger: Ledger, part: Slice) -> int:
    began = time.monotonic()
    while True:
        try:
            return ledger.transact(part.work)
        except Later as later:
            time.sleep(pause_after(later, began))
