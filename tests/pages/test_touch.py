"""Pages under a finger: what a hasty or an unsteady one does counts as meant, and moves nothing else."""

import pytest

from tests.conftest import Open
from tests.pages.counting import PHONE, Touch
from tests.server import BackEnd

# The places of the page, every 13 pixels, where two quick taps would zoom.
ZOOMING = """() => {
  const allows = (element) => ['manipulation', 'none'].includes(getComputedStyle(element).touchAction);
  const zooms = (element) => !allows(element) && (!element.parentElement || zooms(element.parentElement));
  const found = [];
  for (let x = 1; x < innerWidth; x += 13) for (let y = 1; y < innerHeight; y += 13)
    if (zooms(document.elementFromPoint(x, y) ?? document.body)) found.push([x, y]);
  return found;
}"""


@pytest.mark.parametrize("path", ["/", "/counters", "/board?c=counter"])
def test_quick_taps_zoom_no_part_of_a_page(back_end: BackEnd, tab: Open, path: str):
    one = tab(path, **PHONE)
    one.is_state("connected")
    assert one.page.evaluate(ZOOMING) == []


def test_a_tap_right_after_a_dialog_or_a_menu_counts_once(back_end: BackEnd, tab: Open):
    one = tab(**PHONE)
    one.is_state("connected")
    touch = Touch(one.page)
    sun = touch.middle("click")
    one.open_dialog("amount").locator("[name=amount]").fill("5")  # the keyboard is open
    touch.tap(touch.middle("keep"))
    touch.tap(sun)
    one.sees(1)
    one.element("menu").tap()
    one.element("menu-amount").wait_for()
    touch.tap((195, 20))  # beside the menu
    touch.tap(sun)
    one.sees(2)
    one.all_saved()


def test_a_finger_that_slides_a_little_still_presses(back_end: BackEnd, tab: Open):
    one = tab(**PHONE)
    one.is_state("connected")
    touch = Touch(one.page)
    sun = touch.middle("click")
    for right, down in ((5, 0), (0, 5), (-4, -3)):
        touch.land((0, sun))
        for _ in range(3):
            touch.slide(0, right, down)
        touch.lift(0)
    one.sees(3)
    one.all_saved()
    assert one.page.evaluate("[visualViewport.scale, scrollY, getSelection().toString()]") == [1, 0, ""]
