"""A large sheet of an .ods is read in parts, and nobody can tell."""

import io
import zipfile
from pathlib import Path

import pytest
from python_calamine import load_workbook

from clickcounter.transfer.tables import recognize, rows
from clickcounter.transfer.tables.sources.blocks import Block
from clickcounter.transfer.workbooks import ods
from clickcounter.transfer.workbooks.ods import LargeOds
from clickcounter.transfer.workbooks.output import MOST_ROWS, Output, Part, read
from clickcounter.transfer.workbooks.parts import PIECE, part_of
from tests.transfer.tables.reading import BERLIN, FILES
from tests.transfer.tables.test_large_workbooks import memory_of

CELL = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
DATE = '<table:table-cell office:value-type="date" office:date-value="{}"/>'
EMPTY = '<table:table-row{}><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'


def row(*cells: str, repeated: str = "") -> str:
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


def press(number: int, day: int = 1) -> str:
    return row(DATE.format(f"2026-02-{day:02}T{number // 60 % 24:02}:{number % 60:02}:00"), CELL.format(number % 9 + 1, ""))


def times(attribute: str, number: int) -> str:
    return f' table:number-{attribute}-repeated="{number}"'


PRESSES = [press(number) for number in range(60)]
GAP = EMPTY.format(times("rows", 7))
SHEETS = {
    "plain": "".join(PRESSES),
    "gaps": GAP + GAP.join(PRESSES) + GAP,
    "filled up": "".join(PRESSES) + EMPTY.format(times("rows", 9_000)) + EMPTY.format(times("rows", 90)),
    "same rows": "".join(row(CELL.format(n, n), repeated=times("rows", n % 4 + 1)) for n in range(60)),
    "further right": "".join(row(f"<table:table-cell{times('columns', 3)}/>", CELL.format(n, n)) for n in range(60)),
    "groups": f"<table:table-header-rows>{PRESSES[0]}</table:table-header-rows>"
    f"<table:table-row-group><table:table-row-group>{''.join(PRESSES[1:30])}</table:table-row-group>{''.join(PRESSES[30:40])}</table:table-row-group>{PRESSES[50]}",
    "texts": "".join(row(TEXT.format(f"&lt;/table:table-row&gt; {n} &amp;<text:s/>")) for n in range(60)),
    "no rows": "",
    "empty": EMPTY.format(times("rows", 1_048_576)),
}


def book(*sheets: tuple[str, str], above: str = "", below: str = "", compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A workbook of the committed kind with other sheets: their attributes and rows."""
    archive = io.BytesIO()
    with zipfile.ZipFile(FILES / "libreoffice_us.ods") as good, zipfile.ZipFile(archive, "w", compression) as made:
        for name in good.namelist():
            text = good.read(name)
            if name == "content.xml":
                head, tail = text[: text.index(b"<table:table ")], text[text.rindex(b"</table:table>") + 14 :]
                tables = "".join(f"<table:table {about}>{above}{lines}{below}</table:table>" for about, lines in sheets)
                text = head + tables.encode() + tail
            made.writestr(name, text)
    archive.seek(0)
    return archive


def named(name: str) -> str:
    return f'table:name="{name}"'


def lines_of(*parts: Part) -> list[tuple[int, list[str]]]:
    """What a process writes, as the other one reads it, but empty lines."""
    file, number, found = io.BytesIO(), 1, []
    output = Output(file)
    for part in parts:
        output.add(part)
    file.seek(0)
    for some in read(file):
        found += [(line, cells) for line, cells in Block(number, some.height, some.columns).lines() if any(cells)]
        number += some.height
    return found


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("length", [300, 1_000, 1_777])
def test_parts_are_the_whole_sheet(sheet: str, length: int, monkeypatch: pytest.MonkeyPatch):
    file = book((named("a"), "".join(PRESSES[:9])), (named("b"), SHEETS[sheet]), (named("c"), "".join(PRESSES[:5])))
    whole = {name: lines_of(part_of(load_workbook(file).get_sheet_by_name(name))) for name in "abc" if not file.seek(0)}
    monkeypatch.setattr(ods, "PIECE", length)
    monkeypatch.setattr(ods, "BLOCK", length // 3)
    large = LargeOds.in_file(file)
    assert large is not None
    assert large.sheets.sheet_names == ["a", "b", "c"]
    for name in "abc":
        assert lines_of(*large.parts(name)) == whole[name]


def test_a_workbook_need_not_be_compressed(monkeypatch: pytest.MonkeyPatch):
    file = book((named("a"), SHEETS["plain"]), (named("b"), PRESSES[0]), compression=zipfile.ZIP_STORED)
    whole = lines_of(part_of(load_workbook(file).get_sheet_by_name("a")))
    monkeypatch.setattr(ods, "PIECE", 300)
    monkeypatch.setattr(ods, "BLOCK", 100)
    large = LargeOds.in_file(file)
    assert large is not None
    assert lines_of(*large.parts("a")) == whole


def test_a_table_in_a_cell_is_left_to_the_whole(monkeypatch: pytest.MonkeyPatch):
    inner = f'<table:table {named("inner")} table:is-sub-table="true">{PRESSES[0]}</table:table>'
    file = book((named("a"), PRESSES[0] + row(f"<table:table-cell>{inner}</table:table-cell>") + PRESSES[1]))
    monkeypatch.setattr(ods, "PIECE", 300)
    assert LargeOds.in_file(file) is None


@pytest.fixture(scope="module")
def many() -> str:
    """Rows of more than a part."""
    found = "".join(press(number, number // 1440 + 1) for number in range(1440 * 20))
    assert len(found) > PIECE
    return row(TEXT.format("when"), TEXT.format("amount")) + found


def test_each_row_of_a_large_sheet_keeps_its_number_and_its_cells(many: str):
    file = book((named("first") + ' table:style-name="ta1"', many), (named("other"), PRESSES[0]))
    found = recognize(file, "doors", BERLIN, {})
    counted = [(each.line, each.amount, each.at) for each in rows(file, found.plan)]
    assert [line for line, _, _ in counted] == list(range(2, 1440 * 20 + 2))
    assert all(amount == (line - 2) % 9 + 1 for line, amount, _ in counted)
    assert [at for _, _, at in counted] == list(range(counted[0][2], counted[-1][2] + 1, 60_000))
    [sheets] = [each for each in found.settings if each.setting == "sheet"]
    assert [choice.value for choice in sheets.choices] == ["first", "other"]


def test_a_sheet_has_an_end():
    output = Output(io.BytesIO())
    with pytest.raises(ValueError, match="too many rows"):
        output.add(Part(MOST_ROWS - 1, 0, 1, [[1.0], [1.0]]))


def test_rows_that_come_twice_are_refused():
    output = Output(io.BytesIO())
    output.add(Part(0, 0, 1, [[1.0], [1.0]]))
    with pytest.raises(ValueError, match="not sorted"):
        output.add(Part(1, 0, 1, [[1.0]]))


def test_memory_does_not_grow_with_a_sheet(many: str, tmp_path: Path):
    few, more = (memory_of(tmp_path / "book.ods", book((named("a"), many * length)).getvalue()) for length in (1, 4))
    assert more - few < 30
