"""A counter's ledger, or every counter's, as lines of text, streamed: memory does not grow with it.

JSON Lines hold what an import needs, CSV what a person reads. The ledger is only added to, so that its rows up to the last
id at the beginning stay what they are: no transaction is held open while somebody downloads slowly.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Table, func, select, tuple_

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.errors import CounterNotFound
from clickcounter.history.ledger_pages import round_ids

FORMAT = 1
BATCH = 1_000  # rows
CHUNK = 64 * 1024  # characters
COLUMNS = (
    "counter", "round", "pressed_utc", "pressed_local", "saved_utc", "saved_local",
    "device", "label", "person", "amount", "total", "kind", "key", "takes_back", "reason",
)  # fmt: skip
SETTINGS = ("name", "description", "colour", "step", "lower", "upper", "goal", "warn_at", "day_start", "tells_who")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of one


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be exported: one counter or, with None, all that are there; local times are of this zone.

    `whole` adds the hashes by which the devices' browsers are known again, for an operator who moves an instance.
    """

    counter: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    whole: bool = False


def json_lines(engine: Engine, wanted: ExportRequest) -> Iterator[str]:
    """Head, counters, devices and rounds, clicks, end. Raises CounterNotFound before the first line."""
    counters, last = _begin(engine, wanted)
    yield _line("export", format=FORMAT, at=iso(now_ms()))
    written = 0
    for counter in counters:
        about = settings_from_row(counter)
        settings = {name: getattr(about, name) for name in SETTINGS}
        times = {"created_at": iso(counter.created_at), "archived_at": about.archived_at and iso(about.archived_at)}
        yield _line("counter", slug=counter.slug, **settings, **times)
        seen: set[int] = set()
        for round_ in _rounds(engine, counter.id):
            yield from _devices(engine, {round_.ended_by} - {None}, seen, wanted.whole)
            ended = round_.ended_at and iso(round_.ended_at)
            facts = {"id": round_.id, "number": round_.number, "started_at": iso(round_.started_at), "ended_at": ended}
            yield _line("round", counter=counter.slug, **facts, ended_by=round_.ended_by)
            for rows in _batches(engine, round_.id, last):
                yield from _devices(engine, {row.device_id for row in rows}, seen, wanted.whole)
                names = _names(engine, rows)
                yield from (_line("click", **_click(row, names, wanted.zone)) for row in rows)
                written += len(rows)
    yield _line("end", clicks=written)


def csv_lines(engine: Engine, wanted: ExportRequest) -> Iterator[str]:
    """A line of names, then one for each click. Raises CounterNotFound before the first line."""
    counters, last = _begin(engine, wanted)
    write = csv.writer(_Echo()).writerow
    yield "\ufeff" + str(write(COLUMNS))  # spreadsheets take UTF-8 for something else without the mark
    for counter in counters:
        for round_ in _rounds(engine, counter.id):
            labels: dict[int, str] = {}
            for rows in _batches(engine, round_.id, last):
                new = {row.device_id for row in rows} - labels.keys()
                labels |= {device.id: device.label for device in _by_ids(engine, new)}
                names = _names(engine, rows)
                for row in rows:
                    times = (iso(row.pressed_at), iso(row.pressed_at, wanted.zone), iso(row.saved_at))
                    who = (
                        iso(row.saved_at, wanted.zone),
                        row.device_id,
                        labels[row.device_id],
                        names.get(row.account_id, ""),
                    )
                    facts = (row.amount, row.total, row.kind, row.key, row.takes_back, row.reason)
                    yield str(write(map(escape_formula, (counter.slug, round_.number, *times, *who, *facts))))


def escape_formula(cell: object) -> object:
    """A text that no spreadsheet runs; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def iso(moment: int, zone: ZoneInfo | None = None) -> str:
    """A moment in milliseconds as ISO 8601, in UTC or with a zone's offset."""
    text = datetime.fromtimestamp(moment // 1000, zone or UTC).replace(microsecond=moment % 1000 * 1000)
    return text.isoformat(timespec="milliseconds").replace("+00:00", "Z" if zone is None else "+00:00")


FORMATS = {"jsonl": json_lines, "csv": csv_lines}


def chunks(lines: Iterator[str]) -> Iterator[str]:
    """The same text in pieces that are worth sending. What the first line raises is raised by the first piece."""
    waiting, length = [], 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length >= CHUNK:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)


