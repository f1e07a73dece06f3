"""The list of counters updates live, in a real Chromium over a real back end.

Tests marked `on_both` run with one process on SQLite, and again with PostgreSQL, Redis and three workers behind nginx.
"""

import itertools
import threading

import pytest
from playwright.sync_api import expect

from clickcounter.domain.clicks import Click, Order
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from tests.conftest import Open
from tests.lists import RECORD_ROWS, ListPage, create_counter, second_ledger
from tests.raw import new_key
from tests.server import BackEnd, wait_for

on_both = pytest.mark.parametrize("back_end", ["one process", "cluster"], indirect=True)
FOLLOW_LINK = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')) }"
MILLION = 1_000_000


@on_both
def test_open_lists_show_new_renamed_and_archived_counters(back_end: BackEnd, tab: Open):
    lists = [ListPage(tab("/counters", profile=profile)) for profile in ("one", "one", "two")]
    one, own, other = lists
    for each in lists:
        each.shows("Click Counter", 0)
    one.enter("Coffee")
    for each in lists:
        each.shows("Coffee", 0)
        each.total(2)
    own.choose("Coffee", "rename")
    own.page.get_by_test_id("name").fill("Tea")
    own.page.get_by_test_id("confirm").click()
    for each in lists:
        each.shows("Tea")
        each.shows_no("Coffee")
    one.page.get_by_test_id("archived").click()
    one.page.get_by_text("The archive is empty").wait_for()
    expect(other.row("Tea").get_by_test_id("more"), "only its creator's browser gets a menu").to_have_count(0)
    own.choose("Tea", "archive")
    own.shows_no("Tea")
    other.shows_no("Tea")
    one.shows("Tea")
    one.choose("Tea", "restore")
    one.shows_no("Tea")
    other.shows("Tea")


def test_open_lists_follow_changes_by_second_ledger(back_end: BackEnd, tab: Open):
    lists = [ListPage(tab("/counters", profile=profile)) for profile in ("one", "two")]
    for each in lists:
        each.shows("Click Counter", 0)
    with second_ledger(back_end.db_url) as ledger:
        slug = create_counter(ledger, "From afar")
        for each in lists:
            each.shows("From afar", 0)
        ledger.write([Order(slug, "a" * 64, tuple(Click(new_key(), 1, 0, 0) for _ in range(41)))])
        for each in lists:
            each.shows("From afar", 41)
        ledger.transact(lambda connection: counters.delete(connection, slug, "From afar", None))
        for each in lists:
            each.shows_no("From afar")
            each.total(1)


@pytest.mark.parametrize("back_end", ["cluster"], indirect=True)
def test_rows_show_live_numbers_and_how_many_are_watching(back_end: BackEnd, tab: Open):
    board = ListPage(tab("/counters"))
    board.shows("Click Counter", 0)
    counting = tab("/", profile="two")
    counting.is_state("connected")
    board.row("Click Counter").get_by_text("1 watching").wait_for()
    counting.press(7)
    board.shows("Click Counter", 7)
    counting.page.close()
    board.row("Click Counter").get_by_text("no one watching").wait_for()


def test_an_open_list_survives_a_server_restart(back_end: BackEnd, tab: Open):
    board = ListPage(tab("/counters"))
    board.tab.is_state("connected")
    board.shows("Click Counter", 0)
    back_end.kill()
    board.tab.is_state("reconnecting")
    board.shows("Click Counter", 0)  # the last known number stays on screen
    with second_ledger(back_end.db_url) as ledger:
        create_counter(ledger, "Meanwhile")
    back_end.start()
    board.tab.is_state("connected")
    board.shows("Meanwhile", 0)


def test_navigation_never_shows_the_number_of_another_counter(back_end: BackEnd, tab: Open):
    url = back_end.db_url
    Ledger(url).create("other", "Another")
    back_end.query(f"UPDATE counter SET value = value + {MILLION} WHERE slug = 'other'")
    stop = threading.Event()

    def click_fast() -> None:
        ledger, devices = Ledger(url), itertools.cycle(["a" * 64, "b" * 64])
        while not stop.wait(0.004):
            ledger.write([Order(slug, next(devices), (Click(new_key(), 1, 0, 0),)) for slug in ("counter", "other")])
        ledger.close()

    one = tab("/counters")
    one.page.evaluate(RECORD_ROWS)
    one.is_state("connected")  # before that, React finds the page of another address and draws it anew
    fast = threading.Thread(target=click_fast)
    fast.start()
    try:
        for path in itertools.islice(itertools.cycle(["/c/other", "/c/counter", "/counters"]), 51):
            one.page.evaluate(FOLLOW_LINK, path)
            slug = path.rpartition("/")[2]
            if path == "/counters":
                one.page.wait_for_selector("[data-testid=row][data-slug=other]")
            else:
                one.page.wait_for_selector(f"[data-testid=count][data-counter={slug}][data-value]")
                one.press()
    finally:
        stop.set()
        fast.join()
    pressed = "SELECT count(*) FROM click WHERE device_id > 2"
    wait_for(lambda: back_end.query(pressed) == [(34,)], "the last press is saved after its page was left")
    one.page.evaluate(FOLLOW_LINK, "/counters")
    for slug, value in back_end.query("SELECT slug, value FROM counter"):
        one.page.wait_for_selector(f"[data-testid=row][data-slug={slug}][data-value='{value}']")
    one.never_stepped_back()
    for counter, _, value, _ in one.shown():
        assert value is None or (int(value) >= MILLION) == (counter == "other")
    rows = one.page.evaluate("window.rows")
    assert {slug for slug, _, _ in rows} == {"counter", "other"}
    for slug, value, digits in rows:
        assert value == digits
        assert (int(value) >= MILLION) == (slug == "other")
