"""The display for a wall screen and the overlay for a stream."""

from playwright.sync_api import expect

from tests.browser import until
from tests.conftest import Open
from tests.lists import create_counter, second_ledger
from tests.server import BackEnd

# Records requests for a wake lock; hide(true) releases it, as a hidden page loses it.
WAKE_LOCK = """
window.locks = [];
Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => {
  const lock = Object.assign(new EventTarget(), { kind, released: false });
  lock.release = async () => { lock.released = true; lock.dispatchEvent(new Event('release')) };
  window.locks.push(lock);
  return lock;
} } });
Object.defineProperty(document, 'visibilityState', { get: () => window.hidden_ ? 'hidden' : 'visible' });
window.hide = (hidden) => {
  window.hidden_ = hidden;
  if (hidden) window.locks.at(-1).release();
  document.dispatchEvent(new Event('visibilitychange'));
};
"""
BACKGROUNDS = """() => ['html', 'body', '[data-testid=display]'].map((name) => {
  const element = document.querySelector(name);
  return [null, '::before'].map((part) => getComputedStyle(element, part)).map(
    (style) => style.backgroundImage + ' ' + style.backgroundColor);
}).flat()"""


def test_the_display_shows_number_and_qr_code_without_controls(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        slug = create_counter(ledger, "Hall <b>A</b>", upper=10)
    wall = tab(f"/c/{slug}/display")
    wall.is_state("connected")
    wall.page.get_by_role("heading", name="Hall <b>A</b>", exact=True).wait_for()
    wall.page.get_by_test_id("qr").wait_for()
    expect(wall.page.get_by_text(f"/c/{slug}", exact=False).last).to_be_visible()
    for role in ("button", "link", "textbox"):
        assert wall.page.get_by_role(role).count() == 0
    counting = tab(f"/c/{slug}", profile="two")
    counting.is_state("connected")
    counting.press(9)
    wall.sees(9)
    wall.page.get_by_test_id("way").get_by_text("1 of 10 left").wait_for()
    counting.press()
    wall.sees(10)
    wall.page.get_by_test_id("way").get_by_text("limit of 10 reached").wait_for()
    wall.never_stepped_back()


def test_the_display_survives_a_server_restart(back_end: BackEnd, tab: Open):
    wall = tab("/c/counter/display")
    wall.is_state("connected")
    back_end.kill()
    wall.is_state("reconnecting")
    wall.page.set_viewport_size({"width": 390, "height": 844})  # a phone has no room for the corners, but shows this word
    wall.page.get_by_test_id("way").get_by_text("Reconnecting…").wait_for()
    wall.page.set_viewport_size({"width": 1280, "height": 720})
    back_end.query("UPDATE counter SET value = 5")
    back_end.start()
    wall.is_state("connected")
    wall.sees(5)
    wall.never_stepped_back()


def test_the_display_reports_an_unknown_counter(back_end: BackEnd, tab: Open):
    tab("/c/nowhere/display").page.get_by_text("There is no such counter.").wait_for()


def test_the_display_keeps_the_screen_awake(back_end: BackEnd, tab: Open):
    wall = tab("/c/counter/display")
    wall.page.add_init_script(WAKE_LOCK)
    wall.page.reload()
    until(wall.page, "window.locks.length === 1 && window.locks[0].kind === 'screen'")
    wall.page.evaluate("window.hide(true)")
    assert wall.page.evaluate("window.locks.length") == 1
    wall.page.evaluate("window.hide(false)")
    until(wall.page, "window.locks.length === 2 && !window.locks[1].released")


def test_the_stream_overlay_is_transparent_from_first_paint(back_end: BackEnd, tab: Open):
    back_end.query("UPDATE counter SET name = 'Live', value = 1284")
    layer = tab("/c/counter/display?transparent=1")
    assert layer.page.evaluate("document.documentElement.hasAttribute('data-transparent')")
    layer.sees(1284)
    layer.is_state("connected")
    layer.page.get_by_text("Live").wait_for()
    assert set(layer.page.evaluate(BACKGROUNDS)) == {"none rgba(0, 0, 0, 0)"}
    back_end.kill()
    layer.is_state("reconnecting")
    layer.page.get_by_text("Reconnecting…").wait_for()
    assert layer.value() == 1284


def test_the_display_fills_any_screen_without_clipping(back_end: BackEnd, tab: Open):
    back_end.query("UPDATE counter SET name = 'Кружки кофе, третий этаж', value = 1234567, upper = 1500000")
    wall = tab("/c/counter/display", locale="ru-RU")
    wall.sees(1_234_567)
    wall.page.get_by_test_id("qr").wait_for()
    for size in ((390, 844), (844, 390), (1280, 720), (1920, 1080), (3840, 2160)):
        wall.resize(*size)
        root = "document.documentElement"
        assert wall.page.evaluate(f"{root}.scrollWidth <= innerWidth && {root}.scrollHeight <= innerHeight"), size
        number = wall.element("count").bounding_box()
        assert number["x"] >= 0, size
        beside_the_sun = size[1] < 440  # on low screens the number gets half the width
        assert size[0] * (0.4 if beside_the_sun else 0.75) < number["width"] <= size[0], size
        code = wall.element("qr").bounding_box()
        assert code["y"] + code["height"] <= size[1], size
        assert code["width"] >= 90, size
