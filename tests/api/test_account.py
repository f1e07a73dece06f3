"""Accounts over HTTP and on the socket, against one real back end."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.raw import STATE, RawClient, new_key
from tests.server import BackEnd

PASSWORD = "correct horse battery"


class Browser:
    """What a page does with its account."""

    def __init__(self, back_end: BackEnd) -> None:
        self.back_end = back_end
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.set_cookie = ""  # the newest Set-Cookie

    async def post(self, what: str, headers: dict[str, str] | None = None, **fields: Any) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.back_end.url}/account/{what}", json=fields, headers=headers) as answer:
            self.set_cookie = answer.headers.get("Set-Cookie", self.set_cookie)
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.json()

    async def me(self) -> dict[str, Any]:
        async with self.http.get(f"{self.back_end.url}/account/me") as answer:
            return dict(await answer.json())

    @property
    def cookie(self) -> str:
        return self.set_cookie.partition(";")[0]

    def tab(self) -> RawClient:
        return RawClient(self.back_end.port, cookie=self.cookie)


@contextlib.asynccontextmanager
async def browsers(back_end: BackEnd, *names: str) -> AsyncIterator[list[Browser]]:
    """One for each name, which is registered in it."""
    made = [Browser(back_end) for _ in names]
    for browser, name in zip(made, names, strict=True):
        if name:
            assert (await browser.post("register", name=name, password=PASSWORD))[0] == 200
    yield made
    for browser in made:
        await browser.http.close()


async def test_scripts_cannot_read_the_cookie_and_each_session_replaces_it(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "") as [ann]:
        planted = f"clickcounter_session={'A' * 43}"
        status, answer = await ann.post("register", {"Cookie": planted}, name="Ann <script>", password=PASSWORD)
        assert (status, answer) == (200, {"account": {"name": "Ann <script>", "superuser": False}})
        first = ann.cookie
        assert first != planted
        assert ann.set_cookie.partition(";")[2] == " Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax"
        assert await ann.me() == {"account": {"name": "Ann <script>", "superuser": False}, "registration": "open"}
        await ann.post("sign-in", {"X-Forwarded-Proto": "https"}, name="ann <SCRIPT>", password=PASSWORD)
        assert ann.cookie != first
        assert ann.set_cookie.endswith("; SameSite=Lax; Secure")
        await ann.post("sign-out")
        assert ann.set_cookie.startswith("clickcounter_session=; Max-Age=0; Path=/; HttpOnly")
        assert (await ann.me())["account"] is None


async def test_refusals_explain_themselves_and_set_no_cookie(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Taken", "") as [_, other]:
        for what, fields, code in (
            ("register", {"name": "TAKEN", "password": PASSWORD}, "account_taken"),
            ("register", {"name": "New", "password": "x" * 10_000}, "password_length"),
            ("register", {"name": "New", "password": "🦊" * 200}, "password_length"),
            ("register", {"name": {}, "password": []}, "account_name"),
            ("sign-in", {"name": "Taken", "password": "x" * 10_000}, "sign_in"),
            ("sign-in", {"name": "Nobody", "password": PASSWORD}, "sign_in"),
            ("name", {"name": "New"}, "signed_out"),
            ("password", {"old": PASSWORD, "new": PASSWORD}, "signed_out"),
            ("delete", {"password": PASSWORD}, "signed_out"),
        ):
            status, answer = await other.post(what, **fields)
            assert (400 <= status < 500, answer["error"], answer["sentences"].keys()) == (True, code, set(LANGUAGES)), what
        assert other.set_cookie == ""


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, json.dumps({"name": "Forged", "password": PASSWORD}), 400),
        ({"Content-Type": "application/x-www-form-urlencoded"}, f"name=Forged&password={PASSWORD}", 400),
        ({"Content-Type": "application/json"}, "[" * 60_000, 400),
        ({"Content-Type": "application/json"}, "[]", 400),
        ({"Content-Type": "application/json"}, '"' + "x" * 200_000 + '"', 400),
        (
            {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"},
            json.dumps({"name": "Forged", "password": PASSWORD}),
            403,
        ),
    ],
)
async def test_requests_another_site_could_send_create_no_account(
    back_end_for_all: BackEnd, headers: dict[str, str], body: str, status: int
):
    async with aiohttp.ClientSession() as http:
        url = f"{back_end_for_all.url}/account/register"
        async with http.post(url, data=body, headers=headers) as answer:
            assert (answer.status, "Set-Cookie" in answer.headers) == (status, False)
            assert (await answer.json())["sentences"]["ru"]
        for method in ("GET", "PUT", "HEAD"):
            async with http.request(method, url) as answer:
                assert answer.status in (404, 405)
    assert back_end_for_all.query("SELECT count(*) FROM account WHERE name = 'Forged'") == [(0,)]


async def test_clicks_belong_to_the_person_signed_in_on_the_socket(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Quick") as [person], person.tab() as tab:
        answer = await tab.record(tab.click(amount=3), counter="counter")
        assert answer["account"] == [3, 0]
        slow = {"router_data": tab.router_data, "payload": tab.payload(tab.click(amount=4)), "name": f"{STATE}.record"}
        await tab.send_text(json.dumps(["event", dict(sorted(slow.items(), reverse=True)) | {"x": 1}]))
        assert (await tab.answer())["account"] == [7, 0]
        assert (await tab.introduce())["account"] == {"name": "Quick", "superuser": False, "up": 7, "down": 0}
        async with RawClient(back_end_for_all.port) as nobody:
            forged = nobody.payload(nobody.click(), session=person.cookie, account_id=1)
            await nobody.event(f"{STATE}.record", forged)
            assert (await nobody.answer())["account"] is None
            assert (await nobody.introduce())["account"] is None


async def test_a_forged_or_doubled_token_signs_nobody_in(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Token") as [person]:
        name, _, token = person.cookie.partition("=")
        for cookie in (
            f"{name}={token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
            f"{name}={token}; {name}={token}",
            f"{name}={token}x",
            f"{name}=",
            f"{name}=' OR 1=1 --",
        ):
            async with RawClient(back_end_for_all.port, cookie=cookie) as tab:
                assert (await tab.record(tab.click()))["account"] is None


async def test_signing_out_closes_open_sockets_which_return_anonymous(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Ann", "") as [here, there]:
        await there.post("sign-in", name="Ann", password=PASSWORD)
        async with here.tab() as tab, there.tab() as far, RawClient(back_end_for_all.port) as nobody:
            assert (await tab.record(tab.click()))["account"] == [1, 0]
            await here.post("sign-out")
            with pytest.raises(ConnectionError):
                await tab.answer()
            async with here.tab() as again:
                assert (await again.introduce())["account"] is None
            assert (await far.introduce())["account"]["name"] == "Ann"
            await there.post("sign-out-everywhere")
            with pytest.raises(ConnectionError):
                await far.answer()
            assert (await nobody.record(nobody.click()))["codes"]


async def test_a_session_ended_elsewhere_counts_anonymously_at_once(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Gone") as [person], person.tab() as tab:
        assert (await tab.record(tab.click()))["account"] == [1, 0]
        back_end_for_all.query("DELETE FROM session")  # as another process would
        answer = await tab.record(tab.click())
        assert (list(answer["codes"].values()), answer["account"]) == (["saved"], None)


async def test_an_account_changes_its_password_and_name_and_is_deleted(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Old name", "") as [here, there]:
        await there.post("sign-in", name="old name", password=PASSWORD)
        assert await here.post("name", name="New name") == (200, {"account": {"name": "New name", "superuser": False}})
        status, _ = await here.post("password", old=PASSWORD, new="another horse here")
        assert (status, (await here.me())["account"] is None, (await there.me())["account"]) == (200, False, None)
        assert (await here.post("delete", password=PASSWORD))[1]["error"] == "password_wrong"
        assert await here.post("delete", password="another horse here") == (200, {"account": None})
        assert (await there.post("sign-in", name="New name", password="another horse here"))[1]["error"] == "sign_in"


async def test_a_hundred_password_guesses_delay_no_click(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Busy") as [person], person.tab() as tab:
        guessing = [asyncio.create_task(person.post("sign-in", name="Busy", password=new_key())) for _ in range(100)]
        try:
            await asyncio.wait_for(tab.record(tab.click()), 10)
        finally:
            for task in guessing:
                task.cancel()
            await asyncio.gather(*guessing, return_exceptions=True)


def test_the_log_holds_no_password_or_token(back_end_for_all: BackEnd):
    printed = back_end_for_all.printed()
    assert "refused: sign_in /account/sign-in" in printed
    assert PASSWORD not in printed
    assert "clickcounter_session" not in printed
