"""A Chromium whose pages really sleep. Playwright keeps those of its own awake, as if somebody looked at each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.server import Process, wait_for


@contextmanager
def sleepy_phone(playwright: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """A browser with a profile of its own in this folder."""
    profile = folder / "sleepy-phone"
    ports = profile / "DevToolsActivePort"
    options = [f"--user-data-dir={profile}", "--remote-debugging-port=0"]
    process = Process([chromium_path(), *CHROMIUM_ARGUMENTS, *options], folder / "sleepy-phone.log")
    process.start()
    try:
        port = wait_for(lambda: ports.exists() and ports.read_text().partition("\n")[0], "it says its port")
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
        yield browser.contexts[0]
        browser.close()
    finally:
        process.stop()


def fall_asleep(page: Page) -> None:
    """Hide and freeze a page, as a phone does: no timer and no message reaches it."""
    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": "frozen"})
    assert page.evaluate("document.visibilityState") == "hidden", "it is kept awake"


def wake_up(page: Page) -> None:
    """The page may run again, though it is not drawn yet."""
    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": "active"})
