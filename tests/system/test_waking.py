"""A page that comes back is right within two seconds: from the back-forward cache, from sleep, as a duplicate."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser import BROWSERS, COUNT_STORED, Profile, TabPage, seconds
from tests.conftest import Open, allowing, rows, value_of
from tests.proxy import Proxy, in_background
from tests.server import BackEnd, free_port, wait_for
from tests.sleeping import fall_asleep, sleepy_phone, wake_up

SOON = 3.5  # seconds: two, and what a busy machine adds
everywhere = pytest.mark.parametrize("profile", BROWSERS, indirect=True)
# Debian's Chromium without a screen has no back-forward cache; Firefox's keeps no page with an open socket.
in_firefox = pytest.mark.parametrize("profile", ["firefox"], indirect=True)
# Presses once the page returns from the cache. Playwright does not see pages that do.
PRESS_ON_RETURN = """
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) setTimeout(() => document.querySelector('[data-testid=click]').click(), 100);
}, { once: true });
"""
# With window.leaving, the page goes there once an attempt to connect has failed: Firefox keeps none with one under way.
LEAVE_BETWEEN_ATTEMPTS = """
WebSocket = class extends WebSocket {
  constructor(...how) {
    super(...how);
    this.addEventListener('close', () => {
      if (window.leaving) setTimeout(() => { location = window.leaving; window.leaving = null; });
    });
  }
};
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
def test_a_page_from_the_back_forward_cache_goes_on_counting(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.page.add_init_script(LEAVE_BETWEEN_ATTEMPTS)
    tab.page.reload()
    tab.is_state("connected")
    tab.press(3)
    tab.all_saved()
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press()
    tab.page.evaluate(PRESS_ON_RETURN)
    tab.page.evaluate("window.leaving = '/favicon.svg'")
    tab.page.wait_for_url("**/favicon.svg")
    back_end.start()
    tab.page.evaluate("void history.back()")
    wait_for(lambda: value_of(back_end) == 5, "it is back, has pressed and saved")
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(5,)]


@pytest.fixture
def server(ports: tuple[int, int], tmp_path: Path) -> Iterator[BackEnd]:
    """A back end behind a proxy, which takes the port that pages use."""
    back_end = BackEnd(free_port(), tmp_path, **allowing(ports[1]))
    back_end.start()
    yield back_end
    back_end.kill()


def test_a_phone_that_slept_is_right_within_two_seconds(
    ports: tuple[int, int], server: BackEnd, origin: str, playwright: Playwright, tab: Open, tmp_path: Path
):
    with in_background(Proxy(server.port, ports[0])) as network, sleepy_phone(playwright, tmp_path) as phone:
        pressing, idle = pages = [TabPage(phone.new_page()) for _ in range(2)]
        for one in pages:
            one.page.add_init_script(SLEEP)
            one.page.goto(origin)
            one.is_state("connected")
        pressing.press(2)
        pressing.all_saved()
        its_own = set(network.connections)
        other = tab()
        other.is_state("connected")
        for connection in its_own:
            connection.mode = "dead"  # nobody says so
        pressing.press()
        for one in pages:
            fall_asleep(one.page)
            one.page.evaluate("sleep(600_000)")
        other.press(4)
        other.all_saved()
        wake_up(idle.page)  # it has nothing to send, which would find the dead connection, too
        assert seconds(lambda: idle.sees(6)) < SOON
        wake_up(pressing.page)
        assert seconds(lambda: pressing.sees(7)) < SOON
        pressing.is_state("connected")
        pressing.all_saved()
        pressing.element("click").dispatch_event("click")  # a page that is not drawn takes no pointer
        pressing.all_saved()
        times = rows(server.database, "SELECT pressed_at FROM click WHERE device_id = 1 ORDER BY pressed_at")
        wrong = [saved - truth for (saved,), truth in zip(times, pressing.page.evaluate("truth"), strict=True)]
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
        one.sees(25)
        one.all_saved()
    for one in (tab, double):
        one.page.evaluate(COUNT_STORED)
    back_end.kill()
    for one in (tab, double):
        one.is_state("reconnecting")
        one.press(3)
        one.all_stored(3)
    double.page.close()
    back_end.start()
    tab.is_state("connected")
    tab.sees(31)
    tab.all_saved()
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
            each.sees(n)
            each.all_saved()
    for n, one in enumerate((double, tab, double)):
        one.element("undo").click()
        for each in (tab, double):
            each.sees(2 - n)
            each.all_saved()
    wait_for(lambda: value_of(back_end) == 0, "all are taken back")
    undone = rows(back_end.database, "SELECT c.id FROM click u JOIN click c ON c.key = u.takes_back ORDER BY u.id")
    assert undone == [(3,), (2,), (1,)]
