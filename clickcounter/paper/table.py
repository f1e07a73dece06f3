"""A report as one CSV table: a line for each thing it says, the same columns for all.

`what` says what a line is about: total, limit, goal, warning, hour, day, week, counter, who, or a correction. What each
counter of a group did in each hour, day or week is counter_hour, counter_day or counter_week.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clickcounter.history.report.facts import Change, Mark, Report, Row
from clickcounter.history.slices import Sums
from clickcounter.transfer.exports.csv_table import SPLITTING, escape_formula, iso

MOST_TIMES = 100  # of one limit
COLUMNS = (
    "what", "from", "until", "name", "presses", "added", "subtracted", "corrected", "change",
    "highest", "highest_at", "at_start", "at_end", "by", "reason", "from_utc", "zone",
)  # fmt: skip


def csv_report(report: Report, separator: str) -> str:
    """The table."""
    file = io.StringIO()
    lines = [[escape_formula(cell) for cell in line] for line in _lines(report)]
    # As in exports: a text with a separator in it is split by a spreadsheet that expects that one, unless it is in quotes.
    quoted = any(isinstance(cell, str) and any(mark in cell for mark in SPLITTING) for line in lines for cell in line)
    writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_NONNUMERIC if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    writer.writerows(lines)
    return "\ufeff" + file.getvalue()  # without the byte order mark, spreadsheets do not take the file for UTF-8


def _lines(report: Report) -> Iterator[list[object]]:
    highest: dict[str, Any] = {"highest": report.peak.value, "highest_at": _time(report, report.peak.at)}
    ends = {"at_start": report.at_start, "at_end": report.at_end}
    yield _line(
        report, "total", report.since, report.until, report.sums, name=report.name or report.counter, **highest, **ends
    )
    for mark in report.marks:
        yield from (_mark(report, mark, *time) for time in mark.times[:MOST_TIMES])
    for row in report.rows:
        yield _row(report, row)
    yield from _counters(report)
    for one in report.people.listed or ():
        sums = Sums(one.up, one.down, 0, one.clicks)
        name = _name(one.person, one.label, one.number)
        yield _line(report, "who", report.since, report.until, sums, name=name, change="", corrected="")
    for change in report.changes.listed:
        yield _change(report, change)


def _counters(report: Report) -> Iterator[list[object]]:
    """What each counter of a group did, and all hidden ones together: in all, then in each row where they did something."""
    doors = [(door.name or door.slug, door.sums, door.rows) for door in report.doors]
    doors += [(f"{report.hidden} hidden", report.of_hidden, report.rows_of_hidden)] if report.hidden else []
    for name, sums, _ in doors:
        yield _line(report, "counter", report.since, report.until, sums, name=name)
    for name, _, sums_of_rows in doors:
        for row, sums in zip(report.rows, sums_of_rows, strict=False):  # those that have begun
            if any(sums):
                yield _line(report, f"counter_{report.width}", row.start, row.end, sums, name=name)


def _line(report: Report, what: str, since: int, until: int | None, sums: Sums | None = None, **more: Any) -> list[object]:
    cells: dict[str, object] = {
        "what": what,
        "from": _time(report, since),
        "until": "" if until is None else _time(report, until),
    }
    cells |= {"from_utc": iso(since), "zone": report.zone.key}
    if sums is not None:
        numbers = (sums.clicks, sums.up, sums.down, sums.corrected, sums.amount)
        cells |= dict(zip(("presses", "added", "subtracted", "corrected", "change"), numbers, strict=True))
    return [(cells | more).get(column, "") for column in COLUMNS]


def _row(report: Report, row: Row) -> list[object]:
    numbers: dict[str, Any] = {"highest": row.highest, "at_end": row.at_end} if row.highest is not None else {}
    return _line(report, report.width, row.start, row.end, row.sums, **numbers)


def _mark(report: Report, mark: Mark, since: int, until: int | None) -> list[object]:
    return _line(
        report, mark.kind, since, until, highest=mark.value, name=f"{mark.percent} %" if mark.kind == "warning" else ""
    )


def _change(report: Report, change: Change) -> list[object]:
    by = _name(change.by_person, change.by_label, change.by_device) if change.kind == "take_back" else ""
    whose = _name(change.person, change.label, change.device)
    name = f"{change.door}: {whose}" if report.group else whose
    more: dict[str, Any] = {"presses": change.count, "change": change.amount, "by": by, "reason": change.reason}
    return _line(report, change.kind, change.first_at, change.last_at, name=name, **more)


def _name(person: str, label: str, device: int | None) -> str:
    return ", ".join(name for name in (person, label) if name) or ("" if device is None else f"#{device}")


def _time(report: Report, moment: int) -> str:
    """The local time, as spreadsheets read it."""
    return f"{datetime.fromtimestamp(moment // 1000, report.zone):%Y-%m-%d %H:%M:%S}"
