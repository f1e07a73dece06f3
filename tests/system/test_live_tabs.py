"""Live numbers in a real Chromium; nginx serves the front end from a different origin than the back end.

Tests marked `on_both` run with one process on SQLite, and again with PostgreSQL, Redis and three workers.
"""

import itertools
import threading
from functools import partial

import pytest

from clickcounter.domain.clicks import Click, Order
from clickcounter.ledger.ledger import Ledger
from tests.browser import seconds, until, usually_within
from tests.conftest import Open, value_of
from tests.raw import new_key
from tests.server import BackEnd

on_both = pytest.mark.parametrize("back_end", ["one process", "cluster"], indirect=True)
MILLION = 1_000_000
# Navigates without reloading the page, as the app's own links do.
FOLLOW_LINK = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')) }"


@on_both
def test_tabs_follow_each_other_through_a_server_crash(back_end: BackEnd, tab: Open):
    tabs = [tab(), tab("/c/counter"), tab(profile="two")]
    for one in tabs:
        one.is_state("connected")
    total, took = 0, []
    for one in tabs:
        one.press(4)
        total += 4
        took += [seconds(partial(each.sees, total)) for each in tabs]
    assert usually_within(1, took)
    assert value_of(back_end) == total
    assert len(back_end.query("SELECT * FROM device")) == 2

    back_end.kill()
    for one in tabs:
        one.is_state("reconnecting")
        assert one.value() == total  # the last known number stays on screen
    tabs[0].press(2)
    tabs[0].sees(total + 2)
    tabs[0].has("unsaved", value=2)
    back_end.start()
    for one in tabs:
        one.is_state("connected")
    total += 2
    for one in tabs:
        one.sees(total)
    tabs[2].press()
    for one in tabs:
        one.sees(total + 1)
        one.all_saved()
        one.never_stepped_back()
    assert value_of(back_end) == total + 1


@on_both
def test_reconnecting_and_navigating_tabs_never_step_back(back_end: BackEnd, tab: Open):
    url = back_end.db_url
    Ledger(url).create("other", "Another")
    # So much larger that a number on the wrong page stands out.
    back_end.query(f"UPDATE counter SET value = value + {MILLION} WHERE slug = 'other'")
    stop = threading.Event()

    def click_fast() -> None:
        ledger, devices = Ledger(url), itertools.cycle(["a" * 64, "b" * 64])
        while not stop.wait(0.004):
            slugs = ("counter", "counter", "other")
            ledger.write([Order(slug, next(devices), (Click(new_key(), 1, 0, 0),)) for slug in slugs])
        ledger.close()

    tabs = [tab(), tab("/c/other", profile="two")]
    for one in tabs:
        one.is_state("connected")
    fast = threading.Thread(target=click_fast)
    fast.start()
    try:
        for turn in range(12):
            for one in tabs:
                slug = ("other", "counter")[turn % 2]
                one.page.evaluate(FOLLOW_LINK, f"/c/{slug}")
                one.page.wait_for_selector(f"[data-testid=count][data-counter={slug}][data-value]")
                one.press(2)
            if turn in (4, 8):
                back_end.kill()
                back_end.start()
    finally:
        stop.set()
        fast.join()
    for one in tabs:
        one.all_saved()
    values = dict(back_end.query("SELECT slug, value FROM counter"))
    for one in tabs:
        one.sees(values["counter"])
        one.never_stepped_back()
        for counter, _, value, _ in one.shown():
            assert value is None or (int(value) >= MILLION) == (counter == "other")
    assert back_end.query("SELECT count(*) FROM click") == [(values["counter"] + values["other"] - MILLION,)]


def test_tabs_accept_a_new_database_after_a_restart(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.press(5)
    one.sees(5)
    one.all_saved()
    back_end.kill()
    for path in back_end.database.parent.glob("counter.db*"):
        path.unlink()
    back_end.start()
    one.sees(0)
    one.press()
    one.sees(1)
    one.all_saved()
    one.never_stepped_back()


def test_opening_and_reloading_never_flash_a_wrong_number(back_end: BackEnd, tab: Open):
    ledger = Ledger(back_end.db_url)
    ledger.write([Order("counter", "a" * 64, tuple(Click(new_key(), 1, 0, 0) for _ in range(41)))])
    one = tab("/c/counter")
    for _ in range(3):
        one.sees(41)
        assert {value for _, _, value, _ in one.shown()} <= {None, "41"}
        one.page.reload()
    until(one.page, "document.title.startsWith('41')")


def test_a_tab_reconnects_after_reflex_closed_its_socket(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    # Reflex closes the socket on this event, even if the page then stays: a download, a mailto link, "Stay on page".
    one.page.evaluate("dispatchEvent(new Event('beforeunload'))")
    one.is_state("reconnecting")
    one.press()
    one.is_state("connected")
    one.all_saved()
    one.sees(1)


def test_unsaved_clicks_of_a_page_left_behind_are_sent(back_end: BackEnd, tab: Open):
    Ledger(back_end.db_url).create("other")
    one = tab()
    one.is_state("connected")
    back_end.kill()
    one.is_state("reconnecting")
    one.press(3)
    one.page.evaluate(FOLLOW_LINK, "/c/other")
    one.page.wait_for_selector("[data-testid=count][data-counter=other]")
    one.has("unsaved", value=3)
    back_end.start()
    one.is_state("connected")
    one.all_saved()
    assert value_of(back_end) == 3
    one.sees(0)
