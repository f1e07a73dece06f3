"""A page that comes back is right within two seconds: from the back-forward cache, from sleep, as a duplicate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import BROWSERS, COUNT_STORED, Profile, TabPage, until
from tests.conftest import Open, allowing, rows, value_of
from tests.proxy import Proxy, in_background
from tests.server import BackEnd, free_port, wait_for

SOON = 2.0  # seconds
everywhere = pytest.mark.parametrize("profile", BROWSERS, indirect=True)
# Debian's Chromium without a screen has no back-forward cache.
in_firefox = pytest.mark.parametrize("profile", [one for one in BROWSERS if one == "firefox"], indirect=True)
# Presses within 200 ms of the page's return, and says in window.returned whether it came from the cache.
PRESS_ON_RETURN = """
window.returned = null;
addEventListener('pageshow', ({ persisted }) => {
  window.returned = persisted;
  setTimeout(() => document.querySelector('[data-testid=click]').click(), 100);
}, { once: true });
"""
# As on a device that sleeps: time passes, but not for performance.now(). window.truth has when presses were made.
SLEEP = """
const now = Date.now.bind(Date);
let slept = 0;
Date.now = () => now() + slept;
window.sleep = (ms) => (slept += ms);
window.truth = [];
addEventListener('clickcounter:press', () => window.truth.push(now()));
"""


@in_firefox
def test_a_page_from_the_back_forward_cache_counts_at_once(back_end: BackEnd, profile: Profile):
    tab, other = profile.open(), profile.open()
    for one in (tab, other):
        one.is_state("connected")
    tab.press(3)
    tab.all_saved()
    tab.page.evaluate(PRESS_ON_RETURN)
    tab.page.goto(profile.origin + "/favicon.svg")
    other.press(2)
    other.all_saved()
    tab.page.go_back()
    until(tab.page, "window.returned === true", timeout=2000)
    tab.sees(6, within=SOON)
    tab.is_state("connected", within=SOON)
    tab.all_saved(within=SOON)
    assert value_of(back_end) == 6
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(6,)]


@pytest.fixture
def server(ports: tuple[int, int], tmp_path: Path) -> Iterator[BackEnd]:
    """A back end behind a proxy, which takes the port that pages use."""
    back_end = BackEnd(free_port(), tmp_path, **allowing(ports[1]))
    back_end.start()
    yield back_end
    back_end.kill()


def test_a_phone_that_slept_is_right_within_two_seconds(
    ports: tuple[int, int], server: BackEnd, profile: Profile, tab: Open
):
    with in_background(Proxy(server.port, ports[0])) as network:
        phone, other = profile.open("/nothing/here"), tab()
        phone.page.add_init_script(SLEEP)
        phone.page.goto(profile.origin)
        for one in (phone, other):
            one.is_state("connected")
        phone.press(2)
        phone.all_saved()
        for connection in network.connections:
            connection.mode = "dead"  # nobody says so
        phone.press()
        lifecycle = phone.page.context.new_cdp_session(phone.page)
        lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
        phone.page.evaluate("sleep(600_000)")
        other.page.reload()  # its connection is a new one
        other.is_state("connected")
        other.press(4)
        other.all_saved()
        lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
        phone.sees(7, within=SOON)
        phone.is_state("connected", within=SOON)
        phone.all_saved(within=SOON)
        phone.press()
        phone.all_saved(within=SOON)
        times = rows(server.database, "SELECT pressed_at FROM click WHERE device_id = 1 ORDER BY pressed_at")
        wrong = [saved - truth for (saved,), truth in zip(times, phone.page.evaluate("truth"), strict=True)]
        assert max(map(abs, wrong)) < 100, wrong


@everywhere
def test_a_duplicated_tab_counts_and_takes_back_what_it_says(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.press(5)
    tab.all_saved()
    with tab.page.expect_popup() as opened:
        tab.page.evaluate("() => void open(location.href)")  # copies what the tab's session holds, as "Duplicate tab" does
    double = TabPage(opened.value)
    double.is_state("connected")
    for _ in range(10):
        tab.press()
        double.press()
    for one in (tab, double):
        one.sees(25, within=SOON)
        one.all_saved()
    for one in (tab, double):
        one.page.evaluate(COUNT_STORED)
    back_end.kill()
    for one in (tab, double):
        one.is_state("reconnecting", within=7)
        one.press(3)
        one.all_stored(3)
    double.page.close()
    back_end.start()
    tab.is_state("connected", within=15)
    tab.sees(31, within=15)
    tab.all_saved(within=15)
    assert value_of(back_end) == 31
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(31,)]


@everywhere
def test_undo_in_a_duplicated_tab_takes_back_the_newest_press_of_both(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    with tab.page.expect_popup() as opened:
        tab.page.evaluate("() => void open(location.href)")
    double = TabPage(opened.value)
    double.is_state("connected")
    presses = [tab, double, tab]
    for n, one in enumerate(presses, 1):
        one.press()
        for each in (tab, double):
            each.sees(n, within=SOON)
            each.all_saved()
    for n, one in enumerate((double, tab, double)):
        one.element("undo").click()
        for each in (tab, double):
            each.sees(2 - n, within=SOON)
            each.all_saved()
    wait_for(lambda: value_of(back_end) == 0, "all are taken back")
    undone = rows(back_end.database, "SELECT c.id FROM click u JOIN click c ON c.key = u.takes_back ORDER BY u.id")
    assert undone == [(3,), (2,), (1,)]
