"""Counting mode's place in the browser: its address, the history, the screen and its gestures."""

import re

from playwright.sync_api import expect

from tests.browser import until
from tests.conftest import Open
from tests.lists import create_counter, second_ledger
from tests.pages.counting import PHONE, Place, enter, is_closed, shows
from tests.pages.test_display_page import WAKE_LOCK
from tests.server import BackEnd


def test_back_leaves_the_mode_and_not_the_page(back_end: BackEnd, tab: Open):
    one = tab("/counters", **PHONE)
    one.page.goto(one.page.url.replace("/counters", "/"))
    one.is_state("connected")
    sent: list[str] = []
    one.page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
    page = one.page.url
    for leave in (one.page.go_back, lambda: one.element("mode-leave").dblclick(), lambda: one.page.keyboard.press("Escape")):
        one.element("menu").click()
        one.element("menu-counting_mode").click()
        one.element("counting-mode").wait_for()
        expect(one.page).to_have_url(page + "?mode=count")
        leave()
        is_closed(one)
        expect(one.page).to_have_url(page)
    one.page.go_forward()
    one.element("counting-mode").wait_for()
    assert sent == []
    one.page.reload()
    one.element("counting-mode").wait_for()
    one.page.go_back()
    is_closed(one)


UNDER_THE_MODE = """([x, y]) => new Promise((resolve) => {
  const isOpen = () => document.querySelector("[data-testid=counting-mode]");
  const gone = () => isOpen() || resolve(!!document.elementFromPoint(x, y).closest("a"));
  new MutationObserver(gone).observe(document.body, { childList: true, subtree: true });
  document.elementFromPoint(x, y).closest("button").click();
})"""


def test_a_second_click_on_leave_follows_no_link_of_the_page(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    place = touch.middle("mode-leave")
    assert not one.page.evaluate(UNDER_THE_MODE, place)
    is_closed(one)
    until(one.page, "([x, y]) => document.elementFromPoint(x, y).closest('a')?.href", place)


def test_the_address_opens_the_mode_with_the_page_behind_it(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        slug = create_counter(ledger, "Hall A", step=5)
    one, touch = enter(tab, f"/c/{slug}?mode=count")
    expect(one.page.get_by_role("heading", name="Hall A")).to_be_visible()
    touch.tap(touch.middle("mode-plus"))
    shows(one, 5)
    one.page.go_back()
    is_closed(one)
    expect(one.page).to_have_url(re.compile(f"/c/{slug}$"))
    one.sees(5)


def test_no_gesture_zooms_scrolls_selects_or_opens_a_menu(back_end: BackEnd, tab: Open):
    one, touch = enter(tab)
    one.page.evaluate("addEventListener('contextmenu', (event) => (window.menu = !event.defaultPrevented))")
    x, y = touch.middle("mode-plus")
    touch.land((0, (x - 20, y)), (1, (x + 20, y)))
    for _ in range(8):
        touch.slide(0, -15, -20)
        touch.slide(1, 15, 20)
    touch.lift(0, 1)
    touch.tap((x, y))
    touch.tap((x, y))
    touch.land((0, (x, 200)))
    for _ in range(10):  # pulled down to reload
        touch.slide(0, 0, 50)
    touch.lift(0)
    one.page.mouse.click(x, y, button="right")
    one.page.mouse.dblclick(30, 100)
    shows(one, 7)  # two fingers, three taps, two clicks
    state = "[visualViewport.scale, scrollY, getSelection().toString(), window.menu]"
    assert one.page.evaluate(state) == [1, 0, "", False]
    assert one.page.evaluate("getComputedStyle(document.documentElement).overscrollBehaviorY") == "none"


def test_the_screen_stays_on_after_the_page_was_hidden(back_end: BackEnd, tab: Open):
    one, _ = enter(tab)
    one.page.add_init_script(WAKE_LOCK)
    one.page.reload()
    until(one.page, "window.locks.length === 1 && window.locks[0].kind === 'screen'")
    one.page.evaluate("window.hide(true)")
    one.page.evaluate("window.hide(false)")
    until(one.page, "window.locks.length === 2 && !window.locks[1].released")
    one.page.go_back()
    until(one.page, "window.locks[1].released")


def test_counting_mode_loads_when_first_used_and_says_if_it_cannot(back_end: BackEnd, tab: Open):
    one = tab(**PHONE)
    one.is_state("connected")
    loaded = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /counting_mode/.test(name))"
    assert one.page.evaluate(loaded) == []
    one.page.route("**/counting_mode*", lambda route: route.abort())
    one.element("menu").click()
    one.element("menu-counting_mode").click()
    one.page.get_by_role("alert").get_by_text("No connection.").wait_for()
    until(one.page, "!location.search")
    one.press()
    one.sees(1)


def at_edges(box: dict[str, float]) -> list[Place]:
    return [(box["x"] + 4, box["y"] + 4), (box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)]


def test_the_mode_fits_any_screen_and_its_areas_fit_gloves(back_end: BackEnd, tab: Open):
    back_end.query("UPDATE counter SET name = 'Кружки кофе, третий этаж, у окна', value = 1234567, lower = NULL")
    one, touch = enter(tab, locale="ru-RU")
    for value, size in enumerate(((320, 568), (390, 844), (844, 390), (1280, 800))):
        one.resize(*size)
        shows(one, 1_234_567 + 3 * value)
        root = "document.documentElement"
        assert one.page.evaluate(f"{root}.scrollWidth <= innerWidth && {root}.scrollHeight <= innerHeight"), size
        number = one.element("mode-number").bounding_box()
        assert number["width"] > size[0] * (0.5 if size[0] > size[1] else 0.84), size
        for name in ("mode-minus", "mode-undo"):
            box = one.element(name).bounding_box()
            assert min(box["width"], box["height"]) >= 88, (name, size)
            assert box["y"] + box["height"] <= size[1] + 1, size
        for control in one.page.get_by_role("button").all():
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 56, size
        plus = one.element("mode-plus").bounding_box()
        assert plus["width"] * plus["height"] > 0.6 * size[0] * size[1], size
        for place in (*at_edges(number), at_edges(plus)[1]):  # the number is no hole in the button
            touch.tap(place)
    shows(one, 1_234_579)
