"""The ledger of one counter, or of all, as a file. It is streamed: memory does not grow with the ledger.

JSON Lines hold what an import needs, tables what people read.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.domain.clicks import now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.history import group_parts
from clickcounter.transfer.exports.csv_table import COLUMNS, csv_lines, iso
from clickcounter.transfer.exports.reading import (
    ExportRequest,
    batches,
    counters_of,
    last_id,
    name_of,
    person_names,
    read_devices,
    rounds_of,
)
from clickcounter.transfer.exports.xlsx_table import xlsx_pieces
from clickcounter.transfer.file_format import ACCESS, FORMAT, SETTINGS
from clickcounter.transfer.rows import ClickRow, CounterRow, RoundRow

__all__ = ["COLUMNS", "FORMATS", "ExportRequest", "chunks", "csv_lines", "iso", "json_lines", "xlsx_pieces"]

CHUNK = 64 * 1024  # characters


def json_lines(engine: Engine, request: ExportRequest) -> Iterator[str]:
    """JSON Lines as in file_format. Raises CounterNotFound before the first line."""
    counters = counters_of(engine, request)
    yield _line("export", format=FORMAT, at=iso(now_ms()))
    written = 0
    for counter in counters:
        yield _counter_line(counter, group_parts.exported_parts(engine, counter, with_hidden=request.with_hashes))
        last, exported = last_id(engine, counter.id), cast("set[int]", set())  # devices
        for round_ in rounds_of(engine, counter.id):
            closers = {round_.ended_by} if round_.ended_by is not None else set()
            yield from _device_lines(engine, closers, exported, request)
            yield _round_line(counter, round_)
            for rows in batches(engine, round_.id, last):
                yield from _device_lines(engine, {row.device_id for row in rows}, exported, request)
                names = person_names(engine, rows)
                yield from (_click_line(row, names, request.zone) for row in rows)
                written += len(rows)
    yield _line("end", clicks=written)


def chunks(lines: Iterator[str]) -> Iterator[bytes]:
    """The same text in pieces of about CHUNK characters. What the first line raises, the first piece raises."""
    pending: list[str] = []
    length = 0
    for line in lines:
        pending.append(line)
        length += len(line)
        if length >= CHUNK:
            yield "".join(pending).encode()
            pending, length = [], 0
    yield "".join(pending).encode()


# Each gives the file in pieces, and raises CounterNotFound before the first one.
FORMATS: dict[str, Callable[[Engine, ExportRequest], Iterator[bytes]]] = {
    "jsonl": lambda engine, request: chunks(json_lines(engine, request)),
    "csv": lambda engine, request: chunks(csv_lines(engine, request)),
    "xlsx": xlsx_pieces,
}


def _line(kind: str, /, **fields: Any) -> str:
    return json.dumps({"type": kind} | fields, ensure_ascii=False) + "\n"


def _counter_line(counter: CounterRow, parts: dict[str, int]) -> str:
    settings = settings_from_row(counter)
    fields = {name: getattr(settings, name) for name in (*SETTINGS, *ACCESS)}
    times = {name: (at := getattr(settings, name)) and iso(at) for name in ("archived_at", "ends_at")}
    group = {"group": True, "parts": parts} if counter.is_group else {}
    return _line("counter", slug=counter.slug, **fields, created_at=iso(counter.created_at), **times, **group)


def _round_line(counter: CounterRow, row: RoundRow) -> str:
    times = {"started_at": iso(row.started_at), "ended_at": row.ended_at and iso(row.ended_at)}
    by = {"ended_by": row.ended_by, "by_schedule": bool(row.by_schedule)}
    total = {"total": row.total} if counter.is_group else {}
    return _line("round", counter=counter.slug, id=row.id, number=row.number, **times, **by, **total)


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
        "person": name_of(row, names),
        "takes_back": row.takes_back,
        "reason": row.reason,
        "time_adjusted": row.time_adjusted,
        "round_unknown": row.round_unknown,
        "until": row.until and iso(row.until),
    }
    return _line("click", **always, **{name: value for name, value in if_any.items() if value})


def _device_lines(engine: Engine, ids: set[int], exported: set[int], request: ExportRequest) -> Iterator[str]:
    """The devices that are not exported yet: each comes once per counter, before the first line that names it."""
    for device in read_devices(engine, ids - exported):
        secret = {"secret_sha256": device.secret_sha256} if request.with_hashes else {}
        yield _line("device", number=device.id, label=device.label, created_at=iso(device.created_at), **secret)
    exported |= ids
