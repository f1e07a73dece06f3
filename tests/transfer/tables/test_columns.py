"""A column comes out of the process that reads a workbook as it went in."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from clickcounter.transfer.workbooks.columns import BETWEEN, LONGEST, packed, unpacked

NOON, MIDNIGHT = datetime.fromisoformat("2026-11-25 12:05"), datetime.fromisoformat("2026-11-25")
COLUMNS: dict[str, tuple[list[Any], list[str]]] = {
    "moments": ([NOON, datetime.fromisoformat("1969-12-31 23:59:59")], ["2026-11-25 12:05:00", "1969-12-31 23:59:59"]),
    "milliseconds": ([NOON.replace(microsecond=7_000), NOON], ["2026-11-25 12:05:00.007000", "2026-11-25 12:05:00"]),
    "midnights": ([MIDNIGHT, date(2026, 1, 2)], ["2026-11-25", "2026-01-02"]),
    "days": ([date(1, 1, 1), date(9999, 12, 31)], ["0001-01-01", "9999-12-31"]),
    "days and moments": ([date(2026, 11, 25), NOON], ["2026-11-25", "2026-11-25 12:05:00"]),
    "numbers": ([1.0, -0.0, 1.5, 1e20, float("inf"), float("nan")], ["1", "0", "1.5", "1" + "0" * 20, "inf", "nan"]),
    "whole numbers": ([1, -2], ["1", "-2"]),
    "texts": (["", "Tür", "x" * 2 * LONGEST], ["", "Tür", "x" * LONGEST]),
    "nothing": (["", ""], ["", ""]),
    "odd texts": (["a" + BETWEEN, "\n"], ["a" + BETWEEN, "\n"]),
    "all kinds": (
        [NOON, "", 2.0, True, time(7, 5), timedelta(hours=30, seconds=5), date(2026, 1, 2)],
        ["2026-11-25 12:05:00", "", "2", "1", "07:05:00", "30:00:05", "2026-01-02"],
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_cells_come_out_as_texts(name: str):
    cells, texts = COLUMNS[name]
    found = unpacked(*packed(cells))
    assert (found if isinstance(found, list) else found.texts) == texts


@pytest.mark.parametrize("name", ["moments", "numbers"])
def test_cells_below_a_line_are_the_others(name: str):
    cells, texts = COLUMNS[name]
    found = unpacked(*packed(cells))
    assert not isinstance(found, list)
    assert found.below(1).texts == texts[1:]
