"""Presses past Reflex's event queue: what is taken, what is left to Reflex, and that a real page's presses are taken."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from clickcounter.socket import compatibility
from clickcounter.socket.packets import PressFilter
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import MOST_ANSWERS, Tab
from tests.browser import TabPage, until
from tests.raw import STATE, RawClient
from tests.server import BackEnd

NAME = f"{STATE}.record"


def lane() -> tuple[PressFilter, list[Any]]:
    taken: list[Any] = []
    made = PressFilter(NAME)
    made.take = lambda payload, reply, session: taken.append(payload)
    return made, taken


def test_a_press_is_taken_with_its_payload():
    made, taken = lane()
    assert made.takes("42/_event," + json.dumps(["event", {"name": NAME, "payload": {"counter": "ы"}}]), print)
    assert taken == [{"counter": "ы"}]


@pytest.mark.parametrize(
    "text",
    [
        None,
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
def test_whatever_looks_unusual_is_left_to_reflex(text: str | None):
    made, taken = lane()
    assert not made.takes(text, print)
    assert taken == []


def test_an_event_that_fails_does_not_close_its_socket():
    made, _ = lane()
    made.take = lambda payload, reply, session: 1 / 0
    assert made.takes('42/_event,["event",{"name":"' + NAME + '","payload":{}}]', print)


async def test_a_tab_that_reads_none_of_its_answers_costs_bounded_memory():
    sent: list[asyncio.Future[None]] = []
    rooms, tab = Rooms("state"), Tab(lambda message: sent.append(asyncio.get_running_loop().create_future()) or sent[-1])
    for n in range(1000):
        rooms.answer(tab, {"n": n})
    assert len(sent) == MOST_ANSWERS
    sent[0].set_result(None)
    rooms.answer(tab, {})
    assert len(sent) == MOST_ANSWERS + 1


async def test_a_press_that_goes_the_long_way_is_answered_all_the_same(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        event = {"payload": client.payload(client.click()), "router_data": client.router_data, "name": f"{STATE}.record"}
        await client.send_text(json.dumps(["event", event]))  # the name comes too late in it
        assert list((await client.answer())["codes"].values()) == ["saved"]
        await client.sees(1)


def test_what_a_real_page_sends_for_a_press_is_taken(back_end: BackEnd, tab: Callable[..., TabPage]):
    made, taken = lane()
    page = tab().page
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: made.takes(str(text), print)))
    page.reload()
    page.get_by_test_id("click").click()
    until(page, "document.querySelector('[data-testid=unsaved]')?.dataset.value === '0'")
    until(page, "document.querySelector('[data-testid=count]').dataset.value === '1'")
    assert [len(payload["clicks"]) for payload in taken] == [1]


def test_the_server_says_what_an_upgrade_broke(monkeypatch: pytest.MonkeyPatch):
    from clickcounter.clickcounter import app, rooms

    compatibility.check(app, rooms, NAME)
    with pytest.raises(compatibility.DoesNotFit, match="knows no event"):
        compatibility.check(app, rooms, f"{NAME}2")
    monkeypatch.setattr(app._api.router, "routes", [])
    with pytest.raises(compatibility.DoesNotFit, match="is not at /_event"):
        compatibility.check(app, rooms, NAME)
    monkeypatch.setattr(app.event_namespace, "namespace", "/elsewhere")
    with pytest.raises(compatibility.DoesNotFit, match="sends a change as"):
        compatibility.check(app, rooms, NAME)
