"""An address whose tabs leave at once opens the next ones at a pace; nobody else waits."""

import asyncio
from types import SimpleNamespace

import pytest

from clickcounter.web import visit_pacing
from clickcounter.web.visit_pacing import GAP, PACED_FOR, SHORT, SHORT_VISITS, Visits


class Door:
    """A server behind Visits, by a clock that only a test moves. Tabs stay until they are told to leave."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.waits, self.leave = 1_000.0, list[float](), asyncio.Event()
        monkeypatch.setattr(visit_pacing, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(visit_pacing, "asyncio", SimpleNamespace(sleep=self._sleep))
        self.app = Visits(hops=0).before(self._tab)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def _tab(self, scope, receive, send) -> None:
        await self.leave.wait()

    def come(self, address: str) -> asyncio.Task[list[dict]]:
        """A tab opens; its task returns what it was sent, once it is closed."""
        return asyncio.create_task(self._come(address))

    async def _come(self, address: str) -> list[dict]:
        sent: list[dict] = []

        async def receive() -> dict:
            return {"type": "websocket.connect"}

        async def send(message: dict) -> None:
            sent.append(message)

        await self.app({"type": "websocket", "client": (address, 1), "headers": []}, receive, send)
        return sent

    async def visit(self, address: str, count: int, stay: float = 0.0) -> list[float]:
        """So many tabs come at once and leave after so many seconds. How long they were kept waiting, if they were."""
        self.waits.clear()
        tabs = [self.come(address) for _ in range(count)]
        await asyncio.sleep(0)
        self.now += stay
        self.leave.set()
        await asyncio.gather(*tabs)
        self.leave.clear()
        return list(self.waits)


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


async def test_tabs_that_leave_at_once_make_their_address_wait(door: Door):
    assert await door.visit("192.0.2.1", SHORT_VISITS + 1) == []
    assert await door.visit("192.0.2.1", 11) == pytest.approx([GAP * n for n in range(1, 11)])
    assert await door.visit("192.0.2.2", 11) == []


async def test_a_thousand_that_come_back_and_stay_do_not_wait(door: Door):
    assert await door.visit("192.0.2.1", 1000, SHORT) == []
    assert await door.visit("192.0.2.1", 11) == []


async def test_a_line_that_is_too_long_turns_the_next_away(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(visit_pacing, "LONGEST_LINE", 5.5 * GAP)
    await door.visit("192.0.2.1", SHORT_VISITS + 1)
    tabs = [door.come("192.0.2.1") for _ in range(20)]
    assert [await tab for tab in tabs[6:]] == [[{"type": "websocket.close"}]] * 14
    door.leave.set()
    assert await asyncio.gather(*tabs[:6]) == [[]] * 6


async def test_the_wait_ends(door: Door):
    await door.visit("192.0.2.1", SHORT_VISITS + 1)
    door.now += PACED_FOR
    assert await door.visit("192.0.2.1", 11) == []
