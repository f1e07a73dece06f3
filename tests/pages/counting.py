"""Counting mode on an emulated phone, and the fingers on its screen."""

from typing import Any

from playwright.sync_api import Page

from tests.browser import TabPage
from tests.conftest import Open

MODE = "/?mode=count"
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
Place = tuple[float, float]


class Touch:
    """Puts fingers on a page, each known by a number, as a touch screen does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools = page.context.new_cdp_session(page)
        self.places: dict[int, Place] = {}

    def middle(self, test_id: str) -> Place:
        box = self.page.get_by_test_id(test_id).bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def land(self, *fingers: tuple[int, Place]) -> None:
        """Put these fingers down at one moment."""
        self.places.update(fingers)
        self._send("touchStart", fingers)

    def slide(self, finger: int, right: float, down: float) -> None:
        x, y = self.places[finger]
        self.places[finger] = x + right, y + down
        self._send("touchMove", [(finger, self.places[finger])])

    def lift(self, *fingers: int) -> None:
        self._send("touchEnd", [(finger, self.places.pop(finger)) for finger in fingers])

    def tap(self, place: Place) -> None:
        self.land((0, place))
        self.lift(0)

    def _send(self, type_: str, fingers: Any) -> None:
        points = [{"id": finger, "x": x, "y": y} for finger, (x, y) in fingers]
        self.devtools.send("Input.dispatchTouchEvent", {"type": type_, "touchPoints": points})


def enter(tab: Open, address: str = MODE, **options: object) -> tuple[TabPage, Touch]:
    one = tab(address, **(PHONE | options))
    one.element("counting-mode").wait_for()
    one.has("mode-status", state="connected")
    return one, Touch(one.page)


def shows(one: TabPage, value: int) -> None:
    one.has("mode-number", value=value)


def is_closed(one: TabPage) -> None:
    one.element("counting-mode").wait_for(state="detached")
    one.element("click").wait_for()


def all_saved(one: TabPage) -> None:
    one.page.wait_for_selector("[data-testid=mode-unsaved][data-value='0']", state="attached")
