"""The counter page by keyboard, touch and screen reader, in each language, theme and screen size."""

import pytest
from playwright.sync_api import expect

from tests.browser import until
from tests.conftest import Open, value_of
from tests.server import BackEnd, wait_for


def test_an_unknown_counter_is_reported_and_cannot_be_pressed(back_end: BackEnd, tab: Open):
    one = tab("/c/nowhere")
    one.page.get_by_text("There is no such counter.").wait_for()
    expect(one.element("click")).to_have_attribute("aria-disabled", "true")
    one.element("click").dispatch_event("click")
    one.page.keyboard.press("Space")
    assert one.value() is None
    assert one.element("unsaved").get_attribute("data-value") == "0"
    one.page.goto(one.page.url.replace("/c/nowhere", "/nothing/here"))
    one.page.get_by_text("Page not found").wait_for()


def test_a_held_key_counts_once(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    keyboard = one.page.keyboard
    for _ in range(5):  # one key down, then the repeats of a held key
        keyboard.down("Space")
    keyboard.up("Space")
    one.sees(1)
    one.element("click").focus()
    for _ in range(5):
        keyboard.down("Enter")
    keyboard.up("Enter")
    one.sees(2)
    for _ in range(5):
        keyboard.down("Space")
    keyboard.up("Space")
    one.sees(3)
    one.all_saved()
    assert value_of(back_end) == 3


def test_a_second_finger_does_not_press_twice(back_end: BackEnd, tab: Open):
    one = tab(profile="phone", has_touch=True, viewport={"width": 390, "height": 844})
    one.is_state("connected")
    box = one.element("click").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 60
    touch = one.page.context.new_cdp_session(one.page)
    first, second = {"x": x, "y": y, "id": 0}, {"x": x + 40, "y": y + 20, "id": 1}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [first]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [first, second]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [first]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    one.page.touchscreen.tap(x, y)
    one.page.touchscreen.tap(x, y)
    until(one.page, "document.querySelector('[data-testid=count]').dataset.value >= 2")
    one.all_saved()
    wait_for(lambda: value_of(back_end) == one.value(), "all are saved")
    assert one.value() in (2, 3)  # two taps, and at most one press by two fingers


@pytest.mark.parametrize(
    ("locale", "words"), [("ru-RU", ("Нажми меня!", "Подключено")), ("fr-FR", ("Press me!", "Connected"))]
)
def test_the_browsers_language_is_used_and_can_be_switched(back_end, tab: Open, locale, words):
    one = tab(profile=locale, locale=locale)
    one.is_state("connected")
    expect(one.page.get_by_role("button", name=words[0], exact=True)).to_be_visible()
    expect(one.element("status")).to_have_text(words[1], use_inner_text=True)
    other, language = ("Press me!", "en") if locale == "ru-RU" else ("Нажми меня!", "ru")
    one.element("language").click()
    one.element(f"language-{language}").check()
    one.page.keyboard.press("Escape")
    expect(one.page.get_by_role("button", name=other, exact=True)).to_be_visible()
    one.page.reload()
    # Only the script in the page head has run by now.
    assert one.page.evaluate("document.documentElement.lang") == language
    one.is_state("connected")
    expect(one.page.get_by_role("button", name=other, exact=True)).to_be_visible()


def test_the_theme_follows_the_system_and_can_be_switched(back_end: BackEnd, tab: Open):
    one = tab(profile="dark", color_scheme="dark")
    one.is_state("connected")
    sky = "getComputedStyle(document.documentElement).getPropertyValue('--ink')"
    until(one.page, f"{sky}.trim().toUpperCase() === '#F9F2EB'")
    one.element("theme").click()
    until(one.page, f"{sky}.trim().toUpperCase() === '#221734'")
    one.page.reload()
    assert one.page.evaluate(sky).strip().upper() == "#221734"


def test_the_page_fits_any_screen_size(back_end: BackEnd, tab: Open):
    back_end.query("UPDATE counter SET value = 1234567")
    one = tab(profile="ru", locale="ru-RU")
    one.sees(1_234_567)
    one.is_state("connected")
    for size in ((320, 568), (390, 844), (844, 390), (1280, 800), (1920, 1080)):
        one.resize(*size)
        root = "document.documentElement"
        assert one.page.evaluate(f"{root}.scrollWidth <= innerWidth && {root}.scrollHeight <= innerHeight"), size
        digits = one.element("count").bounding_box()
        assert digits["x"] >= 0, size
        assert digits["x"] + digits["width"] <= size[0], size
        for control in one.page.get_by_role("button").all():
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 48, size
