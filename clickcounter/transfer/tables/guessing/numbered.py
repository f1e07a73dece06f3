"""Numbers that may be names of counters, such as 2024, or what a counter showed."""

from collections.abc import Sequence
from itertools import pairwise

from clickcounter.transfer.tables.counting.numbers import whole_number

MOST = 0.8  # of the rows agree
MOST_NAMES = 50  # more numbers that follow each other are rather what a counter showed


def comes_again(cells: Sequence[str]) -> bool:
    """Whether one of these stands in several rows."""
    return len(set(cells)) < len(cells)


def is_running(cells: Sequence[str], amounts: Sequence[str]) -> bool:
    """Whether these are the totals after each row, oldest or newest first."""
    try:
        numbers = [whole_number(cell, ".") for cell in cells]
        added = [whole_number(cell, ".") for cell in amounts]
    except ValueError:
        return not comes_again(cells)
    steps = [after - before for before, after in pairwise(numbers)]
    if len(added) != len(numbers):
        return not comes_again(cells)
    if not steps:
        return numbers == added
    oldest_first = [step == amount for step, amount in zip(steps, added[1:], strict=True)]
    newest_first = [-step == amount for step, amount in zip(steps, added[:-1], strict=True)]
    return _most_are(oldest_first) or _most_are(newest_first)


def may_be_names(cells: Sequence[str], amounts: Sequence[str]) -> bool:
    """Whether totals after each row may be names as well: 2024, 2025, 2026 beside amounts of 1. It would be by chance.

    There are few of them, all amounts are alike, and the counter would have begun with another number than 0.
    """
    try:
        numbers, added = [whole_number(cell, ".") for cell in cells], {whole_number(cell, ".") for cell in amounts}
    except ValueError:
        return False
    if len(added) != 1 or not 1 < len(numbers) <= MOST_NAMES:
        return False
    first = numbers[0] if numbers[1] - numbers[0] in added else numbers[-1]
    return first not in added


def _most_are(found: Sequence[bool]) -> bool:
    return sum(found) >= MOST * len(found) > 0
