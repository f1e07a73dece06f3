"""The app on a phone: installed, started from its icon, also without a connection, and a number on the icon."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from clickcounter.ledger.ledger import Ledger
from tests.browser import COUNT_STORED, until
from tests.conftest import value_of
from tests.installed import Phone
from tests.server import BackEnd, Nginx, wait_for

NewPhone = Callable[..., Phone]
KEPT = "caches.match('/shell').then((kept) => !!kept)"
UNSAVED = "[data-testid=unsaved][data-value='{}']"


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[NewPhone]:
    phones: list[Phone] = []

    def made(origin: str, **options: object) -> Phone:
        phones.append(Phone(playwright, origin, tmp_path / f"phone-{len(phones)}", **options))
        return phones[-1]

    yield made
    for one in phones:
        one.context.close()


@pytest.mark.parametrize(
    ("locale", "name", "last"),
    [("en-US", "Click Counter", "Last counter"), ("ru-RU", "Счётчик нажатий", "Последний счётчик")],
)
def test_chromium_has_nothing_against_installing(
    back_end: BackEnd, phone: NewPhone, origin: str, locale: str, name: str, last: str
):
    used = phone(origin, locale=locale)
    page = used.open("/c/counter")
    found = used.devtools(page, "Page.getAppManifest")
    assert found["errors"] == []
    manifest = found["manifest"]
    assert (manifest["name"], manifest["shortcuts"][0]["name"]) == (name, last)
    assert manifest["display"] == "kStandalone"
    assert used.devtools(page, "Page.getInstallabilityErrors") == {"installabilityErrors": []}
    assert used.devtools(page, "Page.getAppId")["appId"] == f"{origin}/"
    until(page, "!!window.installation")


def test_the_icon_opens_the_last_counter_with_what_is_unsaved(back_end: BackEnd, phone: NewPhone, nginx_of_this_test: Nginx):
    ledger = Ledger(back_end.db_url)
    ledger.create("door", "North door")
    ledger.close()
    used = phone(nginx_of_this_test.origin)
    tab = used.open("/c/door")
    until(tab, KEPT)
    used.install(tab)
    app = used.start(tab)
    app.wait_for_selector("[data-testid=status][data-state=connected]")
    assert app.url == f"{used.origin}/c/door"
    assert app.evaluate("matchMedia('(display-mode: standalone)').matches")
    app.evaluate(COUNT_STORED)
    back_end.kill()
    nginx_of_this_test.stop()
    app.wait_for_selector("[data-testid=status][data-state=reconnecting]")
    for _ in range(3):
        app.get_by_test_id("click").click()
    until(app, "window.kept >= 3")
    wait_for(lambda: used.badge(tab) == 3, "the icon counts what is unsaved")
    tab.goto("about:blank")
    app.close()
    assert used.badge(tab) == 3, "also when the app is closed"
    app = used.start(tab)
    app.wait_for_selector(UNSAVED.format(3), state="attached")
    assert app.url == f"{used.origin}/c/door"
    expect(app.get_by_role("heading", name="North door")).to_be_visible()
    nginx_of_this_test.start()
    back_end.start()
    app.wait_for_selector(UNSAVED.format(0), state="attached")
    assert back_end.query("SELECT value FROM counter WHERE slug = 'door'") == [(3,)]
    assert value_of(back_end) == 0
    wait_for(lambda: used.badge(tab) == 0, "nothing is left to count")
