"""Registration by invitation, from the superuser's page to the new account."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clickcounter.access import accounts, sessions
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger
from tests.api.test_account import PASSWORD as TYPED
from tests.conftest import Open, allowing
from tests.pages.accounts import fill, shows_error
from tests.server import BackEnd


@pytest.fixture
def back_end(ports: tuple[int, int], tmp_path: Path):
    """One where people register by invitation."""
    server = BackEnd(ports[0], tmp_path, CLICKCOUNTER_REGISTRATION="invitation", **allowing(ports[1]))
    server.start()
    yield server
    server.kill()


def made_by_superuser(page: Page, back_end: BackEnd, people: int) -> str:
    """The link that a superuser gets on `/admin/invitations`."""
    ledger, token = Ledger(back_end.db_url), sessions.new_token()
    root = ledger.transact(lambda c: accounts.create(c, "Root", "no hash", now_ms(), superuser=True))
    ledger.transact(lambda c: sessions.create(c, root, str(sessions.sha256_of(token)), "", now_ms()))
    ledger.close()
    page.context.add_cookies([{"name": "clickcounter_session", "value": token, "url": back_end.url}])
    page.goto(f"{back_end.url}/admin/invitations")
    form = page.get_by_test_id("invite")
    page.locator("summary").first.click()
    form.locator("[name=note]").fill("Ann <b>")
    form.locator("[name=most]").fill(str(people))
    form.locator("button").click()
    link = page.get_by_test_id("link").input_value()
    page.reload()
    expect(page.get_by_test_id("link")).to_have_value(link)
    return link


def test_an_invited_person_registers_with_the_link_and_nobody_with_a_used_one(back_end: BackEnd, tab: Open):
    root, ann, bob = tab(), tab(profile="ann"), tab(profile="bob")
    link = made_by_superuser(root.page, back_end, 1)
    start = ann.page.url

    bob.page.goto(start + "account")
    bob.element("sign-in").wait_for()
    expect(bob.element("fresh")).to_have_count(0)
    for each in (ann, bob):
        each.page.goto(link)
        each.element("register").wait_for()
        assert each.page.url == start + "account", "the invitation is taken out of the address"
    fill(ann, "register", name="Ann", password=TYPED)
    ann.is_state("connected")
    ann.has("person", name="Ann")
    fill(bob, "register", name="Bob", password=TYPED)
    shows_error(bob, "register", "invitation")
    assert back_end.query("SELECT used, most, note FROM registration_invitation") == [(1, 1, "Ann <b>")]
    root.page.goto(f"{back_end.url}/admin/invitations")
    expect(root.page.locator("main")).to_contain_text("no longer valid")
    expect(root.page.locator("main")).to_contain_text("1 / 1")
