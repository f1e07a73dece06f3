"""What somebody adds afterwards: the dialog, and how every tab and the history show it."""

import re
from datetime import datetime, timedelta

from playwright.sync_api import expect

from tests.browser import TabPage, two_tabs
from tests.conftest import Open
from tests.lists import second_ledger
from tests.raw import new_key
from tests.server import BackEnd
from tests.writing import order


def kinds(history: TabPage, *expected: str) -> None:
    rows = history.element("journal").locator("tbody tr")
    expect(rows).to_have_count(len(expected))
    assert rows.evaluate_all("rows => rows.map(row => row.dataset.kind)") == list(expected)


def test_a_past_entry_and_a_note_show_in_every_tab_and_are_taken_back(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.press(3)
    history = tab("/c/counter/history")
    kinds(history, *["click"] * 3)
    dialog, yesterday = one.open_dialog("past"), datetime.now().astimezone() - timedelta(days=1)
    one.element("submit").click()
    one.page.get_by_text("Enter a whole number other than 0.").wait_for()
    dialog.locator("[name=amount]").fill("14")
    dialog.locator("[name=since]").fill(f"{yesterday:%Y-%m-%d}T15:00")
    dialog.locator("[name=until]").fill(f"{yesterday:%Y-%m-%d}T14:00")
    one.element("submit").click()
    one.page.get_by_text("The end is before the beginning.").wait_for()
    dialog.locator("[name=until]").fill(f"{yesterday:%Y-%m-%d}T16:00")
    one.element("submit").click()
    dialog.wait_for(state="detached")
    two.sees(17)
    kinds(history, "entry", *["click"] * 3)
    assert back_end.query("SELECT until - pressed_at FROM click WHERE kind = 'entry'") == [(3_600_000,)]
    history.element("add-past").click()
    history.element("past-note").check()
    history.page.locator("[name=text]").fill("Doors closed")
    history.element("submit").click()
    kinds(history, "note", "entry", *["click"] * 3)
    history.page.get_by_text("Doors closed").wait_for()
    history.element("journal").locator("tbody tr").nth(1).get_by_test_id("remove_this").click()
    history.element("submit").click()
    one.sees(3)
    kinds(history, "take_back", "note", "entry", *["click"] * 3)
    history.element("journal").locator("[data-kind=note]").get_by_test_id("remove_this").click()
    history.element("submit").click()
    kinds(history, "take_back", "entry", *["click"] * 3)
    expect(history.element("journal").get_by_test_id("remove_this")).to_have_count(0)


def test_a_new_counter_starts_at_a_number(back_end: BackEnd, tab: Open):
    board = tab("/counters")
    board.page.get_by_test_id("new").click()
    board.page.get_by_test_id("name").fill("Carried over")
    board.page.get_by_test_id("opening").fill("1 250")
    board.page.get_by_test_id("confirm").click()
    board.page.locator("[data-slug=carried-over]").wait_for()
    assert back_end.query("SELECT kind, amount FROM click") == [("opening", 1250)]
    owner = tab("/c/carried-over")
    owner.sees(1250)
    owner.open_dialog("access").locator("[name=lets_add]").check()
    owner.element("submit").click()
    tab("/c/carried-over", profile="two").open_dialog("past")


def test_a_press_gets_a_note_from_the_history(back_end: BackEnd, tab: Open):
    one = tab("/c/counter")
    one.press()
    history = tab("/c/counter/history")
    history.element("journal").get_by_test_id("note_here").click()
    history.page.locator("[name=text]").fill("Rain")
    history.element("submit").click()
    history.element("journal").locator("[data-kind=note]").wait_for()
    [(note,), (press,)] = back_end.query("SELECT pressed_at FROM click ORDER BY kind DESC")
    assert note == press
    history.page.get_by_role("cell", name=re.compile(r"^Device \d+, note on \+1 by Device \d+: Rain")).wait_for()


def test_a_deleted_note_leaves_older_pages_of_every_tab(back_end: BackEnd, tab: Open):
    one = tab("/c/counter")
    one.press()
    history = tab("/c/counter/history")
    history.element("journal").get_by_test_id("note_here").click()
    history.page.locator("[name=text]").fill("Rain")
    history.element("submit").click()
    history.page.get_by_text("Rain").wait_for()
    with second_ledger(back_end.db_url) as ledger:
        ledger.write([order(*(new_key() for _ in range(60)))])
    tabs = [history, tab("/c/counter/history", profile="two")]
    for each in tabs:
        each.element("more").click()
        each.page.get_by_text("Rain").wait_for()
    history.element("journal").locator("[data-kind=note]").get_by_test_id("remove_this").click()
    history.element("submit").click()
    for each in tabs:
        kinds(each, *["click"] * 61)
