"""Importing a file on the page that lists counters: looked at first, then counted, then undone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from clickcounter.i18n.tables.dialog import CHOICES, DIALOG, SETTINGS
from clickcounter.transfer.tables.plan import DATES, DECIMALS, MEANINGS, SEPARATORS
from tests.conftest import Open, value_of
from tests.server import ROOT, BackEnd, wait_for
from tests.transfer.tables.two_sheets import two_sheets

SOURCES = ROOT / "clickcounter/components/importing"
SEVERAL = "Coffee,1764057600123,1764069912456,1764081345001\nPush-ups,1764054000000,1764054003210\n"
AMBIGUOUS = "Date,Amount\n03/04/2026,5\n05/04/2026,2\n"
BAD = "when,amount\n2026-03-01 09:00,5\nyesterday,1\n2026-03-03 10:00,2\n2026-03-04,1\n"
BAD_GATEWAY = "<html>\n<h1>502 Bad Gateway</h1>\n</html>\n"  # as a proxy says it
DROP = """([name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  for (const type of ['dragover', 'drop'])
    dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}"""
FAIL_ONCE = """() => {
  const { FormData } = window;
  window.FormData = class {
    constructor() {
      window.FormData = FormData;
      throw new Error('no');
    }
  };
}"""


@pytest.fixture
def page(back_end: BackEnd, tab: Open) -> Page:
    one = tab("/counters")
    one.is_state("connected")
    return one.page


def choose(page: Page, file: Path, text: str | None = None) -> None:
    if text is not None:
        file.write_text(text)
    page.get_by_test_id("file").set_input_files(file)


def sums(page: Page) -> dict[str, int]:
    """What the preview says of each counter, once it is ready."""
    expect(page.get_by_test_id("confirm")).to_have_attribute("aria-disabled", "false")
    shown = page.get_by_test_id("found-counter").all()
    return {str(one.get_attribute("data-slug")): int(one.get_attribute("data-sum") or 0) for one in shown}


def confirm(page: Page, written: int, known: int = 0) -> None:
    page.get_by_test_id("confirm").click()
    page.locator(f"[data-testid=import-result][data-stage=done][data-written='{written}'][data-known='{known}']").wait_for()


def test_every_text_that_the_dialog_names_exists():
    named = [name for file in SOURCES.glob("*.js*") for name in re.findall(r'"(import_[a-z_]+)"', file.read_text())]
    assert len(named) > 20
    assert set(named) <= set(DIALOG)


def test_every_way_to_read_a_table_has_a_name():
    for setting, values in (("dates", DATES), ("decimal", DECIMALS), ("meaning", MEANINGS), ("separator", SEPARATORS)):
        assert set(CHOICES[setting]) == set(values)
        assert setting in SETTINGS


def test_a_file_of_another_app_counts_after_one_look_and_can_be_undone(back_end: BackEnd, page: Page, tmp_path: Path):
    choose(page, tmp_path / "counters.csv", SEVERAL)
    assert sums(page) == {"coffee": 3, "push-ups": 2}
    assert back_end.query("SELECT count(*) FROM click") == [(0,)], "looking changes nothing"
    confirm(page, 5)
    page.locator("[data-testid=row][data-slug=coffee][data-value='3']").wait_for()
    assert back_end.query("SELECT label FROM device WHERE label != ''") == [("counters.csv",)]
    page.get_by_test_id("undo-import").click()
    page.locator("[data-testid=import-result][data-stage=undone]").wait_for()
    page.locator("[data-testid=row][data-slug=coffee][data-value='0']").wait_for()
    page.get_by_test_id("confirm").click()
    page.get_by_test_id("dialog-import").wait_for(state="detached")


def test_what_a_file_leaves_open_is_asked_and_can_be_changed(back_end: BackEnd, page: Page, tmp_path: Path):
    page.evaluate(DROP, ["log (1).csv", AMBIGUOUS])
    page.get_by_test_id("question-dates").wait_for()
    expect(page.get_by_test_id("confirm")).to_have_attribute("aria-disabled", "true")
    page.get_by_test_id("answer-dmy").check()
    assert sums(page) == {"log": 7}
    expect(page.get_by_test_id("first-rows")).to_contain_text("Apr 3, 2026")
    page.get_by_test_id("answer-mdy").check()
    expect(page.get_by_test_id("first-rows")).to_contain_text("Mar 4, 2026")
    page.get_by_test_id("import-counter").fill("north-door")
    page.get_by_test_id("import-counter").press("Enter")  # shows the other counter first
    page.locator("[data-testid=found-counter][data-slug=north-door]").wait_for()
    assert sums(page) == {"north-door": 7}
    confirm(page, 2)
    page.get_by_test_id("open-counter").click()
    page.wait_for_url("**/c/north-door")


def test_several_files_come_one_after_the_other(back_end: BackEnd, page: Page, tmp_path: Path):
    files = [tmp_path / "doors.csv", tmp_path / "counters.csv"]
    for file, text in zip(files, ("when,amount\n2026-03-01 09:00,5\n", SEVERAL), strict=True):
        file.write_text(text)
    page.get_by_test_id("file").set_input_files(files)
    page.get_by_role("heading", name="Import “doors.csv” (1 of 2)").wait_for()
    assert sums(page) == {"doors": 5}
    confirm(page, 1)
    page.get_by_test_id("confirm").click()
    page.get_by_role("heading", name="Import “counters.csv” (2 of 2)").wait_for()
    assert sums(page) == {"coffee": 3, "push-ups": 2}
    page.get_by_test_id("cancel").click()
    page.get_by_test_id("dialog-import").wait_for(state="detached")
    assert back_end.query("SELECT count(*) FROM click") == [(1,)]


def test_a_workbook_says_which_of_its_sheets_is_read(page: Page, tmp_path: Path):
    book = tmp_path / "book.ods"
    book.write_bytes(two_sheets())
    choose(page, book)
    assert sums(page) == {"north-door": -1, "south-door": 1253}
    expect(page.get_by_test_id("sheet")).to_contain_text("Only the sheet “us” is read, one of 2.")
    page.get_by_test_id("settings").locator("summary").click()
    page.get_by_test_id("setting-sheet").select_option("April")
    expect(page.get_by_test_id("sheet")).to_contain_text("April")
    assert sums(page) == {"north-door": -1, "south-door": 1255}


def test_a_line_that_cannot_be_read_is_named_and_can_be_left_out(back_end: BackEnd, page: Page, tmp_path: Path):
    choose(page, tmp_path / "counter.csv", BAD)
    page.get_by_test_id("left-out").locator("summary").click()
    expect(page.get_by_test_id("left-out")).to_contain_text("Line 3")
    expect(page.get_by_test_id("confirm")).to_have_attribute("aria-disabled", "true")
    page.get_by_test_id("unreadable").locator("input").check()
    assert sums(page) == {"counter": 8}
    confirm(page, 3)
    assert value_of(back_end) == 8


def test_a_dialog_outlives_a_lost_connection_and_a_changed_file(back_end: BackEnd, page: Page, tmp_path: Path):
    file = tmp_path / "counter.csv"
    choose(page, file, BAD.replace("yesterday", "2026-03-02"))
    assert sums(page) == {"counter": 9}
    held: list[Route] = []
    page.route("**/import?**", lambda route: held.append(route))
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("confirm")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("progressbar").wait_for()
    wait_for(lambda: page.evaluate("true") and held, "the file is sent")
    held[0].fulfill(status=502, content_type="text/html", body=BAD_GATEWAY)
    page.get_by_text("The connection was lost").wait_for()
    page.unroute("**/import?**")
    page.evaluate(FAIL_ONCE)
    page.get_by_test_id("confirm").click()
    page.get_by_text("Something went wrong. Try again.").wait_for()
    file.write_text("when,amount\n")
    page.get_by_test_id("confirm").click()
    page.get_by_text("it was moved or changed after you chose it").wait_for()
    assert value_of(back_end) == 0
    page.get_by_test_id("cancel").click()
    page.get_by_test_id("dialog-import").wait_for(state="detached")


def test_an_export_comes_back_the_same_way(back_end: BackEnd, tab: Open, page: Page, tmp_path: Path):
    counter = tab("/c/counter")
    counter.is_state("connected")
    counter.press(3)
    counter.all_saved()
    for ending in ("jsonl", "xlsx"):
        file = tmp_path / f"counter.{ending}"
        file.write_bytes(page.request.get(f"{back_end.url}/export/counter.{ending}").body())
        choose(page, file)
        assert sums(page) == {"counter": 3}
        assert page.get_by_test_id("whole").count() == (ending == "jsonl")  # which cannot be undone
        confirm(page, 0, known=3)
        page.get_by_test_id("confirm").click()
        page.get_by_test_id("dialog-import").wait_for(state="detached")
