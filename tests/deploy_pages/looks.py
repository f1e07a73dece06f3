"""What a person does at the end of a page: open the address that it names, and press."""

import contextlib
import re
import urllib.request

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM_ARGUMENTS, TabPage, chromium_path
from tests.deploy_pages.roots import Terminal
from tests.server import wait_for

# Names of the pages lead to this machine, as their owners' would.
OURS = ("--host-resolver-rules=MAP *.example.org 127.0.0.1", "--ignore-certificate-errors")
STARTED_WITHIN = 120.0  # seconds; a first start builds pages


class Failed(AssertionError):
    """A page promised something else."""


def said(what: str) -> None:
    print(f"ok   {what}", flush=True)


def promised(what: str, kept: object, seen: object = "") -> None:
    """Print what was seen, or end the trial."""
    if not kept:
        raise Failed(f"{what}\n{seen}")
    said(what)


def ready(url: str) -> None:
    """Wait until a click could be saved at this address."""
    wait_for(lambda: reads(f"{url}readyz") is not None, f"{url}readyz answers", STARTED_WITHIN)


def reads(url: str) -> str | None:
    """What stands there, if the answer is 200."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode(errors="replace"))
    return None


def presses(url: str) -> int:
    """Open it in Chromium, press once, and see the number change and be saved. Returns the number."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*CHROMIUM_ARGUMENTS, *OURS])
        page = TabPage(browser.new_page(ignore_https_errors=True, locale="en-US"), url)
        page.is_state("connected")
        page.page.wait_for_selector("[data-testid=count][data-value]")
        before = page.value()
        assert before is not None
        page.press()
        page.sees(before + 1)
        page.all_saved()
        errors = page.errors
        browser.close()
    promised(f"{url} answers; a press in Chromium makes it {before + 1}", errors == [], errors)
    return before + 1


def verified(terminal: Terminal, command: str) -> None:
    """The ledger and the totals agree."""
    printed = terminal.paste(command)
    promised("the totals agree with the ledger", re.search(r"[1-9]\d* clicks read, 0 differences", printed), printed)
