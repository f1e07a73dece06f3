"""Honest people during a siege: tabs that press, tabs that open, a probe of /readyz; each measures how long it waits."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.raw import RawClient, new_key
from tests.siege.attacks import BIG, QUESTIONS

TABS = 20
PRESS_EVERY = 0.4  # seconds, each tab
OPEN_EVERY = 0.25
PROBE_EVERY = 0.25
GIVE_UP = 30.0


def percentile(values: list[float], percent: int) -> float:
    """The smallest value that at least so many percent of all do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


@dataclass
class Waits:
    """Seconds that were waited during one stretch of time."""

    press: list[float] = field(default_factory=list)
    opening: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    not_ready: int = 0  # times that /readyz gave another status than 200

    def extend(self, other: "Waits") -> None:
        """Add those of another stretch."""
        for name in ("press", "opening", "ready"):
            getattr(self, name).extend(getattr(other, name))
        self.not_ready += other.not_ready

    def p99(self, name: str) -> float:
        """The 99th percentile, in seconds."""
        return percentile(getattr(self, name) or [0.0], 99)

    def __str__(self) -> str:
        parts = [
            f"{name} p50 {percentile(waits, 50) * 1000:.0f} p99 {percentile(waits, 99) * 1000:.0f}"
            f" max {max(waits) * 1000:.0f} ({len(waits)})"
            for name in ("press", "opening", "ready")
            if (waits := getattr(self, name))
        ]
        return ", ".join(parts) + (f", {self.not_ready} × not ready" if self.not_ready else "")


class People:
    """The honest ones. `waits` is replaced at the start of each stretch."""

    def __init__(self, port: int) -> None:
        self.port, self.waits = port, Waits()
        self.pressed: set[str] = set()
        self.saved: set[str] = set()
        self.problems: list[str] = []
        self._stopping = asyncio.Event()

    @contextlib.asynccontextmanager
    async def here(self) -> AsyncIterator[None]:
        """They press and look inside; at the end every press is saved or reported."""
        tasks = [asyncio.create_task(self._press(n)) for n in range(TABS)]
        tasks += [asyncio.create_task(self._for_ever(do, every)) for do, every in self._looks()]
        try:
            yield
        finally:
            self._stopping.set()
            for found in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(found, BaseException):
                    self.problems.append(repr(found))

    def _looks(self) -> list[tuple[Any, float]]:
        return [(self._open, OPEN_EVERY), (self._probe, PROBE_EVERY)]

    async def _for_ever(self, do: Any, every: float) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            await do()
            await self._rest(max(0.0, every - (time.monotonic() - began)))

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _press(self, number: int) -> None:
        # Each keeps to a beat of its own. Otherwise one pause would bring them together, and the next count for all of them.
        due = time.monotonic() + number * PRESS_EVERY / TABS
        async with RawClient(self.port) as tab:
            await self._rest(due - time.monotonic())
            while not self._stopping.is_set():
                click = tab.click()
                self.pressed.add(click["key"])
                began, waits = time.monotonic(), self.waits
                while True:
                    answer = await tab.record(click)
                    if answer["codes"].get(click["key"]) == "saved":
                        break
                    if time.monotonic() - began > GIVE_UP:
                        self.problems.append(f"a press was not saved: {answer}")
                        return
                    await self._rest(0.1)
                self.saved.add(click["key"])
                waits.press.append(time.monotonic() - began)
                due += PRESS_EVERY * max(1, math.ceil((time.monotonic() - due) / PRESS_EVERY))
                await self._rest(due - time.monotonic())

    async def _open(self) -> None:
        waits = self.waits
        waits.opening.append(await _timed(self._open_a_tab()))

    async def _open_a_tab(self) -> None:
        async with RawClient(self.port) as tab:
            await tab.until(lambda: "count" in tab.frame, GIVE_UP)

    async def _probe(self) -> None:
        waits = self.waits
        async with aiohttp.ClientSession() as http:
            began = time.monotonic()
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                url = f"http://127.0.0.1:{self.port}/readyz"
                async with http.get(url, timeout=aiohttp.ClientTimeout(GIVE_UP)) as answer:
                    waits.not_ready += answer.status != 200
            waits.ready.append(time.monotonic() - began)


async def _timed(doing: Coroutine[Any, Any, None]) -> float:
    """How long it took, in seconds; GIVE_UP if it did not succeed."""
    began = time.monotonic()
    try:
        await doing
    except (aiohttp.ClientError, OSError, TimeoutError, ConnectionError):
        return GIVE_UP
    return time.monotonic() - began


async def look_around(port: int) -> None:
    """Somebody looks at everything that is attacked later: what is used for the first time takes memory for good."""
    async with RawClient(port) as tab:
        for question, payload in QUESTIONS.items():
            filled = {
                name: (tab.device if name == "device" else new_key()) if value == "" else value
                for name, value in payload.items()
            }
            await tab.event(question.partition(" ")[0], filled)
            await asyncio.sleep(0.2)  # one after the other, as a person would
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/export/{BIG}.csv") as answer:
        await answer.content.read(100_000)


async def use_an_account(port: int) -> None:
    """Somebody registers and imports a small table, for the same reason."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", cookie_jar=jar) as http:
        fields = {"name": f"person {new_key()[-10:]}", "password": "a password to try"}
        async with http.post("/account/register", json=fields) as answer:
            answer.raise_for_status()
        table, headers = b"when,amount\n2026-03-01 09:00:00,1\n", {"X-Click-Counter": new_key()}
        async with http.post("/import?counter=imported", data=table, headers=headers) as answer:
            answer.raise_for_status()
            await answer.read()
