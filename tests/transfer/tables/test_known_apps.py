"""The file of each app, as its writer writes it, comes to the right counters, times and sums without a question."""

from datetime import datetime

import pytest

from clickcounter.transfer.tables import Row, summary
from tests.transfer.tables.reading import BERLIN, FILES, counted, file_of, look_at, read

# file: (writer, {counter: (rows, sum, first, last)}, lines left out); times are local
APPS = {
    "gentlecat_counter.csv": (
        "gentlecat_counter",
        {"Visitors": (1, 482, "", ""), "Sheep, north field": (1, 37, "", ""), "Balance": (1, -12, "", "")}, [],
    ),
    "bettercounter.csv": (
        "bettercounter",
        {
            "Coffee": (3, 3, "2025-11-25 09:00:00.123", "2025-11-25 15:35:45.001"),
            "Push-ups, morning": (2, 2, "2025-11-25 08:00:00", "2025-11-25 08:00:03.210"),
            "2026": (1, 1, "2025-11-25 19:00:00.789", "2025-11-25 19:00:00.789"),
        }, [],
    ),
    "track_and_graph.csv": (
        "track_and_graph", {"Coffee": (2, 3, "2026-11-25 08:12:41.432", "2026-11-25 14:03:05.007")}, [4],
    ),
    "loop.zip": (
        "loop",
        {"Water, cold": (2, 2, "2026-11-22", "2026-11-25"), "Glasses": (1, 3, "2026-11-25", "2026-11-25")}, [2, 5, 6],
    ),
    "loop_checkmarks.csv": (
        "loop",
        {
            "Water": (1, 1, "2026-11-25", "2026-11-25"), "Walk": (1, 1, "2026-11-24", "2026-11-24"),
            "Glasses": (2, 3, "2026-11-23", "2026-11-25"),
        }, [3, 4],
    ),
    "home_assistant.csv": (
        "home_assistant",
        {
            "counter.visitors": (4, 0, "2026-11-25 17:04:58.310", "2026-11-25 18:00"),
            "counter.exits": (1, 7, "2026-11-25 17:00", "2026-11-25 17:00"),
        }, [4, 5],
    ),
    "home_assistant_statistics.tsv": (
        "home_assistant_statistics", {"counter.a": (2, 11, "2026-11-25 08:00", "2026-11-25 09:00")}, [],
    ),
    "people_counter.csv": (
        "people_counter",
        {
            "Adult": (1, 1, "2026-11-25 17:05", "2026-11-25 17:05"),
            "Child": (1, 1, "2026-11-25 17:06", "2026-11-25 17:06"),
        }, [],
    ),
    "flutter_tally.csv": (
        "flutter_tally", {"Pushups, Day 1": (2, -20, "2026-11-25 17:05:09.123", "2026-11-25 17:06:40")}, [],
    ),
    "react_tally.csv": ("react_tally", {"": (2, 1, "2026-11-25 17:05:09", "2026-11-25 17:06:40")}, [3]),
    "react_tally_marks.csv": ("react_tally", {"Laps": (1, 12, "", "")}, [3]),
    "countapp.json": ("countapp", {"Laps": (4, 5, "2026-11-25 17:02:31.700", "2026-11-25 17:05:09.123")}, []),
    "simplecounter.json": ("simplecounter", {"Deaths": (1, 17, "", "")}, []),
    "esp32.csv": ("esp32", {"": (2, 42, "2026-11-25 17:05:09", "2026-11-25 17:06:12")}, []),
    "click_counter.csv": ("own", {"doors": (3, 5_000_000, "2026-11-25 18:05:09.123", "2026-11-25 18:07:09.123")}, []),
    "plain.csv": ("", {"": (2, -1, "2026-11-25 17:05", "2026-11-25 17:06")}, []),
}  # fmt: skip
DOORS = {
    "de": ("Nordtür", "Südtür"),
    "ru": ("Северный вход", "Южный вход"),
    "us": ("North door", "South door"),
}
SPREADSHEETS = {
    **{f"libreoffice_{locale}.{ending}": locale for locale in DOORS for ending in ("csv", "ods", "xlsx")},
    "excel_de.csv": "de",
    "excel_ru.csv": "ru",
    "excel_unicode.txt": "ru",
    "google_sheets.csv": "us",
}


def at(local: str) -> int | None:
    return round(datetime.fromisoformat(local).replace(tzinfo=BERLIN).timestamp() * 1000) if local else None


@pytest.mark.parametrize("name", APPS)
def test_an_apps_own_file_is_taken_as_it_is(name: str):
    writer, counters, lines = APPS[name]
    content = (FILES / name).read_bytes()
    found = look_at(content)
    assert (found.plan.writer, found.questions) == (writer, ())
    whole = summary(file_of(content), found.plan)
    expected = {counter: (rows, total, at(first), at(last)) for counter, (rows, total, first, last) in counters.items()}
    assert {c.name: (c.rows, c.sum, c.first, c.last) for c in whole.counters} == expected
    assert [row.line for row in whole.first_left_out] == lines
    assert (whole.left_out, whole.unreadable) == (len(lines), 0)
    assert sum(row.amount for row in counted(content, found.plan)) == sum(counter[1] for counter in counters.values())


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_a_spreadsheet_of_any_locale_reads_the_same(name: str):
    north, south = DOORS[SPREADSHEETS[name]]
    rows = read((FILES / name).read_bytes())
    minutes = [(row.line, row.counter, row.at and row.at // 60_000 * 60_000, row.amount) for row in rows]
    assert minutes == [
        (2, north, at("2026-02-25 17:05"), 1),
        (3, north, at("2026-02-25 17:06"), -2),
        (4, south, at("2026-02-26 09:00"), 1250),
        (5, south, at("2026-03-03 08:15"), 3),
    ]


def test_running_totals_begin_with_an_opening_amount():
    rows = read((FILES / "home_assistant.csv").read_bytes())
    assert [(row.counter, row.amount, row.opening) for row in rows] == [
        ("counter.visitors", 41, True),
        ("counter.visitors", 1, False),
        ("counter.visitors", 2, False),
        ("counter.visitors", -44, False),
        ("counter.exits", 7, True),
    ]


def test_our_own_csv_keeps_keys_notes_and_corrections():
    press, correction, undo = read((FILES / "click_counter.csv").read_bytes())
    assert press == Row(2, "doors", at("2026-11-25 18:05:09.123"), 1, "North", False, "019abc0000010123456789abcdef0123")
    assert (correction.opening, correction.note) == (True, "North · =moved, from the old clicker")
    assert (undo.amount, undo.opening, undo.key) == (-1, False, "019abc0000030123456789abcdef0123")


def test_notes_and_labels_come_along():
    assert [row.note for row in read((FILES / "track_and_graph.csv").read_bytes())] == ["", "double · after lunch, strong"]
