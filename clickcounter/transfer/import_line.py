"""Reads the lines of a file to import as checked records. Every error names its line.

Times become UTC ms. Lines are read one at a time, so the parser's memory does not grow with the file.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

from clickcounter.domain.clicks import CLICK, CORRECTION, ENTRY, NOTE, OPENING, TAKE_BACK, UNDO, now_ms
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE, MOST_PARTS
from clickcounter.domain.past import KINDS, LONGEST_STRETCH
from clickcounter.domain.rights import PRESS_POLICIES, VISIBILITIES
from clickcounter.domain.schedule import LONGEST, read_schedule
from clickcounter.errors import Refused
from clickcounter.transfer.file_format import FORMAT, NumberedRecord, Record
from clickcounter.transfer.import_errors import BadLine

MAX_LINE = 64 * 1024  # bytes
LONGEST_FIRST_LINE = 4_096  # bytes; an export's is short
MAX_AHEAD = 24 * 3_600_000  # ms; a clock may be wrong, but a click of next year would head every list until then
Check = Callable[[Any], Any]  # returns the checked value; raises ValueError, TypeError or OverflowError


class _InFuture(ValueError):
    """A time that has not come yet."""


def read_json_lines(file: BinaryIO) -> Iterator[NumberedRecord]:
    """The records of an export. Raises BadLine."""
    number, ended = 0, False
    for number, text in _lines(file):
        if ended:
            raise BadLine(number, "after_end")
        record = _parse_record(number, text)
        if (number == 1) != (record["type"] == "export"):
            raise BadLine(number, "not_first" if number == 1 else "first_again")
        ended = record["type"] == "end"
        yield number, record
    if not ended:
        raise BadLine(number + 1, "cut")


def is_export(file: BinaryIO) -> bool:
    """Whether the open file is one of our exports in JSON Lines, even a damaged one; otherwise it is a table."""
    file.seek(0)
    line = file.readline(LONGEST_FIRST_LINE).removeprefix(b"\xef\xbb\xbf").lstrip()
    return line.startswith(b"{") and b'"type"' in line


def check_slug(value: Any) -> str:
    """A counter's slug. Raises ValueError."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", _text(64)(value)):
        raise ValueError(value)
    return str(value)


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Numbered lines; the first is 1. Raises BadLine for one that is too long or not UTF-8."""
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            raise BadLine(number, "long", n=MAX_LINE // 1024)
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadLine(number, "encoding", n=error.start + 1) from None


def _parse_record(number: int, text: str) -> Record:
    """A record with exactly the fields of FIELDS; unknown ones are dropped."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadLine(number, "json") from None
    fields = FIELDS.get(str(found.get("type"))) if isinstance(found, dict) else None
    if fields is None:
        raise BadLine(number, "unknown")
    record: dict[str, Any] = {"type": found["type"]}
    for name, check in fields.items():
        try:
            record[name] = check(found.get(name))
        except _InFuture:
            raise BadLine(number, "future", name=name) from None
        except (ValueError, TypeError, OverflowError):
            raise BadLine(number, "field", name=name) from None
    if record["type"] == "click":
        _check_click(number, record)
    return cast("Record", record)


def _check_click(number: int, record: dict[str, Any]) -> None:
    """What two fields of a click say together. Raises BadLine."""
    kind, amount, until = record["kind"], record["amount"], record["until"]
    undoes = record["takes_back"] is not None
    if undoes != (kind in (UNDO, TAKE_BACK)) and not (undoes and kind in (CORRECTION, OPENING)):
        raise BadLine(number, "undo")
    if kind == NOTE and amount:
        raise BadLine(number, "amount")
    if kind not in (CORRECTION, OPENING, NOTE) and not 1 <= abs(amount) <= MAX_AMOUNT:
        raise BadLine(number, "amount")
    if (until is not None) != (kind in (ENTRY, NOTE)) and not (kind == TAKE_BACK and until is not None):
        raise BadLine(number, "field", name="until")
    if until is not None and not 0 <= until - record["pressed_at"] <= LONGEST_STRETCH:
        raise BadLine(number, "field", name="until")


def _moment(value: Any) -> int:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    milliseconds = int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000
    if milliseconds < 0:
        raise ValueError(value)
    return milliseconds


def _time(value: Any) -> int:
    """A moment that has come, give or take a clock that is wrong."""
    milliseconds = _moment(value)
    if milliseconds > now_ms() + MAX_AHEAD:
        raise _InFuture(value)
    return milliseconds


def _schedule(value: Any) -> str:
    text: str = _text(LONGEST)(value)
    try:
        if text:
            read_schedule(text)
    except Refused as error:
        raise ValueError(value) from error
    return text


def _text(longest: int, shortest: int = 0) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not shortest <= len(value) <= longest or "\0" in value:
            raise ValueError(value)
        value.encode()  # raises for a lone surrogate, which UTF-8 cannot hold
        return value

    return check


def _integer(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(value)
        return value

    return check


def _optional(check: Check, default: Any = None) -> Check:
    return lambda value: default if value is None else check(value)


def _one_of(*values: Any) -> Check:
    return lambda value: values[values.index(value)]


def _percents(value: Any) -> tuple[int, ...]:
    return tuple(_integer(1, 100)(percent) for percent in value)


def _parts(value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or len(value) > MOST_PARTS:
        raise ValueError(value)
    return {check_slug(slug): _one_of(1, -1)(sign) for slug, sign in value.items()}


_id = _integer(1, MAX_VALUE)
_limit = _optional(_integer(-MAX_VALUE, MAX_VALUE))
_flag = _optional(_one_of(True, False), False)
FIELDS: dict[str, dict[str, Check]] = {  # of each type of record in file_format
    "export": {"format": _one_of(FORMAT)},
    "counter": {
        "slug": check_slug, "name": _text(100), "description": _text(500), "colour": _text(16),
        "step": _integer(1, MAX_AMOUNT), "lower": _limit, "upper": _limit, "goal": _limit, "warn_at": _percents,
        "day_start": _optional(_integer(0, 23), 0), "tells_who": _optional(_one_of(True, False), True),
        "created_at": _time, "archived_at": _optional(_time),
        "visibility": _optional(_one_of(*VISIBILITIES)), "press": _optional(_one_of(*PRESS_POLICIES)),
        "lets_leave": _flag, "group": _flag, "parts": _optional(_parts, {}),
        "schedule": _optional(_schedule, ""), "ends_at": _optional(_moment), "lets_add": _flag,
    },
    "device": {
        "number": _id, "label": _text(100), "created_at": _time, "secret_sha256": _optional(_text(64, 64)),
    },
    "round": {
        "counter": _text(64, 1), "id": _id, "number": _integer(1, 2**31 - 1), "started_at": _time,
        "ended_at": _optional(_time), "ended_by": _optional(_id), "by_schedule": _flag,
        "total": _optional(_integer(-MAX_VALUE, MAX_VALUE), 0),
    },
    "click": {
        "round": _id, "device": _id, "key": _text(32, 1), "kind": _one_of(CLICK, UNDO, CORRECTION, TAKE_BACK, *KINDS),
        "amount": _integer(-2 * MAX_VALUE, 2 * MAX_VALUE), "pressed_at": _time, "saved_at": _time,
        "takes_back": _optional(_text(32, 1)), "reason": _optional(_text(200), ""),
        "time_adjusted": _flag, "round_unknown": _flag, "until": _optional(_time),
    },
    "end": {"clicks": _integer(0, MAX_VALUE)},
}  # fmt: skip
