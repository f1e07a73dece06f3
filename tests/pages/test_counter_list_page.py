"""The page that lists counters: search, create, rename, delete, permissions, paging, screen sizes."""

import pytest
from playwright.sync_api import expect

from tests.browser import until
from tests.conftest import Open
from tests.lists import ListPage, create_counter, second_ledger
from tests.server import BackEnd

NAMES = [
    "🎉 Party 👩‍👩‍👧‍👦",
    "عدد الأكواب",
    "<img src=x onerror=hacked()><script>hacked()</script>",
    "{{7*7}} ${7*7} 'quotes\" & <b>",
    "ж" * 100,
]


@pytest.fixture
def board(back_end: BackEnd, tab: Open) -> ListPage:
    opened = ListPage(tab("/counters"))
    opened.shows("Click Counter", 0)
    return opened


def test_any_name_is_shown_literally_and_never_executed(board: ListPage, back_end: BackEnd):
    board.page.evaluate("void (window.hacked = () => { window.wasHacked = true })")
    for name in NAMES:
        board.enter(name)
        board.shows(name)
        expect(board.page.get_by_test_id("row").locator(".open").first).to_have_text(name, use_inner_text=True)
        assert not board.page.evaluate("window.wasHacked || document.querySelectorAll('[onerror], .list img').length > 0")
        link = board.row(name).locator(".open")
        assert link.evaluate("element => getComputedStyle(element).direction") == ("rtl" if name == NAMES[1] else "ltr")
        board.choose(name, "rename")
        expect(board.page.get_by_test_id("name")).to_have_value(name)
        board.page.keyboard.press("Escape")
        board.choose(name, "delete")
        board.page.get_by_role("dialog").get_by_test_id("name").fill(name)
        board.page.get_by_test_id("confirm").click()
        board.shows_no(name)
        board.page.get_by_role("dialog").wait_for(state="detached")
    assert not board.page.evaluate("window.wasHacked")
    assert back_end.query("SELECT count(*) FROM counter WHERE deleted_at IS NOT NULL") == [(len(NAMES),)]


def test_a_name_of_500_characters_is_refused(board: ListPage, back_end: BackEnd):
    board.enter("long " * 100)
    board.sentence("The name must be 1 to 100 characters long.")
    board.page.get_by_test_id("new").click()
    board.page.get_by_role("dialog").get_by_test_id("confirm").click()  # the field's text was taken over
    board.page.get_by_role("dialog").get_by_text("The name must be 1 to 100 characters long.").wait_for()
    assert back_end.query("SELECT count(*) FROM counter") == [(1,)]


def test_a_search_without_a_match_can_create_the_counter(board: ListPage):
    board.search("Signatures")
    board.page.get_by_text("No such counter yet").wait_for()
    board.page.get_by_test_id("make-named").click()
    board.shows("Signatures")
    board.shows("Click Counter")
    expect(board.page.get_by_test_id("search")).to_have_value("")
    until(board.page, "document.activeElement.textContent === 'Signatures'")
    board.enter("Guests")
    board.shows("Guests")
    board.total(3)
    board.search("GUE")
    board.shows_no("Signatures")
    board.has_names("Guests")
    board.page.get_by_test_id("search").press("Enter")  # opens the only match
    board.page.wait_for_url("**/c/guests")
    board.page.go_back()
    board.shows("Guests")
    expect(board.page.get_by_test_id("search")).to_have_value("GUE")


def test_the_form_creates_a_counter_with_its_settings(board: ListPage, back_end: BackEnd):
    board.page.get_by_test_id("new").click()
    form = board.page.get_by_role("dialog")
    form.get_by_test_id("name").fill("Capacity")
    form.get_by_test_id("colour-teal").check(force=True)
    form.get_by_test_id("step").fill("5")
    form.get_by_test_id("upper").fill("two hundred")
    form.get_by_test_id("negative").check()
    form.get_by_test_id("confirm").click()
    form.get_by_text("Enter whole numbers.").wait_for()
    form.get_by_test_id("upper").fill("1 200")
    form.get_by_test_id("goal").fill("1000")
    form.get_by_test_id("confirm").click()
    board.shows("Capacity")
    form.wait_for(state="detached")
    facts = "SELECT colour, step, lower, upper, goal FROM counter WHERE name = 'Capacity'"
    assert back_end.query(facts) == [("teal", 5, None, 1200, 1000)]
    with second_ledger(back_end.db_url) as ledger:
        create_counter(ledger, "Plain")
    assert back_end.query(facts.replace("Capacity", "Plain")) == [("", 1, 0, None, None)]