class _Echo:
    """Where the writer of CSV writes to: it gets its own line back."""

    def write(self, line: str) -> str:
        return line


def _line(kind: str, /, **facts: Any) -> str:
    return json.dumps({"type": kind} | facts, ensure_ascii=False) + "\n"


def _click(row: Any, names: dict[int, str], zone: ZoneInfo) -> dict[str, Any]:
    always = {
        "round": row.round_id,
        "key": row.key,
        "kind": row.kind,
        "amount": row.amount,
        "total": row.total,
        "device": row.device_id,
        "pressed_at": iso(row.pressed_at),
        "saved_at": iso(row.saved_at),
        "pressed_local": iso(row.pressed_at, zone),
    }
    rarely = {"person": names.get(row.account_id)}
    rarely |= {name: getattr(row, name) for name in ("takes_back", "reason", "time_adjusted", "round_unknown")}
    return always | {name: value for name, value in rarely.items() if value}


def _begin(engine: Engine, wanted: ExportRequest) -> tuple[list[Any], int]:
    """The counters, and the last row of the ledger that is to be told."""
    with read_only(engine).begin() as connection:
        if wanted.counter is not None:
            round_ids(connection, wanted.counter)
        chosen = select(tables.COUNTERS).where(tables.COUNTERS.c.deleted_at.is_(None)).order_by(tables.COUNTERS.c.id)
        counters = connection.execute(
            chosen if wanted.counter is None else chosen.where(tables.COUNTERS.c.slug == wanted.counter)
        )
        found = list(counters)
        last = connection.execute(select(func.coalesce(func.max(tables.CLICKS.c.id), 0))).scalar_one()
    if wanted.counter is not None and not found:
        raise CounterNotFound(wanted.counter)
    return found, int(last)


def _rounds(engine: Engine, counter_id: int) -> list[Any]:
    chosen = select(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter_id).order_by(tables.ROUNDS.c.number)
    with read_only(engine).begin() as connection:
        return list(connection.execute(chosen))


def _batches(engine: Engine, round_id: int, last: int) -> Iterator[list[Any]]:
    """A round's rows in the order in which they were saved."""
    clicks, place = tables.CLICKS.c, (-1, -1)
    chosen = select(tables.CLICKS).where(clicks.round_id == round_id, clicks.id <= last)
    chosen = chosen.order_by(clicks.saved_at, clicks.id).limit(BATCH)
    while True:
        with read_only(engine).begin() as connection:
            rows = list(connection.execute(chosen.where(tuple_(clicks.saved_at, clicks.id) > tuple_(*place))))
        if not rows:
            return
        yield rows
        place = (rows[-1].saved_at, rows[-1].id)


def _devices(engine: Engine, ids: set[Any], seen: set[int], whole: bool) -> Iterator[str]:
    """Each device once, before the first line that names it."""
    for device in _by_ids(engine, ids - seen):
        secret = {"secret_sha256": device.secret_sha256} if whole else {}
        yield _line("device", number=device.id, label=device.label, created_at=iso(device.created_at), **secret)
    seen |= ids


def _names(engine: Engine, rows: list[Any]) -> dict[int, str]:
    """Who was signed in, by account. They are told to read; an import makes no accounts, nor takes one for another's."""
    ids = {row.account_id for row in rows} - {None}
    if not ids:
        return {}
    with read_only(engine).begin() as connection:
        return {row.id: row.name for row in connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id.in_(ids)))}


def _by_ids(engine: Engine, ids: set[int]) -> list[Any]:
    table: Table = tables.DEVICES
    with read_only(engine).begin() as connection:
        return list(connection.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id))) if ids else []
