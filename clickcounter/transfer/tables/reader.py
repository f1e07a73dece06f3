"""Reads a table by its plan."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, starmap
from typing import BinaryIO

from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.transfer.tables.counting.blocks import block_reader
from clickcounter.transfer.tables.counting.raw_rows import RawRow
from clickcounter.transfer.tables.counting.rows import row_reader
from clickcounter.transfer.tables.counting.totals import ORDERS, OutOfOrder
from clickcounter.transfer.tables.errors import bad_file, refusal
from clickcounter.transfer.tables.plan import CounterSummary, LeftOut, Plan, Row, Summary
from clickcounter.transfer.tables.sources.lines import read_row_blocks, read_rows
from clickcounter.transfer.tables.sources.wide import narrow_plan

MOST_COUNTERS = 10_000  # in a file; each is remembered
WORKBOOKS = ("xlsx", "ods")
FIRST_ROWS, FIRST_LEFT_OUT = 20, 50
Counted = Callable[[Iterable[RawRow | LeftOut]], Iterator[RawRow | LeftOut]]


def rows(file: BinaryIO, plan: Plan) -> Iterator[Row | LeftOut]:
    """The rows of an open file, from its beginning. Memory does not grow with the file. The iterator raises BadFile."""
    names: set[str] = set()
    for row in _order(file, plan)(_raw_rows(file, plan)):
        if not isinstance(row, LeftOut):
            names.add(row[1])
            if len(names) > MOST_COUNTERS:
                raise bad_file("table_counters", most=MOST_COUNTERS)
            yield Row._make(row)
        elif row.unreadable and plan.unreadable == "refuse":
            raise refusal(row)
        else:
            yield row


def summary(file: BinaryIO, plan: Plan) -> Summary:
    """The whole file as it would be counted; lines that cannot be read are left out here. Raises BadFile."""
    for order in _orders(plan):
        try:
            return _summary(order(_raw_rows(file, plan)))
        except OutOfOrder:
            continue
    raise AssertionError


def _order(file: BinaryIO, plan: Plan) -> Counted:
    """How to count these rows; for running totals, all are read once to find out."""
    *some, last = _orders(plan)
    for order in some:
        try:
            deque(order(_raw_rows(file, plan)), maxlen=0)
            return order
        except OutOfOrder:
            continue
    return last


def _orders(plan: Plan) -> tuple[Counted, ...]:
    return ORDERS if plan.meaning == "totals" else (iter,)


def _raw_rows(file: BinaryIO, plan: Plan) -> Iterator[RawRow | LeftOut]:
    if plan.kind in WORKBOOKS and plan.meaning != "columns":
        return filter(None, chain.from_iterable(map(block_reader(plan), read_row_blocks(file, plan))))
    read = row_reader(narrow_plan(plan) if plan.meaning == "columns" else plan)
    return filter(None, starmap(read, read_rows(file, plan)))


def _summary(found: Iterator[RawRow | LeftOut]) -> Summary:
    counters: dict[str, _Sums] = {}
    first_rows: list[Row] = []
    left_out: list[LeftOut] = []
    skipped = unreadable = 0
    for row in found:
        if isinstance(row, LeftOut):
            skipped += 1
            unreadable += row.unreadable
            if skipped <= FIRST_LEFT_OUT:
                left_out.append(row)
            continue
        if len(first_rows) < FIRST_ROWS:
            first_rows.append(Row._make(row))
        sums = counters.get(row[1])
        if sums is None:
            sums = counters[row[1]] = _new_sums(counters)
        sums.add(row[2], row[3])
    totals = tuple(sums.of(name) for name, sums in counters.items())
    return Summary(totals, tuple(first_rows), skipped, unreadable, tuple(left_out))


class _Sums:
    """Of one counter."""

    __slots__ = ("_first", "_last", "_rows", "_sum")

    def __init__(self) -> None:
        self._rows = self._sum = 0
        self._first, self._last = MAX_VALUE, -1  # no time is later or earlier

    def add(self, at: int | None, amount: int) -> None:
        self._rows += 1
        self._sum += amount
        if at is None:
            return
        if at > self._last:
            self._last = at
        if at < self._first:
            self._first = at

    def of(self, name: str) -> CounterSummary:
        timed = self._last >= 0
        return CounterSummary(name, self._rows, self._first if timed else None, self._last if timed else None, self._sum)


def _new_sums(counters: dict[str, _Sums]) -> _Sums:
    if len(counters) >= MOST_COUNTERS:
        raise bad_file("table_counters", most=MOST_COUNTERS)
    return _Sums()
