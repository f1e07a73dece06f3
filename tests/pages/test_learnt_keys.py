"""Keys that are learnt on a counter's page, and press it."""

import re

from playwright.sync_api import expect

from tests.browser import ALL_FILES_CACHED, Profile, TabPage, until
from tests.conftest import Open, value_of
from tests.learning import IDLE, LOADED, has_learnt, learns, listens, says
from tests.server import BackEnd, Nginx


def held(one: TabPage, key: str) -> None:
    """A key that goes down, and the repeats of a held key."""
    for _ in range(20):
        one.page.keyboard.down(key)
    one.page.keyboard.up(key)


def test_a_learnt_key_counts_once_each_and_after_a_reload(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    assert not one.page.evaluate(LOADED)
    one.open_dialog("buttons")
    learns(one, lambda: one.page.keyboard.press("PageDown"))
    says(one, "buttons-said", "Learnt: Page Down adds on every counter’s page.")
    expect(one.element("learn")).to_be_focused()
    one.page.keyboard.press("PageDown")
    one.close_dialog("buttons")
    assert one.value() == 0, "an open dialog keeps keys for itself"
    one.page.keyboard.press("PageDown")
    one.sees(1)
    one.page.reload()
    listens(one)
    held(one, "PageDown")
    one.sees(2)
    one.page.keyboard.press("Space")
    one.sees(3)
    one.all_saved()
    assert (value_of(back_end), back_end.query("SELECT count(*) FROM click")) == (3, [(3,)])


def test_what_has_learnt_nothing_loads_nothing(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.page.evaluate("new Promise((idle) => requestIdleCallback(() => requestIdleCallback(() => idle(true))))")
    assert not one.page.evaluate(LOADED)
    has_learnt(one, "PageUp")
    assert one.page.evaluate(LOADED)
    one.element("menu").click()
    one.element("menu-buttons").click()
    one.element("forget").click()
    expect(one.element("learn")).to_be_focused()
    says(one, "buttons-said", "Removed: Page Up.")
    one.close_dialog("buttons")
    one.page.keyboard.press("PageUp")
    one.page.keyboard.press("Space")
    one.sees(1)
    assert one.page.evaluate("localStorage.getItem('clickcounter.keys')") is None


def test_text_fields_and_combinations_keep_their_keys(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    has_learnt(one, "a", "ArrowDown")
    dialog = one.open_dialog("amount")
    dialog.locator("[name=amount]").press_sequentially("a1")
    expect(dialog.locator("[name=amount]")).to_have_value("a1")
    one.page.keyboard.press("Escape")
    for combination in ("Control+a", "Alt+ArrowDown", "Meta+a"):
        one.page.keyboard.press(combination)
    one.page.keyboard.press("Shift+A")
    one.sees(1)
    one.all_saved()
    assert value_of(back_end) == 1


def test_a_learnt_space_does_only_what_was_chosen(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.press(5)
    one.open_dialog("buttons")
    one.element("learn").click()
    one.page.keyboard.press("Tab")
    expect(one.element("cancel")).to_be_focused()
    one.page.keyboard.press("Shift+Tab")
    one.page.keyboard.press("Control+b")
    one.element("not-learnt").and_(one.page.locator("[data-code=key_combined]")).wait_for()
    one.page.keyboard.press("Space")
    says(one, "conflict", "This key adds without being learnt.")
    expect(one.element("action-plus")).to_be_focused()
    expect(one.element("action-plus")).to_be_checked()
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("Enter")
    says(one, "buttons-said", "Learnt: Space subtracts")
    one.close_dialog("buttons")
    one.page.keyboard.press("Space")
    one.sees(4)
    one.element("click").focus()
    one.page.keyboard.press("Space")
    one.sees(3)
    one.page.keyboard.press("Enter")
    one.sees(4)
    one.page.keyboard.press("u")
    one.sees(3)
    one.element("undo").focus()
    one.page.keyboard.press("Space")
    one.sees(4)
    one.all_saved()
    assert value_of(back_end) == 4


def test_a_key_for_one_counter_presses_no_other(back_end: BackEnd, tab: Open):
    one = tab("/c/counter")
    one.is_state("connected")
    one.open_dialog("buttons")
    learns(one, lambda: one.page.keyboard.press("F8"), where=1)
    learns(one, lambda: one.page.keyboard.press("F9"), "plus")
    one.close_dialog("buttons")
    one.page.goto(re.sub("/c/counter", "/counters", one.page.url))
    one.element("search").fill("Door")
    one.element("make-named").click()
    one.follow("Door", "door")
    listens(one)
    one.page.keyboard.press("F8")
    one.page.keyboard.press("F9")
    one.sees(1)
    one.page.go_back()
    one.page.get_by_role("link", name="Door").wait_for()
    one.page.evaluate("document.activeElement.blur()")
    one.page.keyboard.press("F9")
    one.page.go_forward()
    one.has("count", counter="door", value=1)
    listens(one)
    one.page.keyboard.press("F9")
    one.sees(2)
    one.all_saved()
    assert back_end.query("SELECT slug, value FROM counter ORDER BY slug") == [("counter", 0), ("door", 2)]


def test_a_learnt_key_counts_on_a_visit_without_any_server(back_end: BackEnd, profile: Profile, nginx_of_this_test: Nginx):
    profile.origin = nginx_of_this_test.origin
    one = profile.open()
    one.is_state("connected")
    one.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    has_learnt(one, "PageDown")
    one.page.keyboard.press("PageDown")
    one.all_saved()
    until(one.page, "caches.match('/shell').then((kept) => !!kept)")
    until(one.page, ALL_FILES_CACHED)
    back_end.kill()
    nginx_of_this_test.stop()
    one.page.reload()
    one.sees(1)
    until(one.page, LOADED)
    one.page.evaluate(IDLE)
    one.page.keyboard.press("PageDown")
    one.sees(2)
    nginx_of_this_test.start()
    back_end.start()
    one.is_state("connected")
    one.all_saved()
    assert value_of(back_end) == 2


def test_other_open_tabs_learn_and_forget_at_once(back_end: BackEnd, tab: Open):
    one, other = tab(), tab()
    for each in (one, other):
        each.is_state("connected")
    has_learnt(one, "F8", "F9")
    listens(other)
    other.page.keyboard.press("F8")
    other.sees(1)
    other.page.evaluate("window.told = false; addEventListener('storage', () => { told = true; })")
    one.open_dialog("buttons")
    one.element("forget-all").click()
    expect(one.element("keep")).to_be_focused()
    one.submit("forget-all")
    says(one, "buttons-said", "All learnt keys are removed.")
    until(other.page, "told")
    other.page.keyboard.press("F9")
    other.page.keyboard.press("Space")
    other.sees(2)
    other.all_saved()
    assert value_of(back_end) == 2


def test_media_keys_of_a_keyboard_are_learnt(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    devtools = one.page.context.new_cdp_session(one.page)

    def press(key: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            devtools.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": key if "Media" in key else ""})

    one.open_dialog("buttons")
    for key in ("MediaPlayPause", "AudioVolumeUp"):
        learns(one, lambda key=key: press(key))
    one.close_dialog("buttons")
    press("MediaPlayPause")
    press("AudioVolumeUp")
    press("AudioVolumeDown")
    one.sees(2)
