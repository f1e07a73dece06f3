"""Importing a file on the page that lists counters."""

from pathlib import Path

from tests.conftest import Open
from tests.server import BackEnd

BAD = "when,amount\n2026-03-01 09:00,5\nyesterday,1\n"


def test_a_bad_import_names_its_line_and_a_good_one_counts(back_end: BackEnd, tab: Open, tmp_path: Path):
    (tmp_path / "bad.csv").write_text(BAD)
    (tmp_path / "good.csv").write_text(BAD.replace("yesterday", "2026-03-02"))
    counter = tab("/c/counter")
    counter.is_state("connected")
    page = tab("/counters", "two").page
    page.get_by_test_id("import").click()
    page.get_by_test_id("file").set_input_files(tmp_path / "bad.csv")
    page.get_by_test_id("confirm").click()
    page.get_by_text("Line 3: “when” must be a date and time").wait_for()
    assert back_end.query("SELECT count(*) FROM click") == [(0,)]
    page.get_by_test_id("file").set_input_files(tmp_path / "good.csv")
    page.get_by_test_id("confirm").click()
    page.locator("[data-testid=import-told][data-written='2']").wait_for()
    counter.sees(6)
    page.get_by_test_id("confirm").click()
    page.get_by_test_id("dialog-import").wait_for(state="detached")
