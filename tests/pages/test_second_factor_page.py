"""A second factor as people use it in a browser."""

from playwright.sync_api import expect

from clickcounter.access.entry import totp
from clickcounter.domain.clicks import now_ms
from tests.browser import TabPage
from tests.conftest import Open
from tests.pages.accounts import PASSWORD, fill, register, shows_error
from tests.server import BackEnd


def open_section(tab: TabPage, start: str) -> None:
    tab.page.goto(start + "account")
    tab.element("second_factor_title").locator("summary").click()
    tab.element("second-factor").wait_for()


def app_shows(secret: str, later: int = 0) -> str:
    """What an authenticator app shows, so many steps later."""
    return totp.code_at(secret, now_ms() // totp.STEP + later)


def test_a_second_factor_is_set_up_used_and_turned_off(back_end: BackEnd, tab: Open):
    here, there = tab(), tab(profile="there")
    start = here.page.url
    here.page.goto(start + "account")
    register(here, "Ann")
    there.page.goto(start + "account")
    fill(there, "sign-in", name="Ann", password=PASSWORD)
    there.has("person", name="Ann")

    open_section(here, start)
    fill(here, "second-factor-begin", password="wrong horse battery")
    shows_error(here, "second-factor-begin", "password_wrong")
    fill(here, "second-factor-begin", password=PASSWORD)
    secret = here.element("second-factor-key").inner_text().replace(" ", "")
    fill(here, "second-factor-set-up", code="000000")
    shows_error(here, "second-factor-set-up", "second_factor_wrong")
    fill(here, "second-factor-set-up", code=app_shows(secret, -1))
    expect(here.element("recovery-codes").locator("code")).to_have_count(10)
    codes = here.element("recovery-codes").locator("code").all_inner_texts()
    assert len({*codes}) == 10
    expect(here.element("second-factor")).to_have_attribute("data-set", "true")
    there.page.wait_for_selector("[data-testid=person]", state="detached")  # signed out in its open tab

    there.page.goto(start + "account")
    fill(there, "sign-in", name="Ann", password=PASSWORD)
    shows_error(there, "sign-in", "second_factor")
    fill(there, "sign-in", code=codes[0].lower())
    there.has("person", name="Ann")

    fill(here, "second-factor-remove", password=PASSWORD, code=codes[0])
    shows_error(here, "second-factor-remove", "second_factor_wrong")
    fill(here, "second-factor-remove", password=PASSWORD, code=app_shows(secret))
    here.element("second-factor-begin").wait_for()
    assert back_end.query("SELECT count(*) FROM recovery_code") == [(0,)]
