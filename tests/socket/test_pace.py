"""What a tab sends besides presses goes to Reflex at a pace that Reflex can bear; of the rest, the newest waits."""

import asyncio
import itertools
import json
from types import SimpleNamespace
from typing import Any

import pytest

import clickcounter.clickcounter  # noqa: F401  registers its events
from clickcounter.access.rate_limits import BURST_SECONDS, REFUSED_COST
from clickcounter.socket import intake
from clickcounter.socket.intake import EVENTS_AT_ONCE, Intake
from clickcounter.socket.tab import Tab
from clickcounter.web.loop_turns import Turns
from tests.raw import STATE
from tests.server import until

STATES = "reflex___state____state.clickcounter___states"
LOOK, DEVICES = f"{STATES}___history____history_state.look", f"{STATES}___upkeep____upkeep_state.devices"


class World:
    """A tab whose page sends what a test puts into `sent`, almost in one moment; `passed` is what reaches Reflex."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, events_a_second: float = 1000) -> None:
        moments = itertools.count(1000.0, 1e-6)  # each look at the clock is a microsecond later
        monkeypatch.setattr(intake, "time", SimpleNamespace(monotonic=lambda: next(moments)))
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answers: list[str] = []
        self.passed: list[dict[str, Any]] = []
        self.tab = Tab(self._send)
        turns = Turns(lambda: False)
        self.listen = Intake(STATE, events_a_second, turns).listen(self.tab, self.sent.get)

    async def _send(self, message: dict[str, Any]) -> None:
        self.answers.append(message["text"])

    def send(self, name: str, **payload: str) -> None:
        text = "42/_event," + json.dumps(["event", {"name": name, "payload": payload, "router_data": {}}])
        self.sent.put_nowait({"type": "websocket.receive", "text": text})

    async def read(self) -> None:
        while (message := await self.listen())["type"] == "websocket.receive":
            self.passed.append(json.loads(message["text"].removeprefix("42/_event,"))[1]["payload"])


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


async def test_of_a_flood_the_newest_is_passed_on_later(world: World):
    for n in range(EVENTS_AT_ONCE + 50):
        world.send(LOOK, turn=str(n))
    reading = asyncio.create_task(world.read())
    await until(lambda: len(world.passed) > EVENTS_AT_ONCE)
    world.sent.put_nowait({"type": "websocket.disconnect"})
    await reading
    turns = [payload["turn"] for payload in world.passed]
    assert turns == [*map(str, range(EVENTS_AT_ONCE)), str(EVENTS_AT_ONCE + 49)]


async def test_a_dialog_that_is_dropped_is_told_to_try_later(world: World):
    for n in range(EVENTS_AT_ONCE + 3):
        world.send(DEVICES, ask=f"ask {n}", counter="counter")
    reading = asyncio.create_task(world.read())
    await until(lambda: len(world.answers) == 2)
    world.sent.put_nowait({"type": "websocket.disconnect"})
    await reading
    told = [f'"ask":"ask {EVENTS_AT_ONCE + n}","error":"later"' in answer for n, answer in enumerate(world.answers)]
    assert told == [True, True]


async def test_a_tab_that_leaves_takes_along_what_waits(world: World):
    for n in range(EVENTS_AT_ONCE + 3):
        world.send(LOOK, turn=str(n))
    world.sent.put_nowait({"type": "websocket.disconnect"})
    await world.read()
    assert len(world.passed) == EVENTS_AT_ONCE


async def test_what_no_page_sends_uses_up_the_allowance(world: World):
    for _ in range(int(BURST_SECONDS * 1000 / REFUSED_COST) + 2):
        world.send("nobody.knows")
    world.send(LOOK, turn="1")
    world.sent.put_nowait({"type": "websocket.disconnect"})
    await world.read()
    assert world.passed == []


async def test_of_a_tab_that_has_used_up_its_allowance_nothing_more_is_read(monkeypatch: pytest.MonkeyPatch):
    world = World(monkeypatch, events_a_second=1)
    for n in range(10):
        world.send(LOOK, turn=str(n))
    reading = asyncio.create_task(world.read())
    await until(lambda: len(world.passed) == 3)
    for _ in range(100):
        await asyncio.sleep(0)
    assert world.sent.qsize() == 7
    reading.cancel()
