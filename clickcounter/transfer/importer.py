"""Brings an export, or a table of another tally app, into an instance, empty or running.

The file is read twice: checked first, written then, in one transaction, so that a bad file changes nothing. Keys decide:
what is there already is passed over. A counter that is not here is made with its settings, and one that nobody has pressed
takes them. In any other the round that goes on here goes on, and rounds that come are past ones; its settings stay.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from clickcounter.access import authorization
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Caller
from clickcounter.domain.counter_settings import CounterSettings, check_settings
from clickcounter.errors import CounterNotFound, NotDone, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.ledger import ownership
from clickcounter.transfer import import_parser
from clickcounter.transfer.exporter import SETTINGS
from clickcounter.transfer.import_errors import BadFile, BadLine
from clickcounter.transfer.import_parser import Fact
from clickcounter.transfer.import_writer import ImportWriter

BATCH = 500  # clicks
SAY_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a file's clicks are written; the first one is told when all were checked."""

    done: int
    whole: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many clicks were written, and how many were here already."""

    written: int
    known: int


@dataclass(slots=True)
class ImportPlan:
    """All of a file but its clicks."""

    counters: dict[str, Fact] = field(default_factory=dict)  # by slug
    devices: dict[int, Fact] = field(default_factory=dict)  # by number
    rounds: dict[int, Fact] = field(default_factory=dict)  # by id
    clicks: int = 0
    first: int | None = None  # when the first click was pressed


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file. `counter` is where the lines of a CSV go, `zone` whose time they tell where they do not say."""

    path: Path
    counter: str
    zone: ZoneInfo

    def facts(self, file: BinaryIO) -> Iterator[tuple[int, Fact]]:
        """From the beginning. Raises BadLine."""
        file.seek(0)
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
        file.seek(0)
        return (
            import_parser.read_json_lines(file)
            if start.startswith(b"{")
            else import_parser.read_csv(file, self.counter, self.zone)
        )


def import_file(url: str, source: ImportSource, say: Callable[[Progress], None], by: Caller | None = None) -> ImportResult:
    """Import a file. Raises NotDone, Refused, then nothing was changed.

    Clicks of others wait while it is written. Whoever brings it must own what is here already, and owns what is new; without
    `by` it is the terminal, which may all.
    """
    try:
        import_parser.slug(source.counter)
    except ValueError:
        raise BadFile("address", slug=source.counter) from None
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise NotDone(f"{source.path} cannot be read: {error.strerror}.") from None
    engine = open_engine(url)
    with file:
        plan = _plan(source.facts(file))
        say(Progress(0, plan.clicks))
        try:
            with engine.begin() as connection:
                arrival = ImportWriter(connection, source.counter if not plan.counters else None)
                new = _new(connection, plan.counters or (source.counter,), by)
                arrival.prepare(plan.counters, plan.devices, plan.rounds, plan.first)
                if by is not None:
                    _own(connection, new, by)
                _write(arrival, source.facts(file), plan.clicks, say)
                arrival.finish()
        except IntegrityError as error:
            raise BadFile("apart", why=error.orig) from None
        finally:
            engine.dispose()
    return ImportResult(arrival.written, plan.clicks - arrival.written)


def _new(connection: Connection, slugs: Iterable[str], by: Caller | None) -> list[str]:
    """Those counters that are not here yet. Raises Refused where one is here that is not theirs who brings the file."""
    new: list[str] = []
    for slug in slugs:
        try:
            counter = authorization.read_counter(connection, slug)
        except CounterNotFound:
            new.append(slug)
        else:
            authorization.require(connection, counter, by, "manage")
    return new


def _own(connection: Connection, slugs: Iterable[str], by: Caller) -> None:
    for slug in slugs:
        ownership.set_first_owner(connection, authorization.read_counter(connection, slug), by, CounterSettings())


def _plan(found: Iterator[tuple[int, Fact]]) -> ImportPlan:
    plan = ImportPlan()
    for number, fact in found:
        kind = fact["type"]
        if kind == "click":
            plan.clicks += 1
            plan.first = min(fact["pressed_at"], plan.first or fact["pressed_at"])
            _check_click(number, fact, plan)
        elif kind == "end" and fact["clicks"] != plan.clicks:
            raise BadLine(number, "promise", n=fact["clicks"], m=plan.clicks)
        elif kind in ("counter", "device", "round"):
            _take_in(number, fact, plan)
    for slug in plan.counters:
        if sum(1 for r in plan.rounds.values() if r["counter"] == slug and r["ended_at"] is None) != 1:
            raise BadFile("no_round", slug=slug)
    return plan


def _check_click(number: int, fact: Fact, plan: ImportPlan) -> None:
    if fact["round"] is not None and (fact["round"] not in plan.rounds or fact["device"] not in plan.devices):
        raise BadLine(number, "click_of")


def _take_in(number: int, fact: Fact, plan: ImportPlan) -> None:
    places: dict[str, dict[Any, Fact]] = {"counter": plan.counters, "device": plan.devices, "round": plan.rounds}
    known = places[fact["type"]]
    name = fact[{"counter": "slug", "device": "number", "round": "id"}[fact["type"]]]
    again = fact["type"] == "device" and known.get(name) == fact  # it counts in several counters
    if name in known and not again:
        raise BadLine(number, f"twice_{fact['type']}")
    if fact["type"] == "round" and fact["counter"] not in plan.counters:
        raise BadLine(number, "round_of")
    if fact["type"] == "counter":
        try:
            check_settings(about_of(fact), named=False)
        except Refused as error:
            raise BadLine(number, "settings", why=sentences_of(error)) from None
    known[name] = fact


def about_of(fact: Fact) -> CounterSettings:
    """The settings of a counter's line."""
    return CounterSettings(**{name: fact[name] for name in SETTINGS}, archived_at=fact["archived_at"])


def _write(arrival: ImportWriter, found: Iterator[tuple[int, Fact]], whole: int, say: Callable[[Progress], None]) -> None:
    waiting: list[tuple[int, Fact]] = []
    done, said_at = 0, time.monotonic()
    for number, fact in found:
        if fact["type"] == "click":
            waiting.append((number, fact))
        if waiting and (len(waiting) == BATCH or fact["type"] == "counter"):
            done += len(waiting)
            arrival.write(waiting)
            waiting = []
        if time.monotonic() - said_at > SAY_EVERY:
            say(Progress(done, whole))
            said_at = time.monotonic()
    if waiting:
        arrival.write(waiting)
