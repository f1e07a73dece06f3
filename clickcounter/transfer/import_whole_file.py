"""Checks the lines of a file against each other (each line alone: import_line.py), then hands them out.

Counters and rounds come twice, for the survey and for writing; the clicks come last. What has to be remembered is in a
temporary SQLite database on disk, which disappears with this process, so that memory does not grow with the file.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CORRECTION, OPENING
from clickcounter.domain.counter_settings import check_settings
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.errors import Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.transfer import import_line
from clickcounter.transfer.file_format import (
    ClickRecord,
    ClicksPiece,
    CounterRecord,
    Device,
    DeviceRecord,
    NumberedRecord,
    Piece,
    RoundRecord,
    new_clicks_piece,
    settings_of,
)
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.progress import ReportTimer
from clickcounter.transfer.table_import.pieces import Answers, sha256_of, table_pieces

BATCH, ROUNDS = 400, 100  # clicks and rounds in a piece
CACHE_KIB = 4_000  # of the temporary database; the rest is on disk
MOST_REMEMBERED = 10_000  # devices, besides the temporary database
SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -{};
CREATE TABLE counter (slug TEXT PRIMARY KEY, record TEXT);
CREATE TABLE device (number INTEGER PRIMARY KEY, secret TEXT, label TEXT, created_at INTEGER);
CREATE TABLE round (
    id INTEGER PRIMARY KEY, counter TEXT, open INTEGER, started INTEGER, record TEXT, total INTEGER DEFAULT 0);
CREATE INDEX of_counter ON round (counter, open DESC, started);
CREATE TABLE undo (counter TEXT, press TEXT, key TEXT, line INTEGER, device INTEGER, PRIMARY KEY (counter, press))
    WITHOUT ROWID;
CREATE TABLE corrected (what TEXT PRIMARY KEY, total INTEGER) WITHOUT ROWID;
BEGIN;
"""


def pieces(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Answers) -> Iterator[Piece]:
    """Check an open file, then hand it out.

    Of a table, rows that name no counter go to `counter`, local times are of `zone`. Nothing but progress comes before the
    whole file is checked. Raises BadFile, BadLine.
    """
    whole, timer, checker = os.fstat(file.fileno()).st_size, ReportTimer(), FileChecker()
    yield {"type": "checking", "done": 0, "whole": whole}
    if not import_line.is_export(file):
        yield from table_pieces(file, counter, zone, answers)
        return
    for number, record in read_records(file):
        checker.add(number, record)
        if timer.is_due():
            yield {"type": "checking", "done": file.tell(), "whole": whole}
    checker.finish()
    yield {"type": "checked", "table": False, "clicks": checker.clicks}
    yield {"type": "export", "file_sha256": sha256_of(file)}
    yield from checker.counters_and_rounds()
    yield from checker.undos()
    yield {"type": "surveyed"}
    yield from checker.counters_and_rounds()
    yield from checker.click_pieces(read_records(file))
    yield from checker.parts()


def read_records(file: BinaryIO) -> Iterator[NumberedRecord]:
    """Read the export from its beginning. The iterator raises BadLine."""
    file.seek(0)
    return import_line.read_json_lines(file)


