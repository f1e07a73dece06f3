"""Real Chromium profiles, each with a few tabs that press; profiles and tabs are closed and killed, and opened again."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from random import Random

from aiohttp import web
from playwright.async_api import BrowserContext, Error, Page, Playwright

from tests.browser import CHROMIUM_ARGUMENTS, CONTEXT_OPTIONS, READ_OUTBOX, chromium_path
from tests.chaos.budget import Budget, KeyLog
from tests.server import free_port, until

# A press is in the log, on disk, before it goes any further: the page waits for that. And no step back goes unseen.
WATCH = """
window.pressed = 0; window.kept = 0;
const tell = (what, text) => {
  const request = new XMLHttpRequest();
  request.open('POST', 'http://localhost:PORT/' + what, false);
  request.send(text);
};
addEventListener('clickcounter:press', ({ detail }) => { window.pressed += 1; tell('press', detail.key); });
addEventListener('clickcounter:kept', () => { window.kept += 1; });
let newest = 0;
new MutationObserver(() => {
  const revision = Number(document.querySelector('[data-testid=count]')?.dataset.revision ?? 0);
  if (revision && revision < newest) tell('back', `${newest} ${revision}`);
  if (revision) newest = revision;
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
PRESS = """async (times) => {
  const button = document.querySelector('[data-testid=click]');
  const before = window.pressed;
  for (; times > 0; times--) {
    button.click();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return window.pressed - before;
}"""
TOLD = """() => {
  const told = (id) => document.querySelector(`[data-testid=${id}]`).dataset.value;
  return { value: told('count'), unsaved: told('unsaved') };
}"""
READY = "[data-testid=click][aria-disabled=false]"
SHOWS_ALL = "[data-testid=unsaved][data-value='0']"


class Witness:
    """Where pages report to."""

    def __init__(self, log: KeyLog) -> None:
        self.log, self.port = log, free_port()
        self.steps_back: list[str] = []

    async def __aenter__(self) -> "Witness":
        app = web.Application()
        app.add_routes([web.post("/press", self._press), web.post("/back", self._back)])
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "localhost", self.port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def _press(self, request: web.Request) -> web.Response:
        self.log.write(await request.text())
        return web.Response(headers={"Access-Control-Allow-Origin": "*"})

    async def _back(self, request: web.Request) -> web.Response:
        self.steps_back.append(await request.text())
        return web.Response(headers={"Access-Control-Allow-Origin": "*"})


class Profile:
    """One browser with a profile folder, and its tabs. Whoever holds `quiet` keeps its tabs from pressing meanwhile."""

    def __init__(self, playwright: Playwright, origin: str, folder: Path, budget: Budget, witness: Witness) -> None:
        self.playwright, self.origin, self.folder = playwright, origin, folder
        self.budget, self.witness = budget, witness
        self.quiet = asyncio.Lock()
        self.context: BrowserContext | None = None
        self.crashed: set[Page] = set()

    async def open(self, tabs: int = 2) -> None:
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.folder), executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS, bypass_csp=True, **CONTEXT_OPTIONS
        )
        await self.context.add_init_script(WATCH.replace("PORT", str(self.witness.port)))
        for _ in range(tabs):
            await self.open_tab()

    async def open_tab(self, path: str = "/") -> Page:
        page = await self.context.new_page()
        page.on("crash", lambda crashed: self.crashed.add(crashed))
        await self.go(page, path)
        return page

    async def go(self, page: Page, path: str = "/") -> None:
        await page.goto(self.origin + path, wait_until="domcontentloaded")

    @property
    def tabs(self) -> list[Page]:
        """Those that show the counter; one that crashed keeps its address until it is closed."""
        return [page for page in self.context.pages if page.url.startswith(self.origin) and page not in self.crashed]

    async def run(self, rng: Random) -> None:
        """Press in a tab or another, until cancelled."""
        while True:
            count = await self.budget.take(rng.randint(5, 30))
            made = 0
            await until(lambda: self.tabs, 60)
            with contextlib.suppress(Error, IndexError):  # it went at this moment
                async with self.quiet:
                    made = await self.press(rng.choice(self.tabs), count)
            await self.budget.tell(count, made)

    @staticmethod
    async def press(page: Page, times: int) -> int:
        """Returns how many presses the page took: none while it has no number."""
        await page.wait_for_selector(READY, timeout=8000)
        return int(await page.evaluate(PRESS, times))

    async def all_stored(self) -> int:
        """Wait until this browser's disk has all that was pressed. Returns how many of them are not saved yet."""
        for page in self.tabs:
            async with asyncio.timeout(30):  # polled, like until() in tests/browser.py
                while not await page.evaluate("window.kept >= window.pressed"):
                    await page.wait_for_timeout(20)
        return len(await self.tabs[0].evaluate(READ_OUTBOX)) if self.tabs else 0

    async def kill(self) -> None:
        """kill -9 of the whole browser."""
        self._kill("")
        with contextlib.suppress(Error):
            await self.context.close()
        (self.folder / "SingletonLock").unlink(missing_ok=True)

    def kill_tabs(self) -> None:
        """kill -9 of the processes that run its pages."""
        self._kill("--type=renderer")

    def _kill(self, kind: str) -> None:
        pattern = f"{kind}.*user-data-dir={self.folder}|user-data-dir={self.folder}.*{kind}"
        found = subprocess.run(["pgrep", "-f", "--", pattern], capture_output=True, text=True, check=False)
        for pid in found.stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    async def told(self) -> list[dict[str, str]]:
        """What each of its tabs tells: the number, and how many clicks are unsaved."""
        return [await page.evaluate(TOLD) for page in self.tabs]

    async def all_saved(self, value: int, within: float = 90) -> None:
        """Wait until every tab says that nothing is unsaved, shows this number, and the browser's disk holds nothing."""
        for page in self.tabs:
            await page.wait_for_selector(SHOWS_ALL, timeout=within * 1000, state="attached")
            await page.wait_for_selector(f"[data-testid=count][data-value='{value}']", timeout=within * 1000)
        if self.tabs:
            await until(self._stores_nothing, within)

    async def _stores_nothing(self) -> bool:
        return not await self.tabs[0].evaluate(READ_OUTBOX)
