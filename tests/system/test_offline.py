"""Unsaved clicks survive the page, the browser, the network and the server, in real profiles with real kills."""

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.browser import ALL_FILES_CACHED, BROWSERS, COUNT_STORED, READ_OUTBOX, Profile, until
from tests.conftest import rows, value_of
from tests.server import BackEnd, Nginx, another_version, export_front_end

# The hashed names of the scripts that the page started with; they differ between versions.
ENTRY = "() => [...document.querySelectorAll('link[rel=modulepreload]')].map((link) => link.href).sort().join()"
# Whether this number is kept for a visit without a connection.
LAST_NUMBER = "value => JSON.parse(localStorage.getItem('clickcounter.last.counter'))?.value === value"
everywhere = pytest.mark.parametrize("profile", BROWSERS, indirect=True)


@everywhere
def test_offline_clicks_survive_a_killed_browser_with_their_times(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.page.evaluate(COUNT_STORED)
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(37)
    tab.all_stored(37)
    tab.sees(37)
    times = tab.page.evaluate(READ_OUTBOX)
    assert len(times) == 37
    profile.kill()
    back_end.start()
    again = profile.open()
    again.is_state("connected")
    again.all_saved()
    again.sees(37)
    stored = dict(rows(back_end.database, "SELECT key, pressed_at FROM click"))
    assert stored == {click["key"]: click["pressed_at"] for click in times}
    again.keeps(0)


@everywhere
def test_clicks_left_by_a_closed_tab_count_once(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.page.evaluate(COUNT_STORED)
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(9)
    tab.all_stored(9)
    others = [profile.open(), profile.open("/c/counter")]
    tab.page.close()
    for other in others:
        other.page.reload()  # both tabs look for unsaved clicks of closed tabs now
        other.page.wait_for_selector("[data-testid=unsaved][data-value='9']", state="attached")
    back_end.start()
    for other in others:
        other.is_state("connected")
        other.all_saved()
        other.sees(9)
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(9,)]


def test_an_offline_reload_keeps_number_and_unsaved_clicks(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.press(4)
    tab.all_saved()
    tab.page.evaluate(COUNT_STORED)
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(2)
    tab.all_stored(2)
    tab.page.reload()
    tab.page.wait_for_selector("[data-testid=unsaved][data-value='2']", state="attached")
    tab.sees(4)  # the number of the last visit, with the unsaved clicks beside it
    tab.is_state("reconnecting")
    tab.page.evaluate(COUNT_STORED)
    tab.press()  # counting goes on
    tab.sees(5)
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    tab.sees(7)
    assert value_of(back_end) == 7


def test_a_killed_page_leaves_its_last_number(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.press(3)
    tab.all_saved()
    until(tab.page, LAST_NUMBER, 3)
    back_end.kill()
    with tab.page.expect_event("crash"), suppress(Error):
        tab.page.goto("chrome://crash")  # as a phone that runs short of memory does: the page is not told
    again = profile.open()
    again.sees(3)
    again.is_state("reconnecting")
    again.press()
    again.sees(4)
    back_end.start()
    again.is_state("connected")
    again.all_saved()
    again.never_stepped_back()
    again.sees(4)
    assert value_of(back_end) == 4


def test_a_refused_click_is_listed_until_dismissed(back_end, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    change = "UPDATE counter SET value = 9007199254740991; UPDATE round SET total = 9007199254740991"
    for statement in change.split(";"):
        with sqlite3.connect(back_end.database) as connection:
            connection.execute(statement)
    tab.press()
    tab.page.get_by_text("The number would get too large").first.wait_for()
    tab.all_saved()
    tab.page.reload()
    tab.page.get_by_text("The number would get too large").first.wait_for()
    tab.element("dismiss").click()
    expect(tab.element("refused")).to_be_hidden()
    tab.page.reload()
    tab.is_state("connected")
    expect(tab.element("refused")).to_be_hidden()
    tab.keeps(0)


@pytest.mark.parametrize("profile", ["chromium", "firefox"], indirect=True)
def test_a_tab_opens_and_counts_without_any_server(back_end: BackEnd, profile: Profile, nginx_of_this_test: Nginx):
    profile.origin = nginx_of_this_test.origin
    tab = profile.open("/c/counter")
    tab.is_state("connected")
    tab.press(3)
    tab.all_saved()
    tab.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(tab.page, "caches.match('/shell').then((kept) => !!kept)")
    until(tab.page, ALL_FILES_CACHED)
    tab.page.close()
    back_end.kill()
    nginx_of_this_test.stop()
    tab = profile.open("/c/counter")
    for path in ("/export/counter.csv", "/readyz"):
        with pytest.raises(Error, match=r"CONNECTION_REFUSED|connectionFailure"):  # no counter's page in their place
            tab.page.context.new_page().goto(profile.origin + path)
    tab.sees(3)
    tab.page.evaluate(COUNT_STORED)
    tab.press(2)
    tab.sees(5)
    tab.all_stored(2)
    profile.kill()
    tab = profile.open("/")  # the same counter at its other address
    tab.page.wait_for_selector("[data-testid=unsaved][data-value='2']", state="attached")
    nginx_of_this_test.start()
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    tab.sees(5)
    assert value_of(back_end) == 5


def test_an_upgrade_replaces_the_page_and_keeps_unsaved_clicks(
    back_end: BackEnd, profile: Profile, nginx_of_this_test: Nginx, tmp_path: Path
):
    newer = another_version(tmp_path / "newer")
    new_site = export_front_end(back_end.url, tmp_path, newer)
    profile.origin = nginx_of_this_test.origin
    tab = profile.open()
    tab.is_state("connected")
    until(tab.page, "caches.match('/shell').then((kept) => !!kept)")
    back_end.kill()
    tab.is_state("reconnecting")
    tab.page.evaluate(COUNT_STORED)
    tab.press(3)
    tab.all_stored(3)
    nginx_of_this_test.stop()
    shutil.rmtree(nginx_of_this_test.site)
    shutil.copytree(new_site, nginx_of_this_test.site)
    nginx_of_this_test.start()
    back_end.checkout = newer
    old = tab.page.evaluate(ENTRY)
    back_end.start()
    until(tab.page, f"({ENTRY})() !== {old!r}")  # the page has reloaded itself
    tab.is_state("connected")
    tab.all_saved()
    tab.sees(3)
    assert value_of(back_end) == 3
