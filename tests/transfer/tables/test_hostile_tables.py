"""Files made to take more memory or time than they have bytes."""

import io
import itertools
import random
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.tables import Plan, Row, recognize, rows, summary
from clickcounter.transfer.tables.plan import MEANINGS
from tests.server import ROOT
from tests.transfer.tables.reading import BERLIN, FILES, file_of, look_at

READ = """
import resource, sys
from zoneinfo import ZoneInfo
from clickcounter.transfer.tables import recognize, rows, summary
with open(sys.argv[1], "rb") as file:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    plan = recognize(file, "doors", ZoneInfo("UTC"), {"meaning": sys.argv[2]}).plan
    whole = summary(file, plan)
    assert sum(1 for _ in rows(file, plan)) == whole.counters[0].rows + whole.left_out
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def grown(path, meaning: str) -> int:
    """By how many kB the memory of a process grows that reads a table."""
    command = [sys.executable, "-c", READ, str(path), meaning]
    return int(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)


def test_memory_does_not_grow_with_the_table(tmp_path):
    moments = itertools.product(range(1, 11), range(24), range(60), range(0, 60, 9))
    lines = [f"2026-02-{day:02} {hour:02}:{minute:02}:{second:02},1{minute:02}\n" for day, hour, minute, second in moments]
    random.Random(1).shuffle(lines)  # then running totals have to be sorted
    (tmp_path / "table.csv").write_text("when,amount\n" + "".join(lines))
    assert len(lines) > 100_000
    assert grown(tmp_path / "table.csv", "totals") < 15_000  # a list of the rows takes twice as much


def sheet(rows: str) -> bytes:
    """A workbook of the committed kind with other rows."""
    archive = io.BytesIO()
    with zipfile.ZipFile(FILES / "libreoffice_us.xlsx") as good, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            text = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start, end = text.index(b"<sheetData>") + 11, text.index(b"</sheetData>")
                text = text[:start] + rows.encode() + text[end:]
            bad.writestr(name, text)
    return archive.getvalue()


def test_cells_in_opposite_corners_of_a_sheet_take_no_memory_here():
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="CV1048576"><v>1</v></c></row>'
    with pytest.raises(BadFile, match="The workbook cannot be read"):
        look_at(sheet(corners))


def test_a_sheet_that_unpacks_to_gigabytes_is_refused():
    whole = sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    size = whole.index(b"xl/worksheets/sheet1.xml", whole.index(b"PK\x01\x02")) - 22  # in the directory
    with pytest.raises(BadFile, match="Unpacked, the file would be larger than 512 MB"):
        look_at(whole[:size] + (2**31).to_bytes(4, "little") + whole[size + 4 :])


def test_a_zip_with_an_endless_directory_is_refused():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(25_000):
            file.writestr(f"{number:0200}", "")
    with pytest.raises(BadFile, match="Unpacked, the file would be larger"):
        look_at(archive.getvalue())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(
        ["click_counter.csv", "bettercounter.csv", "loop.zip", "countapp.json", "excel_unicode.txt", "esp32.csv"]
    ),
    cut=st.integers(0, 300),
    length=st.integers(0, 40),
    instead=st.sampled_from(
        [b"", b",", b";", b'"', b"\0", b"\xff", b"\n\r", b"sep=;\n", b"-", b"NaN", b"9" * 30, b"PK\x05\x06"]
    ),
    meaning=st.sampled_from(["", *MEANINGS]),
)
def test_a_damaged_file_is_read_or_refused_with_a_sentence(name: str, cut: int, length: int, instead: bytes, meaning: str):
    good = (FILES / name).read_bytes()
    file = file_of(good[:cut] + instead + good[cut + length :])
    try:
        plan = recognize(file, "doors", BERLIN, {"meaning": meaning} if meaning else {}).plan
        whole = summary(file, plan)
        found = [row for row in rows(file, plan) if isinstance(row, Row)]
    except BadFile:
        pass
    else:
        assert sum(counter.sum for counter in whole.counters) == sum(row.amount for row in found)


@pytest.mark.parametrize(
    "change",
    [
        {"zone": "../../etc/passwd"},
        {"zone": 7},
        {"counter": "a/b"},
        {"columns": {"time": -1}},
        {"columns": {"time": 10**9}},
        {"columns": {"colour": 1}},
        {"columns": [1]},
        {"header": True},
        {"header": -1},
        {"separator": ";;"},
        {"encoding": "zlib"},
        {"kind": "exe"},
        {"sheet": "x" * 300},
        {"dates": ["iso"]},
        {"meaning": ""},
        {"writer": "\0"},
        {"unreadable": "maybe"},
    ],
    ids=str,
)
def test_a_forged_plan_is_refused(change: dict):
    good = look_at("when,amount\n2026-02-25,1\n").plan.as_dict()
    assert Plan.from_dict(good).as_dict() == good
    with pytest.raises(BadFile, match=next(iter(change))):
        Plan.from_dict(good | change)
    with pytest.raises(BadFile):
        Plan.from_dict({name: value for name, value in good.items() if name not in change})
    with pytest.raises(BadFile):
        Plan.from_dict([good])
