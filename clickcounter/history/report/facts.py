"""What a report says. Times are UTC ms; sums are those of the presses made within the report's time."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clickcounter.history.leaders import Leader
from clickcounter.history.slices import Sums


class Peak(NamedTuple):
    """The highest number, and when it was first reached."""

    value: int
    at: int


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """Of which time: a day, a round, or from one moment to another; none of them is today.

    Without a `zone` it is that of the counter's schedule, or else UTC.
    """

    counter: str
    zone: ZoneInfo | None = None
    day: date | None = None
    round: int | None = None  # its number
    since: int | None = None  # widened to whole quarters of an hour, as is `until`
    until: int | None = None
    address: str = ""  # of whoever asks


@dataclass(frozen=True, slots=True)
class Row:
    """An hour, a day or a week. `at_end` and `highest` are None where the number is not known so exactly."""

    start: int
    end: int
    sums: Sums
    at_end: int | None
    highest: int | None


@dataclass(frozen=True, slots=True)
class Door:
    """A counter of a group, and what it did to the group: in all, and in each row."""

    slug: str
    name: str
    sign: int
    archived: bool
    sums: Sums
    rows: tuple[Sums, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A correction, or undone or taken-back presses of the same kind by the same hands."""

    kind: str
    count: int
    amount: int
    first_at: int
    last_at: int
    reason: str
    door: str  # the name of the counter, in a group's report
    label: str  # of whose presses, as are the next two
    person: str
    device: int
    by_label: str  # who took them back, as are the next two
    by_person: str
    by_device: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """The oldest first, how many more there are, and whether all entries were looked at to find them."""

    listed: tuple[Change, ...] = ()
    more: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """When the number was at its upper limit, its goal or a warning: `times` are stretches; None is the report's end."""

    kind: str  # limit, goal or warning
    value: int
    percent: int  # of a warning
    times: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class People:
    """Who counted, the most active first, and whether there were others. None: they are being added up."""

    listed: tuple[Leader, ...] | None = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    counter: str
    name: str
    group: bool
    zone: ZoneInfo
    since: int
    until: int
    made_at: int
    day: date | None
    round: int | None
    width: str  # of the rows: hour, day or week
    rows: tuple[Row, ...]
    sums: Sums
    at_start: int
    peak: Peak
    at_end: int
    step: int  # ms; how exactly `peak` and `marks` are known: 0 is exactly
    curve: tuple[tuple[int, int], ...]  # the number after each moment at which it changed
    upper: int | None
    goal: int | None
    marks: tuple[Mark, ...]
    doors: tuple[Door, ...]
    hidden: int  # doors that the reader may not see
    of_hidden: Sums
    rows_of_hidden: tuple[Sums, ...]
    people: People
    changes: Changes
