"""The ledger of one counter, or of all, as lines of text. They are streamed: memory does not grow with the ledger.

JSON Lines hold what an import needs, CSV what people read. Entries are only ever added to the ledger, so everything up to
its last id at the start stays as it is: no transaction is kept open while somebody downloads slowly.
"""

import csv
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, tuple_

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.errors import CounterNotFound
from clickcounter.history.ledger_pages import scope_of
from clickcounter.transfer.file_format import ACCESS, FORMAT, SETTINGS
from clickcounter.transfer.rows import ClickRow, CounterRow, DeviceRow, RoundRow

BATCH = 200  # rows, about a CHUNK: whoever downloads slowly keeps them in memory
CHUNK = 64 * 1024  # characters
COLUMNS = (
    "counter", "round", "pressed_utc", "pressed_local", "saved_utc", "saved_local",
    "device", "label", "person", "amount", "total", "kind", "key", "takes_back", "reason",
)  # fmt: skip
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins with one


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: one counter, or all with None; local times are those of `zone`.

    With `with_hashes`, devices carry the hashes by which their browsers are recognized: for an operator who moves an
    instance, never for the public.
    """

    counter: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    with_hashes: bool = False


def json_lines(engine: Engine, request: ExportRequest) -> Iterator[str]:
    """JSON Lines as in file_format. Raises CounterNotFound before the first line."""
    counters = _begin(engine, request)
    yield _line("export", format=FORMAT, at=iso(now_ms()))
    written = 0
    for counter in counters:
        yield _counter_line(counter)
        last_id, exported = _last_id(engine, counter.id), cast("set[int]", set())  # devices
        for round_ in _rounds(engine, counter.id):
            closers = {round_.ended_by} if round_.ended_by is not None else set()
            yield from _device_lines(engine, closers, exported, request)
            yield _round_line(counter.slug, round_)
            for rows in _batches(engine, round_.id, last_id):
                yield from _device_lines(engine, {row.device_id for row in rows}, exported, request)
                names = _person_names(engine, rows)
                yield from (_click_line(row, names, request.zone) for row in rows)
                written += len(rows)
    yield _line("end", clicks=written)


def csv_lines(engine: Engine, request: ExportRequest) -> Iterator[str]:
    """A line of column names, then one line per click. Raises CounterNotFound before the first line."""
    counters = _begin(engine, request)
    write = csv.writer(_Echo()).writerow
    yield "\ufeff" + str(write(COLUMNS))  # without the byte order mark, spreadsheets do not take the file for UTF-8
    for counter in counters:
        last_id = _last_id(engine, counter.id)
        for round_ in _rounds(engine, counter.id):
            labels: dict[int, str] = {}
            for rows in _batches(engine, round_.id, last_id):
                new = {row.device_id for row in rows} - labels.keys()
                labels |= {device.id: device.label for device in _read_devices(engine, new)}
                names = _person_names(engine, rows)
                for row in rows:
                    entry = _csv_cells(row, labels[row.device_id], _name_of(row, names), request.zone)
                    yield str(write(map(escape_formula, (counter.slug, round_.number, *entry))))


FORMATS = {"jsonl": json_lines, "csv": csv_lines}


def chunks(lines: Iterator[str]) -> Iterator[str]:
    """The same text in pieces of about CHUNK characters. What the first line raises, the first piece raises."""
    pending: list[str] = []
    length = 0
    for line in lines:
        pending.append(line)
        length += len(line)
        if length >= CHUNK:
            yield "".join(pending)
            pending, length = [], 0
    yield "".join(pending)


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


def _line(kind: str, /, **fields: Any) -> str:
    return json.dumps({"type": kind} | fields, ensure_ascii=False) + "\n"


def _counter_line(counter: CounterRow) -> str:
    settings = settings_from_row(counter)
    fields = {name: getattr(settings, name) for name in (*SETTINGS, *ACCESS)}
    archived_at = settings.archived_at and iso(settings.archived_at)
    return _line("counter", slug=counter.slug, **fields, created_at=iso(counter.created_at), archived_at=archived_at)


def _round_line(slug: str, row: RoundRow) -> str:
    times = {"started_at": iso(row.started_at), "ended_at": row.ended_at and iso(row.ended_at)}
    return _line("round", counter=slug, id=row.id, number=row.number, **times, ended_by=row.ended_by)


def _click_line(row: ClickRow, names: dict[int, str], zone: ZoneInfo) -> str:
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
    if_any = {
        "person": _name_of(row, names),
        "takes_back": row.takes_back,
        "reason": row.reason,
        "time_adjusted": row.time_adjusted,
        "round_unknown": row.round_unknown,
    }
    return _line("click", **always, **{name: value for name, value in if_any.items() if value})


def _csv_cells(row: ClickRow, label: str, person: str, zone: ZoneInfo) -> tuple[object, ...]:
    """The cells of COLUMNS from the third on."""
    pressed, saved = (iso(row.pressed_at), iso(row.pressed_at, zone)), (iso(row.saved_at), iso(row.saved_at, zone))
    who = (row.device_id, label, person)
    return (*pressed, *saved, *who, row.amount, row.total, row.kind, row.key, row.takes_back, row.reason)


def _device_lines(engine: Engine, ids: set[int], exported: set[int], request: ExportRequest) -> Iterator[str]:
    """The devices that are not exported yet: each comes once per counter, before the first line that names it."""
    for device in _read_devices(engine, ids - exported):
        secret = {"secret_sha256": device.secret_sha256} if request.with_hashes else {}
        yield _line("device", number=device.id, label=device.label, created_at=iso(device.created_at), **secret)
    exported |= ids


def _begin(engine: Engine, request: ExportRequest) -> list[CounterRow]:
    """The counters to export. Raises CounterNotFound."""
    query = select(tables.COUNTERS).where(tables.COUNTERS.c.deleted_at.is_(None)).order_by(tables.COUNTERS.c.id)
    with read_only(engine).begin() as connection:
        if request.counter is not None:
            scope_of(connection, request.counter)
            query = query.where(tables.COUNTERS.c.slug == request.counter)
        counters = cast("list[CounterRow]", list(connection.execute(query)))
    if request.counter is not None and not counters:
        raise CounterNotFound(request.counter)
    return counters


def _last_id(engine: Engine, counter_id: int) -> int:
    """The last id to export of a counter: no entry that comes later has a smaller one.

    PostgreSQL draws ids before others commit. Whoever adds to the counter locks it first, so it is locked here for a moment.
    """
    last = select(func.coalesce(func.max(tables.CLICKS.c.id), 0))
    lock = select(tables.COUNTERS.c.id).where(tables.COUNTERS.c.id == counter_id).with_for_update(read=True)
    with (engine if engine.dialect.name == "postgresql" else read_only(engine)).begin() as connection:
        connection.execute(lock)
        return int(connection.execute(last).scalar_one())


def _rounds(engine: Engine, counter_id: int) -> list[RoundRow]:
    query = select(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter_id).order_by(tables.ROUNDS.c.number)
    with read_only(engine).begin() as connection:
        return cast("list[RoundRow]", list(connection.execute(query)))


def _batches(engine: Engine, round_id: int, last_id: int) -> Iterator[list[ClickRow]]:
    """A round's entries in the order in which they were saved."""
    clicks, cursor = tables.CLICKS.c, (-1, -1)
    query = select(tables.CLICKS).where(clicks.round_id == round_id, clicks.id <= last_id)
    query = query.order_by(clicks.saved_at, clicks.id).limit(BATCH)
    while True:
        after = tuple_(clicks.saved_at, clicks.id) > tuple_(*cursor)
        with read_only(engine).begin() as connection:
            rows = cast("list[ClickRow]", list(connection.execute(query.where(after))))
        if not rows:
            return
        yield rows
        cursor = (rows[-1].saved_at, rows[-1].id)


def _read_devices(engine: Engine, ids: Collection[int]) -> list[DeviceRow]:
    if not ids:
        return []
    query = select(tables.DEVICES).where(tables.DEVICES.c.id.in_(ids)).order_by(tables.DEVICES.c.id)
    with read_only(engine).begin() as connection:
        return cast("list[DeviceRow]", list(connection.execute(query)))


def _person_names(engine: Engine, rows: Sequence[ClickRow]) -> dict[int, str]:
    """Who was signed in, by account id. For people to read: an import neither makes nor uses accounts."""
    ids = {row.account_id for row in rows} - {None}
    if not ids:
        return {}
    with read_only(engine).begin() as connection:
        return {row.id: row.name for row in connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id.in_(ids)))}


def _name_of(row: ClickRow, names: dict[int, str]) -> str:
    return names.get(row.account_id, "") if row.account_id is not None else ""
