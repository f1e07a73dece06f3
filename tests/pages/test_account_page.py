"""Accounts as people use them in a browser."""

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
    two.has("person", name=ANN, value=0, within=5)
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
    dialog.locator(f"li[data-person='{ANN}'][data-up='7'].me").wait_for(timeout=5000)  # one entry for both devices
    assert dialog.locator("li").evaluate_all("all => all.map((one) => one.dataset.up)") == ["7", "2"]
    assert dialog.locator("bdi").first.inner_text() == ANN
    phone.page.goto(phone.page.url.rstrip("/") + "/c/counter/history")
    leaders = phone.element("leaders").locator("li")
    leaders.nth(1).wait_for(timeout=10_000)
    assert leaders.evaluate_all("all => all.map((one) => one.dataset.up)") == ["7", "2"]
    assert leaders.first.get_attribute("data-person") == ANN
    phone.element("by-device").check()
    columns = phone.element("chart").locator("thead th")
    columns.nth(4).wait_for(state="attached", timeout=5000)
    assert ANN in columns.nth(3).text_content()
    leaders.first.get_by_role("button").click()
    phone.has("history", within=5, account=1, amount=7)
    assert phone.element("journal").locator("tbody tr").count() == 7
    assert ANN in phone.element("everybody").inner_text()

    start = two.page.url
    two.page.goto(start + "account?from=https://elsewhere.example")
    two.element("sign-out").click()
    two.element("sign-in").wait_for()
    assert two.element("back").evaluate("link => link.href") == start
    one.page.wait_for_selector("[data-testid=person]", state="detached", timeout=2000)
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
