"""Real Chromium browsers with a few pressing tabs each, which faults close, kill and reopen."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from random import Random

from aiohttp import web
from playwright.async_api import BrowserContext, Error, Page, Playwright

from tests.browser import CHROMIUM_ARGUMENTS, PROFILE_OPTIONS, READ_OUTBOX, chromium_path
from tests.chaos.budget import Budget, KeyLog
from tests.server import free_port, until

# Reports each press before it goes any further (the page waits until it is logged on disk), and every step back.
REPORT_PRESSES = """
window.pressed = 0; window.kept = 0;
const report = (what, text) => {
  const request = new XMLHttpRequest();
  request.open('POST', 'http://localhost:PORT/' + what, false);
  request.send(text);
};
addEventListener('clickcounter:press', ({ detail }) => { window.pressed += 1; report('press', detail.key); });
addEventListener('clickcounter:kept', () => { window.kept += 1; });
let newest = 0;
new MutationObserver(() => {
  const revision = Number(document.querySelector('[data-testid=count]')?.dataset.revision ?? 0);
  if (revision && revision < newest) report('back', `${newest} ${revision}`);
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
READ_TOTALS = """() => {
  const read = (id) => document.querySelector(`[data-testid=${id}]`).dataset.value;
  return { value: read('count'), unsaved: read('unsaved') };
}"""
READY = "[data-testid=click][aria-disabled=false]"
ALL_SAVED = "[data-testid=unsaved][data-value='0']"


class ReportServer:
    """Receives the reports of all pages: the keys of presses, and steps back."""

    def __init__(self, log: KeyLog) -> None:
        self.log, self.port = log, free_port()
        self.steps_back: list[str] = []

    async def __aenter__(self) -> "ReportServer":
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
    """One browser with a profile folder, and its tabs. They press only while `pressing` is free to take."""

    def __init__(self, playwright: Playwright, origin: str, folder: Path, budget: Budget, reports: ReportServer) -> None:
        self.playwright, self.origin, self.folder = playwright, origin, folder
        self.budget, self.reports = budget, reports
        self.pressing = asyncio.Lock()
        self.context: BrowserContext | None = None
        self.crashed: set[Page] = set()

    async def open(self, tabs: int = 2) -> None:
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.folder), executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS, bypass_csp=True, **PROFILE_OPTIONS
        )
        await self.context.add_init_script(REPORT_PRESSES.replace("PORT", str(self.reports.port)))
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
        """The tabs that show the counter; a crashed tab keeps its address until closed."""
        return [page for page in self.context.pages if page.url.startswith(self.origin) and page not in self.crashed]

    async def run(self, rng: Random) -> None:
        """Press in one tab or another until cancelled."""
        while True:
            count = await self.budget.take(rng.randint(5, 30))
            made = 0
            await until(lambda: self.tabs, 60)
            with contextlib.suppress(Error, IndexError):  # the tab just went away
                async with self.pressing:
                    made = await self.press(rng.choice(self.tabs), count)
            await self.budget.report(count, made)

    @staticmethod
    async def press(page: Page, times: int) -> int:
        """Press and return how many presses the page accepted."""
        await page.wait_for_selector(READY, timeout=8000)
        return int(await page.evaluate(PRESS, times))

    async def all_stored(self) -> int:
        """Wait until all presses are on this browser's disk; return how many are unsaved."""
        for page in self.tabs:
            async with asyncio.timeout(30):  # polled, like until() in tests/browser.py
                while not await page.evaluate("window.kept >= window.pressed"):
                    await page.wait_for_timeout(20)
        return len(await self.tabs[0].evaluate(READ_OUTBOX)) if self.tabs else 0

    async def kill(self) -> None:
        """kill -9 the whole browser."""
        self._kill("")
        with contextlib.suppress(Error):
            await self.context.close()
        (self.folder / "SingletonLock").unlink(missing_ok=True)

    def kill_tabs(self) -> None:
        """kill -9 the processes that run its pages."""
        self._kill("--type=renderer")

    def _kill(self, kind: str) -> None:
        pattern = f"{kind}.*user-data-dir={self.folder}|user-data-dir={self.folder}.*{kind}"
        found = subprocess.run(["pgrep", "-f", "--", pattern], capture_output=True, text=True, check=False)
        for pid in found.stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    async def totals(self) -> list[dict[str, str]]:
        """What each tab shows: the number, and how many clicks are unsaved."""
        return [await page.evaluate(READ_TOTALS) for page in self.tabs]

    async def all_saved(self, value: int, within: float = 90) -> None:
        """Wait until every tab shows this number and nothing unsaved, and the outbox on disk is empty."""
        for page in self.tabs:
            await page.wait_for_selector(ALL_SAVED, timeout=within * 1000, state="attached")
            await page.wait_for_selector(f"[data-testid=count][data-value='{value}']", timeout=within * 1000)
        if self.tabs:
            await until(self._outbox_is_empty, within)

    async def _outbox_is_empty(self) -> bool:
        return not await self.tabs[0].evaluate(READ_OUTBOX)
