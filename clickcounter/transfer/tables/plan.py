"""How a table is read: what each column means, how dates and numbers are written. Guessed first, then changed by people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from clickcounter.i18n.bilingual import Text
from clickcounter.transfer.import_errors import BadFile

KINDS = ("text", "xlsx", "ods", "json", "zip")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1252")
SEPARATORS = (",", ";", "\t", "|")
ROLES = ("time", "date", "clock", "amount", "action", "counter", "label", "note", "total", "key")
DATES = ("iso", "dmy", "mdy", "ymd", "epoch_s", "epoch_ms", "serial")
DECIMALS = (".", ",")
MEANINGS = ("amounts", "totals", "presses", "opening", "columns")
UNREADABLE = ("refuse", "skip")
MOST_COLUMNS = 1_000
MOST_HEADER_LINES = 1_000  # above the table


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read one table. It travels to browsers and back, so `from_dict` checks every value."""

    counter: str  # the address that rows go to which name no counter
    zone: str  # of times without an offset
    writer: str = ""  # a name of writers.WRITERS; "" if nobody knows
    kind: str = "text"
    sheet: str = ""
    encoding: str = "utf-8"
    separator: str = ","
    header: int = 1  # the line of the column names; 0 = none
    columns: Mapping[str, int] = field(default_factory=dict)  # roles -> index from 0
    dates: str = "iso"
    decimal: str = "."
    meaning: str = "amounts"  # totals are running ones; presses: each row is one; opening: totals without times;
    # columns: each column but the dates is a counter, called by its heading, and its cells are amounts
    unreadable: str = "refuse"  # what becomes of a file with a line that cannot be read: refuse it, or skip the line

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"columns": dict(self.columns)}

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """A plan from JSON that anybody may have written. Raises BadFile."""
        if not isinstance(values, dict):
            raise BadFile("plan", name="plan")
        for name, is_valid in _CHECKS.items():
            if not is_valid(values.get(name)):
                raise BadFile("plan", name=name)
        return cls(**{name: values[name] for name in _CHECKS})


class Choice(NamedTuple):
    """One value of a setting, and what the file suggests for it."""

    value: str
    example: str = ""  # a cell, or the name of a column; as it is in the file
    rows: int = 0  # of those that were looked at, how many the value fits


class Question(NamedTuple):
    """A setting that has several possible values. `recognize` takes the answer by its name, as does `--map`."""

    setting: str
    choices: tuple[Choice, ...]
    value: str = ""  # the plan's; if it must be asked, what is likeliest


@dataclass(frozen=True, slots=True)
class Recognized:
    """What a table seems to be."""

    plan: Plan
    questions: tuple[Question, ...] = ()  # what must be answered first: the file does not say it
    settings: tuple[Question, ...] = ()  # what can be changed; the plan's value is among the choices


class Row(NamedTuple):
    """A row that counts."""

    line: int
    counter: str  # as the file names it; "" = the plan's
    at: int | None  # UTC ms; None = unknown
    amount: int
    note: str = ""
    opening: bool = False  # not a press: what was there before the file begins, or a correction
    key: str = ""  # of the press, if the file comes from a Click Counter


class LeftOut(NamedTuple):
    """A row that does not count, and why."""

    line: int
    why: Text
    unreadable: bool = False  # it was probably meant to count


@dataclass(frozen=True, slots=True)
class CounterSummary:
    """What a file holds for one counter."""

    name: str
    rows: int
    first: int | None  # UTC ms
    last: int | None
    sum: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole file as it would be counted."""

    counters: tuple[CounterSummary, ...]
    first_rows: tuple[Row, ...]
    left_out: int
    unreadable: int  # of those left out; with the plan's unreadable = "refuse", `rows` refuses such a file
    first_left_out: tuple[LeftOut, ...]


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


def _integer(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _text(longest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= longest and value.isprintable()


def _slug(value: Any) -> bool:
    return isinstance(value, str) and (not value or re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", value) is not None)


def _zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) <= 100 and bool(ZoneInfo(value))
    except (ValueError, OSError):  # no such name (ZoneInfoNotFoundError is a KeyError below), or a path
        return False
    except KeyError:
        return False


def _columns(value: Any) -> bool:
    of_a_column = _integer(0, MOST_COLUMNS - 1)
    return isinstance(value, dict) and all(role in ROLES and of_a_column(index) for role, index in value.items())


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "counter": _slug,
    "zone": _zone,
    "writer": _text(40),
    "kind": _one_of(*KINDS),
    "sheet": _text(255),
    "encoding": _one_of(*ENCODINGS),
    "separator": _one_of(*SEPARATORS),
    "header": _integer(0, MOST_HEADER_LINES),
    "columns": _columns,
    "dates": _one_of(*DATES),
    "decimal": _one_of(*DECIMALS),
    "meaning": _one_of(*MEANINGS),
    "unreadable": _one_of(*UNREADABLE),
}
