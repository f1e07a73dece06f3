"""What people do on a counter's page besides pressing: reset, correct, label, rename, archive, share."""

import re

from playwright.sync_api import expect

from tests.browser import two_tabs, until
from tests.conftest import Open
from tests.server import BackEnd

NAMES = ["شاي بالنعناع 🫖", "☕ Кофе", "<img src=x onerror=alert(1)>", "C" * 100]


def test_the_reset_dialog_names_the_number_and_defaults_to_keep(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.fill_in("describe", name="Coffee")
    one.press(4)
    two.sees(4)
    dialog = two.open_dialog("reset")
    for words in ("Reset “Coffee”?", "2 now"):
        expect(dialog).to_contain_text(words, use_inner_text=True)
    expect(two.element("submit")).to_have_text("Reset 4", use_inner_text=True)
    expect(two.element("keep")).to_be_focused()
    two.page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    two.open_dialog("reset")
    two.page.keyboard.press("Escape")
    assert one.value() == 4
    two.open_dialog("reset")
    two.element("submit").click()
    one.sees(0)
    assert back_end.query("SELECT total FROM round WHERE ended_at IS NOT NULL") == [(4,)]


def test_simultaneous_resets_end_the_round_once(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.press(2)
    two.sees(2)
    for each in (one, two):
        each.open_dialog("reset")
    for each in (one, two):
        each.element("submit").dispatch_event("click")
    for each in (one, two):
        each.element("dialog-reset").wait_for(state="detached")
        each.sees(0)
    assert back_end.query("SELECT total FROM round WHERE ended_at IS NOT NULL") == [(2,)]


def test_a_correction_shows_everywhere_and_keeps_its_reason(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.press(3)
    two.sees(3)
    two.open_dialog("correct").locator("[name=value]").fill("212")
    two.element("submit").click()
    two.page.get_by_text("Enter a reason").wait_for()
    two.element("dialog-correct").locator("[name=reason]").fill("two turnstiles were not counted")
    two.element("submit").click()
    one.sees(212)
    one.press()
    two.sees(213)
    kept = back_end.query("SELECT amount, reason FROM click WHERE kind = 'correction'")
    assert kept == [(209, "two turnstiles were not counted")]


def test_a_device_label_is_asked_for_once_and_shown(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    assert one.element("label-question").count() == 0  # not before the first press
    one.press(3)
    one.has("label-question")
    one.element("label-question").get_by_role("button").first.click()
    one.element("dialog-label").locator("[name=label]").fill("North door")
    one.submit("label")
    two.press(2)
    two.element("minus").click()
    two.element("label-never").click()
    two.all_saved()
    two.open_dialog("who")
    two.page.wait_for_selector("[data-testid=devices] li[data-up='3'][data-down='0'] >> text=North door")
    two.page.wait_for_selector("[data-testid=devices] li.me[data-up='2'][data-down='-1']")
    one.press()
    two.page.wait_for_selector("[data-testid=devices] li[data-up='4']")
    expect(two.element("looking-on")).to_contain_text("North door")
    for each, words in ((one, "last pressed by you"), (two, "last pressed by North door")):
        each.page.get_by_test_id("last").get_by_text(words).locator("visible=true").wait_for()
    for each in (one, two):
        each.page.reload()
        each.is_state("connected")
        each.press()
        each.has("mine")
        each.all_saved()
        assert each.element("label-question").count() == 0


def test_a_new_name_in_any_script_shows_in_every_tab(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    for name in NAMES:
        one.fill_in("describe", name=name)
        for each in (one, two):
            until(each.page, "name => document.querySelector('h1').textContent === name", arg=name)
            until(each.page, "name => document.title.includes(name)", arg=name)
        rtl = name.startswith("ش")
        title = two.page.title()
        assert (f"\u2068{name}\u2069" in title) == rtl
        assert two.page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == ("rtl" if rtl else "ltr")


def test_an_archived_counter_cannot_be_pressed_until_restored(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.press(2)
    two.open_dialog("archive")
    two.element("submit").click()
    for each in (one, two):
        each.page.wait_for_selector("html[data-sky=overcast]")
        each.element("restore").wait_for()
        expect(each.element("click")).to_have_attribute("aria-disabled", "true")
        each.page.keyboard.press("Space")
        each.page.keyboard.press("u")
    assert one.value() == 2
    one.element("restore").click()
    for each in (one, two):
        each.page.wait_for_selector("html[data-sky=clear]")
    one.press()
    two.sees(3)


def test_sharing_offers_the_counters_link_and_qr_code(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.element("share").click()
    one.page.wait_for_selector("[data-testid=qr] path", state="attached")
    expect(one.element("link")).to_have_value(re.compile("/c/counter$"))
