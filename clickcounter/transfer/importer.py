"""Imports an export, or a table of another tally app, into an instance, empty or running.

The file is read twice: first to check it, then to write it, in one transaction, so that a bad file changes nothing. Keys
decide what is new: clicks that are here already are skipped. A counter that is not here is created with the file's settings,
and one without clicks takes them over. Any other counter keeps its settings and its current round; the file's rounds become
past ones.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from clickcounter.access import authorization
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.counter_settings import check_settings, settings_from_row
from clickcounter.errors import CounterNotFound, NotDone, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.ledger import ownership
from clickcounter.transfer import import_parser, sum_limits
from clickcounter.transfer.file_format import (
    ClickRecord,
    CounterRecord,
    DeviceRecord,
    NumberedClick,
    NumberedRecord,
    RoundRecord,
    settings_of,
)
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.import_writer import ImportWriter
from clickcounter.transfer.progress import ReportTimer

log = logging.getLogger(__name__)

BATCH = sum_limits.MAX_BATCH  # clicks


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


@dataclass(slots=True)
class ImportPlan:
    """Everything of a file but its clicks."""

    counters: dict[str, CounterRecord] = field(default_factory=dict)  # by slug
    devices: dict[int, DeviceRecord] = field(default_factory=dict)  # by number
    rounds: dict[int, RoundRecord] = field(default_factory=dict)  # by id
    clicks: int = 0
    first_press: int | None = None  # UTC ms


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file. The lines of a CSV go to `counter`; their times, if they name no offset, are local to `zone`."""

    path: Path
    counter: str
    zone: ZoneInfo

    def records(self, file: BinaryIO) -> Iterator[NumberedRecord]:
        """Read the open file from its beginning. The iterator raises BadLine."""
        file.seek(0)
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
        file.seek(0)
        if start.startswith(b"{"):
            return import_parser.read_json_lines(file)
        return import_parser.read_csv(file, self.counter, self.zone)


def import_file(url: str, source: ImportSource, say: Callable[[Progress], None], by: Caller | None = None) -> ImportResult:
    """Import a file. Raises NotDone, Refused; nothing was changed then.

    Other clicks wait while the file is written. The caller must manage the counters that exist already, and becomes the
    owner of new ones; None is the terminal, which may do everything.
    """
    try:
        import_parser.check_slug(source.counter)
    except ValueError:
        raise BadFile("address", slug=source.counter) from None
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise NotDone(f"{source.path} cannot be read: {error.strerror}.") from None
    engine = open_engine(url)
    with file:
        plan = _read_plan(source.records(file))
        say(Progress(0, plan.clicks))
        try:
            with engine.begin() as connection:
                writer = ImportWriter(
                    connection, None if plan.counters else source.counter, owned=_owns_new_counters(connection, by)
                )
                new = _missing_counters(connection, plan.counters or (source.counter,), by)
                writer.prepare(plan.counters, plan.devices, plan.rounds, plan.first_press)
                if by is not None:
                    _set_owners(connection, new, by)
                _write_clicks(writer, source.records(file), plan.clicks, say)
                writer.finish()
        except IntegrityError as error:
            raise _conflict(error) from None
        finally:
            engine.dispose()
    return ImportResult(writer.written, plan.clicks - writer.written)


def _conflict(error: IntegrityError) -> BadFile:
    log.warning("the file conflicts with the database: %s", error.orig)
    return BadFile("apart")


def _missing_counters(connection: Connection, slugs: Iterable[str], by: Caller | None) -> list[str]:
    """The counters that do not exist yet. Raises Refused if another one exists and the caller may not manage it."""
    missing: list[str] = []
    for slug in slugs:
        try:
            counter = authorization.read_counter(connection, slug)
        except CounterNotFound:
            missing.append(slug)
        else:
            authorization.require(connection, counter, by, "manage")
    return missing


def _owns_new_counters(connection: Connection, by: Caller | None) -> bool:
    """Whether a new counter will belong to somebody: the account that is signed in, or the browser."""
    if by is None or by.session is None:
        return by is not None and by.device is not None
    return by.device is not None or bool(authorization.signed_in_users(connection, {by.session}, now_ms()))


def _set_owners(connection: Connection, slugs: Iterable[str], by: Caller) -> None:
    for slug in slugs:
        counter = authorization.read_counter(connection, slug)
        ownership.set_first_owner(connection, counter, by, settings_from_row(counter))


def _read_plan(records: Iterator[NumberedRecord]) -> ImportPlan:
    """Check the whole file. Raises BadLine, BadFile."""
    plan = ImportPlan()
    for number, record in records:
        if record["type"] == "click":
            _count_click(number, record, plan)
        elif record["type"] == "counter":
            _add_counter(number, record, plan)
        elif record["type"] == "device":
            _add_device(number, record, plan)
        elif record["type"] == "round":
            _add_round(number, record, plan)
        elif record["type"] == "end" and record["clicks"] != plan.clicks:
            raise BadLine(number, "promise", n=record["clicks"], m=plan.clicks)
    _check_current_rounds(plan)
    return plan


def _check_current_rounds(plan: ImportPlan) -> None:
    for slug in plan.counters:
        if sum(1 for r in plan.rounds.values() if r["counter"] == slug and r["ended_at"] is None) != 1:
            raise BadFile("no_round", slug=slug)


def _count_click(number: int, click: ClickRecord, plan: ImportPlan) -> None:
    plan.clicks += 1
    plan.first_press = min(click["pressed_at"], plan.first_press or click["pressed_at"])
    if click["round"] is not None and (click["round"] not in plan.rounds or click["device"] not in plan.devices):
        raise BadLine(number, "click_of")


def _add_counter(number: int, counter: CounterRecord, plan: ImportPlan) -> None:
    if counter["slug"] in plan.counters:
        raise BadLine(number, "twice_counter")
    try:
        check_settings(settings_of(counter, owned=True), named=False)
    except Refused as error:
        raise BadLine(number, "settings", why=sentences_of(error)) from None
    plan.counters[counter["slug"]] = counter


def _add_device(number: int, device: DeviceRecord, plan: ImportPlan) -> None:
    known = plan.devices.get(device["number"])
    # A device may come once per counter. It may have been labelled between two of them: the newest label counts.
    if known is not None and known | {"label": ""} != device | {"label": ""}:
        raise BadLine(number, "twice_device")
    plan.devices[device["number"]] = device


def _add_round(number: int, round_: RoundRecord, plan: ImportPlan) -> None:
    if round_["id"] in plan.rounds:
        raise BadLine(number, "twice_round")
    if round_["counter"] not in plan.counters:
        raise BadLine(number, "round_of")
    plan.rounds[round_["id"]] = round_


def _write_clicks(
    writer: ImportWriter, records: Iterator[NumberedRecord], total: int, say: Callable[[Progress], None]
) -> None:
    pending: list[NumberedClick] = []
    done, timer = 0, ReportTimer()
    for number, record in records:
        if record["type"] == "click":
            pending.append((number, record))
        if pending and (len(pending) == BATCH or record["type"] == "counter"):
            done += len(pending)
            writer.write(pending)
            pending = []
        if timer.is_due():
            say(Progress(done, total))
    if pending:
        writer.write(pending)
