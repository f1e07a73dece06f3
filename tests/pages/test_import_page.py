"""Importing a file on the page that lists counters."""

import re
from pathlib import Path

from playwright.sync_api import Route, expect

from clickcounter.pages.counters import IMPORT
from tests.conftest import Open
from tests.server import ROOT, BackEnd

BAD = "when,amount\n2026-03-01 09:00,5\nyesterday,1\n"
BAD_GATEWAY = "<html>\n<h1>502 Bad Gateway</h1>\n</html>\n"  # as a proxy says it
FAIL_ONCE = """() => {
  const { FormData } = window;
  window.FormData = class {
    constructor() {
      window.FormData = FormData;
      throw new Error('no');
    }
  };
}"""


def test_each_stage_of_an_import_has_a_text_on_the_page():
    named = re.findall(r'"(import_[a-z]+)"', (ROOT / "clickcounter/components/list/import_response.js").read_text())
    assert len(named) > 4
    assert set(named) <= set(IMPORT)


def test_a_bad_import_names_its_line_and_a_good_one_counts(back_end: BackEnd, tab: Open, tmp_path: Path):
    (tmp_path / "bad.csv").write_text(BAD)
    (tmp_path / "good.csv").write_text(BAD.replace("yesterday", "2026-03-02"))
    counter = tab("/c/counter")
    counter.is_state("connected")
    page = tab("/counters", "two").page
    page.get_by_test_id("import").click()
    page.get_by_test_id("file").set_input_files(tmp_path / "bad.csv")
    held: list[Route] = []
    page.route("**/import?**", lambda route: held.append(route))
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("confirm")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("progressbar", name="Uploading…")).to_be_visible()
    held[0].fulfill(status=502, content_type="text/html", body=BAD_GATEWAY)
    page.get_by_text("The connection was lost").wait_for()
    page.unroute("**/import?**")
    page.evaluate(FAIL_ONCE)
    page.get_by_test_id("confirm").click()
    page.get_by_text("Something went wrong. Try again.").wait_for()
    page.get_by_test_id("confirm").click()
    page.get_by_text("Line 3: “when” must be a date and time").wait_for()
    assert back_end.query("SELECT count(*) FROM click") == [(0,)]
    page.get_by_test_id("file").set_input_files(tmp_path / "good.csv")
    page.get_by_test_id("confirm").click()
    page.locator("[data-testid=import-told][data-written='2']").wait_for()
    counter.sees(6)
    page.get_by_test_id("confirm").click()
    page.get_by_test_id("dialog-import").wait_for(state="detached")
