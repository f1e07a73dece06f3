"""People who count while back ends are replaced: raw clients and real pages, each with a log of its own presses."""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field

import aiohttp
from playwright.async_api import Browser, Page

from tests.browser import PROFILE_OPTIONS
from tests.raw import STATE, RawClient
from tests.server import PATIENCE

PRESS_EVERY = 0.5  # seconds, each client
ANSWER_WITHIN = 2.0  # seconds; then a page sends the press again
RECONNECT_AFTER = 0.05
PAGE_PRESSES_EVERY = 0.4
SAVED_WITHIN = 60.0


@dataclass
class Log:
    """What all clients know of their presses."""

    pressed: set[str] = field(default_factory=set)
    waited: list[float] = field(default_factory=list)  # seconds until each was saved
    later: int = 0  # answers that said so
    refused: list[int] = field(default_factory=list)  # statuses of sockets that did not open


class Client:
    """One raw client; it sends each press again until it is saved."""

    def __init__(self, port: int, log: Log) -> None:
        self.port, self.log, self.device = port, log, os.urandom(16).hex()
        self.unsaved: dict | None = None
        self.since = 0.0

    async def run(self, stopping: asyncio.Event) -> None:
        """Until told to stop and everything is saved."""
        while self.unsaved or not stopping.is_set():
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                tab = RawClient(self.port)
                tab.device = self.device
                try:
                    async with tab:
                        await self._press(tab, stopping)
                except aiohttp.WSServerHandshakeError as error:
                    self.log.refused.append(error.status)
            await asyncio.sleep(RECONNECT_AFTER)

    async def _press(self, tab: RawClient, stopping: asyncio.Event) -> None:
        while self.unsaved or not stopping.is_set():
            if self.unsaved is None:
                self.unsaved, self.since = tab.click(), time.monotonic()
                self.log.pressed.add(self.unsaved["key"])
            await tab.event(f"{STATE}.record", tab.payload(self.unsaved))
            answer = await tab.answer(ANSWER_WITHIN)
            if answer["codes"].get(self.unsaved["key"]) == "saved":
                self.unsaved = None
                self.log.waited.append(time.monotonic() - self.since)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), PRESS_EVERY)
            elif answer["error"] == "later":
                self.log.later += 1
                await asyncio.sleep(RECONNECT_AFTER)


class Person:
    """A page in a real browser, in a profile of its own, opened once and left open."""

    def __init__(self, name: str) -> None:
        self.name, self.presses = name, 0
        self.errors: list[str] = []
        self.loads: list[float] = []  # when the page was loaded

    async def open(self, browser: Browser, url: str) -> None:
        context = await browser.new_context(**PROFILE_OPTIONS)
        self.page: Page = await context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(f"error: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self.errors.append(f"console: {said.text}"))
        self.page.on("load", lambda _: self.loads.append(time.monotonic()))
        await self.page.goto(url)

    async def press(self, stopping: asyncio.Event) -> None:
        """Press all the time, whatever the page says of its connection."""
        button = self.page.get_by_test_id("click")
        await button.wait_for(timeout=PATIENCE * 1000)
        while not stopping.is_set():
            await button.click(timeout=PATIENCE * 1000)
            self.presses += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), PAGE_PRESSES_EVERY)

    async def shows(self, value: int) -> None:
        """Wait until the page shows this number."""
        async with asyncio.timeout(SAVED_WITHIN):
            while await self.value() != value:
                await asyncio.sleep(0.1)

    async def value(self) -> int:
        shown = await self.page.get_by_test_id("count").get_attribute("data-value")
        return int(shown or -1)
