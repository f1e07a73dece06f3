"""A group's page, its display, and how a group is made."""

import re

from playwright.sync_api import expect

from clickcounter.domain.clicks import ANY_ROUND, Click, Order
from clickcounter.ledger import counters, groups, rounds
from clickcounter.ledger.ledger import Ledger
from tests.conftest import Open
from tests.lists import create_counter, second_ledger
from tests.raw import new_key
from tests.server import BackEnd

ON_ONE_LINE = """() => [...document.querySelectorAll('[data-testid=part] > span')].every((number) =>
  number.getBoundingClientRect().height < 2 * parseFloat(getComputedStyle(number).fontSize))"""


def create_group(ledger: Ledger, name: str, parts: dict[str, int], **fields: object) -> str:
    wanted = {"name": name, "group": True, **fields}
    slug = ledger.transact(lambda c: counters.create(c, wanted, rounds.new_round_id(), None))
    ledger.transact(lambda c: groups.change_parts(c, slug, parts, None))
    return slug


def test_a_group_shows_its_sum_and_each_part_live(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        doors = [create_counter(ledger, name) for name in ("North", "Emergency exit to the underground car park")]
        house = create_group(ledger, "House", {doors[0]: 1, doors[1]: -1}, upper=2)
    pages = [tab(f"/c/{house}"), tab(f"/c/{house}/display", profile="wall")]
    north, south = tab(f"/c/{doors[0]}", profile="one"), tab(f"/c/{doors[1]}", profile="two")
    for each in (*pages, north, south):
        each.is_state("connected")
    pages[1].resize(390, 844)
    north.press(2)
    south.press()
    for page in pages:
        page.sees(1)
        for slug, value in zip(doors, (2, 1), strict=True):
            page.page.locator(f"[data-testid=part][data-counter='{slug}'][data-value='{value}']").wait_for()
        expect(page.page.get_by_test_id("click")).to_have_count(0)
        assert page.page.evaluate(ON_ONE_LINE), "a number is not broken beside a long name"
    north.press()
    pages[0].sees(2)
    north.press()
    north.page.get_by_test_id("refused").get_by_text("The upper limit of a group is reached.").wait_for()
    pages[0].sees(2)


def test_a_group_is_made_of_counters_of_the_list(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        for name in ("East door", "West door", "Cellar door"):
            create_counter(ledger, name)
    page = tab("/counters").page
    page.get_by_test_id("choose").click()
    for name in ("East door", "West door"):
        page.locator("label.choose", has_text=name).click()
    page.get_by_test_id("make-group").click()
    page.wait_for_url(re.compile("/c/group"))
    parts = page.get_by_test_id("parts").get_by_test_id("part")
    parts.nth(1).wait_for()
    page.get_by_test_id("menu").click()
    page.get_by_test_id("menu-parts").click()
    page.get_by_test_id("part-text").fill("Cellar")
    page.get_by_test_id("found-part").click()
    dialog = page.get_by_test_id("chosen-parts")
    dialog.get_by_text("Cellar door").wait_for()
    page.get_by_label("How it counts: Cellar door").select_option("-1")
    page.locator("[data-testid=part][data-sign='-1']").wait_for(state="attached")
    page.get_by_test_id("remove").first.click()
    parts.nth(2).wait_for(state="detached")


def test_a_groups_history_lists_its_counters_presses_with_their_doors(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        doors = [create_counter(ledger, name) for name in ("North", "South", "Staff")]
        house = create_group(ledger, "House", {doors[0]: 1, doors[1]: -1, doors[2]: 1})
        for door, device in zip(doors, ("a", "b", "c"), strict=True):
            ledger.write([Order(door, device * 64, tuple(Click(new_key(), 1, 0, ANY_ROUND) for _ in range(40)))])
        ledger.transact(lambda c: counters.update_settings(c, doors[2], {"visibility": "members"}, None))
    history = tab(f"/c/{house}/history")
    rows = history.element("journal").locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(history.element("doors-hidden")).to_contain_text("counters you cannot see: 1")
    history.element("more").click()
    expect(rows).to_have_count(80)
    expect(history.page.locator(f"[data-testid=door][data-counter='{doors[2]}']")).to_have_count(0)
    subtracted = history.page.locator(f"[data-testid=door][data-counter='{doors[1]}']", has_text="subtracted")
    expect(rows.filter(has=subtracted)).to_have_count(40)
    with second_ledger(back_end.db_url) as ledger:
        ledger.write([Order(doors[0], "a" * 64, (Click(new_key(), 7, 0, ANY_ROUND),))])
    expect(rows.first).to_have_attribute("data-amount", "7")
    expect(rows).to_have_count(81)
    expect(rows.first.get_by_role("link", name="North")).to_have_attribute("href", f"/c/{doors[0]}/history")
