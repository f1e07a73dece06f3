"""One person signed in on several devices."""

from tests.conftest import Open
from tests.pages.accounts import register, sign_in
from tests.server import BackEnd


def test_a_press_on_the_phone_updates_the_laptops_total(back_end: BackEnd, tab: Open):
    laptop, phone, stranger = tab(), tab(profile="phone"), tab(profile="stranger")
    laptop.element("menu").click()
    laptop.element("menu-account").click()
    register(laptop, "Ann")
    laptop.is_state("connected")
    phone.is_state("connected")
    sign_in(phone, "Ann")
    phone.has("person", name="Ann", value=0)
    for pressed in (1, 2, 3):
        phone.press()
        phone.all_saved()
        laptop.has("person", value=pressed)
    laptop.press(2)
    phone.has("person", value=5)
    stranger.press(4)
    laptop.sees(9)
    laptop.has("person", value=5)
    stranger.has("mine", value=4)


def test_signing_out_everywhere_shows_in_other_browsers(back_end: BackEnd, tab: Open):
    laptop, phone = tab(), tab(profile="phone")
    laptop.element("menu").click()
    laptop.element("menu-account").click()
    register(laptop, "Ann")
    phone.is_state("connected")
    sign_in(phone, "Ann")
    phone.has("person", name="Ann")
    laptop.element("menu").click()
    laptop.element("menu-account").click()
    laptop.element("sign-out-everywhere").click()
    laptop.element("sign-in").wait_for()
    phone.page.wait_for_selector("[data-testid=person]", state="detached")
    phone.is_state("connected")
    phone.press()
    phone.has("mine", value=1)
    phone.all_saved()
    assert back_end.query("SELECT account_id FROM click") == [(None,)]
