"""From a history to its report, and back."""

import urllib.request
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.conftest import Open
from tests.moved_clock import zone_at_noon
from tests.server import BackEnd


@pytest.fixture
def tab(tab: Open) -> Open:
    """Opens tabs where it is noon: a history that begins a new day shows none of the presses before."""
    return partial(tab, timezone_id=zone_at_noon())


def test_a_history_leads_to_the_report_of_what_it_shows(back_end: BackEnd, tab: Open):
    counter = tab("/c/counter")
    counter.press(3)
    counter.all_saved()
    history = tab("/c/counter/history")
    history.has("history", amount=3)
    for span in ("week", "all", "between", "round"):
        history.element(f"span-{span}").click()
        history.has("history", span=span, amount=3)
        with urllib.request.urlopen(history.element("report").get_attribute("href"), timeout=60) as response:
            assert '<div data-fact="added"><dt>Added</dt><dd><b>+3</b>' in response.read().decode(), span
    with history.page.expect_navigation():
        history.element("report").click()
    expect(history.page.locator("h1 + p")).to_contain_text("Report, round 1, ")
    with history.page.expect_navigation():
        history.element("back").click()
    history.has("history", amount=3)


def test_on_a_phone_the_report_stands_clear_of_the_line_above_it(back_end: BackEnd, tab: Open):
    history = tab("/c/counter/history", viewport={"width": 390, "height": 844})
    history.has("history")
    line, report = history.page.locator(".sum > .quiet").bounding_box(), history.element("report").bounding_box()
    assert line
    assert report
    assert report["y"] - (line["y"] + line["height"]) >= 12
