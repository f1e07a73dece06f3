"""Resets on a schedule: the dialog, what pages show of it, and the days in the history."""

from playwright.sync_api import expect

from tests.browser import two_tabs
from tests.conftest import Open
from tests.lists import create_counter, second_ledger
from tests.moved_clock import HOUR, far_hour
from tests.pages.test_group_page import create_group
from tests.server import BackEnd


def test_a_scheduled_reset_shows_in_every_tab_and_becomes_a_day(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    hour = far_hour()
    at = f"{(hour + 9) % 24:02}:30"  # there
    assert two.element("next-reset").count() == 0
    dialog = one.open_dialog("schedule")
    dialog.locator("[name=when]").select_option("once")
    one.element("submit").click()
    one.page.get_by_text("Choose a day, a time").wait_for()
    dialog.locator("[name=when]").select_option("day")
    dialog.locator("[name=at]").fill(at)
    dialog.locator("[name=zone]").select_option("Asia/Tokyo")
    one.element("submit").click()
    dialog.wait_for(state="detached")
    two.has("next-reset")
    [(schedule, ends_at)] = back_end.query("SELECT schedule, ends_at FROM counter")
    assert (schedule, ends_at % (24 * HOUR)) == (f"day {at} Asia/Tokyo", hour * HOUR + HOUR // 2)
    two.has("next-reset", value=ends_at)
    one.press(3)
    two.sees(3)
    back_end.query("UPDATE counter SET ends_at = 1 + (SELECT max(saved_at) FROM click)")
    for each in (one, two):
        each.sees(0)
    one.press(2)
    one.all_saved()
    one.open_dialog("schedule")
    expect(one.page.locator("[name=at]")).to_have_value(at)
    history = tab("/c/counter/history")
    history.has("days", unit="day")
    rows = history.element("days").locator("tbody tr")
    for row, total in zip((rows.first, rows.nth(1)), ("2", "3"), strict=True):
        expect(row).to_have_attribute("data-total", total)
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("button").click()
    history.has("history", span="round", amount=3)


def test_a_groups_scheduled_reset_empties_its_doors_and_becomes_a_day(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        doors = [create_counter(ledger, name) for name in ("North", "South")]
        house = create_group(ledger, "House", dict.fromkeys(doors, 1))
    page, north = tab(f"/c/{house}"), tab(f"/c/{doors[0]}", profile="one")
    dialog = page.open_dialog("schedule")
    dialog.get_by_text("All counters of the group are reset with it.").wait_for()
    dialog.locator("[name=when]").select_option("day")
    dialog.locator("[name=at]").fill(f"{far_hour():02}:30")
    dialog.locator("[name=zone]").select_option("UTC")
    page.element("submit").click()
    page.has("next-reset")
    north.press(3)
    page.sees(3)
    back_end.query("UPDATE counter SET ends_at = 1 + (SELECT max(saved_at) FROM click) WHERE is_group")
    for each in (page, north):
        each.sees(0)
    north.press(2)
    page.sees(2)
    history = tab(f"/c/{house}/history")
    history.has("days", unit="day")
    rows = history.element("days").locator("tbody tr")
    for row, total in zip((rows.first, rows.nth(1)), ("2", "3"), strict=True):
        expect(row).to_have_attribute("data-total", total)
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("button").click()
    history.has("history", span="round")
