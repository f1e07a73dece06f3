"""A large sheet is read in pieces, and nobody can tell."""

import subprocess
import sys
from pathlib import Path

import pytest

from clickcounter.transfer.tables import recognize, rows
from clickcounter.transfer.tables.sources.workbooks import PROGRAM, read_sheet
from clickcounter.transfer.workbooks.parts import PIECE
from tests.server import ROOT
from tests.transfer.tables.reading import BERLIN, file_of
from tests.transfer.tables.test_hostile_tables import sheet

ROW = '<row r="{0}"><c r="A{0}" s="1"><v>{1}</v></c><c r="B{0}"><v>{2}</v></c><c r="C{0}" t="s"><v>3</v></c></row>'
HEADINGS = "".join(f'<c r="{column}1" t="s"><v>{n}</v></c>' for n, column in enumerate("ABC"))
MANY = 60_000


def table(numbers: range) -> str:
    """Rows of a sheet, each a minute after the last."""
    return f'<row r="1">{HEADINGS}</row>' + "".join(ROW.format(n, 46_000 + n / 1440, n % 9 + 1) for n in numbers)


READ = """
import runpy, sys
sys.argv = [sys.argv[1], ""]
runpy.run_module(sys.argv[0], run_name="__main__")
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""


def memory_of(path: Path, content: bytes) -> float:
    """Megabytes that the process takes that reads a workbook."""
    path.write_bytes(content)
    with path.open("rb") as file:
        command = [sys.executable, "-c", READ, PROGRAM]
        done = subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, cwd=ROOT)
    return int(done.stderr.split()[1]) / 1_000


def test_each_row_of_a_large_sheet_keeps_its_number_and_its_cells():
    lines = table(range(2, MANY))
    assert len(lines) > 1.5 * PIECE
    file = file_of(sheet(lines))
    plan = recognize(file, "doors", BERLIN, {}).plan
    found = [(row.line, row.amount, row.at) for row in rows(file, plan)]
    first, last = found[0], found[-1]
    assert [line for line, _, _ in found] == list(range(2, MANY))
    assert all(amount == line % 9 + 1 for line, amount, _ in found)
    assert last[2] - first[2] == (last[0] - first[0]) * 60_000


def test_a_gap_between_rows_and_a_column_that_is_empty_from_then_on_move_nothing():
    gap = PIECE // len(ROW)
    lines = table([*range(2, gap), *range(gap + 5_000, MANY)]) + f'<row r="{MANY}"><c r="B{MANY}"><v>5</v></c></row>'
    found = list(read_sheet(file_of(sheet(lines)), ""))
    assert [number for number, _ in found] == list(range(1, MANY + 1))
    assert found[-1] == (MANY, ["", "5", ""])
    assert [number for number, cells in found if not any(cells)] == list(range(gap, gap + 5_000))


@pytest.mark.parametrize("change", [("<row r=", "<row x="), ("sheetData>", "x:sheetData>")], ids=["unnumbered", "prefixed"])
def test_a_large_sheet_of_another_form_is_read_as_a_whole(change: tuple[str, str]):
    plain = list(read_sheet(file_of(sheet(table(range(2, MANY)))), ""))
    other = [cells for _, cells in read_sheet(file_of(sheet(table(range(2, MANY)).replace(*change))), "")]
    assert other == [cells for _, cells in plain]


def test_lines_have_the_numbers_of_the_spreadsheet_where_it_begins_further_down():
    lines = "".join(ROW.format(n, 46_000, n) for n in (4, 5, 7))
    found = [(number, cells[1]) for number, cells in read_sheet(file_of(sheet(lines)), "") if any(cells)]
    assert found == [(4, "4"), (5, "5"), (7, "7")]


def test_memory_does_not_grow_with_a_sheet(tmp_path: Path):
    few, many = (memory_of(tmp_path / "book.xlsx", sheet(table(range(2, rows)))) for rows in (2 * MANY, 5 * MANY))
    assert many - few < 25  # the packed file itself is in memory