def test_rows_show_how_many_are_left_and_when_full(board: ListPage, back_end: BackEnd):
    with second_ledger(back_end.db_url) as ledger:
        create_counter(ledger, "Hall", upper=500)
        create_counter(ledger, "Petition", goal=10_000)
    for value, words in ((459, "41 of 500 left"), (500, "limit of 500 reached")):
        back_end.query(f"UPDATE counter SET value = {value} WHERE name = 'Hall'")
        board.row("Hall").get_by_text(words).wait_for()
    back_end.query("UPDATE counter SET value = 12000 WHERE name = 'Petition'")
    board.row("Petition").get_by_text("goal of 10,000 reached").wait_for()


def test_deleting_requires_typing_the_counters_name(board: ListPage):
    board.enter("Precious")
    board.choose("Precious", "delete")
    dialog = board.page.get_by_role("dialog")
    expect(dialog.get_by_test_id("confirm")).to_be_disabled()
    dialog.get_by_test_id("name").fill("precious")
    expect(dialog.get_by_test_id("confirm")).to_be_disabled()
    board.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    board.shows("Precious")
    board.row("Click Counter").get_by_test_id("more").click()
    expect(board.row("Click Counter").get_by_test_id("rename")).to_be_visible()
    expect(board.row("Click Counter").get_by_test_id("delete")).to_be_hidden()  # the default counter cannot be deleted


def test_a_menu_offers_only_permitted_actions(board: ListPage, back_end: BackEnd, tab: Open):
    board.enter("Mine")
    board.shows("Mine")
    with second_ledger(back_end.db_url) as ledger:
        create_counter(ledger, "Everybody's")
    stranger = ListPage(tab("/counters", "two"))
    for page, may in ((board, True), (stranger, False)):
        page.shows("Everybody's")
        page.shows("Mine")
        for name, offered in (("Mine", may), ("Everybody's", True), ("Click Counter", True)):
            expect(page.row(name).get_by_test_id("more"), name).to_have_count(int(offered))
    board.choose("Mine", "archive")
    board.shows_no("Mine")
    stranger.choose("Everybody's", "archive")
    board.shows_no("Everybody's")


def test_an_unlisted_counter_shows_only_in_its_creators_list(board: ListPage, back_end: BackEnd, tab: Open):
    board.enter("Secret")
    board.shows("Secret")
    stranger = ListPage(tab("/counters", "two"))
    stranger.shows("Secret")
    back_end.query("UPDATE counter SET visibility = 'link' WHERE slug = 'secret'")
    stranger.shows_no("Secret")
    again = ListPage(tab("/counters"))
    again.shows("Secret")
    again.search("SEC")
    again.total(1)
    board.page.reload()
    board.shows("Secret")
    expect(board.row("Secret").get_by_test_id("more")).to_have_count(1)
    stranger.search("secret")
    stranger.page.get_by_text("No such counter yet").wait_for()


def test_an_older_page_stays_still_while_counters_are_created(board: ListPage, back_end: BackEnd):
    with second_ledger(back_end.db_url) as ledger:
        for n in range(60):
            create_counter(ledger, f"n{n}")
    board.shows("n59")
    board.total(61)
    board.page.get_by_role("button", name="Older").click()
    board.shows("Click Counter")
    board.has_names(*(f"n{n}" for n in range(9, -1, -1)), "Click Counter")
    with second_ledger(back_end.db_url) as ledger:
        create_counter(ledger, "newest")
    board.total(62)
    board.has_names(*(f"n{n}" for n in range(9, -1, -1)), "Click Counter")
    board.page.get_by_role("button", name="Newer").click()
    board.shows("newest")


def test_a_counter_page_does_not_load_the_list(back_end: BackEnd, tab: Open):
    one = tab("/")
    one.is_state("connected")
    files = one.page.evaluate("performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.endsWith('.js'))")
    code = [one.page.request.get(file).text() for file in files]
    assert any("data-testid" in text or "testid" in text for text in code)
    assert not any("make-named" in text for text in code)


def test_the_list_fits_any_screen_size(back_end: BackEnd, tab: Open):
    board = ListPage(tab("/counters", locale="ru-RU"))
    with second_ledger(back_end.db_url) as ledger:
        create_counter(ledger, "Неразрывныйзаголовок" * 5, upper=2_000_000, goal=5)
    back_end.query("UPDATE counter SET value = 1234567")
    board.page.wait_for_selector("[data-testid=row] ~ [data-testid=row][data-value='1234567']")
    form = board.page.get_by_role("dialog")
    for size in ((320, 568), (390, 844), (844, 390), (1280, 800), (1920, 1080)):
        board.tab.resize(*size)
        assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        boxes = [control.bounding_box() for control in board.page.get_by_role("button").all()]
        board.page.get_by_test_id("new").click()
        form.wait_for()
        boxes += [control.bounding_box() for control in form.get_by_role("button").all()]
        boxes += [control.bounding_box() for control in form.locator("label").all()]
        assert len(boxes) > 10
        assert all(min(box["width"], box["height"]) >= 48 for box in boxes if box), size
        board.page.keyboard.press("Escape")
        form.wait_for(state="detached")
