"""Presses bypass Reflex's event queue: what is taken, what is left to Reflex, and that a real page's presses are taken."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from clickcounter.domain.clicks import Click
from clickcounter.errors import Malformed
from clickcounter.services.presses.validation import read_order
from clickcounter.socket.intake import Intake, Payload, Reply
from clickcounter.socket.protocol import update
from clickcounter.socket.tab import MOST_REPLIES, Tab
from clickcounter.web.loop_turns import Turns
from tests.browser import TabPage, until
from tests.raw import STATE, RawClient
from tests.server import BackEnd

NAME = f"{STATE}.record"


def intake() -> tuple[Intake, list[Payload]]:
    taken: list[Payload] = []
    return Intake(STATE, 1.0, Turns(lambda: False), lambda payload, reply, tab: taken.append(payload)), taken


def test_a_press_is_taken_with_its_payload():
    made, taken = intake()
    assert made.takes("42/_event," + json.dumps(["event", {"name": NAME, "payload": {"counter": "ы"}}]), print)
    assert taken == [{"counter": "ы"}]


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "40/_event,",
        '42/_event,7["event",{"name":"' + NAME + '","payload":{}}]',  # it wants to be acknowledged
        '42["event",{"name":"' + NAME + '","payload":{}}]',
        '42/_event,["event",{"name":"' + NAME + '2","payload":{}}]',
        '42/_event,["event",{"name":"' + NAME + '","payload":[1]}]',
        '42/_event,["event",{"name":"' + NAME + '"}]',
        '42/_event,["event",{"name":"' + NAME + '","payload":{}},1]',
        '42/_event,["event",{"name":"' + NAME + '","payload":{',
        '42/_event,["event",{"name":"' + NAME + '","payload":' + "[" * 50_000,
        '42/_event,["event",{"name":"' + NAME + '","payload":{"x":"' + "x" * 100_000 + '"}}]',
    ],
)
def test_what_looks_unusual_is_left_to_reflex(text: str):
    made, taken = intake()
    assert not made.takes(text, print)
    assert taken == []


def read(arrived: int, of_click: Any = None, **payload: Any) -> Click:
    """The click as read that was pressed at 70 s and sent at 80 s, by the device's clock."""
    click = {"key": "a" * 32, "amount": 1, "pressed_at": 70_000, "round": 5, "offset": of_click}
    return read_order(
        {"counter": "counter", "device": "d" * 32, "sent_at": 80_000, "clicks": [click]} | payload, arrived
    ).clicks[0]


def test_a_press_without_a_measured_clock_keeps_what_its_browser_claims():

    assert (read(81_999).pressed_at, read(81_999).earliest, read(81_999).time_adjusted) == (70_000, 70_000, False)
    slow = read(110_000)  # a wrong clock, or 30 seconds on the way: either may be true
    assert (slow.pressed_at, slow.earliest, slow.time_adjusted) == (100_000, 70_000, True)
    fast = read(50_000)
    assert (fast.pressed_at, fast.earliest) == (40_000, 40_000)


def test_a_measured_clock_decides_however_late_the_message_comes():
    for late in (0, 20, 10_000, 86_400_000):
        right = read(80_000 + late, offset=0)
        assert (right.pressed_at, right.earliest, right.time_adjusted) == (70_000, 70_000, False)
        slow = read(3_680_000 + late, offset=3_600_000)
        assert (slow.pressed_at, slow.earliest, slow.time_adjusted) == (3_670_000, 3_670_000, True)
    fast = read(50_000, offset=0)  # no message arrives before it is sent: the clock was set meanwhile
    assert (fast.pressed_at, fast.earliest, fast.time_adjusted) == (40_000, 40_000, True)
    set_since = read(80_000, offset=0, of_click=-5_000)
    assert (set_since.pressed_at, set_since.time_adjusted) == (65_000, True)


@pytest.mark.parametrize("offset", ["1", 1.5, True, 2**53, -(2**53), [], {}, float("nan")])
def test_an_offset_that_is_no_whole_number_is_refused(offset: Any):
    with pytest.raises(Malformed):
        read(80_000, offset=offset)
    with pytest.raises(Malformed):
        read(80_000, of_click=offset)


def test_a_failing_event_does_not_close_its_socket():
    def fail(payload: Payload, reply: Reply, tab: Tab | None) -> None:
        raise ZeroDivisionError

    made = Intake(STATE, 1.0, Turns(lambda: False), fail)
    assert made.takes('42/_event,["event",{"name":"' + NAME + '","payload":{}}]', print)


async def test_unread_answers_take_bounded_memory():
    sent: list[asyncio.Future[None]] = []
    tab = Tab(lambda message: sent.append(asyncio.get_running_loop().create_future()) or sent[-1])
    for n in range(1000):
        tab.reply(update("state", {"n": n}))
    for taken in sent:  # each that is taken brings the next
        taken.set_result(None)
        await asyncio.sleep(0)
    assert len(sent) == 1 + MOST_REPLIES
    tab.reply(update("state", {}))
    assert len(sent) == 2 + MOST_REPLIES


async def test_a_press_through_reflex_is_answered_too(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        event = {"payload": client.payload(client.click()), "router_data": client.router_data, "name": f"{STATE}.record"}
        await client.send_text(json.dumps(["event", event]))  # the name comes too late in it
        assert list((await client.answer())["codes"].values()) == ["saved"]
        await client.sees(1)


def test_a_real_pages_press_is_taken(back_end: BackEnd, tab: Callable[..., TabPage]):
    made, taken = intake()
    page = tab().page
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: made.takes(str(text), print)))
    page.reload()
    page.get_by_test_id("click").click()
    until(page, "document.querySelector('[data-testid=unsaved]')?.dataset.value === '0'")
    until(page, "document.querySelector('[data-testid=count]').dataset.value === '1'")
    assert [len(payload["clicks"]) for payload in taken] == [1]
