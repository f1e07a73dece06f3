"""`/admin/` as a superuser uses it in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from clickcounter.access import accounts, passwords, sessions
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger
from tests.browser import seconds, until, usually_within
from tests.conftest import Open
from tests.server import BackEnd, wait_for
from tests.web.test_headers import FORBIDDEN, Whole

CACHED_URLS = """async () => {
  const cached = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return cached.flat().map(({ url }) => url);
}"""
ADMIN_PAGES = (
    *("", "counters/counter", "counters/counter/take-back?device=1", "accounts", "accounts/1", "devices", "devices/1"),
    *("sessions", "invitations", "ledger", "nothing"),
)


@pytest.fixture
def server(ports: tuple[int, int], site: Path, tmp_path: Path) -> Iterator[Whole]:
    """Pages and back end on one port."""
    made = Whole(ports[0], tmp_path, site)
    made.start()
    yield made
    made.kill()


def superuser_cookie(back_end: BackEnd) -> dict[str, Any]:
    """Create a superuser who is signed in, and return the session cookie."""
    ledger, token, now = Ledger(back_end.db_url), sessions.new_token(), now_ms()
    account = ledger.transact(lambda c: accounts.create(c, "Root", "no password has this hash", now, superuser=True))
    ledger.transact(lambda c: sessions.create(c, account, str(sessions.sha256_of(token)), "Chromium", now))
    ledger.close()
    return {"name": "clickcounter_session", "value": token, "url": back_end.url}


def submit(page: Page, what: str, **fields: str) -> None:
    """Unfold a form, fill it in and submit it."""
    form = page.get_by_test_id(what)
    page.locator("details", has=form).locator("summary").click()
    for name, typed in fields.items():
        form.locator(f"[name={name}]").fill(typed)
    with page.expect_navigation():
        form.locator("button").click()
    page.get_by_test_id("done").wait_for()


def test_open_tabs_follow_a_superuser_within_a_second(back_end: BackEnd, tab: Open, browser: Browser):
    watcher = tab()
    watcher.is_state("connected")
    watcher.press(3)
    watcher.all_saved()
    context = browser.new_context(locale="en-US")
    context.add_cookies([superuser_cookie(back_end)])
    page = context.new_page()
    page.goto(f"{back_end.url}/admin/")
    page.get_by_role("link", name="counter", exact=True).click()
    submit(page, "correct", value="40", reason="counted again")
    took = [seconds(lambda: watcher.sees(40))]
    expect(page.get_by_test_id("value")).to_have_text("40")
    submit(page, "rename", name="North door")
    took.append(seconds(lambda: watcher.page.get_by_role("heading", name="North door").wait_for()))
    submit(page, "reset")
    took.append(seconds(lambda: watcher.sees(0)))
    submit(page, "archive")
    took.append(seconds(lambda: expect(watcher.element("click")).to_have_attribute("aria-disabled", "true")))
    assert usually_within(1, took)
    watcher.never_stepped_back()
    assert back_end.query("SELECT kind, amount FROM click ORDER BY id")[-1] == ("correction", 37)
    context.close()


def test_admin_pages_fit_a_phone_and_pass_the_csp(back_end: BackEnd, tab: Open, browser: Browser):
    watcher = tab()
    watcher.press()
    watcher.all_saved()
    context = browser.new_context(locale="ru-RU", viewport={"width": 390, "height": 800})
    context.add_init_script(FORBIDDEN)
    page = context.new_page()
    requested: list[str] = []
    logged: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: logged.append(message.text))
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.goto(f"{back_end.url}/admin/")
    expect(page.get_by_role("alert")).to_contain_text("суперпользователей", use_inner_text=True)
    assert page.get_by_test_id("sign-in").get_attribute("href") is not None
    context.add_cookies([superuser_cookie(back_end)])
    for place in ADMIN_PAGES:
        page.goto(f"{back_end.url}/admin/{place}")
        page.wait_for_load_state("networkidle")
        for fold in page.locator("summary").all():
            fold.click()
        assert page.evaluate("forbidden") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, place
        until(page, "document.fonts.check('1rem Geologica', 'Я')")
        small: Callable[[Any], bool] = lambda box: box["height"] < 40  # noqa: E731
        buttons = [button.bounding_box() for button in page.locator(".btn:visible, summary:visible").all()]
        assert [box for box in buttons if box and small(box)] == [], place
    page.goto(f"{back_end.url}/admin/")
    for language, title in {"en": "Counters", "de": "Zähler"}.items():
        page.get_by_test_id("language").select_option(language)
        expect(page.get_by_role("heading")).to_have_text(title, use_inner_text=True)
        page.reload()
        expect(page.get_by_role("heading")).to_have_text(title, use_inner_text=True)
    assert {urlsplit(url).netloc for url in requested} == {f"localhost:{back_end.port}"}
    assert [text for text in logged if "403" not in text and "404" not in text] == []  # from the two pages that are refused
    context.close()


def test_admin_is_linked_from_the_account_and_never_cached(server: Whole, browser: Browser):
    ledger, hashed = Ledger(server.db_url), passwords.hashed_now("correct horse")
    ledger.transact(lambda c: accounts.create(c, "Root", hashed, now_ms(), superuser=True))
    ledger.close()
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{server.url}/admin/")
    page.get_by_test_id("sign-in").click()
    page.get_by_test_id("sign-in").locator("[name=name]").fill("Root")
    page.get_by_test_id("sign-in").locator("[name=password]").fill("correct horse")
    page.get_by_test_id("sign-in").locator("button[type=submit]").click()
    page.get_by_role("heading", name="Counters").wait_for()  # back at the page they came from
    page.goto(server.url)
    until(page, "navigator.serviceWorker.controller !== null")  # it caches pages from now on
    page.goto(f"{server.url}/account")
    page.get_by_test_id("administration").click()
    page.get_by_role("heading", name="Counters").wait_for()
    page.goto(f"{server.url}/account")
    page.get_by_test_id("administration").wait_for()
    # The worker keeps a page after it has handed it on.
    wait_for(lambda: any("/account" in url for url in page.evaluate(CACHED_URLS)), "the account page is cached")
    assert [url for url in page.evaluate(CACHED_URLS) if "/admin" in url] == []
    context.close()
