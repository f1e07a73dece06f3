"""The time of a press is the moment of the press, whatever the device's clock shows and however long the line stalls."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import TabPage
from tests.conftest import Open, allowing
from tests.proxy import Proxy, in_background
from tests.server import BackEnd, free_port, wait_for

HOUR = 3_600_000
# The device's clock is wrong by window.wrong ms; window.truth has when each press was really made, by its key.
CLOCK = """
const now = Date.now.bind(Date);
window.wrong = %d;
Date.now = () => now() + window.wrong;
window.truth = {};
addEventListener('clickcounter:press', ({ detail }) => (window.truth[detail.key] = now()));
"""


def open_with_clock(tab: Open, wrong: int) -> TabPage:
    """A tab on a device whose clock is wrong by so many ms."""
    one = tab("/nothing/here", profile=str(wrong))
    one.page.add_init_script(CLOCK % wrong)
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    return one


def worst(back_end: BackEnd, tabs: list[TabPage], presses: int) -> int:
    """Wait until so many presses are saved; by how many ms the worst of their times is wrong."""
    truth: dict[str, int] = {}
    for tab in tabs:
        tab.all_saved()
        truth |= tab.page.evaluate("truth")

    def saved() -> list[tuple[Any, ...]]:
        found = back_end.query("SELECT key, pressed_at FROM click")
        return found if len(found) == presses else []

    return max(abs(pressed_at - truth[key]) for key, pressed_at in wait_for(saved, f"{presses} presses are saved"))


@pytest.fixture
def server(ports: tuple[int, int], tmp_path: Path) -> Any:
    """A back end behind a proxy, which takes the port that pages use."""
    back_end = BackEnd(free_port(), tmp_path, **allowing(ports[1]))
    back_end.start()
    yield back_end
    back_end.kill()


def test_a_stalled_line_moves_no_press(ports: tuple[int, int], server: BackEnd, tab: Open):
    with in_background(Proxy(server.port, ports[0])) as network:
        tabs = [open_with_clock(tab, wrong) for wrong in (0, HOUR, -HOUR)]
        for turn, seconds in enumerate((4, 10), 1):  # the messages arrive late; the connection is lost
            network.stall()
            for one in tabs:
                one.press()
            tabs[0].page.wait_for_timeout(seconds * 1000)  # how long the line stalls
            network.flow()
            assert worst(server, tabs, presses=3 * turn) < 100


def test_a_clock_that_is_set_while_the_page_is_open_moves_no_press(back_end: BackEnd, tab: Open):
    tabs = [open_with_clock(tab, wrong) for wrong in (0, 5 * HOUR)]
    for one in tabs:
        one.press()
        one.all_saved()
    back_end.kill()
    for one, wrong in zip(tabs, (-5 * HOUR, 0), strict=True):
        one.is_state("reconnecting")
        one.press()
        one.page.evaluate("(wrong) => (window.wrong = wrong)", wrong)
        one.press(2)
        one.page.evaluate("(wrong) => (window.wrong = wrong)", 7 * HOUR)
        one.press(2)
    back_end.start()
    assert worst(back_end, tabs, presses=12) < 100
    for one in tabs:
        keys = list(one.page.evaluate("truth"))
        assert keys == sorted(keys), "a newer press has a newer key, so that undo takes it back first"
