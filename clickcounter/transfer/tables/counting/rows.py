"""What one line of a table counts as, by the plan."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from clickcounter.domain.clicks import now_ms
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.transfer.tables.counting.actions import with_action
from clickcounter.transfer.tables.counting.numbers import MOST_REMEMBERED, WholeNumbers, whole_number
from clickcounter.transfer.tables.counting.problems import LONGEST_NAME, explainer
from clickcounter.transfer.tables.counting.raw_rows import RawRow, ReadRow
from clickcounter.transfer.tables.counting.times import time_parser
from clickcounter.transfer.tables.errors import unreadable
from clickcounter.transfer.tables.plan import LeftOut, Plan
from clickcounter.transfer.workbooks.columns import Column, Numbers

MAX_AHEAD = 24 * 3_600_000  # ms; a clock may be wrong, but a click of next year would head every list until then
LONGEST_NOTE, LONGEST_KEY = 200, 32  # characters
ABSENT = -1  # the index of a column that is not there: each line gets an empty cell at its end
TIMELESS = ("countapp", "simplecounter")  # their rows without a time are what was there before


def row_reader(plan: Plan) -> ReadRow:
    """A function that reads a line; it returns None for an empty one."""
    read = _plain(plan)
    if "action" in plan.columns:
        read = with_action(read, plan.columns["action"])
    if plan.columns.keys() & {"label", "key"}:
        read = _with_details(read, plan)
    return _unless_cut(read, max(plan.columns.values())) if plan.writer == "own" else read


def amount_column(plan: Plan) -> int:
    """The index of the column with the amount, or with the total if the plan counts by it."""
    if plan.meaning == "presses":
        return ABSENT
    first, second = ("total", "amount") if plan.meaning in ("totals", "opening") else ("amount", "total")
    return plan.columns.get(first, plan.columns.get(second, ABSENT))


def moment_reader(plan: Plan) -> Callable[[list[str]], int | None]:
    """A function from a line to UTC ms; None if the time is unknown. It raises ValueError, OverflowError."""
    parse = time_parser(plan.dates, ZoneInfo(plan.zone))
    time, clock = plan.columns.get("time", plan.columns.get("date", ABSENT)), plan.columns.get("clock", ABSENT)
    if plan.meaning == "opening" or time == ABSENT:
        return lambda cells: None
    if plan.writer in TIMELESS:
        return lambda cells: parse(cells[time]) if cells[time] else None
    if "time" in plan.columns or clock == ABSENT:
        return lambda cells: parse(cells[time])
    return lambda cells: parse(f"{cells[time]} {cells[clock]}".rstrip())


def _number_reader(plan: Plan) -> Callable[[str], int]:
    """A function from a text to a number. Amounts come again and again, totals hardly ever. It raises ValueError."""
    if plan.meaning == "totals":
        return lambda text: int(text) if text.isdecimal() else whole_number(text, plan.decimal)
    numbers = WholeNumbers(plan.decimal)
    if plan.meaning == "presses":
        numbers[""] = 1
    return numbers.__getitem__


class Reading:
    """What a plan says about each line."""

    def __init__(self, plan: Plan) -> None:
        self.number, self.names = _number_reader(plan), _Names()
        self.amount_at = amount_column(plan)
        self.counter_at, self.note_at = plan.columns.get("counter", ABSENT), plan.columns.get("note", ABSENT)
        self.counts_zero = plan.meaning == "totals" or "action" in plan.columns
        self.most = MAX_AMOUNT if not self.counts_zero and plan.meaning != "opening" else 2 * MAX_VALUE
        self.opening, self.latest = plan.meaning == "opening", now_ms() + MAX_AHEAD

    def amounts(self, cells: Column) -> list[int]:
        """The numbers of a column. Raises ValueError."""
        if isinstance(cells, Numbers) and all(map(float.is_integer, cells.values)):
            return list(map(int, cells.values))
        return list(map(self.number, cells if isinstance(cells, list) else cells.texts))


def _plain(plan: Plan) -> ReadRow:
    reading = Reading(plan)
    moment, number, names = moment_reader(plan), reading.number, reading.names
    amount_at, counter_at, note_at = reading.amount_at, reading.counter_at, reading.note_at
    width = max((*plan.columns.values(), 0)) + 1
    counts_zero, most, opening, latest = reading.counts_zero, reading.most, reading.opening, reading.latest
    explain = explainer(plan, moment, amount_at, latest)

    def read(line: int, cells: list[str]) -> RawRow | LeftOut | None:
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        cells.append("")
        try:
            at, amount, counter = moment(cells), number(cells[amount_at]), names[cells[counter_at]]
        except (ValueError, OverflowError):
            return explain(line, cells)
        if (amount or counts_zero) and (at is None or (0 <= at <= latest and -most <= amount <= most)):
            return line, counter, at, amount, cells[note_at][:LONGEST_NOTE], opening or at is None, ""
        return explain(line, cells)

    return read


class _Names(dict[str, str]):
    """Cells -> names of counters. Raises ValueError for one that is too long."""

    def __missing__(self, cell: str) -> str:
        name = cell.strip()
        if len(name) > LONGEST_NAME:
            raise ValueError(name)
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[cell] = name
        return name


def _with_details(read: ReadRow, plan: Plan) -> ReadRow:
    """With the label in front of the note, and the key."""
    label_at, key_at = plan.columns.get("label", ABSENT), plan.columns.get("key", ABSENT)
    note_of = note_maker(plan)

    def read_details(line: int, cells: list[str]) -> RawRow | LeftOut | None:
        row = read(line, cells)
        if row is None or isinstance(row, LeftOut):
            return row
        return (*row[:4], note_of(cells[label_at], row[4]), row[5], cells[key_at][: LONGEST_KEY + 1])

    return read_details


def note_maker(plan: Plan) -> Callable[[str, str], str]:
    """A function from a label and a note to the note of a row."""
    plain = _without_apostrophe if plan.writer == "own" else str

    def note_of(label: str, note: str) -> str:
        return " · ".join(filter(None, (plain(label), plain(note[:LONGEST_NOTE]))))[:LONGEST_NOTE]

    return note_of


def _unless_cut(read: ReadRow, last: int) -> ReadRow:
    """`read` for a writer that never leaves out a cell: a line without its last one was cut off."""

    def read_whole(line: int, cells: list[str]) -> RawRow | LeftOut | None:
        return read(line, cells) if len(cells) > last or not any(cells) else unreadable(line, "short")

    return read_whole


def _without_apostrophe(text: str) -> str:
    """What the export of this project put in front of texts that look like formulas is taken away."""
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@", "'\t", "'\r")) else text
