"""The cells of a board share one wire: a slow one misses frames, never the newest of any counter."""

import asyncio
import json
from typing import Any

import pytest

from clickcounter.domain.clicks import Snapshot
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.live.presence import Presence
from clickcounter.socket.boards.following import arrange
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import Tab

COUNTERS = ["a", "b", "c"]


class Wire:
    """The server's side of a websocket, whose sends end when the test says so."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.sending: asyncio.Future[None] | None = None

    def send(self, message: dict[str, Any]) -> asyncio.Future[None]:
        self.sent.append(json.loads(message["text"].removeprefix("42/_event,"))[1]["delta"]["state"])
        self.sending = asyncio.get_running_loop().create_future()
        return self.sending

    async def take(self) -> None:
        """The browser takes what it was sent, and what follows."""
        while self.sending is not None and not self.sending.done():
            self.sending.set_result(None)
            await asyncio.sleep(0)

    def counts(self, counter: str) -> list[int]:
        return [frame["count"] for each in self.sent if (frame := each.get(f"frame_rx_state_:{counter}"))]


class Stage:
    def __init__(self) -> None:
        self.presence, self.wire = Presence(), Wire()
        self.rooms = Rooms("state", "lists", self.presence, lambda sid: self.tab)
        self.tab = Tab(self.wire.send)

    def follow(self, *counters: str) -> None:
        for counter, cell in arrange(self.tab, counters).items():
            self.rooms.enter(cell, counter)

    def viewers(self) -> dict[str, int]:
        return {counter: self.presence.viewers_here(counter) for counter in COUNTERS}


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_a_slow_board_gets_the_newest_frame_of_each_counter(stage: Stage):
    stage.follow(*COUNTERS)
    for value in range(1, 6):
        for counter in COUNTERS:
            stage.rooms.send(Snapshot(counter, value, value, 1))
    assert len(stage.wire.sent) == 1
    await stage.wire.take()
    assert {counter: stage.wire.counts(counter) for counter in COUNTERS} == {"a": [1, 5], "b": [5], "c": [5]}


async def test_settings_go_with_the_first_frame_of_each_counter(stage: Stage):
    stage.follow(*COUNTERS)
    for name in ("Old", "Old", "New"):
        for counter in COUNTERS:
            stage.rooms.send(Snapshot(counter, 1, 1, 1, CounterSettings(name + counter)))
            await stage.wire.take()
    names = [about["name"] for each in stage.wire.sent for key, about in each.items() if key.startswith("about")]
    assert names == ["Olda", "Oldb", "Oldc", "Newa", "Newb", "Newc"]


async def test_a_board_and_a_page_get_their_own_forms_of_one_frame(stage: Stage):
    page = Wire()
    stage.rooms.enter(Tab(page.send), "a")
    stage.follow("a")
    stage.rooms.send(Snapshot("a", 7, 1, 1))
    stage.rooms.counter_gone("a")
    await stage.wire.take()
    await page.take()
    assert [{name.partition("_")[0] for name in each} for each in page.sent] == [{"frame", "about"}, {"frame"}]
    assert [{*each} for each in stage.wire.sent] == [
        {"frame_rx_state_:a", "about_rx_state_:a"},
        {"frame_rx_state_:a"},
    ]
    assert stage.wire.sent[1]["frame_rx_state_:a"]["error"] == page.sent[1]["frame_rx_state_"]["error"] == "no_counter"


async def test_cells_that_left_or_whose_tab_is_closed_enter_no_room(stage: Stage):
    stage.follow("a", "b")
    left = (stage.tab.cells or {})["a"]
    stage.follow("b", "c")
    assert stage.viewers() == {"a": 0, "b": 1, "c": 1}
    assert not stage.rooms.enter(left, "a")
    stage.rooms.keep_out(left, "a")
    assert stage.rooms.kept_out() == {}
    cell = (stage.tab.cells or {})["b"]
    stage.tab.close()
    stage.rooms.leave_all(stage.tab)
    assert not stage.rooms.enter(cell, "b")
    assert stage.viewers() == {"a": 0, "b": 0, "c": 0}


async def test_a_session_that_ends_is_told_once_and_takes_all_cells_along(stage: Stage):
    stage.tab.session = "session"
    stage.rooms._session_tabs.add(stage.tab)
    stage.follow(*COUNTERS)
    assert stage.rooms.sessions() == {"session": {*COUNTERS}}
    stage.rooms.sign_out(["session"])
    assert [each.get("own_rx_state_", {}).get("account", 0) for each in stage.wire.sent] == [None]
    assert stage.viewers() == {"a": 0, "b": 0, "c": 0}
