"""Running totals become what was added, whatever order the rows stand in."""

import random

import pytest

from clickcounter.transfer.tables import Row, summary
from tests.transfer.tables.reading import file_of, look_at, read

HEADING = "time,counter,running total\n"
READINGS = [(minute, counter, 100 + minute * step) for minute in range(30) for counter, step in (("A", 1), ("B", 3))]
ADDED = {("A", 100, True): 1, ("A", 1, False): 29, ("B", 100, True): 1, ("B", 3, False): 29}


def table(readings: list[tuple[int, str, int]]) -> str:
    return HEADING + "".join(f"2026-02-25 17:{minute:02},{counter},{total}\n" for minute, counter, total in readings)


def added(rows: list[Row]) -> dict[tuple[str, int, bool], int]:
    found: dict[tuple[str, int, bool], int] = {}
    for row in rows:
        found[row.counter, row.amount, row.opening] = found.get((row.counter, row.amount, row.opening), 0) + 1
    return found


def mixed() -> list[tuple[int, str, int]]:
    return random.Random(1).sample(READINGS, len(READINGS))


ORDERS = {
    "oldest first": READINGS,
    "newest first": READINGS[::-1],
    "counter by counter": sorted(READINGS, key=lambda reading: reading[1]),
    "mixed": mixed(),
}


@pytest.mark.parametrize("order", ORDERS)
def test_totals_in_any_order_add_up_to_the_same(order: str):
    text = table(ORDERS[order])
    assert added(read(text)) == ADDED
    whole = summary(file_of(text), look_at(text).plan)
    assert {counter.name: (counter.rows, counter.sum) for counter in whole.counters} == {"A": (30, 129), "B": (30, 187)}


def test_the_first_total_keeps_its_time_and_line():
    first = read(table(READINGS))[0]
    assert (first.line, first.opening, first.at) == (2, True, 1_772_035_200_000)


def test_totals_of_one_minute_count_in_the_order_of_the_file():
    readings = [(0, "A", 5), (0, "A", 7), (0, "A", 6), (1, "A", 9)]
    assert [row.amount for row in read(table(readings))] == [5, 2, -1, 3]
    assert sorted(row.amount for row in read(table(readings[::-1]))) == [-1, 2, 3, 5]


def test_a_total_that_stays_or_begins_at_zero_adds_nothing():
    text = table([(0, "A", 0), (1, "A", 1), (2, "A", 1)])
    assert [row.amount for row in read(text)] == [1]
    assert [row.line for row in summary(file_of(text), look_at(text).plan).first_left_out] == [2, 4]


def test_a_jump_that_no_press_can_make_is_a_correction():
    rows = read(table([(0, "A", 1), (1, "A", 5_000_000), (2, "A", 5_000_001)]))
    assert [(row.amount, row.opening) for row in rows] == [(1, True), (4_999_999, True), (1, False)]


def test_a_total_that_falls_takes_away():
    assert [row.amount for row in read(table([(0, "A", 9), (1, "A", 4), (2, "A", 5)]))] == [9, -5, 1]
