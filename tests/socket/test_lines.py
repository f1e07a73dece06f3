"""What one tab asks waits in lines of its own, and goes with the tab."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

import clickcounter.clickcounter  # noqa: F401  registers its events
from clickcounter.socket.admission import MOST_CHANGES, MOST_QUESTIONS, Admission
from clickcounter.socket.tab import Tab
from tests.server import until

STATES = "reflex___state____state.clickcounter___states"
LOOK, PAGE = (f"{STATES}___history____history_state.{name}" for name in ("look", "page"))
DEVICES, MAKE, CHANGE = (f"{STATES}___upkeep____upkeep_state.{name}" for name in ("devices", "make", "change"))
LISTS = f"{STATES}___counters____counters_state.look"


class World:
    """A tab before a queue that ends nothing by itself."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.tab = Tab(self._send)
        self.forgotten: list[str] = []  # tokens
        self.queued: list[tuple[str, asyncio.Future[None]]] = []
        self.admission = Admission({"sid": self.tab}.get, self._enqueue, self.forgotten.append)

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message["text"])

    async def _enqueue(self, token: str, event: Any) -> asyncio.Future[None]:
        self.queued.append((event.payload["n"], asyncio.get_running_loop().create_future()))
        return self.queued[-1][1]

    async def ask(self, name: str, n: str, **payload: str) -> None:
        event = SimpleNamespace(name=name, payload={"n": n} | payload, router_data={"sid": "sid"})
        await self.admission.enqueue("token", event)
        await asyncio.sleep(0)

    def names(self) -> list[str]:
        return [name for name, _ in self.queued]

    async def end(self, n: str) -> None:
        next(future for name, future in self.queued if name == n and not future.done()).set_result(None)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
async def world() -> World:
    return World()


async def test_a_newer_question_replaces_the_one_that_waits(world: World):
    for n in ("1", "2", "3"):
        await world.ask(LOOK, n)
    assert world.names() == ["1"]
    await world.end("1")
    assert world.names() == ["1", "3"]
    await world.end("3")
    assert world.tab.asked is None


async def test_a_replaced_dialog_is_told_to_try_later(world: World):
    for n in ("1", "2", "3"):
        await world.ask(DEVICES, n, ask=f"ask {n}")
    [told] = world.sent
    assert '"ask":"ask 2","error":"later"' in told
    assert DEVICES.rpartition(".")[0] in told


async def test_one_tab_takes_only_two_threads_from_others(world: World):
    for n, name in enumerate((LOOK, PAGE, DEVICES, LISTS)):
        await world.ask(name, str(n))
    assert len(world.queued) == MOST_QUESTIONS
    await world.end("0")
    assert world.names() == ["0", "1", "2"]


async def test_changes_are_made_in_order_and_bounded(world: World):
    for n in range(MOST_CHANGES + 2):
        await world.ask((MAKE, CHANGE)[n % 2], str(n), ask=str(n))
    assert world.names() == ["0"]
    assert len(world.sent) == 1
    assert f'"ask":"{MOST_CHANGES + 1}"' in world.sent[0]
    for n in range(MOST_CHANGES + 1):
        await world.end(str(n))
    assert world.names() == [str(n) for n in range(MOST_CHANGES + 1)]


async def test_a_tab_that_leaves_takes_its_questions_along(world: World):
    for n, name in (("1", LOOK), ("2", LOOK), ("3", MAKE), ("4", CHANGE)):
        await world.ask(name, n)
    (_, looking), (_, making) = world.queued
    world.tab.close()
    assert looking.cancelled()
    assert not making.done()
    assert world.forgotten == ["token"]
    making.set_result(None)
    await until(lambda: world.tab.asked is None)
    await world.ask(LOOK, "5")
    assert world.names() == ["1", "3"]


async def test_what_the_server_itself_asks_for_goes_on_at_once(world: World):
    for n in ("1", "2"):
        event = SimpleNamespace(name=LOOK, payload={"n": n}, router_data={})
        await world.admission.enqueue("token", event)
    assert world.names() == ["1", "2"]
