"""A board without a browser: one tab that follows several counters."""

from typing import Any

from tests.raw import STATE, RawClient
from tests.server import PATIENCE

Shown = dict[str, Any]


class BoardTab(RawClient):
    """`cells` has the newest of each variable of each counter, `all_frames` every frame."""

    def __init__(self, port: int, cookie: str = "", device: str = "", **headers: str) -> None:
        super().__init__(port, "/board", cookie, **headers)
        self.device = device or self.device
        self.cells: dict[str, dict[str, Shown]] = {}
        self.all_frames: dict[str, list[Shown]] = {}
        self.followed: list[str] | None = None

    def _receive_replies(self, delta: dict[str, Any]) -> None:
        super()._receive_replies(delta)
        for name, value in delta.get(STATE, {}).items():
            kind, _, counter = name.partition(":")
            if name == "followed":
                self.followed = value["counters"]
            elif counter:
                self._receive_of(counter, kind.removesuffix("_rx_state_"), value)

    def _receive_of(self, counter: str, kind: str, value: Shown) -> None:
        self.cells.setdefault(counter, {})[kind] = value
        if kind == "frame":
            self.all_frames.setdefault(counter, []).append(value)
        if kind == "answer":
            self.answers.put_nowait(value)

    async def ask_to_follow(self, counters: Any, **others: Any) -> None:
        await self.event(f"{STATE}.follow", {"counters": counters, "device": self.device} | others)

    async def watch(self, *counters: str) -> None:
        """Show these counters, and wait until the server says so."""
        self.followed = None
        await self.ask_to_follow([*counters])
        await self.until(lambda: self.followed is not None)

    def of(self, counter: str, kind: str = "frame") -> Shown:
        return self.cells.get(counter, {}).get(kind, {})

    async def press(self, counter: str, amount: int = 1) -> Shown:
        click = self.click(amount=amount, round=self.of(counter).get("round", 0))
        return await self.record(click, counter=counter)

    async def shows(self, counter: str, within: float = PATIENCE, **part: Any) -> None:
        """Wait until the counter's newest frame contains this."""
        await self.until(lambda: self.of(counter) | part == self.of(counter) and self.of(counter), within)
