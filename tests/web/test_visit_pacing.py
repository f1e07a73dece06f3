"""An address whose tabs leave at once opens the next ones at a pace; nobody else waits."""

import asyncio
import time

from clickcounter.web import visit_pacing
from clickcounter.web.visit_pacing import SHORT_VISITS, Visits


class Door:
    """A server behind Visits. Tabs stay until they are told to leave."""

    def __init__(self) -> None:
        self.open, self.leave = 0, asyncio.Event()
        self.app = Visits(hops=0).before(self._tab)

    async def _tab(self, scope, receive, send) -> None:
        self.open += 1
        await self.leave.wait()
        self.open -= 1

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

    async def visit(self, address: str, count: int) -> None:
        """So many tabs come and leave at once."""
        self.leave.set()
        await asyncio.gather(*(self.come(address) for _ in range(count)))
        self.leave.clear()


async def opened(door: Door, address: str, count: int) -> float:
    """The seconds until so many more tabs are open."""
    began, wanted = time.monotonic(), door.open + count
    tabs = [door.come(address) for _ in range(count)]
    while door.open < wanted:
        await asyncio.sleep(0.001)
    door.leave.set()
    await asyncio.gather(*tabs)
    door.leave.clear()
    return time.monotonic() - began


async def test_tabs_that_leave_at_once_make_their_address_wait():
    door = Door()
    await door.visit("192.0.2.1", SHORT_VISITS + 1)
    assert await opened(door, "192.0.2.1", 11) >= 10 * visit_pacing.GAP
    assert await opened(door, "192.0.2.2", 11) < 10 * visit_pacing.GAP


async def test_a_thousand_that_come_back_and_stay_do_not_wait(monkeypatch):
    monkeypatch.setattr(visit_pacing, "SHORT", 0.0)  # they stay longer
    door = Door()
    await opened(door, "192.0.2.1", 1000)
    assert await opened(door, "192.0.2.1", 11) < 10 * visit_pacing.GAP


async def test_a_line_that_is_too_long_turns_the_next_away(monkeypatch):
    monkeypatch.setattr(visit_pacing, "LONGEST_LINE", 5 * visit_pacing.GAP)
    door = Door()
    await door.visit("192.0.2.1", SHORT_VISITS + 1)
    tabs = [door.come("192.0.2.1") for _ in range(20)]
    turned_away = [await tab for tab in tabs[10:]]
    assert turned_away == [[{"type": "websocket.close"}]] * 10
    door.leave.set()
    await asyncio.gather(*tabs)


async def test_the_wait_ends(monkeypatch):
    monkeypatch.setattr(visit_pacing, "PACED_FOR", 0.0)
    door = Door()
    await door.visit("192.0.2.1", SHORT_VISITS + 1)
    assert await opened(door, "192.0.2.1", 11) < 10 * visit_pacing.GAP
