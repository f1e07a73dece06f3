"""Pages of a list on their way to tabs, some of which are slow."""

import asyncio
import json
from typing import Any

import pytest

from clickcounter.live.presence import Presence
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import Tab


class Sockets:
    """The tabs that are open, and what they are sent."""

    def __init__(self) -> None:
        self.tabs: dict[str, Tab] = {}
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.under_way: dict[str, asyncio.Future[None]] = {}

    def open(self, sid: str) -> Tab:
        self.sent[sid] = []

        def send(message: dict[str, Any]) -> asyncio.Future[None]:
            update = json.loads(message["text"].partition(",")[2])[1]
            self.sent[sid].append(update["delta"]["lists"])
            self.under_way[sid] = asyncio.get_running_loop().create_future()
            return self.under_way[sid]

        self.tabs[sid] = Tab(send)
        return self.tabs[sid]

    async def took(self, sid: str) -> None:
        """The tab has taken what was on its way."""
        self.under_way[sid].set_result(None)
        await asyncio.sleep(0)  # lets the callbacks run


@pytest.fixture
def sockets() -> Sockets:
    return Sockets()


@pytest.fixture
def rooms(sockets: Sockets) -> Rooms:
    return Rooms("counter", "lists", Presence(), sockets.tabs.get)


async def test_a_slow_tab_gets_the_newest_page_once_it_is_free_and_no_pulse_in_its_place(rooms: Rooms, sockets: Sockets):
    sockets.open("slow")
    for page in (1, 2, 3):
        assert rooms.send_list(["slow"], "board", page) == set()
    rooms.send_list(["slow"], "pulse", 9)
    assert sockets.sent["slow"] == [{"board_rx_state_": 1}]
    await sockets.took("slow")
    assert sockets.sent["slow"] == [{"board_rx_state_": 1}, {"board_rx_state_": 3}]
    await sockets.took("slow")
    rooms.send_list(["slow"], "pulse", 10)
    assert sockets.sent["slow"][2:] == [{"pulse_rx_state_": 10}]


async def test_tabs_that_are_gone_or_look_at_a_counter_are_told_nothing(rooms: Rooms, sockets: Sockets):
    sockets.open("stays")
    rooms.enter(sockets.open("counts"), "counter")
    assert rooms.send_list(["stays", "counts", "gone"], "board", 1) == {"counts", "gone"}
    assert (sockets.sent["stays"], sockets.sent["counts"]) == ([{"board_rx_state_": 1}], [])
