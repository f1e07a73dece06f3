"""Lines of cells from files that are no plain table: BetterCounter's CSV and Loop Habit Tracker's ZIP."""

import codecs
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from clickcounter.transfer.tables.errors import bad_file, bad_line
from clickcounter.transfer.tables.sources.kinds import BROKEN_ZIP
from clickcounter.transfer.tables.sources.text import BLOCK, Cells, read_table

LONGEST_NAME = 10_000  # characters
PRESS = re.compile(r"\d{11,14}")  # epoch ms
_HABIT = re.compile(r"(\d{3,})\b[^/]*/Checkmarks\.csv")
_NO_PRESS = ("NO", "UNKNOWN", "0", "-1", "")
_TICKED = ("YES_MANUAL", "2")


def read_bettercounter(file: BinaryIO) -> Iterator[Cells]:
    """One counter a line: its name, then each press as epoch ms. A name may hold commas, a line may have any length."""
    number, name, rest = 1, cast("str | None", None), ""
    for text in _decoded(file):
        *ended, rest = (rest + text).split("\n")
        for line in ended:
            _, presses = _presses(number, name, line.rstrip("\r"))
            yield from presses
            number, name = number + 1, None
        if len(rest) > BLOCK or name is not None:
            whole, comma, cut = rest.rpartition(",")
            if comma and (name is not None or PRESS.search(whole)):
                name, presses = _presses(number, name, whole)
                yield from presses
                rest = cut
        if len(rest) > BLOCK + LONGEST_NAME:
            raise bad_line(number, "table_long", n=LONGEST_NAME // 1024)
    if rest:
        yield from _presses(number, name, rest)[1]


def _presses(number: int, name: str | None, text: str) -> tuple[str, Iterator[Cells]]:
    """The name of the counter, and the presses; without a name the text begins with it."""
    cells = text.split(",")
    first = 0
    if name is None:
        first = next((index for index, cell in enumerate(cells) if index and PRESS.fullmatch(cell)), len(cells))
        name = ",".join(cells[:first])
    return name, ((number, [name or "", cell]) for cell in cells[first:])


def _decoded(file: BinaryIO) -> Iterator[str]:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    while raw := file.read(BLOCK):
        yield decoder.decode(raw)
    yield decoder.decode(b"", final=True)


def read_loop(file: BinaryIO) -> Iterator[Cells]:
    """Each day of each habit with a tick or an amount: name, date, amount, notes. The iterator raises BadFile."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield from enumerate(_days(archive), 1)
    except BROKEN_ZIP:
        raise bad_file("table_zip_broken") from None


def _days(archive: zipfile.ZipFile) -> Iterator[list[str]]:
    habits = _habits(archive)
    found = {entry: match[1] for entry in archive.namelist() if (match := _HABIT.fullmatch(entry))}
    if not found:
        raise bad_file("table_zip")
    for entry, position in found.items():
        name, is_numerical = habits.get(position, (position, False))
        with archive.open(entry) as file:
            for number, cells in read_table(cast("BinaryIO", file), "utf-8", ","):
                date, value, notes = (*cells, "", "", "")[:3]
                if number > 1 and (amount := _amount(value, is_numerical=is_numerical)):
                    yield [name, date, amount, notes]


def _habits(archive: zipfile.ZipFile) -> dict[str, tuple[str, bool]]:
    """Position -> name, and whether amounts are counted rather than ticks."""
    if "Habits.csv" not in archive.namelist():
        return {}
    with archive.open("Habits.csv") as file:
        rows = (cells for _, cells in read_table(cast("BinaryIO", file), "utf-8", ","))
        names = next(rows, [])
        each = [dict(zip(names, cells, strict=False)) for cells in rows]
    return {row.get("Position", ""): (row.get("Name", ""), row.get("Type") == "NUMERICAL") for row in each}


def ticks(value: str) -> str:
    """The amount of a cell in the table of all habits: numbers are those of habits with amounts."""
    return _amount(value, is_numerical=value.isdecimal())


def _amount(value: str, *, is_numerical: bool) -> str:
    """The app keeps amounts in thousandths; "" where nothing was counted."""
    if value in _TICKED and not (is_numerical and value.isdecimal()):
        return "1"
    if value in _NO_PRESS:
        return ""
    if is_numerical and value.isdecimal():
        whole, thousandths = divmod(int(value[:18]), 1000)
        return f"{whole}.{thousandths:03}"
    return "YES_AUTO" if value == "1" else value
