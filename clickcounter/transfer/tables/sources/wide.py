"""Tables with a column for each counter, as lines with one amount each."""

from collections.abc import Iterator
from dataclasses import replace

from clickcounter.transfer.tables.plan import Plan
from clickcounter.transfer.tables.sources.app_files import ticks
from clickcounter.transfer.tables.sources.text import Cells

COLUMNS = {"date": 0, "clock": 1, "counter": 2, "amount": 3}


def narrow_plan(plan: Plan) -> Plan:
    """The plan for the lines of `narrow`."""
    return replace(plan, columns=COLUMNS, meaning="amounts", header=0)


def narrow(lines: Iterator[Cells], plan: Plan) -> Iterator[Cells]:
    """The date, the time of day, the counter and the amount of each cell that is not empty or 0."""
    time, clock = plan.columns.get("time", plan.columns.get("date", -1)), plan.columns.get("clock", -1)
    amount_of = ticks if plan.writer == "loop" else str
    headings: list[str] = []
    for number, cells in lines:
        if number <= plan.header:
            headings = cells
            continue
        when = [*(cells[index] if 0 <= index < len(cells) else "" for index in (time, clock))]
        for index, (heading, cell) in enumerate(zip(headings, cells, strict=False)):
            if index in (time, clock) or not heading.strip():
                continue
            if (amount := amount_of(cell.strip())) not in ("", "0"):
                yield number, [*when, heading, amount]
