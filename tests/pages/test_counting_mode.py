"""What counts in counting mode: thumbs, hands, keys, and what a lock keeps from counting."""

import os
import time

from playwright.sync_api import expect

from tests.conftest import Open, value_of
from tests.pages.counting import all_saved, enter, shows
from tests.server import BackEnd

SECONDS = float(os.environ.get("TAPPING_SECONDS", "3"))  # longer by hand
RATE = 20  # taps a second


def test_two_thumbs_at_twenty_taps_a_second_all_count(back_end: BackEnd, tab: Open):
    """Each slides by 15 px, and the other one lands before it lifts."""
    back_end.query("UPDATE counter SET value = 5000")
    one, touch = enter(tab)
    shows(one, 5000)
    areas = [touch.middle("mode-plus"), touch.middle("mode-minus")]
    taps = int(RATE * SECONDS)
    began = time.monotonic()
    for i in range(taps):
        thumb, at = i % 2, time.monotonic()
        if i > 1:
            touch.slide(thumb, 12, 9)
            touch.lift(thumb)
        touch.land((thumb, areas[thumb]))
        one.page.wait_for_timeout(max(0.0, at + 1 / RATE - time.monotonic()) * 1000)
    print(f"{taps / (time.monotonic() - began):.1f} taps a second")  # a busy machine taps more slowly
    touch.lift(0, 1)
    all_saved(one)
    amounts = [amount for (amount,) in back_end.query("SELECT amount FROM click ORDER BY id")]
    assert amounts == [1, -1] * (taps // 2)
    shows(one, 5000)


def test_a_finger_counts_once_where_it_landed(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    plus, minus = touch.middle("mode-plus"), touch.middle("mode-minus")
    touch.land((0, plus))
    shows(one, 1)  # before it lifts
    one.page.wait_for_timeout(1200)  # longer than a phone waits for a long press
    touch.slide(0, minus[0] - plus[0], minus[1] - plus[1])
    touch.land((1, plus))  # beside the one that rests
    shows(one, 2)
    touch.lift(0, 1)
    touch.land((0, minus))
    touch.slide(0, 0, plus[1] - minus[1])
    touch.lift(0)
    shows(one, 1)
    assert one.page.evaluate("getSelection().toString()") == ""
    all_saved(one)
    assert back_end.query("SELECT amount FROM click ORDER BY id") == [(1,), (1,), (-1,)]


def test_a_hand_of_five_fingers_counts_once(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    (x, y), minus, undo = touch.middle("mode-plus"), touch.middle("mode-minus"), touch.middle("mode-undo")
    for presses in (1, 2):
        touch.land((0, (x, y)), (1, (x + 60, y)), (2, minus), (3, (x - 60, y + 90)), (4, undo))
        shows(one, presses)
        touch.lift(0, 1, 2, 3, 4)
    touch.tap((x, y))
    shows(one, 3)
    all_saved(one)
    assert back_end.query("SELECT amount FROM click") == [(1,)] * 3


def test_keys_and_a_screen_readers_click_count_once(back_end: BackEnd, tab: Open):
    one, _ = enter(tab)
    keyboard = one.page.keyboard
    for value, key in enumerate(("Space", "Enter"), 1):
        for _repeat in range(5):  # a held key
            keyboard.down(key)
        keyboard.up(key)
        shows(one, value)
    one.element("mode-plus").focus()
    for _repeat in range(5):
        keyboard.down("Enter")
    keyboard.up("Enter")
    shows(one, 3)
    one.element("mode-plus").evaluate("(button) => button.click()")
    shows(one, 4)
    keyboard.press("-")
    keyboard.press("u")
    one.element("mode-minus").evaluate("(button) => button.click()")
    shows(one, 3)
    one.element("mode-plus").click(position={"x": 50, "y": 200})  # a mouse
    shows(one, 4)
    one.element("mode-feedback").click()
    keyboard.press("Escape")  # closes the dialog alone
    one.element("dialog-feedback").wait_for(state="detached")
    keyboard.press("Space")  # and does not open it again
    shows(one, 5)
    all_saved(one)
    assert value_of(back_end) == 5


def test_locked_taps_do_nothing_until_one_finger_holds(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    places = [touch.middle(name) for name in ("mode-plus", "mode-minus", "mode-undo", "mode-leave", "mode-feedback")]
    touch.tap(touch.middle("mode-lock"))
    unlock = touch.middle("mode-unlock")

    def nothing_happens() -> None:
        for place in (*places, unlock):
            touch.tap(place)
        one.element("mode-plus").evaluate("(button) => button.click()")
        assert one.element("counting-mode").get_attribute("data-locked") == "true"
        assert one.element("mode-number").get_attribute("data-value") == "0"
        assert one.page.locator("dialog[open]").count() == 0

    nothing_happens()
    touch.land((0, unlock), (1, places[0]))  # in a pocket
    one.page.wait_for_timeout(1300)
    touch.lift(0, 1)
    nothing_happens()
    one.page.reload()  # the phone had thrown the page away
    one.has("mode-status", state="connected")
    nothing_happens()
    one.page.keyboard.press("Space")  # keys and buttons in the hand go on counting
    shows(one, 1)
    touch.land((0, unlock))
    one.has("counting-mode", locked="false")
    touch.lift(0)
    touch.tap(places[0])
    shows(one, 2)


def test_a_keyboard_or_a_screen_reader_unlocks_at_once(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    one.element("mode-lock").click()
    expect(one.page.get_by_role("status").filter(has_text="Locked: taps do nothing")).to_be_visible()
    unlock = one.page.get_by_role("button", name="Hold one second to unlock")
    unlock.focus()
    one.page.keyboard.press("Enter")
    one.has("counting-mode", locked="false")
    one.element("mode-lock").click()
    unlock.evaluate("(button) => button.click()")
    one.has("counting-mode", locked="false")
    touch.tap(touch.middle("mode-plus"))
    shows(one, 1)


def test_the_mode_counts_without_a_connection_and_says_so(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    back_end.kill()
    one.has("mode-status", state="reconnecting")
    touch.tap(touch.middle("mode-plus"))
    touch.tap(touch.middle("mode-plus"))
    shows(one, 2)
    one.page.get_by_test_id("mode-unsaved").get_by_text("2 not saved yet").wait_for()
    touch.tap(touch.middle("mode-undo"))
    shows(one, 1)
    back_end.start()
    all_saved(one)
    one.has("mode-status", state="connected")
    assert value_of(back_end) == 1


def test_who_may_only_watch_has_no_minus_and_presses_nothing(back_end: BackEnd, tab: Open):
    back_end.query("UPDATE counter SET press = 'members', value = 7")
    one, touch = enter(tab)
    shows(one, 7)
    touch.tap(touch.middle("mode-plus"))
    one.page.get_by_test_id("mode-plus").get_by_text("Watch only").wait_for()
    expect(one.element("mode-minus")).to_have_count(0)
    assert one.element("mode-number").get_attribute("data-value") == "7"
    assert one.element("mode-unsaved").get_attribute("data-value") == "0"
