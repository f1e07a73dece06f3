"""A report as a page, as a PDF of a real Chromium, and as a table, written in the terminal."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.cli.main import main
from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.history.report.facts import Report
from clickcounter.history.report.read import read_report
from clickcounter.i18n.languages import LANGUAGES
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.paper import chart, pdf
from clickcounter.paper.page import Setting, document
from clickcounter.paper.table import csv_report
from clickcounter.paper.words import NO_BREAK, Words
from tests.conftest import only_sqlite
from tests.event_night import LIMIT, REASON, night, query_of
from tests.moved_clock import Clock, ms
from tests.paper.pages_of import pdf_pages

TIMES = ("--since", "2026-10-24T22:00", "--until", "2026-10-25T05:00", "--zone", "Europe/Berlin")


@pytest.fixture
def house(ledger: Ledger, db_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A counter after its night; its name is one that no document may obey."""
    clock = Clock()
    monkeypatch.setattr(clicks, "time", clock)
    house, _ = night(ledger, clock)
    ledger.transact(lambda c: counters.update_settings(c, house, {"name": 'Дом "}</style><b>&'}, None))
    monkeypatch.setenv("REFLEX_DB_URL", db_url)
    return house


def run(*words: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["report", *map(str, words)])
    return ended.value.code


@only_sqlite
def test_the_terminal_writes_a_pdf_that_says_what_the_page_says(house: str, tmp_path: Path):
    out = tmp_path / "report.pdf"
    assert run(house, *TIMES, "--out", out) == 0
    pages = pdf_pages(out.read_bytes())
    text = "".join(page.text for page in pages)
    assert {page[:2] for page in pages} == {(595, 842)}, "A4"
    assert 2 <= len(pages) <= 4
    for said in (
        'Дом"}</style><b>&',
        "Europe/Berlin(UTC+2→UTC+1)",
        f"Limitof{LIMIT}reached",
        "Perhour",
        "Perhourandcounter",
        "Wayout",
        "Device",
    ):
        assert said in text, said
    assert "".join(REASON.split()) in text
    for number, page in enumerate(pages, 1):
        assert page.text.startswith(f"{number}/{len(pages)}"), "each page is numbered"
    assert run(house, *TIMES, "--out", out) == f"{out} exists already. A report never overwrites a file."
    letter = tmp_path / "letter.pdf"
    assert run(house, *TIMES, "--paper", "Letter", "--lang", "ru", "--out", letter) == 0
    pages = pdf_pages(letter.read_bytes())
    assert {page[:2] for page in pages} == {(612, 792)}
    assert "Часовойпояс:Europe/Berlin" in pages[0].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_groups_numbers_as_the_pages_do(language: str):
    numbers = [7, 1_000, -9_999, 10_000, -1_234_567]
    script = f"console.log(JSON.stringify({numbers}.map(n => new Intl.NumberFormat('{language}').format(n))))"
    shown = json.loads(subprocess.check_output([Path(sys.executable).with_name("node"), "-e", script]))
    words = Words(language, ZoneInfo("UTC"))
    assert [words.number(one) for one in numbers] == [one.replace("-", "\u2212") for one in shown]
    assert words.signed(10_000) == f"+{shown[3]}"


@pytest.mark.parametrize(
    ("language", "date", "brief"),
    [
        ("en", "29 November 2026", "29 Nov"),
        ("ru", "29 ноября 2026 г.", "29 нояб."),
        ("de", "29. November 2026", "29. Nov."),
        ("es", "29 de noviembre de 2026", "29 nov"),
    ],
)
def test_a_reports_dates_are_those_of_its_language_and_no_line_breaks_them(language: str, date: str, brief: str):
    words = Words(language, ZoneInfo("UTC"))
    assert words.date(ms("2026-11-29T12:00Z")) == date.replace(" ", NO_BREAK)
    assert words.brief_date(ms("2026-11-29T12:00Z")) == brief


@pytest.mark.parametrize(("highest", "longest"), [(5, "6"), (1_100_000, "1.200.000")])
def test_a_chart_leaves_room_for_its_numbers_on_a_phone(highest: int, longest: str):
    left = chart._left(Words("de", ZoneInfo("UTC")), chart._Scale(0, chart._round_up(highest), 0, 1))
    assert left >= chart.LEFT
    assert left - 8 >= len(longest) * chart.DIGIT


