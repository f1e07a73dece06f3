"""People who are signed in on several devices: each of them follows the others, whichever worker it is at."""

import asyncio
import time

import pytest
from sqlalchemy import Connection, update

from clickcounter.accounts import people, sessions
from clickcounter.accounts.tables import SESSIONS
from clickcounter.counting.clicks import now_ms
from clickcounter.counting.ledger import Ledger
from clickcounter.counting.signed_in import LOOK
from tests.browser import TabPage
from tests.cluster import Start
from tests.conftest import Open
from tests.raw import RawClient
from tests.server import BackEnd
from tests.test_access_page import register
from tests.test_account_page import PASSWORD, fill


def signed_in(ledger: Ledger, name: str, devices: int) -> list[str]:
    """The cookies of so many browsers in which somebody signed in."""
    tokens = [sessions.new_token() for _ in range(devices)]

    def work(connection: Connection) -> None:
        account = people.make(connection, name, f"no password has the hash of {name}", now_ms())
        for token in tokens:
            sessions.begin(connection, account, str(sessions.sha256_of(token)), "", now_ms())

    ledger.perform(work)
    return [f"clickcounter_session={token}" for token in tokens]


def sign_in(tab: TabPage, name: str) -> None:
    tab.element("menu").click()
    tab.element("menu-account").click()
    fill(tab, "sign-in", name=name, password=PASSWORD)
    tab.is_state("connected")


def test_a_press_on_the_phone_moves_ones_own_number_on_the_laptop_within_a_second(back_end: BackEnd, tab: Open):
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
        laptop.has("person", within=1, value=pressed)
    laptop.press(2)
    phone.has("person", within=1, value=5)
    stranger.press(4)
    laptop.sees(9)
    assert laptop.element("person").get_attribute("data-value") == "5"
    assert stranger.element("mine").get_attribute("data-value") == "4"


def test_signing_out_everywhere_shows_in_the_other_browser_without_a_press(back_end: BackEnd, tab: Open):
    laptop, phone = tab(), tab(profile="phone")
    laptop.element("menu").click()
    laptop.element("menu-account").click()
    register(laptop, "Ann")
    phone.is_state("connected")
    sign_in(phone, "Ann")
    phone.has("person", name="Ann")
    laptop.page.goto(laptop.page.url.rstrip("/") + "/account")
    laptop.element("sign-out-everywhere").click()
    laptop.element("sign-in").wait_for()
    phone.page.wait_for_selector("[data-testid=person]", state="detached", timeout=2500)
    phone.is_state("connected", within=1)
    phone.press()
    phone.has("mine", within=2, value=1)
    assert back_end.query("SELECT account_id FROM click") == [(None,)]


@pytest.mark.parametrize("relayed", [True, False])
async def test_a_persons_number_and_the_end_of_a_session_reach_the_tabs_at_other_workers(
    start: Start, ledger: Ledger, relayed: bool
):
    cluster = start({}, {}, with_redis=relayed)
    one, two, other = signed_in(ledger, "Ann", 2) + signed_in(ledger, "Bob", 1)
    here, there = cluster.ports
    async with (
        RawClient(here, cookie=one) as phone,
        RawClient(there, cookie=two) as laptop,
        RawClient(there, cookie=other) as bobs,
    ):
        for pressed in (1, 2, 3):
            await phone.record(phone.click())
            await laptop.until(lambda n=pressed: laptop.own.get("account") == {"name": "Ann", "up": n, "down": 0}, 1.5)
        assert (laptop.own["counter"], laptop.own["revision"]) == ("counter", laptop.frame["revision"])
        assert bobs.own.get("account") in (None, {"name": "Bob", "up": 0, "down": 0})
        gone = str(sessions.sha256_of(two.partition("=")[2]))
        ledger.perform(lambda connection: sessions.end(connection, gone))
        await asyncio.wait_for(laptop.answers.get(), 2)  # None: the socket was told to close
        async with RawClient(there, cookie=two) as again:  # a cookie that is nobody's is told nothing more
            assert (await again.introduce())["account"] is None
            with pytest.raises(TimeoutError):
                await again.answer(within=2)
        assert (await phone.introduce())["account"]["up"] == 3
        expired = update(SESSIONS).values(expires_at=now_ms() - 1)
        ledger.perform(lambda connection: connection.execute(expired))
        await asyncio.gather(*(asyncio.wait_for(tab.answers.get(), 2) for tab in (phone, bobs)))


async def test_a_busy_counter_tells_a_person_a_few_times_a_second_and_the_last_number_at_last(start: Start, ledger: Ledger):
    cluster = start({}, with_redis=False)
    one, two = signed_in(ledger, "Ann", 2)
    [port] = cluster.ports
    async with RawClient(port, cookie=one) as phone, RawClient(port, cookie=two) as laptop:
        began, pressed = time.monotonic(), 0
        while time.monotonic() - began < 3:
            await phone.record(phone.click())
            pressed += 1
        await laptop.until(lambda: laptop.own.get("account", {}).get("up") == pressed, 1.5)
        took = time.monotonic() - began
        numbers = [own["account"]["up"] for own in laptop.owns]
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= took / LOOK + 1 < pressed
