"""Changing the number on a counter's page: press, subtract, undo, add an amount, up to its limits."""

from playwright.sync_api import expect

from tests.browser import READ_OUTBOX, two_tabs, until
from tests.conftest import Open, value_of
from tests.server import BackEnd

# Stores a click as the previous version did: without a kind, from a tab that is gone.
STORE_CLICK_OF_PREVIOUS_VERSION = """round => new Promise((resolve) => {
  const open = indexedDB.open('clickcounter', 1);
  open.onsuccess = () => {
    const write = open.result.transaction('clicks', 'readwrite');
    const key = Date.now().toString(16).padStart(12, '0') + 'ab'.repeat(10);
    write.objectStore('clicks').put({ key, tab: 'gone', counter: 'counter', amount: 1, pressed_at: Date.now(), round });
    write.oncomplete = () => { open.result.close(); resolve(); };
  };
})"""


def test_undo_takes_back_only_your_own_last_click(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.press(2)
    two.sees(2)
    two.press()
    one.sees(3)
    for left in (2, 1):
        one.element("undo").click()
        two.sees(left)
        one.all_saved()
    expect(one.element("undo")).to_have_attribute("aria-disabled", "true")
    expect(two.element("undo")).to_have_attribute("aria-disabled", "false")
    taken = back_end.query("SELECT count(*) FROM click WHERE kind = 'undo' AND takes_back IS NOT NULL")
    assert (taken, value_of(back_end)) == ([(2,)], 1)


def test_undoing_an_unsent_click_removes_it(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    back_end.kill()
    one.is_state("reconnecting")
    one.press(3)
    one.page.keyboard.press("u")
    one.sees(2)
    one.has("unsaved", value=2)
    one.keeps(2)
    back_end.start()
    one.all_saved()
    assert back_end.query("SELECT kind, amount FROM click") == [("click", 1)] * 2


def test_an_offline_undo_survives_a_reload(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.press(2)
    one.has("mine", value=2)
    one.all_saved()
    back_end.kill()
    one.is_state("reconnecting")
    one.element("undo").click()
    one.sees(1)
    until(one.page, f"({READ_OUTBOX})().then((clicks) => clicks.length === 1 && clicks[0].kind === 'undo')")
    one.page.reload()
    back_end.start()
    one.is_state("connected")
    one.sees(1)
    one.all_saved()
    assert back_end.query("SELECT sum(amount), count(*) FROM click") == [(1, 3)]


def test_your_last_click_can_be_undone_after_a_reload(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.press(2)
    one.has("mine", value=2)
    one.all_saved()
    one.page.reload()
    one.has("mine", value=2)
    one.page.keyboard.press("u")
    one.sees(1)
    one.has("mine", value=1)


def test_tabs_of_one_browser_share_their_own_total(back_end: BackEnd, tab: Open):
    one, other = tab(), tab()
    for each in (one, other):
        each.is_state("connected")
    one.press(3)
    other.has("mine", value=3)
    other.element("undo").click()
    one.has("mine", value=2)
    one.sees(2)


def test_minus_subtracts_one_and_stops_at_zero(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    expect(one.element("minus")).to_have_attribute("aria-disabled", "true")
    one.press(2)
    one.element("minus").click()
    one.sees(1)
    one.page.keyboard.press("-")
    one.sees(0)
    one.page.keyboard.press("-")
    one.page.evaluate("document.activeElement.blur()")
    one.page.keyboard.press("Enter")
    one.sees(1)
    one.all_saved()
    one.element("minus").click()
    one.all_saved()
    one.sees(0)
    assert value_of(back_end) == 0
    assert back_end.query("SELECT count(*) FROM click WHERE amount = -1") == [(3,)]


def test_an_amount_counts_only_when_submitted(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    dialog = one.open_dialog("amount")
    expect(dialog.locator("[name=amount]")).to_be_focused()
    one.page.keyboard.type("u-2 5")
    one.element("submit").click()
    one.page.get_by_text("Enter a whole number").wait_for()
    dialog.locator("[name=amount]").fill("1.5")
    one.page.keyboard.press("Enter")
    dialog.locator("form[aria-busy=false] [data-code=amount_wrong]").wait_for()
    dialog.locator("[name=amount]").fill("+25")
    one.page.keyboard.press("Enter")
    two.sees(25)
    one.fill_in("amount", amount="-5")
    two.sees(20)
    one.all_saved()
    assert back_end.query("SELECT amount FROM click ORDER BY id") == [(25,), (-5,)]


def test_the_upper_limit_stops_presses_and_offers_a_new_round(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.fill_in("goal", upper="3", warn_at="60")
    two.has("goal", left=3, state="free")
    one.press(2)
    two.has("goal", left=1, state="near")
    two.page.wait_for_selector("html[data-sky=warn]")
    one.press()
    for each in (one, two):
        each.page.wait_for_selector("html[data-sky=eclipse]")
        expect(each.element("click")).to_have_attribute("aria-disabled", "true")
        each.element("click").dispatch_event("click")
        each.page.keyboard.press("Space")
    one.all_saved()
    one.sees(3)
    assert value_of(back_end) == 3
    two.element("new-round").click()
    two.submit("reset")
    one.sees(0)
    one.page.wait_for_selector("html[data-sky=clear]")


def test_a_warning_vibrates_and_shows_in_every_tab(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    two.page.evaluate("Object.defineProperty(navigator, 'vibrate', { value: (how) => { window.felt = how } })")
    one.fill_in("goal", goal="10", warn_at="80, 100")
    one.press(7)
    two.has("goal", left=3, state="free")
    one.press()
    two.has("goal", left=2, state="near")
    until(two.page, "window.felt?.length > 0")
    expect(two.element("goal")).to_contain_text("2 more to", use_inner_text=True)
    one.press(3)
    two.has("goal", left=-1, state="reached")
    expect(two.element("click")).to_have_attribute("aria-disabled", "false")  # a goal is no limit


def test_a_click_past_the_limit_is_refused_with_a_reason(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.fill_in("goal", upper="10", step="4")
    one.has("goal", left=10)
    one.press(3)
    one.page.get_by_text("The upper limit is reached").first.wait_for()
    one.all_saved()
    one.sees(8)
    assert value_of(back_end) == 8
    one.element("dismiss").click()
    expect(one.element("refused")).to_have_count(0)


def test_the_number_keeps_its_place_on_the_page(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab, reduced_motion="no-preference")
    one.press(5)
    one.all_saved()
    box = one.element("count").bounding_box()
    two.fill_in("goal", upper="8", step="2")
    one.has("label-question")
    assert one.element("count").bounding_box() == box
    one.press(2)
    one.has("refused")
    two.sees(7)
    assert one.element("count").bounding_box() == box
    back_end.kill()
    one.is_state("reconnecting")
    assert one.element("count").bounding_box() == box


def test_clicks_stored_by_the_previous_version_are_delivered(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.page.evaluate(STORE_CLICK_OF_PREVIOUS_VERSION, int(one.element("count").get_attribute("data-round")))
    one.page.reload()
    one.sees(1)
    one.all_saved()
    assert back_end.query("SELECT kind, amount FROM click") == [("click", 1)]
