"""Why a line does not count."""

from collections.abc import Callable

from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.transfer.tables.counting.numbers import Duration, Fraction, TooLarge, whole_number
from clickcounter.transfer.tables.errors import uncounted, unreadable
from clickcounter.transfer.tables.plan import LeftOut, Plan

LONGEST_NAME = 100  # characters, of a counter
EXAMPLES = {
    "iso": "2026-11-25 17:05", "dmy": "25.11.2026 17:05", "mdy": "11/25/2026 5:05 PM", "ymd": "2026/11/25 17:05",
    "epoch_s": "1795626300", "epoch_ms": "1795626300000", "serial": "46351.7118",
}  # fmt: skip
_NO_NUMBERS = frozenset({"unavailable", "unknown", "none", "null", "n/a", "nan", "skip"})
_AUTOMATIC = "yes_auto"


def explainer(
    plan: Plan, moment: Callable[[list[str]], int | None], amount_at: int, latest: int
) -> Callable[[int, list[str]], LeftOut | None]:
    """A function that says why a line cannot be counted; None for an empty one."""
    columns = [plan.columns[role] for role in ("time", "date", "clock") if role in plan.columns]

    def explain(line: int, cells: list[str]) -> LeftOut | None:
        if not any(cells):
            return None
        written = " ".join(cells[index] for index in columns).strip()
        return (
            _time_problem(line, written, lambda: moment(cells), (EXAMPLES[plan.dates], latest))
            or _amount_problem(line, cells[amount_at], plan)
            or unreadable(line, "name", most=LONGEST_NAME)
        )

    return explain


def _time_problem(line: int, written: str, moment: Callable[[], int | None], form: tuple[str, int]) -> LeftOut | None:
    example, latest = form
    try:
        at = moment()
    except (ValueError, OverflowError):
        return unreadable(line, "time", written, example=example) if written else unreadable(line, "no_time")
    if at is None or 0 <= at <= latest:
        return None
    return unreadable(line, "past" if at < 0 else "future", written)


def _amount_problem(line: int, cell: str, plan: Plan) -> LeftOut | None:
    word = cell.strip().lower()
    if plan.meaning == "presses":
        return None
    if word in _NO_NUMBERS or word == _AUTOMATIC:
        return uncounted(line, "automatic" if word == _AUTOMATIC else "unavailable", cell)
    if not word:
        return unreadable(line, "no_amount")
    try:
        amount = whole_number(cell, plan.decimal)
    except ValueError as error:
        return _not_whole(line, cell, error)
    return unreadable(line, "large", cell) if abs(amount) > MAX_AMOUNT else None if amount else uncounted(line, "zero")


def _not_whole(line: int, cell: str, error: ValueError) -> LeftOut:
    if isinstance(error, Duration | Fraction):
        return uncounted(line, "duration" if isinstance(error, Duration) else "fraction", cell)
    return unreadable(line, "large" if isinstance(error, TooLarge) else "amount", cell)
