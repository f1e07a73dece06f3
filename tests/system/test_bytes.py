"""What a press costs a tab that watches, in a real Chromium, and that nothing gets lost with what it no longer carries."""

import time
from typing import Any

import pytest

from clickcounter.domain.clicks import Click, Order
from clickcounter.ledger.ledger import Ledger
from clickcounter.socket.protocol import SHORT
from tests.browser import TabPage
from tests.conftest import Open
from tests.raw import new_key
from tests.server import PATIENCE, BackEnd
from tests.system.test_live_tabs import FOLLOW_LINK
from tests.terminal import terminal

PRESSES = 30
# A page in which nothing takes the place of the browser's WebSocket.
NO_DECODER = "Object.defineProperty(window, 'WebSocket', { value: WebSocket, writable: false })"


class Heard:
    """The messages of a page's sockets, as they come over the wire."""

    def __init__(self, page: Any) -> None:
        self.page, self.texts = page, list[str]()
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.webSocketFrameReceived", lambda event: self.texts.append(event["response"]["payloadData"]))
        devtools.send("Network.enable")

    def short(self) -> int:
        """How many of them were short frames."""
        return sum(text.startswith(SHORT) for text in self.texts)

    def until(self, short: int) -> None:
        """Wait until so many short frames have come."""
        end = time.monotonic() + PATIENCE
        while self.short() < short:
            assert time.monotonic() < end, self.texts
            self.page.wait_for_timeout(20)


@pytest.fixture
def watching(back_end: BackEnd, tab: Open) -> TabPage:
    one = tab("/nothing/here")
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    return one


def write(back_end: BackEnd, slug: str, amount: int) -> None:
    """Press once, from a device that never changes."""
    ledger = Ledger(back_end.db_url)
    ledger.write([Order(slug, "a" * 64, (Click(new_key(), amount, int(time.time() * 1000), 0),))])
    ledger.close()


def test_a_press_costs_a_watching_tab_less_than_80_bytes(back_end: BackEnd, watching: TabPage, tab: Open):
    pressers = [tab(profile=f"presser {n}") for n in range(2)]
    for presser in pressers:
        presser.is_state("connected")
        presser.press()
    watching.sees(2)
    heard = Heard(watching.page)
    for value in range(3, PRESSES + 3):
        pressers[value % 2].press()
        watching.sees(value)
    heard.until(PRESSES)
    received = [2 + len(text.encode()) for text in heard.texts]
    print(f"{sum(received) / PRESSES:.1f} bytes a press, {heard.texts}")
    assert max(received) < 80
    late = tab(profile="late")
    late.is_state("connected")
    watching.has("last", device=late.element("last").get_attribute("data-device"))
    watching.never_stepped_back()


def test_short_frames_follow_resets_settings_links_and_reconnects(back_end: BackEnd, watching: TabPage):
    Ledger(back_end.db_url).create("other", "Another")
    heard = Heard(watching.page)

    def short_frame_comes() -> None:
        heard.until(heard.short() + 1)

    write(back_end, "counter", 5)
    watching.sees(5)
    short_frame_comes()
    terminal(back_end.db_url, "reset", "--yes").check_returncode()
    watching.sees(0)
    short_frame_comes()
    write(back_end, "counter", 2)
    watching.sees(2)
    watching.page.evaluate(FOLLOW_LINK, "/c/other")
    watching.has("count", counter="other", value=0)
    short_frame_comes()
    write(back_end, "other", 7)
    watching.sees(7)
    watching.page.evaluate(FOLLOW_LINK, "/")
    watching.has("count", counter="counter", value=2)
    back_end.kill()
    watching.is_state("reconnecting")
    back_end.start()
    watching.is_state("connected")
    short_frame_comes()
    write(back_end, "counter", 4)
    watching.sees(6)
    back_end.query("UPDATE counter SET name = 'Renamed', revision = revision + 1 WHERE slug = 'counter'")
    watching.page.get_by_role("heading", name="Renamed").wait_for()
    watching.never_stepped_back()


def test_a_page_without_the_decoder_shows_the_numbers(back_end: BackEnd, tab: Open):
    one = tab("/nothing/here")
    one.page.add_init_script(NO_DECODER)
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    heard = Heard(one.page)
    write(back_end, "counter", 3)
    one.sees(3)
    one.press()
    one.sees(4)
    one.all_saved()
    assert heard.short() == 0
