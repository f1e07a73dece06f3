"""Keys for programs, made and revoked in a browser."""

from playwright.sync_api import expect

from clickcounter.access import keys
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.ledger.ledger import Ledger
from tests.browser import TabPage
from tests.conftest import Open
from tests.pages.accounts import register
from tests.raw import new_key
from tests.server import BackEnd


def code(back_end: BackEnd, text: str, counter: str) -> str:
    """The code of a press with this key."""
    who, click, ledger = keys.caller_with(text), Click(new_key(), 1, now_ms(), 0), Ledger(back_end.db_url)
    [outcome] = ledger.write([Order(counter, str(who.device), (click,), key=who.key)])
    ledger.close()
    return outcome.error or outcome.codes[click.key]


def makes_key(one: TabPage, name: str) -> str:
    """Make a key in the open dialog; return its text, which is shown once."""
    one.element("new-key").click()
    dialog = one.element("dialog-new-key")
    dialog.locator("[name=name]").fill(name)
    dialog.get_by_test_id("in-address").check()
    dialog.get_by_test_id("days-365").check()
    one.element("submit").click()
    text = one.element("key-text").input_value()
    row = one.element("keys").last.locator("li").first
    expect(row).to_contain_text(name)
    expect(row).to_contain_text("never used")
    return str(text)


def test_an_owner_makes_renames_and_revokes_keys(back_end: BackEnd, tab: Open):
    one = tab("/counters", viewport={"width": 390, "height": 800})
    one.element("search").fill("Door")
    one.element("make-named").click()
    one.follow("Door", "door")
    dialog = one.open_dialog("keys")
    expect(dialog).to_contain_text("No keys yet.")
    one.element("new-key").click()
    one.element("submit").click()
    one.element("dialog-new-key").locator("[data-code=key_name]").wait_for()
    one.page.keyboard.press("Escape")
    text = makes_key(one, "Door sensor")
    assert code(back_end, text, "door") == "saved"
    one.sees(1)
    assert one.page.request.get(one.element("key-address").input_value()).text() == "2\n"
    one.sees(2)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    one.close_dialog("keys")
    dialog = one.open_dialog("keys")
    expect(dialog.get_by_test_id("key-text")).to_have_count(0)
    assert text not in one.page.content()
    dialog.get_by_test_id("rename-key").click()
    one.element("dialog-rename-key").locator("[name=name]").fill("North door")
    one.element("submit").click()
    expect(one.element("dialog-keys")).to_contain_text("North door")
    one.element("revoke-key").click()
    expect(one.element("keep")).to_be_focused()
    one.element("submit").click()
    expect(one.element("dialog-keys")).to_contain_text("No keys yet.")
    assert code(back_end, text, "door") == "key_invalid"
    stranger = tab("/c/door", "two")
    stranger.is_state("connected")
    stranger.element("menu").click()
    expect(stranger.element("menu-who")).to_be_visible()
    expect(stranger.element("menu-keys")).to_be_hidden()


def test_a_person_makes_keys_that_act_in_their_name(back_end: BackEnd, tab: Open):
    one = tab("/")
    one.element("menu").click()
    one.element("menu-account").click()
    register(one, "Ann")
    one.is_state("connected")
    one.element("menu").click()
    one.element("menu-account").click()
    one.element("keys").click()
    text = makes_key(one, "Script")
    assert code(back_end, text, "counter") == "saved"
    address = one.element("key-address").input_value()
    assert one.page.request.get(address.replace("NAME", "counter")).text() == "2\n"
    assert back_end.query("SELECT account.name FROM click JOIN account ON account.id = account_id") == [("Ann",)] * 2
