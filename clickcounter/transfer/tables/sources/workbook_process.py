"""Writes the cells of a workbook to its standard output as CSV. A program of its own: it imports nothing of the package.

A workbook of a few kilobytes can unpack to any size, and a sheet with two cells in opposite corners takes memory for all
between them. So this process may have only so much memory and time, and nothing but itself ends where it needs more.
"""

import csv
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

MOST_MEMORY = 1024**3  # bytes; a million rows of three cells take a quarter of it
MOST_SECONDS = 60  # of processor time


def main(sheet_name: str) -> None:
    """A line of JSON about the sheets, then the rows of one: the one of that name, or the first that is not hidden."""
    _limit()
    workbook = load_workbook(sys.stdin.buffer)
    sheets = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    chosen = sheet_name or next(iter(sheets), "")
    print(json.dumps({"sheets": sheets, "sheet": chosen if chosen in sheets else None}), flush=True)
    if chosen in sheets:
        _write(workbook.get_sheet_by_name(chosen))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        resource.setrlimit(what, (most, most))


def _write(sheet: CalamineSheet) -> None:
    start = sheet.start
    writer = csv.writer(sys.stdout, lineterminator="\n")
    row, column = start if start is not None else (0, 0)
    for _ in range(row):  # so that a line has the number that the spreadsheet shows
        writer.writerow(())
    before, texts = [""] * column, _TEXTS
    for cells in sheet.iter_rows():
        writer.writerow(before + [cell if type(cell) is str else texts[type(cell)](cell) for cell in cells])


def _number(cell: float) -> str:
    return str(int(cell)) if cell.is_integer() else repr(cell)


def _moment(cell: datetime) -> str:
    text = str(cell)
    return text[:-9] if text.endswith(" 00:00:00") else text


def _duration(cell: timedelta) -> str:
    return f"{cell // timedelta(hours=1)}:{cell // timedelta(minutes=1) % 60:02}:{cell.seconds % 60:02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    int: str,
    float: _number,
    bool: lambda cell: str(int(cell)),
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        main(sys.argv[1])
    except (CalamineError, MemoryError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