class FileChecker:
    """Checks each record against those before it, and remembers what handing out the file needs."""

    def __init__(self) -> None:
        self.clicks = 0
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # "" is a file that deletes itself
        self._db.executescript(SCHEMA.format(CACHE_KIB))
        self._round, self._total, self.counter = cast("int | None", None), 0, ""  # of the newest click; a slug
        self._devices: set[int] = set()  # some that are there

    def add(self, number: int, record: Any) -> None:
        """Check a record against those before it. Raises BadLine."""
        kind = record["type"]
        if kind == "click":
            self._add_click(number, record)
        elif kind == "counter":
            self._add_counter(number, record)
        elif kind == "device":
            self._add_device(number, record)
        elif kind == "round":
            self._add_round(number, record)
        elif kind == "end" and record["clicks"] != self.clicks:
            raise BadLine(number, "promise", n=record["clicks"], m=self.clicks)

    def finish(self) -> None:
        """Check what only the whole file shows. Raises BadFile."""
        query = "SELECT slug FROM counter WHERE (SELECT sum(open) FROM round WHERE counter = slug) IS NOT 1 LIMIT 1"
        if row := self._db.execute(query).fetchone():
            raise BadFile("no_round", slug=row[0])

    def counters_and_rounds(self) -> Iterator[Piece]:
        """Each counter, followed by its rounds: the current one, then the others by when they began."""
        for slug, record in self._db.execute("SELECT slug, record FROM counter ORDER BY rowid"):
            [(text,)] = self._db.execute("SELECT record FROM round WHERE counter = ? AND open", (slug,))
            yield {"type": "counter", "record": json.loads(record), "current": (current := json.loads(text))}
            found = self._db.execute("SELECT record FROM round WHERE counter = ? ORDER BY open DESC, started", (slug,))
            while rows := found.fetchmany(ROUNDS):
                with_device = [(one, self._find_device(one["ended_by"])) for (text,) in rows if (one := json.loads(text))]
                yield {"type": "rounds", "counter": slug, "current": current["id"], "rounds": with_device}

    def undos(self) -> Iterator[Piece]:
        """The lines that take presses back, by counter."""
        query = "SELECT counter, line, key, press, secret FROM undo JOIN device ON number = device ORDER BY counter"
        found = self._db.execute(query)
        while lines := found.fetchmany(BATCH):
            yield {"type": "undos", "lines": lines}

    def parts(self) -> Iterator[Piece]:
        """The counters of each group; of a counter whose texts only look like one, none."""
        for slug, record in self._db.execute("SELECT slug, record FROM counter WHERE record LIKE '%\"group\": true%'"):
            yield {"type": "parts", "group": slug, "parts": json.loads(record)["parts"]}

    def click_pieces(self, records: Iterator[NumberedRecord]) -> Iterator[Piece]:
        """The clicks in their order, at most BATCH of one counter in a piece."""
        piece, indexes = new_clicks_piece(""), cast("dict[int, int]", {})
        for number, record in records:
            if record["type"] != "click":
                continue
            slug = self._find_round(number, record["round"])
            if piece["counter"] != slug or len(piece["clicks"]) == BATCH:
                yield from self._handed_out(piece)
                piece, indexes = new_clicks_piece(slug), {}
            if record["device"] not in indexes:
                indexes[record["device"]] = len(indexes)
                piece["devices"].append(self._device_of(number, record))
            record["device"] = indexes[record["device"]]
            piece["clicks"].append((number, record))
        yield from self._handed_out(piece)

    def _handed_out(self, piece: ClicksPiece) -> Iterator[Piece]:
        if piece["clicks"]:
            keys = json.dumps([click["key"] for _, click in piece["clicks"]])
            query = "SELECT press, key FROM undo WHERE counter = ? AND press IN (SELECT value FROM json_each(?))"
            piece["taken_back"] = dict(self._db.execute(query, (piece["counter"], keys)))
            yield piece

    def _add_counter(self, number: int, counter: CounterRecord) -> None:
        try:
            check_settings(settings_of(counter, owned=True), named=False)
        except Refused as error:
            raise BadLine(number, "settings", why=sentences_of(error)) from None
        if not self._is_new("INSERT INTO counter VALUES (?, ?)", counter["slug"], json.dumps(counter)):
            raise BadLine(number, "twice_counter")

    def _add_device(self, number: int, device: DeviceRecord) -> None:
        """A device without a hash gets one from its number and its creation: imported again, the file finds its devices."""
        made_up = hashlib.sha256(f"{device['number']} {device['created_at']}".encode()).hexdigest()
        row = (device["secret_sha256"] or made_up, device["label"], device["created_at"])
        if self._is_new("INSERT INTO device VALUES (?, ?, ?, ?)", device["number"], *row):
            return
        # A device may come once per counter. It may have been labelled between two of them: the newest label counts.
        same = "UPDATE device SET label = ? WHERE number = ? AND secret = ? AND created_at = ?"
        if not self._db.execute(same, (row[1], device["number"], row[0], row[2])).rowcount:
            raise BadLine(number, "twice_device")

    def _add_round(self, number: int, round_: RoundRecord) -> None:
        slug, is_open = round_["counter"], round_["ended_at"] is None
        if not self._db.execute("SELECT 1 FROM counter WHERE slug = ?", (slug,)).fetchone():
            raise BadLine(number, "round_of")
        row = (round_["id"], slug, is_open, round_["started_at"], json.dumps(round_))
        if not self._is_new("INSERT INTO round (id, counter, open, started, record) VALUES (?, ?, ?, ?, ?)", *row):
            raise BadLine(number, "twice_round")

    def _add_click(self, number: int, click: ClickRecord) -> None:
        self.clicks += 1
        self._find_round(number, click["round"])
        if not self._knows_device(click["device"]):
            raise BadLine(number, "click_of")
        self._total += click["amount"]
        if abs(self._total) > MAX_VALUE:
            raise BadLine(number, "large")
        if click["takes_back"] is not None:
            undo = "INSERT INTO undo VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET key = key WHERE key = excluded.key"
            values = (self.counter, click["takes_back"], click["key"], number, click["device"])
            if not self._db.execute(undo, values).rowcount:
                raise BadLine(number, "twice_undo")
        if click["kind"] in (CORRECTION, OPENING):
            self._add_correction(number, click)

    def _add_correction(self, number: int, click: ClickRecord) -> None:
        """Add to the sums that corrections can take beyond MAX_VALUE: those of sum_limits."""
        adding = (
            "INSERT INTO corrected VALUES (?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total RETURNING total"
        )
        round_id, device, at = click["round"], click["device"], click["pressed_at"]
        starts = [f"{width} {at - at % width}" for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)]
        for of in (f"by {device}", *starts, *(f"{start} {device}" for start in starts[1:])):
            [(total,)] = self._db.execute(adding, (f"{round_id} {of}", click["amount"])).fetchall()
            if abs(total) > MAX_VALUE:
                raise BadLine(number, "large")

    def _find_round(self, number: int, round_id: int) -> str:
        """Make it the round of the newest click. Returns its counter's slug. Raises BadLine if it is unknown."""
        if round_id == self._round:
            return self.counter
        self._db.execute("UPDATE round SET total = ? WHERE id = ?", (self._total, self._round))
        row = self._db.execute("SELECT counter, total FROM round WHERE id = ?", (round_id,)).fetchone()
        if row is None:
            raise BadLine(number, "click_of")
        self._round, (self.counter, self._total) = round_id, row
        return self.counter

    def _knows_device(self, device: int | None) -> bool:
        if device in self._devices:
            return True
        if len(self._devices) >= MOST_REMEMBERED:
            self._devices.clear()
        if found := self._db.execute("SELECT number FROM device WHERE number = ?", (device,)).fetchone():
            self._devices.add(found[0])
        return found is not None

    def _device_of(self, number: int, click: ClickRecord) -> Device:
        if (found := self._find_device(click["device"])) is None:
            raise BadLine(number, "click_of")  # the file was changed after it was checked
        return found

    def _find_device(self, device: int | None) -> Device | None:
        found = self._db.execute("SELECT secret, label, created_at FROM device WHERE number = ?", (device,))
        return cast("Device | None", found.fetchone())

    def _is_new(self, insert: str, *values: object) -> bool:
        return self._db.execute(f"{insert} ON CONFLICT DO NOTHING", values).rowcount == 1
