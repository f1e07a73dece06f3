"""What some lines of a sheet count as. Column by column takes half the time; if one is odd, they are read one by one."""

from collections.abc import Callable, Iterable
from itertools import repeat, starmap
from zoneinfo import ZoneInfo

from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.transfer.tables.counting.actions import LEAVING
from clickcounter.transfer.tables.counting.columns import column_parser
from clickcounter.transfer.tables.counting.numbers import MOST_REMEMBERED
from clickcounter.transfer.tables.counting.raw_rows import RawRow
from clickcounter.transfer.tables.counting.rows import (
    ABSENT,
    LONGEST_KEY,
    LONGEST_NOTE,
    TIMELESS,
    Reading,
    note_maker,
    row_reader,
)
from clickcounter.transfer.tables.plan import LeftOut, Plan
from clickcounter.transfer.tables.sources.blocks import Block

Found = Iterable[RawRow | LeftOut | None]


def block_reader(plan: Plan) -> Callable[[Block], Found]:
    """A function that reads lines; it returns None for an empty one."""
    read = row_reader(plan)
    if plan.meaning == "opening" or plan.writer in TIMELESS or not plan.columns.keys() & {"time", "date"}:
        return lambda block: starmap(read, block.lines())  # these may count without a time
    by_columns = _Columns(plan)

    def read_block(block: Block) -> Found:
        found = by_columns.read(block)
        return starmap(read, block.lines()) if found is None else found

    return read_block


class _Columns:
    def __init__(self, plan: Plan) -> None:
        self._reading = reading = Reading(plan)
        self._moments = _moments(plan)
        self._places = plan.columns
        self._needed = max(plan.columns.values()) + 1 if plan.writer == "own" else 0  # else it was cut off
        self._notes = _Notes(plan) if plan.columns.keys() & {"label", "key"} else None
        self._counts_zero = reading.counts_zero and "action" not in plan.columns
        self._most = MAX_AMOUNT if "action" in plan.columns else reading.most

    def read(self, block: Block) -> Iterable[RawRow] | None:
        """The rows; None if a line is odd."""
        reading = self._reading
        if not block.height or len(block.columns) < self._needed:
            return None
        try:
            times = self._moments(block)
            amounts = reading.amounts(block.cells(reading.amount_at))
            names = list(map(reading.names.__getitem__, block.column(reading.counter_at)))
        except (ValueError, OverflowError):
            return None
        if not (self._are_usual(times, amounts) and self._leave_amounts(block)):
            return None
        lines = range(block.first, block.first + block.height)
        return zip(lines, names, times, amounts, self._notes_of(block), repeat(False), self._keys_of(block), strict=False)

    def _are_usual(self, times: list[int], amounts: list[int]) -> bool:
        """Whether all are within bounds."""
        return (
            min(times) >= 0
            and max(times) <= self._reading.latest
            and -self._most <= min(amounts)
            and max(amounts) <= self._most
            and (self._counts_zero or 0 not in amounts)
        )

    def _leave_amounts(self, block: Block) -> bool:
        """Whether no word says that an amount is another one."""
        return "action" not in self._places or LEAVING.issuperset(block.column(self._places["action"]))

    def _notes_of(self, block: Block) -> Iterable[str]:
        at = self._reading.note_at
        if self._notes is not None:
            return map(
                self._notes.__getitem__, zip(block.column(self._places.get("label", ABSENT)), block.column(at), strict=True)
            )
        return repeat("") if at == ABSENT else [cell[:LONGEST_NOTE] for cell in block.column(at)]

    def _keys_of(self, block: Block) -> Iterable[str]:
        at = self._places.get("key", ABSENT)
        return repeat("") if at == ABSENT else [cell[: LONGEST_KEY + 1] for cell in block.column(at)]


class _Notes(dict[tuple[str, str], str]):
    """Labels and notes -> notes. Those that were asked for are remembered."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._note_of = note_maker(plan)

    def __missing__(self, cells: tuple[str, str]) -> str:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        note = self[cells] = self._note_of(*cells)
        return note


def _moments(plan: Plan) -> Callable[[Block], list[int]]:
    """A function from lines to their UTC ms. It raises ValueError, OverflowError."""
    parse = column_parser(plan.dates, ZoneInfo(plan.zone))
    time, clock = plan.columns.get("time", plan.columns.get("date", ABSENT)), plan.columns.get("clock", ABSENT)
    if "time" in plan.columns or clock == ABSENT:
        return lambda block: parse(block.cells(time))

    def together(block: Block) -> list[int]:
        parts = zip(block.column(time), block.column(clock), strict=True)
        return parse([f"{day} {of_day}".rstrip() for day, of_day in parts])

    return together
