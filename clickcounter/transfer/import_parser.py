"""The lines of a file that is to be imported, as checked facts. Whatever is wrong is said with the number of its line.

A fact is a dictionary with a `type`: export, counter, device, round, click or end. Times are UTC milliseconds. Lines are
read one at a time, so memory does not grow with the file, whatever it holds.
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.transfer.exporter import FORMAT
from clickcounter.transfer.import_errors import BadLine

LONGEST = 64 * 1024  # bytes of a line
Fact = dict[str, Any]
Check = Callable[[Any], Any]


def lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Numbered lines, the first is 1. Raises BadLine for one that is too long, is not UTF-8, or is the half of one."""
    number = 0
    while raw := file.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST:
            raise BadLine(number, "long", n=LONGEST // 1024)
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadLine(number, "encoding", n=error.start + 1) from None


def read_json_lines(file: BinaryIO) -> Iterator[tuple[int, Fact]]:
    """Facts of an export. Raises BadLine."""
    number, ended = 0, False
    for number, text in lines(file):
        if ended:
            raise BadLine(number, "after_end")
        fact = _fact(number, text)
        if (number == 1) != (fact["type"] == "export"):
            raise BadLine(number, "not_first" if number == 1 else "first_again")
        ended = fact["type"] == "end"
        yield number, fact
    if not ended:
        raise BadLine(number + 1, "cut")


def read_csv(file: BinaryIO, counter: str, zone: ZoneInfo) -> Iterator[tuple[int, Fact]]:
    """Clicks of a table with the columns "when" and "amount", for the current round of a counter. Raises BadLine.

    A time without an offset is one of `zone`. A line's key comes from its number and its words: the file counts once.
    """
    reader = csv.reader((text for _, text in lines(file)), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not {"when", "amount"} <= set(names):
            raise BadLine(1, "columns")
        for cells in reader:
            if cells:
                yield reader.line_num, _csv_click(reader.line_num, dict(zip(names, cells, strict=False)), counter, zone)
    except csv.Error as error:
        raise BadLine(reader.line_num, "csv", why=error) from None


def _csv_click(number: int, row: dict[str, str], counter: str, zone: ZoneInfo) -> Fact:
    when, amount = row.get("when", "").strip(), row.get("amount", "").strip()
    try:
        pressed_at = _moment(when, zone)
    except ValueError:
        raise BadLine(number, "when") from None
    try:
        added = _amount(int(amount))
    except ValueError:
        raise BadLine(number, "amount") from None
    words = hashlib.sha256(f"{counter}\n{number}\n{when}\n{amount}".encode()).hexdigest()
    same = {"type": "click", "round": None, "device": None, "kind": CLICK, "takes_back": None, "reason": ""}
    marks = {"time_adjusted": False, "round_unknown": False}
    key = f"{pressed_at:012x}{words[:20]}"
    return same | marks | {"key": key, "amount": added, "pressed_at": pressed_at, "saved_at": pressed_at}


def _fact(number: int, text: str) -> Fact:
    """Facts with the fields that we know; others are left out."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadLine(number, "json") from None
    shape = SHAPES.get(str(found.get("type"))) if isinstance(found, dict) else None
    if shape is None:
        raise BadLine(number, "unknown")
    fact: Fact = {"type": found["type"]}
    for name, check in shape.items():
        try:
            fact[name] = check(found.get(name))
        except (ValueError, TypeError, OverflowError):
            raise BadLine(number, "field", name=name) from None
    if fact["type"] == "click" and (fact["takes_back"] is not None) != (fact["kind"] == UNDO):
        raise BadLine(number, "undo")
    return fact


def _moment(value: Any, zone: ZoneInfo | None = None) -> int:
    when = datetime.fromisoformat(value)
    if when.tzinfo is None:
        if zone is None:
            raise ValueError(value)
        when = when.replace(tzinfo=zone)
    whole = int(when.replace(microsecond=0).timestamp()) * 1000 + when.microsecond // 1000
    if whole < 0:
        raise ValueError(value)
    return whole


def _text(longest: int, shortest: int = 0) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not shortest <= len(value) <= longest or "\0" in value:
            raise ValueError(value)
        value.encode()  # a lone surrogate is no text
        return value

    return check


def slug(value: Any) -> str:
    """A counter's address, checked. Raises ValueError."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", _text(64)(value)):
        raise ValueError(value)
    return str(value)


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(value)
        return value

    return check


def _amount(value: Any) -> int:
    if _whole(-2 * MAX_VALUE, 2 * MAX_VALUE)(value) == 0:
        raise ValueError(value)
    if abs(value) > MAX_AMOUNT:
        raise ValueError(value)
    return int(value)


def _maybe(check: Check, otherwise: Any = None) -> Check:
    return lambda value: otherwise if value is None else check(value)


def _one_of(*values: Any) -> Check:
    return lambda value: values[values.index(value)]


def _percents(value: Any) -> tuple[int, ...]:
    return tuple(_whole(1, 100)(one) for one in value)


_id = _whole(1, MAX_VALUE)
_number = _maybe(_whole(-MAX_VALUE, MAX_VALUE))
_flag = _maybe(_one_of(True, False), False)
SHAPES: dict[str, dict[str, Check]] = {
    "export": {"format": _one_of(FORMAT)},
    "counter": {
        "slug": slug, "name": _text(100), "description": _text(500), "colour": _text(16),
        "step": _whole(1, MAX_AMOUNT), "lower": _number, "upper": _number, "goal": _number, "warn_at": _percents,
        "day_start": _maybe(_whole(0, 23), 0), "tells_who": _maybe(_one_of(True, False), True),
        "created_at": _moment, "archived_at": _maybe(_moment),
    },
    "device": {
        "number": _id, "label": _text(100), "created_at": _moment, "secret_sha256": _maybe(_text(64, 64)),
    },
    "round": {
        "counter": _text(64, 1), "id": _id, "number": _whole(1, 2**31 - 1), "started_at": _moment,
        "ended_at": _maybe(_moment), "ended_by": _maybe(_id),
    },
    "click": {
        "round": _id, "device": _id, "key": _text(32, 1), "kind": _one_of(CLICK, UNDO, CORRECTION),
        "amount": _whole(-2 * MAX_VALUE, 2 * MAX_VALUE), "pressed_at": _moment, "saved_at": _moment,
        "takes_back": _maybe(_text(32, 1)), "reason": _maybe(_text(200), ""),
        "time_adjusted": _flag, "round_unknown": _flag,
    },
    "end": {"clicks": _whole(0, MAX_VALUE)},
}  # fmt: skip
