"""Whether numbers are amounts or running totals."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from clickcounter.transfer.tables.counting.numbers import whole_number
from clickcounter.transfer.tables.guessing.columns import Column
from clickcounter.transfer.tables.guessing.headings import plain
from clickcounter.transfer.tables.guessing.numbered import comes_again
from clickcounter.transfer.tables.plan import Choice, Plan, Question
from clickcounter.transfer.tables.sources.text import Cells

_SURE_TOTALS = frozenset({"running_total", "resulting_count", "counter_value", "balance", "reading", "zählerstand", "stand"})
FEW, SOME = 3, 5  # readings
LARGE = 10


def meaning_of(plan: Plan, columns: Sequence[Column], lines: Sequence[Cells]) -> tuple[str, Question | None]:
    """What the numbers mean, and what to ask if the file does not say it."""
    roles = plan.columns
    if not roles.keys() & {"time", "date"}:
        return "opening", None
    if not roles.keys() & {"amount", "total"}:
        return "presses", None
    column = columns[roles.get("amount", roles.get("total", 0))]
    may_be_names = column.role == "counter" and comes_again(column.cells)
    if "action" in roles:
        return _of_numbered(column, _series(plan, column.index, lines), rises=False) if may_be_names else ("amounts", None)
    if plain(column.heading) in _SURE_TOTALS:
        return "totals", None
    series = _series(plan, column.index, lines)
    if may_be_names:
        return _of_numbered(column, series, rises=_rises(series, FEW))
    if not _rises(series, FEW if column.role != "amount" else SOME) or (column.role == "amount" and not _is_slow(series)):
        return "amounts", None
    return "totals", Question("meaning", _choices(series), "totals")


def _of_numbered(column: Column, series: list[list[int]], *, rises: bool) -> tuple[str, Question | None]:
    """What to ask about numbers called “counter” that come again: they may also be names, and each row a press."""
    numbers = [number for each in series for number in each]
    if not numbers:
        return "amounts", None
    few = 2 * len(set(numbers)) <= len(numbers) if rises else True
    likeliest = "presses" if few and min(numbers) >= LARGE else "totals" if rises else "amounts"
    name = column.cells[0].strip()
    counted = _choices(series) if rises else (Choice("amounts", f"{numbers[0]} → {numbers[0]:+}", len(numbers)),)
    return likeliest, Question("meaning", (*counted, Choice("presses", f"{name}: +1", len(numbers))), likeliest)


def _choices(series: list[list[int]]) -> tuple[Choice, ...]:
    first, second = next((a, b) for numbers in series for a, b in pairwise(numbers) if a != b)
    rows = sum(map(len, series))
    return Choice("totals", f"{first}, {second} → {second - first:+}", rows), Choice(
        "amounts", f"{second} → {second:+}", rows
    )


def _series(plan: Plan, index: int, lines: Sequence[Cells]) -> list[list[int]]:
    """The first numbers of each counter, rising if they rise in the order of the file or against it."""
    found: dict[str, list[int]] = defaultdict(list)
    counter = plan.columns.get("counter")
    for number, cells in lines:
        if number <= plan.header or index >= len(cells):
            continue
        try:
            value = whole_number(cells[index], plan.decimal)
        except ValueError:
            continue
        found[cells[counter] if counter is not None and counter < len(cells) else ""].append(value)
    return [numbers if numbers[-1] >= numbers[0] else numbers[::-1] for numbers in found.values()]


def _rises(series: list[list[int]], least: int) -> bool:
    """Whether no number is below the one before it, and some are above."""
    long = [numbers for numbers in series if len(numbers) >= least]
    return bool(long) and all(a <= b for numbers in long for a, b in pairwise(numbers)) and all(n[0] < n[-1] for n in long)


def _is_slow(series: list[list[int]]) -> bool:
    """Whether the numbers are large, and each step is small against them."""
    return all(a >= LARGE and b - a <= a // 2 for numbers in series for a, b in pairwise(numbers))
