"""Tabs in a real Chromium, as a person sees them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from tests.needs import CHROMIUMS
from tests.server import PATIENCE, ROOT

# Records everything a tab shows, in order, from before its first paint: [counter, revision, value, digits].
RECORD_SHOWN = """
window.shown = [];
const record = () => {
  const count = document.querySelector('[data-testid=count]');
  if (!count) return;
  const digits = count.querySelector('[aria-hidden]')?.textContent.replace(/\\D/g, '') ?? null;
  const last = window.shown.at(-1);
  const now = [count.dataset.counter, Number(count.dataset.revision ?? -1), count.dataset.value ?? null, digits];
  if (JSON.stringify(last) !== JSON.stringify(now)) window.shown.push(now);
};
new MutationObserver(record).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""

# The clicks stored on this browser's disk.
READ_OUTBOX = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('clickcounter');
  open.onerror = reject;
  open.onsuccess = () => {
    const all = open.result.transaction('clicks').objectStore('clicks').getAll();
    all.onsuccess = () => { open.result.close(); resolve(all.result); };
  };
})"""

# Whether every file that the page is made of is in the service worker's cache.
ALL_FILES_CACHED = """() => Promise.all(performance.getEntriesByType('resource').map((entry) => entry.name)
  .filter((name) => name.startsWith(location.origin) && /\\/(assets|fonts)\\//.test(name))
  .map((name) => caches.match(name))).then((found) => found.length > 3 && found.every(Boolean))"""

# Counts in window.kept the clicks that this tab has stored on disk.
COUNT_STORED = "window.kept = 0; addEventListener('clickcounter:kept', () => window.kept++)"
BROWSERS = os.environ.get("BROWSERS", "chromium").split()  # that tests of unsaved clicks and of waking pages run in
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Tabs of the same person share a process, which saves a quarter of a page's cost. Each Profile has Chromium's usual ones.
SHARED_ARGUMENTS = [*CHROMIUM_ARGUMENTS, "--renderer-process-limit=1"]
NOT_PASSED = ["--disable-back-forward-cache"]  # Playwright would: a person's browser has that cache
# Without the second, a socket waits for up to a minute to be tried again, and Firefox keeps no page with one in its cache.
FIREFOX_PREFERENCES = {"ui.prefersReducedMotion": 1, "network.websocket.delay-failed-reconnects": False}
# A page takes half the time without animations; a test that needs them turns them on.
PROFILE_OPTIONS: dict[str, Any] = {"locale": "en-US", "reduced_motion": "reduce"}
# Each new context would install the service worker, a quarter of a page's cost. Tests of what it does allow it.
CONTEXT_OPTIONS: dict[str, Any] = PROFILE_OPTIONS | {"service_workers": "block"}


def chromium_path() -> str:
    """The path of the installed Chromium. The headless one renders the same in half the time."""
    return next(p for name in CHROMIUMS if (p := shutil.which(name)))


def until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until an expression is true in the page, which may reload meanwhile."""
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(Error):  # the page is reloading
            if page.evaluate(expression, arg):
                return
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(20)


def seconds(wait: Callable[[], object]) -> float:
    """How long a wait takes."""
    began = time.monotonic()
    wait()
    return time.monotonic() - began


def usually_within(limit: float, took: list[float]) -> bool:
    """Whether most waits ended in time: a busy machine now and then stops everything for a second or two."""
    print("waited for", took)
    return sorted(took)[len(took) // 2] < limit


class SharedBrowser:
    """Playwright and the installed Chromium, started when they are first needed. Until `stop`, its event loop is in the way
    of any other in this thread."""

    def __init__(self) -> None:
        self.used_in: Path | None = None  # the test file that used it last
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def playwright(self) -> Playwright:
        if self._playwright is None:
            self._playwright = sync_playwright().start()
        return self._playwright

    def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._browser = self.playwright().chromium.launch(executable_path=chromium_path(), args=SHARED_ARGUMENTS)
        return self._browser

    def stop(self) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._playwright = self._browser = None


class TabPage:
    """One open tab of the app."""

    def __init__(self, page: Page, url: str | None = None) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.add_init_script(RECORD_SHOWN)
        if url:
            page.goto(url)

    def element(self, test_id: str) -> Any:
        return self.page.get_by_test_id(test_id)

    def resize(self, width: int, height: int) -> None:
        """Give the page another size and wait until it has it."""
        self.page.set_viewport_size({"width": width, "height": height})
        until(self.page, "size => innerWidth === size[0] && innerHeight === size[1]", [width, height])

    def press(self, times: int = 1) -> None:
        for _ in range(times):
            self.element("click").click()

    def value(self) -> int | None:
        raw = self.element("count").get_attribute("data-value")
        return None if raw is None else int(raw)

    def state(self) -> str:
        return str(self.element("status").get_attribute("data-state"))

    def all_stored(self, count: int) -> None:
        """Wait until this many clicks are on disk, counted since COUNT_STORED was run."""
        until(self.page, f"window.kept >= {count}")

    def keeps(self, clicks: int) -> None:
        """Wait until so many clicks are on this browser's disk; what is saved leaves it a moment later."""
        until(self.page, f"({READ_OUTBOX})().then((all) => all.length === {clicks})")

    def sees(self, value: int) -> None:
        self._wait_for(f"[data-testid=count][data-value='{value}']")

    def is_state(self, state: str) -> None:
        self._wait_for(f"[data-testid=status][data-state={state}]")

    def all_saved(self) -> None:
        self._wait_for("[data-testid=unsaved][data-value='0']", state="attached")

    def has(self, test_id: str, **data: object) -> None:
        """Wait for an element with these data attributes."""
        attributes = "".join(f"[data-{name}='{value}']" for name, value in data.items())
        self._wait_for(f"[data-testid={test_id}]{attributes}")

    def _wait_for(self, selector: str, **how: Any) -> None:
        self.page.wait_for_selector(selector, timeout=PATIENCE * 1000, **how)

    def follow(self, link: str, counter: str) -> None:
        """Follow a link of the list to a counter, and wait for its page: the list says that it is connected, too."""
        self.page.get_by_role("link", name=link).click()
        self.has("count", counter=counter)
        self.is_state("connected")

    def open_dialog(self, dialog: str) -> Any:
        self.element("menu").click()
        self.element(f"menu-{dialog}").click()
        opened = self.element(f"dialog-{dialog}")
        opened.wait_for()
        return opened

    def fill_in(self, dialog: str, **fields: str) -> None:
        """Open a dialog, fill in its fields and submit it."""
        opened = self.open_dialog(dialog)
        for field, text in fields.items():
            opened.locator(f"[name={field}]").fill(text)
        self.submit(dialog)

    def submit(self, dialog: str) -> None:
        """Submit the open dialog and wait until it is gone: until then it keeps keys and presses for itself."""
        self._end(dialog, "submit")

    def close_dialog(self, dialog: str) -> None:
        """The same for one that only shows something."""
        self._end(dialog, "close")

    def _end(self, dialog: str, button: str) -> None:
        opened = self.element(f"dialog-{dialog}")
        opened.get_by_test_id(button).click()
        opened.wait_for(state="detached")

    def shown(self) -> list[list[Any]]:
        return list(self.page.evaluate("window.shown"))

    def never_stepped_back(self) -> None:
        """Check everything this page has shown: revisions only rose, and the digits matched the value."""
        newest: dict[str, int] = {}
        for counter, revision, value, digits in self.shown():
            assert (None if value is None else str(int(value))) == digits, "the digits on screen differ from the value"
            if value is None:
                continue
            assert revision >= newest.get(counter, 0), self.shown()
            newest[counter] = revision


def two_tabs(tab: Callable[..., TabPage], **options: object) -> tuple[TabPage, TabPage]:
    """Open the default counter for two people."""
    tabs = tab(**options), tab(profile="two", **options)
    for one in tabs:
        one.is_state("connected")
    return tabs


class Profile:
    """A browser with its own profile folder, which can be closed, killed and reopened: "chromium" or "firefox"."""

    def __init__(self, playwright: Playwright, origin: str, folder: Path, browser: str = "chromium") -> None:
        self.playwright, self.origin, self.folder, self.browser = playwright, origin, folder, browser
        self.context: BrowserContext | None = None

    def open(self, path: str = "/") -> TabPage:
        if self.context is None:
            self.context = self._firefox() if self.browser == "firefox" else self._chromium()
        return TabPage(self.context.new_page(), self.origin + path)

    def _chromium(self) -> BrowserContext:
        how: dict[str, Any] = {"args": CHROMIUM_ARGUMENTS, "ignore_default_args": NOT_PASSED} | PROFILE_OPTIONS
        return self.playwright.chromium.launch_persistent_context(str(self.folder), executable_path=chromium_path(), **how)

    def _firefox(self) -> BrowserContext:
        program = self.folder.with_suffix(".sh")
        program.write_text(f'#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m tests.firefox "$@"\n')
        program.chmod(0o755)
        return self.playwright.firefox.launch_persistent_context(
            str(self.folder),
            channel="moz-firefox",
            executable_path=program,
            firefox_user_prefs=FIREFOX_PREFERENCES,
            locale=PROFILE_OPTIONS["locale"],
        )

    def close(self) -> None:
        if self.context is not None:
            self.context.close()

    def kill(self) -> None:
        """kill -9 of the whole browser."""
        found = subprocess.run(["pgrep", "-f", str(self.folder)], capture_output=True, text=True, check=True)
        for pid in found.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        assert self.context is not None
        with contextlib.suppress(Error):  # the browser may be gone already
            self.context.close()
        self.context = None
        for lock in ("SingletonLock", "lock"):
            (self.folder / lock).unlink(missing_ok=True)
