"""docs/deploy/sign-in.md, upon the server of on_a_server.py; the provider is glewlwyd, outside of its root."""

from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser import CHROMIUM_ARGUMENTS, TabPage, chromium_path
from tests.deploy_pages.looks import ready, said
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root, Terminal
from tests.deploy_pages.server import RESTART, URL, change_settings
from tests.oidc_provider import PASSWORD, OidcProvider
from tests.server import free_port


def follow(root: Root, terminal: Terminal, page: Page, folder: Path) -> None:
    """Give the server the settings of the page, restart it, and sign in."""
    provider = OidcProvider(free_port(), folder)
    provider.start()
    try:
        provider.prepare(f"{URL}account/oidc/callback", "ben")
        ours = provider.settings()
        named = [line.partition("=")[0] for line in page.block("Setting it up", "CLICKCOUNTER_OIDC").splitlines()]
        change_settings(root, **{name: f"'{ours[name]}'" for name in named})
        terminal.paste(RESTART)
        ready("http://127.0.0.1:8001/")
        ready(URL)
        _sign_in()
    finally:
        provider.stop()


def _sign_in() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        tab = TabPage(browser.new_page(locale="en-US"), f"{URL}account")
        expect(tab.element("sign-in-elsewhere")).to_have_text("Sign in with School", use_inner_text=True)
        tab.element("sign-in-elsewhere").click()
        tab.page.locator("#username").fill("ben")
        tab.page.locator("#password").fill(PASSWORD)
        tab.page.locator("#loginbut").click()
        tab.page.get_by_role("button", name="Continue").click()
        tab.page.wait_for_selector("[data-testid=person]")
        browser.close()
    said("the account page says “Sign in with School”, and an account there signs in here")
