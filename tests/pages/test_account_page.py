"""Accounts as people use them in a browser."""

from playwright.sync_api import expect

from tests.conftest import Open
from tests.pages.accounts import PASSWORD, fill, shows_error
from tests.server import BackEnd

ANN = "Ann <script>alert(1)</script>"


def test_an_account_works_from_registration_to_deletion(back_end: BackEnd, tab: Open):
    one, two = tab(), tab()
    phone = tab(profile="phone")
    for each in (one, two, phone):
        each.is_state("connected")
    one.press(2)
    one.has("mine", value=2)

    one.element("menu").click()
    one.element("menu-account").click()
    one.element("fresh").click()
    fill(one, "register", name=ANN, password="🦊" * 200)
    shows_error(one, "register", "password_length")
    fill(one, "register", name=ANN, password=PASSWORD)
    one.is_state("connected")  # back at the counter
    one.has("person", name=ANN, value=0)
    two.has("person", name=ANN, value=0)
    one.press(3)
    one.has("person", name=ANN, value=3)

    phone.page.goto(phone.page.url + "account?from=/%09/127.0.0.1:1/elsewhere")
    fill(phone, "sign-in", name="ann", password=PASSWORD)
    shows_error(phone, "sign-in", "sign_in")
    fill(phone, "sign-in", name=ANN.upper(), password=PASSWORD)
    phone.is_state("connected")
    phone.press(4)
    phone.has("person", value=7)
    dialog = phone.open_dialog("who")
    dialog.locator(f"li[data-person='{ANN}'][data-up='7'].me").wait_for()  # one entry for both devices
    expect(dialog.locator("li").nth(1)).to_have_attribute("data-up", "2")
    expect(dialog.locator("li")).to_have_count(2)
    expect(dialog.locator("bdi").first).to_have_text(ANN)
    phone.page.goto(phone.page.url.rstrip("/") + "/c/counter/history")
    leaders = phone.element("leaders").locator("li")
    leaders.nth(1).wait_for()
    for leader, up in zip((leaders.first, leaders.nth(1)), ("7", "2"), strict=True):
        expect(leader).to_have_attribute("data-up", up)
    expect(leaders).to_have_count(2)
    expect(leaders.first).to_have_attribute("data-person", ANN)
    phone.element("by-device").check()
    columns = phone.element("chart").locator("thead th")
    columns.nth(4).wait_for(state="attached")
    expect(columns.nth(3)).to_contain_text(ANN)
    leaders.first.get_by_role("button").click()
    phone.has("history", account=1, amount=7)
    expect(phone.element("journal").locator("tbody tr")).to_have_count(7)
    expect(phone.element("everybody")).to_contain_text(ANN)

    start = two.page.url
    two.page.goto(start + "account?from=https://elsewhere.example")
    two.element("sign-out").click()
    two.element("sign-in").wait_for()
    assert two.element("back").evaluate("link => link.href") == start
    one.page.wait_for_selector("[data-testid=person]", state="detached")
    one.is_state("connected")
    one.press()
    one.sees(10)
    one.has("mine", value=6)
    assert back_end.query("SELECT clicks, up FROM account_tally") == [(7, 7)]
    assert back_end.query("SELECT count(*) FROM session") == [(1,)]

    phone.page.goto(phone.page.url.partition("/c/")[0] + "/account")
    phone.element("me").wait_for()
    phone.element("delete_account").locator("summary").click()
    fill(phone, "delete", password="wrong horse")
    shows_error(phone, "delete", "password_wrong")
    fill(phone, "delete", password=PASSWORD)
    phone.element("sign-in").wait_for()
    assert back_end.query("SELECT name FROM account") == [("",)]
