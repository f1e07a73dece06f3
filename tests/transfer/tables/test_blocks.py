"""Lines that are read column by column count as they do one by one."""

from datetime import datetime
from itertools import starmap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickcounter.transfer.tables.counting.blocks import block_reader
from clickcounter.transfer.tables.counting.rows import row_reader
from clickcounter.transfer.tables.plan import Plan
from clickcounter.transfer.tables.sources.blocks import Block
from clickcounter.transfer.workbooks.columns import packed, unpacked

TIMES = ["2026-11-25 17:05:00", "2026-11-25", "25.11.2026 17:05", "1969-01-01", "9999-12-31", "2026-10-25 02:30:00", "x", ""]
AMOUNTS = ["1", "-2", "0", "1.5", "9" * 7, "9" * 20, "", "many"]
WORDS = ["click", "", "+", "minus", "reset", "correction", "created", "what"]
TEXTS = ["", "Door", " Door ", "'=1", "x" * 150]
cells = st.tuples(*(st.sampled_from(each) for each in (TIMES, AMOUNTS, WORDS, TEXTS, TEXTS, TEXTS)))
usual = st.tuples(*(st.sampled_from(each[:2]) for each in (TIMES, AMOUNTS, WORDS, TEXTS, TEXTS, TEXTS)))
ROLES = {
    "plain": {"time": 0, "amount": 1},
    "named": {"date": 0, "amount": 1, "counter": 3, "note": 4},
    "parts": {"date": 0, "clock": 4, "amount": 1},
    "words": {"time": 0, "amount": 1, "action": 2},
    "labels": {"time": 0, "amount": 1, "counter": 3, "label": 4, "note": 5},
    "all": {"time": 0, "amount": 1, "action": 2, "counter": 3, "label": 4, "key": 5},
    "further right": {"time": 0, "amount": 1, "note": 9},
    "no time": {"counter": 3, "amount": 1},
}


@pytest.mark.parametrize("roles", ROLES.values(), ids=ROLES)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    lines=st.lists(usual, max_size=4) | st.lists(usual | cells, max_size=4),
    writer=st.sampled_from(["", "own"]),
    meaning=st.sampled_from(["amounts", "totals", "presses", "opening"]),
    header=st.integers(0, 3),
)
def test_lines_count_the_same(roles: dict[str, int], lines: list[tuple[str, ...]], writer: str, meaning: str, header: int):
    plan = Plan("doors", "Europe/Berlin", writer=writer, columns=roles, meaning=meaning)
    block = Block(2, len(lines), list(map(list, zip(*lines, strict=True)))).below(header)
    assert list(block_reader(plan)(block)) == list(starmap(row_reader(plan), block.lines()))


def test_lines_without_cells_are_lines():
    assert list(Block(3, 3, []).below(3).lines()) == [(4, []), (5, [])]


def test_odd_cells_of_a_column_are_no_matter_to_the_next_lines():
    plan = Plan("doors", "Europe/Berlin", columns={"time": 0, "amount": 1})
    read = block_reader(plan)
    for amounts in (["1", "x"], ["1", "2"]):
        found = list(read(Block(1, 2, [[TIMES[0]] * 2, amounts])))
    assert [row[3] for row in found if row is not None] == [1, 2]


NOON = datetime.fromisoformat("2026-11-25 12:05")
FAR = [datetime.fromisoformat(text) for text in ("2026-10-25 02:30", "1969-01-01", "9999-12-31 23:59", "0001-01-01")]
moments = st.sampled_from([NOON, NOON.replace(microsecond=123_000), NOON.replace(hour=0, minute=0), NOON.date()])
odd_moments = st.sampled_from([*FAR, "", 46_000.5])
numbers = st.sampled_from([1.0, -2.0, 5.0])
odd_numbers = st.sampled_from([0.0, 1.5, 9e6, 1e300, float("inf"), float("nan"), "", "many", 7])


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    lines=st.lists(st.tuples(moments, numbers), min_size=1, max_size=4)
    | st.lists(st.tuples(moments | odd_moments, numbers | odd_numbers), min_size=1, max_size=4),
    meaning=st.sampled_from(["amounts", "totals", "presses"]),
    dates=st.sampled_from(["iso", "dmy", "serial"]),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"]),
    header=st.integers(0, 3),
)
def test_cells_of_a_workbook_count_as_their_texts_do(
    lines: list[tuple[object, object]], meaning: str, dates: str, zone: str, header: int
):
    plan = Plan("doors", zone, columns={"time": 0, "amount": 1}, meaning=meaning, dates=dates)
    block = Block(2, len(lines), [unpacked(*packed(cells)) for cells in zip(*lines, strict=True)]).below(header)
    assert list(block_reader(plan)(block)) == list(starmap(row_reader(plan), block.lines()))
