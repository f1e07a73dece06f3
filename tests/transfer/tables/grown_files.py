"""The file of each app once more, one row later, as the app would write it then."""

import io
import zipfile
from typing import NamedTuple

from tests.transfer.tables.reading import FILES
from tests.transfer.tables.test_known_apps import DOORS, SPREADSHEETS

ENCODINGS = {"excel_de.csv": "cp1252", "excel_ru.csv": "cp1251", "excel_unicode.txt": "utf-16"}
SHEETS = {"ods": "content.xml", "xlsx": "xl/worksheets/sheet1.xml"}
XLSX_ROW = '<row r="6"><c r="A6" s="1"><v>46085.5</v></c><c r="B6" t="n"><v>7</v></c><c r="C6" t="s"><v>3</v></c></row>'
ODS_ROW = (
    '<table:table-row><table:table-cell office:value-type="date" office:date-value="2026-03-04T12:00:00"/>'
    '<table:table-cell office:value-type="float" office:value="7"/><table:table-cell office:value-type="string">'
    "<text:p>{}</text:p></table:table-cell></table:table-row>"
)


class Grown(NamedTuple):
    """What changes in the file, and the row that this adds: its counter, its amount and its local time."""

    old: str
    new: str
    counter: str
    amount: int
    at: str = ""  # "" = the file does not say it
    member: str = ""  # of the archive


APPS = {
    "gentlecat_counter.csv": Grown("Visitors,482", "Visitors,483", "Visitors", 1),
    "bettercounter.csv": Grown("9912456", "9912456,1764070000000", "Coffee", 1, "2025-11-25 12:26:40"),
    "track_and_graph.csv": Grown(
        "Label,Note\n", "Label,Note\nCoffee,2026-11-25T16:30:00.123+01:00,3.0,,\n", "Coffee", 3, "2026-11-25 16:30:00.123"
    ),
    "loop.zip": Grown(
        "Notes\n", "Notes\n2026-11-26,YES_MANUAL,\n", "Water, cold", 1, "2026-11-26", "001 Water cold/Checkmarks.csv"
    ),
    "loop_checkmarks.csv": Grown("Glasses,\n", "Glasses,\n2026-11-26,NO,YES_MANUAL,UNKNOWN,\n", "Walk", 1, "2026-11-26"),
    "home_assistant.csv": Grown(
        "counter.exits",
        "counter.visitors,2,2026-11-25T17:05:00.000Z\ncounter.exits",
        "counter.visitors",
        2,
        "2026-11-25 18:05",
    ),
    "home_assistant_statistics.tsv": Grown(
        "\t1\n", "\t1\ncounter.a\tx\t25.11.2026 10:00\t4\t14\t3\n", "counter.a", 3, "2026-11-25 10:00"
    ),
    "people_counter.csv": Grown("17:06\n", "17:06\nAdult,2026,11,25,2026.11.25,17:06\n", "Adult", 1, "2026-11-25 17:06"),
    "flutter_tally.csv": Grown(
        "25,0\n",
        '25,0\nlog-3,2026-11-25T17:09:00.000250,2026-11-25,5:09:00 PM,"Pushups, Day 1",Increment,+5,5\n',
        "Pushups, Day 1",
        5,
        "2026-11-25 17:09",
    ),
    "react_tally.csv": Grown("Total\n", "Total\n11/25/2026,5:07:00 PM,Increment,2\n", "", 2, "2026-11-25 17:07"),
    "react_tally_marks.csv": Grown("12,laps,11/25", "13,laps,11/26", "Laps", 1),
    "countapp.json": Grown(
        '"value": 5, "stepSize": 1, "isIncrement": true, "requireConfirmation": false, '
        '"lastUpdated": "2026-11-25T17:05:09.123456", "updates": [',
        '"value": 6, "stepSize": 1, "isIncrement": true, "requireConfirmation": false, '
        '"lastUpdated": "2026-11-25T17:08:00.000999", "updates": ["2026-11-25T17:08:00.000999", ',
        "Laps",
        1,
        "2026-11-25 17:08",
    ),
    "simplecounter.json": Grown('"value":17', '"value":18', "Deaths", 1),
    "esp32.csv": Grown("17:06:12,42\n", "17:06:12,42\n25-11-2026,17:07:00,45\n", "", 3, "2026-11-25 17:07"),
    "click_counter.csv": Grown(
        "doors,1,2026-11-25T17:07:09.123Z",
        "doors,1,2026-11-25T17:06:59.123Z,2026-11-25T18:06:59.123+01:00,2026-11-25T17:07:00.000Z,"
        "2026-11-25T18:07:00.000+01:00,1,North,,4,5000005,click,019abc0000040123456789abcdef0123,,\n"
        "doors,1,2026-11-25T17:07:09.123Z",
        "doors",
        4,
        "2026-11-25 18:06:59.123",
    ),
    "plain.csv": Grown("amount\n", "amount\n2026-11-25 17:06,5\n", "", 5, "2026-11-25 17:06"),
}
HEADING_ENDS = {  # the new row below the column names
    "excel_de.csv": ("Zähler\n", "04.03.2026 12:00;7,0;{}\n"),
    "excel_ru.csv": ("Счётчик\n", "04.03.2026;12:00;7;{}\n"),
    "excel_unicode.txt": ("Счётчик\n", "04.03.2026 12:00\t7\t{}\n"),
    "google_sheets.csv": ("Counter\n", "3/4/2026 12:00:00,7,{}\n"),
    "libreoffice_de.csv": ("Zähler\n", "04.03.26 12:00;7;{}\n"),
    "libreoffice_ru.csv": ("Счётчик\n", "04.03.26 12:00;7;{}\n"),
    "libreoffice_us.csv": ("Counter\n", "03/04/26 12:00 PM,7,{}\n"),
}


def grown(name: str) -> Grown:
    """How the file grows by a row."""
    if name in APPS:
        return APPS[name]
    north, ending = DOORS[SPREADSHEETS[name]][0], name[-4:].lstrip(".")
    if ending in SHEETS:
        end, row = ("</sheetData>", XLSX_ROW) if ending == "xlsx" else ("</table:table>", ODS_ROW.format(north))
        old, new, member = end, row + end, SHEETS[ending]
    else:
        old, row = HEADING_ENDS[name]
        new, member = old + row.format(north), ""
    return Grown(old, new, north, 7, "2026-03-04 12:00", member)


def grown_file(name: str) -> bytes:
    """The file with its new row."""
    change, content = grown(name), (FILES / name).read_bytes()
    if not change.member:
        return _changed(content, change, ENCODINGS.get(name, "utf-8"))
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for member in old.infolist():
            part = old.read(member)
            new.writestr(member, _changed(part, change, "utf-8") if member.filename == change.member else part)
    return written.getvalue()


def _changed(content: bytes, change: Grown, encoding: str) -> bytes:
    text = content.decode(encoding)
    ends = "\r\n" if "\r\n" in text else "\n"
    old, new = (part.replace("\n", ends) for part in (change.old, change.new))
    assert old in text
    return text.replace(old, new, 1).encode(encoding)