@pytest.mark.parametrize(("goal", "under"), [(600, False), (950, True), (1000, True)])
def test_a_limit_and_a_goal_near_it_do_not_cover_each_others_names(goal: int, under: bool):
    scale = chart._Scale(0, 1000, chart.TOP, chart.MIDDLE)
    drawn = chart._limits([("limit", 1000), ("goal", goal)], scale, Words("es", ZoneInfo("UTC")), chart.LEFT)
    names = [re.search(r"<text.*? y=\"([\d.]+)\"(.*?)>", group) for group in map(str, drawn)]
    top, bottom = (float(name[1]) for name in names if name)
    assert [name is not None and "hanging" in name[2] for name in names] == [False, under]
    assert top > 21  # the size of the letters on a phone
    assert bottom - top > (0 if under else 21)


@only_sqlite
def test_the_page_says_what_each_counter_did_in_each_hour(house: str, db_url: str):
    report = report_of(db_url, house)
    page = document(report, Setting("en"))
    table = page.partition('data-testid="by-door"')[2].partition("</table>")[0]
    lines = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line) for line in re.findall(r"<tr.*?</tr>", table)]
    assert lines[0][1:] == [*(f"<bdi>{door.name}</bdi>" for door in report.doors), "Total"]
    numbers = [[int(cell.replace("\u2212", "-")) for cell in line[1:]] for line in lines[1:] if len(line) > 1]
    assert numbers[:-1] == [
        [*(door.rows[n].amount for door in report.doors), row.sums.amount] for n, row in enumerate(report.rows)
    ]
    assert numbers[-1] == [*(door.sums.amount for door in report.doors), report.sums.amount]
    alone = document(report_of(db_url, report.doors[0].slug), Setting("en"))
    assert "by-door" not in alone.partition("</head>")[2]


def report_of(db_url: str, slug: str) -> Report:
    engine = open_engine(db_url)
    report = read_report(engine, query_of(slug), None, clicks.now_ms())
    engine.dispose()
    return report


@only_sqlite
def test_without_chromium_the_terminal_says_what_to_install(house: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "PLACES", ())
    assert run(house, "--out", tmp_path / "report.pdf") == pdf.MISSING
    assert run(house, "--out", tmp_path / "report.doc") == (
        "The file's name says what it will be: report.pdf, report.html or report.csv."
    )
    assert run(house, "--day", "yesterday") == "a day is written 2026-11-28, a moment 2026-11-28T18:00, a round is a number"
    assert run("nowhere") == "There is no counter 'nowhere'."
    assert list(tmp_path.glob("report*")) == []
    assert run(house, "--out", tmp_path / "report.html") == 0
    assert "</style><b>" not in (tmp_path / "report.html").read_text().partition("</head>")[2].replace("&lt;", "")


@only_sqlite
def test_the_table_has_every_number_of_the_report(house: str, db_url: str, tmp_path: Path):
    out = tmp_path / "report.csv"
    assert run(house, *TIMES, "--separator", "semicolon", "--out", out) == 0
    report = report_of(db_url, house)
    written = out.read_bytes().decode("utf-8-sig")
    assert written == csv_report(report, ";").removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(written), delimiter=";"))

    def of(what: str) -> list[dict[str, str]]:
        return [line for line in lines if line["what"] == what]

    numbers = ("added", "subtracted", "corrected", "presses")
    [total] = of("total")
    assert total["name"].endswith('Дом "}</style><b>&')
    assert tuple(int(total[name]) for name in numbers) == tuple(report.sums)
    assert (int(total["highest"]), int(total["at_end"])) == (report.peak.value, report.at_end)
    hours = [tuple(int(line[name]) for name in (*numbers, "highest", "at_end")) for line in of("hour")]
    assert hours == [(*row.sums, row.highest, row.at_end) for row in report.rows]
    assert [line["from"] for line in of("hour")][4:6] == ["2026-10-25 02:00:00"] * 2, "the hour that comes twice"
    assert [ms(line["from_utc"]) for line in of("hour")] == [row.start for row in report.rows]
    assert [line["name"] for line in of("counter")] == [door.name for door in report.doors]
    by_door = {(line["name"], ms(line["from_utc"])): int(line["change"]) for line in of("counter_hour")}
    assert by_door == {
        (door.name, row.start): sums.amount
        for door in report.doors
        for row, sums in zip(report.rows, door.rows, strict=True)
        if any(sums)
    }
    assert sum(int(line["presses"]) for line in of("who")) == report.sums.clicks
    assert [line["reason"] for line in of("correction")] == [REASON]
    assert {line["what"] for line in lines} >= {"limit", "warning", "undo", "take_back"}
