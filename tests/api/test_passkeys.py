"""Passkeys over HTTP, with a device in software, against one real back end."""

from typing import Any

import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.api.test_account import PASSWORD, Browser, browsers
from tests.authenticator import PRESENT, Authenticator
from tests.server import BackEnd


class Person:
    """A browser whose pages are at this origin."""

    def __init__(self, browser: Browser, origin: str = "") -> None:
        self.browser, self.origin = browser, origin or f"http://localhost:{browser.back_end.port}"

    async def post(self, what: str, origin: str | None = None, **fields: Any) -> dict[str, Any]:
        headers = {"Origin": self.origin if origin is None else origin} if origin != "" else {}
        status, answer = await self.browser.post(f"passkeys/{what}", headers, **fields)
        assert (status == 200) == ("error" not in answer)
        assert "error" not in answer or answer["sentences"].keys() == set(LANGUAGES)
        return answer

    async def options(self, what: str = "offer") -> dict[str, Any]:
        return dict((await self.post(what, password=PASSWORD, name="Mine"))["options"])

    async def adds(self, device: Authenticator, name: str = "My phone") -> dict[str, Any]:
        return await self.post("add", name=name, credential=device.creates(await self.options("begin"), self.origin))

    async def signs_in(self, device: Authenticator) -> dict[str, Any]:
        return await self.post("sign-in", credential=device.gets(await self.options(), self.origin))


async def test_a_passkey_is_added_signs_in_and_is_removed(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Passkey Ann", "") as [here, there]:
        ann, other = Person(here), Person(there)
        phone, key = Authenticator(), Authenticator()
        assert (await ann.post("begin", password="wrong horse battery", name="Mine"))["error"] == "password_wrong"
        assert (await ann.post("begin", password=PASSWORD, name=" "))["error"] == "key_name"
        options = await ann.options("begin")
        assert (options["rp"]["id"], options["user"]["name"]) == ("localhost", "Passkey Ann")
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert await ann.adds(phone) == await ann.adds(key, "Key on my <b>ring") == {}
        assert (await ann.adds(phone))["error"] == "passkey_known"
        assert {one["id"] for one in (await ann.options("begin"))["excludeCredentials"]} == {
            phone.gets(options, "")["id"],
            key.gets(options, "")["id"],
        }

        assert (await other.signs_in(phone))["account"]["name"] == "Passkey Ann"
        assert (await there.me())["account"]["name"] == "Passkey Ann"
        listed = (await ann.post("list"))["passkeys"]
        assert [(one["name"], one["host"]) for one in listed] == [
            ("Key on my <b>ring", "localhost"),
            ("My phone", "localhost"),
        ]
        assert [one["used_at"] is None for one in listed] == [True, False]
        stored = back_end_for_all.query("SELECT sign_count FROM passkey WHERE used_at IS NOT NULL")
        assert stored == [(phone.count,)]

        for _ in range(2):
            assert await ann.post("remove", id=listed[1]["id"]) == {}
        assert (await other.signs_in(phone))["error"] == "passkey_unknown"
        assert (await other.signs_in(key))["account"]["name"] == "Passkey Ann"
        await there.post("delete", password=PASSWORD)
        assert (await other.signs_in(key))["error"] == "passkey_unknown"
        assert back_end_for_all.query("SELECT count(*) FROM passkey") == [(0,)]


async def test_whatever_is_not_right_signs_nobody_in(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Passkey Bob", "Passkey Eve", "") as [here, eves, there]:
        bob, eve, other = Person(here), Person(eves), Person(there)
        phone = Authenticator()
        await bob.adds(phone)

        answer = phone.gets(await other.options(), other.origin)
        assert (await other.post("sign-in", credential=answer))["account"]
        assert (await other.post("sign-in", credential=answer))["error"] == "passkey_late", "a challenge works once"
        phone.count -= 5
        assert (await other.signs_in(phone))["error"] == "passkey_wrong", "its counter fell: there is a copy"
        phone.count += 10

        elsewhere = phone.gets(await other.options(), "https://evil.example")
        assert (await other.post("sign-in", credential=elsewhere))["error"] == "passkey_wrong"
        neighbour = f"http://localhost:{back_end_for_all.port + 1}"
        moved = phone.gets(await other.options(), neighbour)
        assert (await other.post("sign-in", origin=neighbour, credential=moved))["error"] == "passkey_late"
        phone.rp_id = "evil.example"
        assert (await other.signs_in(phone))["error"] == "passkey_wrong"
        phone.rp_id, phone.flags = "localhost", PRESENT
        assert (await other.signs_in(phone))["error"] == "passkey_wrong", "it has not recognised its person"
        stranger = Authenticator()
        stranger.id = phone.id
        assert (await other.signs_in(stranger))["error"] == "passkey_wrong", "another key signed"
        assert (await other.signs_in(Authenticator()))["error"] == "passkey_unknown"

        for options in (await bob.options(), await bob.options("begin")):
            made = Authenticator().creates(options | {"user": {"id": "x"}}, bob.origin)
            assert (await eve.post("add", name="Mine", credential=made))["error"] == "passkey_late", "another's challenge"
        await there.post("sign-out")
        assert (await other.post("list"))["error"] == (await other.post("begin", name="Mine"))["error"] == "signed_out"
        for origin in ("", "http://127.0.0.1:1", "http://[::1]:1"):
            assert (await other.post("offer", origin=origin))["error"] == "passkey_host", origin
        options = await other.options()
        back_end_for_all.query("UPDATE passkey_challenge SET expires_at = 1")
        late = await other.post("sign-in", credential=phone.gets(options, other.origin))
        assert late["error"] == "passkey_late"
        assert (await eve.post("list"))["passkeys"] == []


@pytest.mark.parametrize("what", ["add", "sign-in"])
async def test_what_no_device_answers_is_refused_with_a_sentence(back_end_for_all: BackEnd, what: str):
    name = f"Passkey {what}"
    async with browsers(back_end_for_all, name) as [browser]:
        person, device = Person(browser), Authenticator()
        wrong: list[Any] = [None, [], "x", 7, {}, {"response": None}, {"response": {"clientDataJSON": "\ud800"}}]
        wrong += [{"response": {"clientDataJSON": "e30"}}, {"id": "x" * 40_000, "response": {}}]
        for credential in wrong:
            assert (await person.post(what, name="Mine", credential=credential))["error"] in ("malformed", "passkey_wrong")
        make = "begin" if what == "add" else "offer"
        for part in ("attestationObject", "authenticatorData", "signature"):
            for text in ("", "AAAA", "n" * 30_000, "\ud800", 7, None):
                options = await person.options(make)
                answer = device.creates(options, person.origin) if what == "add" else device.gets(options, person.origin)
                answer["response"][part] = text
                found = await person.post(what, name="Mine", credential=answer)
                assert found.get("error", "none") in ("none", "passkey_wrong", "passkey_unknown", "passkey_known"), (
                    part,
                    text,
                )
    assert "Traceback" not in back_end_for_all.printed()
