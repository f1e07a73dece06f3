"""Files that are no good: a sentence, in both languages, names the line and says what to do."""

import io
import re
import zipfile

import pytest

from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.tables import recognize, rows
from tests.transfer.tables.reading import BERLIN, FILES, file_of, left_out

TABLE = "when,amount\n2026-02-25,1\n"
UNCHANGED = "Nothing was changed."


def zipped(**files: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, text in files.items():
            file.writestr(name.replace("__", "."), text)
    return archive.getvalue()


BAD_FILES: dict[str, tuple[bytes | str, str]] = {
    "nothing": ("", "The file is empty."),
    "only spaces": (" \n\n ,\n", "The file is empty."),
    "only column names": ("when,amount\n", "a line of column names and nothing below it"),
    "prose": ("Dear all,\nplease find the numbers below.\n", "No column with dates or numbers was found."),
    "days of the week": ("day,amount\nMonday,1\nTuesday,2\n", "Line 2: “Monday” is not a date that can be read here."),
    "no days": ("Time,Event\n09:00,In\n09:01,Out\n", "No column with dates was found among Time, Event."),
    "no column of dates": ("amount,step\n1,2\n", "No column with dates was found among amount, step."),
    "PDF": (b"%PDF-1.7\n", "This is a PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This is an old Excel file, or one with a password."),
    "picture": (b"\x89PNG\r\n\x1a\n", "This is a picture."),
    "photo": (b"\xff\xd8\xff\xe0", "This is a picture."),
    "web page": ("<!DOCTYPE html><html>Sign in</html>", "This is a web page, not the file itself."),
    "app's database": (b"SQLite format 3\0" + bytes(84), "This is an app's backup (an SQLite database)."),
    "gzip": (b"\x1f\x8b\x08\x00", "The file is compressed. Unpack it"),
    "RAR": (b"Rar!\x1a\x07\x00", "The file is compressed. Unpack it"),
    "ZIP of pictures": (zipped(a__png="x"), "This ZIP holds no table that is known here."),
    "Loop without ticks": (zipped(Habits__csv="Position,Name\n"), "This ZIP holds no table that is known here."),
    "Apple Numbers": (zipped(Index__iwa="x"), "This is a file of Apple Numbers."),
    "ZIP cut off": ((FILES / "loop.zip").read_bytes()[:-30], "damaged or was not downloaded completely"),
    "ZIP with a wrong byte": ((FILES / "loop.zip").read_bytes().replace(b"YES_MANUAL", b"YES_MANUEL"), "damaged"),
    "workbook cut off": ((FILES / "libreoffice_de.xlsx").read_bytes()[:3000], "damaged or was not downloaded completely"),
    "workbook without sheets": (zipped(**{"xl/workbook__xml": "<x/>"}), "The workbook cannot be read"),
    "JSON cut off": ('[{"name":"a",\n"value":', "The JSON ends too early or is damaged (line 2)."),
    "JSON of one number": ("[1, 2]", "This JSON comes from no app that is known here."),
    "JSON of nothing": ("{}", "This JSON comes from no app that is known here."),
    "JSON nested deeply": ("[" * 100_000, "The JSON ends too early or is damaged"),
    "NUL": ("when,amount\n2026-02-25,1\n2026-02-25,\0\n", "Line 3: there is a NUL byte here"),
    "open quotation mark": (TABLE + '"2026-02-26,1\n' + TABLE * 3, "Line 3: a quotation mark that opens here is never"),
    "superfluous quotation mark": (TABLE + '"2026"-02-26,1\n', "Line 3: a quotation mark is missing or superfluous"),
    "endless line": (TABLE + "x" * 1_000_000, "Line 3: the line is longer than 64 KiB."),
    "endless cell": (TABLE + '"' + "x\n" * 500_000, "Line 3: a quotation mark is missing or superfluous"),
    "endless record": (TABLE + '"x\n",' * 500_000, "the line is longer than 64 KiB."),
    "two encodings": (TABLE.encode() + "2026-02-25,1,é".encode() + b"\xff\n", "Line 3: the text is not UTF-8."),
    "half a letter of UTF-16": ("when\tamount\n2026-02-25\t1\n".encode("utf-16") + b"x", "the text is not UTF-16"),
    "measurements": (
        "statistic_id,unit,start,min,max,mean\na,x,25.02.2026 08:00,1,2,1.5\n", "These are measurements (mean, min, max)",
    ),
    "Home Assistant's energy": (
        "entity_id,type,unit,2026-02-25T08:00:00.000Z\nsensor.a,grid_consumption,kWh,0.5\n", "Home Assistant's energy page",
    ),
    "too many counters": (
        "when,name\n" + "".join(f"2026-02-25,{n}-x\n" for n in range(10_001)), "more than 10000 names",
    ),
}  # fmt: skip
BAD_LINES: dict[str, tuple[bytes | str, str]] = {
    "no date": ("when,amount\n2026-02-25,1\n,1\n", "Line 3: the date is missing."),
    "a word": ("when,amount\n2026-02-25,1\nyesterday,1\n", "Line 3: “yesterday” is not a date that can be read here."),
    "a day that is none": ("when,amount\n2026-02-30,1\n", "Line 2: “2026-02-30” is not a date"),
    "a day that could be another": (
        "when,amount\n2026-02-25,1\n2026-02-25,1\n03/04/2026,1\n",
        "Line 4: “03/04/2026” is not a date that can be read here.",
    ),
    "an hour that is none": ("when,amount\n25.02.2026 25:00,1\n", "“25.02.2026 25:00” is not a date"),
    "before all clocks": ("when,amount\n1066-10-14,1\n", "Line 2: “1066-10-14” is before 1970."),
    "the future": ("when,amount\n2999-01-01,1\n", "Line 2: “2999-01-01” is in the future."),
    "no amount": ("when,amount\n2026-02-25,1\n2026-02-25,\n", "Line 3: the amount is missing."),
    "a word for a number": ("when,amount\n2026-02-25,1\n2026-02-25,one\n", "Line 3: “one” is not an amount."),
    "too large": ("when,amount\n2026-02-25,1000001\n", "Line 2: “1000001” is too large: one press adds at most 1,000,000."),
    "far too large": (f"when,amount\n2026-02-25,{'9' * 50}\n", "is too large"),
    "a word for no action": (
        "when,type,amount\n2026-02-25,in,1\n2026-02-25,out,1\n2026-02-25,in,1\n2026-02-25,in,1\n2026-02-25,sideways,1\n",
        "Line 6: “sideways” says neither plus nor minus.",
    ),
    "our own CSV, cut off": (
        (FILES / "click_counter.csv").read_bytes()[:-40],
        "Line 4: the line ends too early.",
    ),
    "a long name": (
        f"when,name,amount\n2026-02-25,{'x' * 101},1\n",
        "Line 2: the counter's name has more than 100 characters.",
    ),
}
LEFT_OUT: dict[str, tuple[str, str]] = {
    "zero": (TABLE + "2026-02-25,0\n", "the amount is 0: nothing to count."),
    "fraction": (TABLE + "2026-02-25,1.5\n", "“1.5” is not a whole number"),
    "length of time": (TABLE + "2026-02-25,0:42:10\n", "“0:42:10” is a length of time, not an amount."),
    "unavailable": (TABLE + "2026-02-25,unavailable\n", "“unavailable” is not a number"),
    "a new counter": ("when,action,amount\n2026-02-25,create,1\n2026-02-25,in,1\n", "“create” does not change the number."),
}


def sentence_about(content: bytes | str) -> BadFile:
    file = file_of(content)
    with pytest.raises(BadFile) as refused:
        list(rows(file, recognize(file, "doors", BERLIN, {}).plan))
    return refused.value


@pytest.mark.parametrize("name", [*BAD_FILES, *BAD_LINES])
def test_a_bad_file_is_refused_with_what_to_do(name: str):
    content, sentence = (BAD_FILES | BAD_LINES)[name]
    error = sentence_about(content)
    assert sentence in error.text.en
    assert error.text.en.endswith(UNCHANGED)
    assert re.search("[а-я]", error.text.ru)
    assert "{" not in error.text.en + error.text.ru


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_row_that_counts_nothing_is_left_out_with_its_reason(name: str):
    content, sentence = LEFT_OUT[name]
    [row] = left_out(content)
    assert sentence in row.why.en
    assert not row.unreadable


def test_a_cell_in_a_sentence_is_short_and_printable():
    error = sentence_about("when,amount\n2026-02-25,1\n" + "\x1b[31m" + "x" * 1000 + ",1\n")
    assert len(error.text.en) < 250
    assert error.text.en.isprintable()
