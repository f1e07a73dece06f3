"""Guesses how a table is to be read: from its first lines, and from the whole file where they leave something open."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

from clickcounter.transfer.tables.counting.numbers import whole_number
from clickcounter.transfer.tables.counting.rows import ABSENT, amount_column
from clickcounter.transfer.tables.errors import bad_file
from clickcounter.transfer.tables.guessing.columns import TICKS, Column, columns_of, counters_among, guess_roles, header_line
from clickcounter.transfer.tables.guessing.evidence import date_form, decimal_sign
from clickcounter.transfer.tables.guessing.headings import plain
from clickcounter.transfer.tables.guessing.meanings import meaning_of
from clickcounter.transfer.tables.guessing.numbered import may_be_names
from clickcounter.transfer.tables.guessing.samples import Sample, take_sample
from clickcounter.transfer.tables.guessing.settings import (
    check_names,
    chosen,
    chosen_header,
    settings_of,
    with_chosen_roles,
)
from clickcounter.transfer.tables.guessing.writers import MEASUREMENTS, Writer, writer_of
from clickcounter.transfer.tables.plan import DATES, DECIMALS, MEANINGS, UNREADABLE, Choice, Plan, Question, Recognized
from clickcounter.transfer.tables.sources.text import Cells

UTC_COLUMN = "pressed_utc"  # of this project's own tables


def recognize(file: BinaryIO, counter: str, zone: ZoneInfo, answers: Mapping[str, str]) -> Recognized:
    """The plan for an open file, as far as the file and the answers (setting -> value) say it. Raises BadFile."""
    check_names(answers)
    skip = chosen(answers, "unreadable", UNREADABLE) or "refuse"
    sample = take_sample(file, Plan(counter, zone.key, unreadable=skip), answers)
    if sample.is_own_form:
        return Recognized(sample.plan)
    return _recognize_table(file, sample, answers)


def _recognize_table(file: BinaryIO, sample: Sample, answers: Mapping[str, str]) -> Recognized:
    if not any(cell.strip() for _, cells in sample.lines for cell in cells):
        raise bad_file("table_empty")
    header = chosen_header(answers, max(number for number, _ in sample.lines))
    if header is None:
        header = header_line(sample.lines)
    columns = columns_of(sample.lines, header)
    if not any(column.cells for column in columns):
        raise bad_file("table_no_rows")
    plan, writer = _with_roles(replace(sample.plan, header=_first_data(sample, header)), columns, answers)
    plan, questions = _Details(file, columns, sample.lines, writer, answers).of(plan)
    last_header = min(20, max(number for number, _ in sample.lines))
    return Recognized(plan, questions, settings_of(plan, columns, sample.sheets, last_header))


def _first_data(sample: Sample, header: int) -> int:
    """The last line above the rows: without column names there may still be a line that names the separator."""
    return header or sample.lines[0][0] - 1


def _with_roles(plan: Plan, columns: Sequence[Column], answers: Mapping[str, str]) -> tuple[Plan, Writer | None]:
    headings = [column.heading for column in columns]
    known = writer_of(headings)
    if known is None and {plain(heading) for heading in headings} >= MEASUREMENTS:
        raise bad_file("table_measurements")
    writer, roles = known if known is not None else (None, guess_roles(columns))
    roles = with_chosen_roles(roles, columns, answers)
    name = writer.name if writer is not None else ""
    if writer is None and _is_wide(columns, roles, answers):
        roles = {role: index for role, index in roles.items() if role in ("time", "date", "clock")}
        plan = replace(plan, meaning="columns")
        name = "loop" if any(cell in TICKS for column in columns for cell in column.cells) else ""
    if writer is None and plan.header == 0 and _is_gentlecat(columns, roles):
        name = "gentlecat_counter"
    if "time" in roles and plain(headings[roles["time"]]) == UTC_COLUMN:
        plan = replace(plan, zone="UTC")  # a spreadsheet may have made dates of its times, without the Z
    return replace(plan, columns=roles, writer=name), writer


def _is_wide(columns: Sequence[Column], roles: Mapping[str, int], answers: Mapping[str, str]) -> bool:
    """Whether each counter has a column."""
    said = answers.keys() & {"amount", "total", "counter", "action", "meaning"}
    return not said and bool(roles.keys() & {"time", "date"}) and len(counters_among(columns)) > 1


def _is_gentlecat(columns: Sequence[Column], roles: Mapping[str, int]) -> bool:
    return len(columns) == 2 and roles == {"counter": 0, "amount": 1}


class _Details(NamedTuple):
    """What is found out one after the other once the columns are known."""

    file: BinaryIO
    columns: Sequence[Column]
    lines: Sequence[Cells]
    writer: Writer | None
    answers: Mapping[str, str]

    def of(self, plan: Plan) -> tuple[Plan, tuple[Question, ...]]:
        """The plan with all details, and what must be asked about them. Raises BadFile."""
        plan, about_dates = self._with_dates(plan)
        plan, about_decimal = self._with_decimal(plan)
        plan, about_counter = self._with_numbers(plan)
        plan, about_meaning = self._with_meaning(plan)
        plan = self._with_names(plan)
        _check_roles(plan, self.columns)
        asked = (about_dates, about_decimal, about_counter, about_meaning)
        return plan, tuple(question for question in asked if question is not None)

    def _with_dates(self, plan: Plan) -> tuple[Plan, Question | None]:
        time = plan.columns.get("time", plan.columns.get("date"))
        known = chosen(self.answers, "dates", DATES) or (self.writer.dates if self.writer is not None else "")
        if known or time is None:
            return replace(plan, dates=known or plan.dates), None
        form, question = date_form(self.file, plan, time, self.columns[time].cells)
        return replace(plan, dates=form), question

    def _with_decimal(self, plan: Plan) -> tuple[Plan, Question | None]:
        if known := chosen(self.answers, "decimal", DECIMALS):
            return replace(plan, decimal=known), None
        index = amount_column(plan)
        if plan.meaning == "columns":
            index = next(column.index for column in counters_among(self.columns))
        if index == ABSENT:
            return plan, None
        sign, question = decimal_sign(self.file, plan, index, self.columns[index].cells)
        return replace(plan, decimal=sign), question

    def _with_numbers(self, plan: Plan) -> tuple[Plan, Question | None]:
        """Numbers under “counter” beside amounts: names, if they may be some."""
        at, amount = plan.columns.get("total"), plan.columns.get("amount")
        if at is None or amount is None or self.writer is not None or self.answers.keys() & {"counter", "total"}:
            return plan, None
        column, amounts = self.columns[at], self.columns[amount].cells
        if "counter" in plan.columns or column.role != "counter" or not may_be_names(column.cells, amounts):
            return plan, None
        rows, added = len(column.cells), f"{whole_number(amounts[0], '.'):+}"
        names = Choice(str(at + 1), f"{column.cells[0]}: {added}", rows)
        totals = Choice("", f"{column.cells[0]}, {column.cells[1]} → {added}", rows)
        others = {role: index for role, index in plan.columns.items() if role != "total"}
        return replace(plan, columns=others | {"counter": at}), Question("counter", (names, totals), names.value)

    def _with_meaning(self, plan: Plan) -> tuple[Plan, Question | None]:
        known = chosen(self.answers, "meaning", MEANINGS) or (self.writer.meaning if self.writer is not None else "")
        if known or plan.meaning == "columns":
            return replace(plan, meaning=known or plan.meaning), None
        meaning, question = meaning_of(plan, self.columns, self.lines)
        return replace(plan, meaning=meaning), question

    def _with_names(self, plan: Plan) -> Plan:
        """Where each row is a press, numbers under “counter” are names."""
        at = plan.columns.get("total")
        if plan.meaning != "presses" or at is None or self.columns[at].role != "counter":
            return plan
        if "counter" in plan.columns or self.answers.keys() & {"counter", "total"}:
            return plan
        others = {role: index for role, index in plan.columns.items() if role != "total"}
        return replace(plan, columns=others | {"counter": at})


def _check_roles(plan: Plan, columns: Sequence[Column]) -> None:
    """Raises BadFile if the plan lacks a column."""
    names = ", ".join(column.heading or str(column.index + 1) for column in columns[:20])
    has_time, has_amount = plan.columns.keys() & {"time", "date"}, plan.columns.keys() & {"amount", "total"}
    if not has_time and not has_amount and "action" not in plan.columns:
        raise bad_file("table_no_numbers")
    if not has_time and (plan.meaning != "opening" or "counter" not in plan.columns or not has_amount):
        raise bad_file("table_no_time", names=names)
    if not has_amount and plan.meaning not in ("presses", "columns"):
        raise bad_file("table_no_amount", names=names)
