"""What the whole file says about how its dates and numbers are written."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import BinaryIO
from zoneinfo import ZoneInfo

from clickcounter.domain.clicks import now_ms
from clickcounter.transfer.tables.counting.numbers import decimal_signs, whole_number
from clickcounter.transfer.tables.counting.rows import MAX_AHEAD
from clickcounter.transfer.tables.counting.times import time_parser
from clickcounter.transfer.tables.guessing.cells import date_forms, is_serial
from clickcounter.transfer.tables.plan import DATES, DECIMALS, Choice, Plan, Question
from clickcounter.transfer.tables.sources.lines import read_rows

MOST_COMPARED = 20_000  # different days, or numbers
AT_ONCE = 1_000  # lines


def date_form(file: BinaryIO, plan: Plan, column: int, cells: Sequence[str]) -> tuple[str, Question | None]:
    """The form of a column's dates, and what to ask if the file does not say it. `cells` are the first ones."""
    fits = {form: sum(1 for cell in cells if form in date_forms(cell)) for form in DATES}
    most = max(fits.values())  # not all: an odd one out is a line that cannot be read
    forms = [form for form in DATES if fits[form] == most]
    if not most:
        return ("serial" if cells and is_serial(cells[0]) else "iso"), None
    if len(forms) == 1:
        return forms[0], None
    found = _compare(file, plan, column, lambda cell: date_forms(cell) & set(forms))
    forms = found.possible or forms
    past = {form: sum(rows for cell, rows in found.rows.items() if _is_past(cell, form)) for form in forms}
    forms = [form for form in forms if past[form] == max(past.values())]
    likeliest = min(forms, key=lambda form: (_turns(cells, form), _half_day(cells) != (form == "mdy")))
    if len(forms) == 1 or not found.rows:
        return likeliest, None
    example = next((cell for cell in found.rows if len(set(_iso_days(cell, forms))) > 1), "")
    if not example:  # such as 05/05/2026, or names of months: all forms read them alike
        return likeliest, None
    choices = [Choice(form, f"{example} → {_iso_day(example, form)}", past[form]) for form in forms]
    return likeliest, Question("dates", tuple(choices), likeliest)


def decimal_sign(file: BinaryIO, plan: Plan, column: int, cells: Sequence[str]) -> tuple[str, Question | None]:
    """The decimal sign of a column's numbers, and what to ask if the file does not say it."""
    likeliest = "," if plan.separator == ";" else "."
    if not any("." in cell or "," in cell for cell in cells):
        return likeliest, None
    found = _compare(file, plan, column, lambda cell: decimal_signs(cell) if "." in cell or "," in cell else frozenset())
    if len(found.possible) == 1 or not found.rows:
        return (found.possible or [likeliest])[0], None
    example = next(iter(found.rows))
    choices = [Choice(sign, f"{example} → {whole_number(example, sign)}", sum(found.rows.values())) for sign in DECIMALS]
    return likeliest, Question("decimal", tuple(choices), likeliest)


class _Found:
    def __init__(self) -> None:
        self.possible: list[str] = []  # what fits every cell that fits anything
        self.rows: Counter[str] = Counter()  # the cells that fit several


def _compare(file: BinaryIO, plan: Plan, column: int, fits: Callable[[str], frozenset[str] | set[str]]) -> _Found:
    """Read a column until a cell decides."""
    found, known = _Found(), dict[str, frozenset[str] | set[str]]()
    lines = read_rows(file, replace(plan, columns={}, meaning="amounts"))
    while len(known) <= MOST_COMPARED and (some := list(islice(lines, AT_ONCE))):
        written = Counter([cells[column].strip().partition(" ")[0] if column < len(cells) else "" for _, cells in some])
        for cell, rows in written.items():
            if cell not in known:
                known[cell] = fits(cell)
            if len(known[cell]) == 1:
                found.possible = list(known[cell])
                return found
            if known[cell]:
                found.rows[cell] += rows
    return found


def _is_past(cell: str, form: str) -> bool:
    at = _at(cell, form)
    return at is not None and at <= now_ms() + MAX_AHEAD


def _at(cell: str, form: str) -> int | None:
    try:
        return time_parser(form, ZoneInfo("UTC"))(cell)
    except (ValueError, OverflowError):
        return None


def _iso_day(cell: str, form: str) -> str:
    at = _at(cell, form)
    return "" if at is None else datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def _iso_days(cell: str, forms: Sequence[str]) -> list[str]:
    return [_iso_day(cell, form) for form in forms]


def _turns(cells: Sequence[str], form: str) -> int:
    """How often the dates change between rising and falling: in the right form, most files never do."""
    parse = time_parser(form, ZoneInfo("UTC"))
    times: list[int] = []
    for cell in cells:
        try:
            times.append(parse(cell))
        except (ValueError, OverflowError):
            continue
    rises = [later > earlier for earlier, later in pairwise(times) if later != earlier]
    return sum(1 for first, second in pairwise(rises) if first != second)


def _half_day(cells: Sequence[str]) -> bool:
    """Whether the time of day is written with AM and PM, as most of those do who write the month first."""
    return any("m" in cell.lower()[-3:] for cell in cells[:5])
