"""Signing in with an account elsewhere, in a browser, at a real provider with its own login page."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import TabPage
from tests.conftest import Open, allowing
from tests.oidc_provider import PASSWORD as PASSWORD_THERE
from tests.oidc_provider import OidcProvider
from tests.pages.accounts import PASSWORD, fill, register, shows_error
from tests.server import BackEnd, free_port


@pytest.fixture
def provider(ports: tuple[int, int], tmp_path: Path) -> Iterator[OidcProvider]:
    server = OidcProvider(free_port(), tmp_path / "provider")
    server.start()
    server.prepare(f"http://localhost:{ports[0]}/account/oidc/callback", "anna", "ben")
    yield server
    server.stop()


@pytest.fixture
def back_end(ports: tuple[int, int], tmp_path: Path, sqlite_template: Path, provider: OidcProvider) -> Iterator[BackEnd]:
    server = BackEnd(ports[0], tmp_path, **allowing(ports[1]), **provider.settings())
    shutil.copy(sqlite_template, server.database)
    server.start()
    yield server
    server.kill()


def sign_in_there(tab: TabPage, person: str) -> None:
    """On the provider's own page."""
    tab.page.locator("#username").fill(person)
    tab.page.locator("#password").fill(PASSWORD_THERE)
    tab.page.locator("#loginbut").click()
    tab.page.get_by_role("button", name="Continue").click()


def test_an_account_elsewhere_signs_in_is_linked_and_unlinked(provider: OidcProvider, back_end: BackEnd, tab: Open):
    one, two, phone = tab(), tab(), tab(profile="phone")
    for each in (one, two, phone):
        each.is_state("connected")
    one.element("menu").click()
    one.element("menu-account").click()
    expect(one.element("sign-in-elsewhere")).to_have_text("Sign in with School", use_inner_text=True)
    one.element("sign-in-elsewhere").click()
    sign_in_there(one, "anna")
    one.is_state("connected")  # back at the counter
    one.has("person", name="anna", value=0)
    two.has("person", name="anna", value=0)
    one.press(3)
    one.has("person", name="anna", value=3)

    account = two.page.url + "account"
    two.page.goto(account)
    two.element("sign-out").click()
    two.element("sign-in-elsewhere").click()
    two.page.get_by_role("button", name="Continue").click()  # the provider knows this browser
    two.has("person", name="anna", value=3)
    assert back_end.query("SELECT count(*) FROM account") == [(1,)]

    phone.page.goto(account)
    register(phone, "Ben of the north door")
    phone.page.goto(account)
    phone.element("oidc_links").locator("summary").click()
    fill(phone, "link", password="wrong horse")
    shows_error(phone, "link", "password_wrong")
    fill(phone, "link", password=PASSWORD)
    sign_in_there(phone, "ben")
    phone.element("oidc_links").locator("summary").click()
    expect(phone.element("oidc_links").locator("li")).to_contain_text("ben")
    assert "elsewhere" not in phone.page.url
    phone.element("sign-out").click()
    phone.element("sign-in-elsewhere").click()
    phone.page.get_by_role("button", name="Continue").click()
    expect(phone.element("me")).to_have_text("Ben of the north door")
    phone.element("oidc_links").locator("summary").click()
    phone.element("oidc_links").locator("li button").click()
    expect(phone.element("oidc_links").locator("li")).to_have_count(0)
    assert back_end.query("SELECT name FROM account_identity") == [("anna",)]

    one.page.goto(account)
    one.element("oidc_links").locator("summary").click()
    one.element("oidc_links").locator("li button").click()
    shows_error(one, "oidc_links", "oidc_last")


def test_a_provider_that_is_down_is_told_and_passwords_work(provider: OidcProvider, back_end: BackEnd, tab: Open):
    provider.stop()
    one = tab("/account")
    register(one, "Carla")
    one.page.goto(one.page.url + "account")
    one.element("sign-out").click()
    one.element("sign-in-elsewhere").click()
    one.page.locator("[data-code=oidc_away]").wait_for()
    fill(one, "sign-in", name="Carla", password=PASSWORD)
    one.has("person", name="Carla", value=0)
    one.page.goto(one.page.url + "account?elsewhere=oidc_again")
    one.page.locator("[data-code=oidc_again]").wait_for()
    assert "elsewhere" not in one.page.url
