"""Signing in with an account elsewhere, against a real provider and one real back end."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from yarl import URL

from clickcounter.i18n.languages import LANGUAGES
from clickcounter.services.sign_in.oidc import AT_ONCE
from tests.api.test_account import PASSWORD, Browser, browsers
from tests.oidc_provider import OidcProvider
from tests.server import BackEnd, free_port

PEOPLE = ("anna", "ben", "cleo", "dora", "emil", "fay", "gus", "hal", "ivy")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcProvider]:
    server = OidcProvider(free_port(), tmp_path_factory.mktemp("provider"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def back_end(provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = BackEnd(free_port(), tmp_path_factory.mktemp("back-end"), **provider.settings())
    provider.prepare(f"{server.url}/account/oidc/callback", *PEOPLE)
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.printed()


async def begin(browser: Browser, **fields: Any) -> str:
    """Where the page is sent to."""
    status, answer = await browser.post("oidc/start", **fields)
    assert status == 200, answer
    return str(answer["location"])


async def come_back(browser: Browser, address: str) -> dict[str, str]:
    """What the account page is told: where from, and what came of it."""
    async with browser.http.get(address, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Cache-Control"] == "no-store"
        for cookie in answer.headers.getall("Set-Cookie", []):
            if cookie.startswith("clickcounter_session="):
                browser.set_cookie = cookie
        shown = urlsplit(answer.headers["Location"])
    assert shown.path == "/account"
    assert shown.netloc in ("", f"localhost:{browser.back_end.port}")
    return {name: values[0] for name, values in parse_qs(shown.query).items()}


async def sign_in(provider: OidcProvider, browser: Browser, person: str, **fields: Any) -> str:
    """What came of it."""
    address = await provider.sign_in(await begin(browser, **fields), person)
    return (await come_back(browser, address))["elsewhere"]


async def ways(browser: Browser) -> dict[str, Any]:
    async with browser.http.get(f"{browser.back_end.url}/account/oidc/me") as answer:
        assert answer.status == 200
        return dict(await answer.json())


def with_query(address: str, **changed: str | None) -> str:
    """The address with these parameters, without those that are None."""
    found = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(found.query).items()} | changed
    return found._replace(query=urlencode({name: value for name, value in query.items() if value is not None})).geturl()


async def test_the_first_sign_in_makes_an_account_and_the_next_one_finds_it(provider: OidcProvider, back_end: BackEnd):
    async with browsers(back_end, "", "") as [one, two]:
        assert (await ways(one)) == {"name": "School", "linked": [], "password": False}
        planted = f"clickcounter_session={'A' * 43}"
        status, answer = await one.post("oidc/start", {"Cookie": planted}, back="/c/counter?x=1")
        assert status == 200
        address = await provider.sign_in(answer["location"], "anna")
        assert await come_back(one, address) == {"from": "/c/counter?x=1", "elsewhere": "in"}
        for said in ("HttpOnly", "SameSite=Lax", "Path=/"):
            assert said in one.set_cookie
        assert "A" * 43 not in one.set_cookie, "no session that somebody else may know"
        assert (await one.me())["account"] == {"name": "anna", "superuser": False}
        assert await sign_in(provider, two, "anna") == "in"
        assert (await two.me())["account"] == {"name": "anna", "superuser": False}
        assert one.cookie != two.cookie
        assert back_end.query("SELECT count(*) FROM account WHERE name = 'anna'") == [(1,)]
        assert (await two.post("name", name="Anna of the school"))[0] == 200
        assert await sign_in(provider, one, "anna") == "in"
        assert (await one.me())["account"]["name"] == "Anna of the school"
        [row] = back_end.query("SELECT issuer, subject, name FROM account_identity WHERE name = 'anna'")
        assert row[0] == provider.issuer
        assert row[1]
        code = parse_qs(urlsplit(address).query)["code"][0]
        assert code.encode() not in back_end.database.read_bytes()
        assert code not in back_end.printed()


async def test_a_name_that_is_taken_opens_nobodys_account(provider: OidcProvider, back_end: BackEnd):
    async with browsers(back_end, "Ben", "") as [owner, guest]:
        assert await sign_in(provider, guest, "ben") == "in"
        assert (await guest.me())["account"]["name"] == "Ben Elsewhere"
        assert (await ways(owner))["linked"] == []
        assert (await guest.post("sign-in", name="Ben Elsewhere", password=""))[0] == 401


async def test_an_account_is_linked_by_its_own_person_alone(provider: OidcProvider, back_end: BackEnd):
    async with browsers(back_end, "Carla", "", "Thief") as [carla, phone, thief]:
        assert (await phone.post("oidc/start", link=True))[0] == 401
        assert (await carla.post("oidc/start", link=True, password="wrong horse"))[1]["error"] == "password_wrong"
        assert await sign_in(provider, carla, "cleo", link=True, password=PASSWORD, back="/account") == "linked"
        assert (await carla.me())["account"]["name"] == "Carla"
        [link] = (await ways(carla))["linked"]
        assert link["name"] == "cleo"
        assert await sign_in(provider, phone, "cleo") == "in"
        assert (await phone.me())["account"]["name"] == "Carla"
        assert await sign_in(provider, thief, "cleo", link=True, password=PASSWORD) == "oidc_taken"
        assert (await thief.post("oidc/unlink", id=link["id"]))[0] == 200
        assert len((await ways(carla))["linked"]) == 1, "somebody else's link stays"
        assert (await carla.post("oidc/unlink", id=link["id"]))[0] == 200
        assert (await carla.post("oidc/unlink", id=link["id"]))[0] == 200
        assert (await ways(carla))["linked"] == []
        for wrong in (None, "1", True, -1, 2**70):
            assert (await carla.post("oidc/unlink", id=wrong))[1]["error"] == "oidc_link"


async def test_the_only_way_in_stays_until_there_is_a_password(provider: OidcProvider, back_end: BackEnd):
    async with browsers(back_end, "") as [dora]:
        assert await sign_in(provider, dora, "dora") == "in"
        [link] = (await ways(dora))["linked"]
        status, answer = await dora.post("oidc/unlink", id=link["id"])
        assert (status, answer["error"]) == (400, "oidc_last")
        assert set(answer["sentences"]) == set(LANGUAGES)
        back_end.query(
            "INSERT INTO passkey (account_id, credential_sha256, credential_id, public_key, rp_id, sign_count, name,"
            " created_at) SELECT id, 'x', 'x', 'x', 'localhost', 0, 'Phone', 1 FROM account WHERE name = 'dora'"
        )
        assert (await dora.post("oidc/unlink", id=link["id"]))[0] == 200, "a passkey is another way in"
        [(passkey,)] = back_end.query("SELECT id FROM passkey")
        assert (await dora.post("passkeys/remove", id=passkey))[1]["error"] == "oidc_last"
        assert await sign_in(provider, dora, "dora", link=True) == "linked"
        assert (await dora.post("passkeys/remove", id=passkey))[0] == 200
        [link] = (await ways(dora))["linked"]
        back_end.query("UPDATE session SET created_at = created_at - 3600000")
        assert (await dora.post("password", old="", new=PASSWORD))[1]["error"] == "sign_in_again"
        assert (await dora.post("delete", password=""))[1]["error"] == "sign_in_again"
        assert (await dora.post("oidc/start", link=True))[1]["error"] == "sign_in_again"
        assert await sign_in(provider, dora, "dora") == "in"
        assert (await dora.post("password", old="", new=PASSWORD))[0] == 200
        assert (await ways(dora))["password"]
        assert (await dora.post("oidc/unlink", id=link["id"]))[0] == 200
        assert (await dora.post("sign-out"))[0] == 200
        assert (await dora.post("sign-in", name="dora", password=PASSWORD))[0] == 200


async def test_deleted_and_blocked_accounts_do_not_open(provider: OidcProvider, back_end: BackEnd):
    async with browsers(back_end, "") as [emil]:
        assert await sign_in(provider, emil, "emil") == "in"
        back_end.query("UPDATE account SET blocked_at = 1 WHERE name = 'emil'")
        assert await sign_in(provider, emil, "emil") == "account_blocked"
        assert (await emil.me())["account"] is None
        back_end.query("UPDATE account SET blocked_at = NULL WHERE name = 'emil'")
        assert await sign_in(provider, emil, "emil") == "in"
        [(first,)] = back_end.query("SELECT id FROM account WHERE name = 'emil'")
        assert (await emil.post("delete", password=""))[0] == 200
        assert await sign_in(provider, emil, "emil") == "in"
        [(second,)] = back_end.query("SELECT id FROM account WHERE name = 'emil'")
        assert first != second, "what was deleted stays so"


async def test_an_answer_is_taken_once_by_the_browser_that_asked(provider: OidcProvider, back_end: BackEnd):
    async with browsers(back_end, "", "", "Link") as [fay, other, link]:
        address = await provider.sign_in(await begin(fay), "fay")
        for wrong in (address, with_query(address, state=None), with_query(address, state="ä" * 43)):
            assert (await come_back(other, wrong))["elsewhere"] == "oidc_again", "a code of somebody else's signs nobody in"
        mine = await begin(other)
        state = parse_qs(urlsplit(mine).query)["state"][0]
        assert (await come_back(other, with_query(address, state=state)))["elsewhere"] == "oidc_failed", "PKCE"
        kept, here = {cookie.key: cookie.value for cookie in fay.http.cookie_jar}, URL(back_end.url)
        assert (await come_back(fay, with_query(address, iss="https://elsewhere.example")))["elsewhere"] == "oidc_away"
        fay.http.cookie_jar.update_cookies(kept, here)
        assert (await come_back(fay, address))["elsewhere"] == "in"
        assert (await come_back(fay, address))["elsewhere"] == "oidc_again", "the cookie is gone"
        fay.http.cookie_jar.update_cookies(kept, here)
        assert (await come_back(fay, address))["elsewhere"] == "oidc_failed", "the provider takes no code twice"
        assert (await other.me())["account"] is None
        linking = await provider.sign_in(await begin(link, link=True, password=PASSWORD), "gus")
        assert (await link.post("sign-in", name="Link", password=PASSWORD))[0] == 200
        assert (await come_back(link, linking))["elsewhere"] == "oidc_again", "it is another session than the one that asked"
        assert (await ways(link))["linked"] == []


async def test_who_cancels_or_comes_back_with_nonsense_is_told(provider: OidcProvider, back_end: BackEnd):
    callback = f"{back_end.url}/account/oidc/callback"
    async with browsers(back_end, "") as [gus]:
        assert (await come_back(gus, callback))["elsewhere"] == "oidc_again"
        for asked, outcome in (
            ({"error": "access_denied"}, "oidc_declined"),
            ({"error": "<script>"}, "oidc_failed"),
            ({"code": "x" * 5_000}, "oidc_again"),
            ({"code": "nonsense"}, "oidc_failed"),
            ({}, "oidc_again"),
        ):
            state = parse_qs(urlsplit(await begin(gus)).query)["state"][0]
            address = f"{callback}?{urlencode({'state': state, 'iss': provider.issuer, **asked})}"
            assert (await come_back(gus, address))["elsewhere"] == outcome


@pytest.mark.parametrize(
    "back",
    ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "/\t/elsewhere.example", 7, "x" * 5_000],
)
async def test_it_leads_back_to_pages_of_ours_alone(provider: OidcProvider, back_end: BackEnd, back: object):
    async with browsers(back_end, "") as [hal]:
        address = await provider.sign_in(await begin(hal, back=back), "hal")
        assert (await come_back(hal, address)) == {"from": "/", "elsewhere": "in"}


async def test_pages_of_other_sites_begin_nothing(back_end: BackEnd):
    async with browsers(back_end, "") as [ivy]:
        start, form = f"{back_end.url}/account/oidc/start", {"link": "1"}
        for foreign in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            async with ivy.http.post(start, json={}, headers=foreign) as answer:
                assert answer.status == 403
                assert "Set-Cookie" not in answer.headers
        async with ivy.http.post(start, data=form) as answer:
            assert answer.status == 400, "a form cannot ask"
        planted = {"Cookie": f"clickcounter_oidc={'A' * 43}.WzEsIGZhbHNlLCAieCIsICJodHRwczovL2UuZXhhbXBsZSIsICIvIl0"}
        async with ivy.http.get(f"{back_end.url}/account/oidc/callback", headers=planted, allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/account?from=%2F&elsewhere=oidc_again"


async def test_the_provider_is_told_the_address_that_the_browser_knows(back_end: BackEnd):
    async with browsers(back_end, "") as [ivy]:
        proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "count.example:8443"}
        _, answer = await ivy.post("oidc/start", proxied | {"Origin": "https://count.example:8443"})
        asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["location"]).query).items()}
        assert asked["redirect_uri"] == "https://count.example:8443/account/oidc/callback"
        assert "Secure" in ivy.set_cookie
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"] == "openid profile"
        assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3
        for wrong in ("a b", "x/y", "e@f", ""):
            status, answer = await ivy.post("oidc/start", {"Host": f"localhost:{back_end.port}", "X-Forwarded-Host": wrong})
            assert (status, answer["error"]) == (400, "oidc_again")


async def test_closed_registration_and_a_provider_that_goes_away_are_told(tmp_path: Path):
    away = OidcProvider(free_port(), tmp_path / "provider")
    away.start()
    closed = BackEnd(free_port(), tmp_path, CLICKCOUNTER_REGISTRATION="closed", **away.settings())
    closed.environ["CLICKCOUNTER_OIDC_CALLBACK"] = f"{closed.url}/account/oidc/callback"
    away.prepare(closed.environ["CLICKCOUNTER_OIDC_CALLBACK"], "ivy")
    closed.start()
    try:
        async with browsers(closed, "") as [ivy]:
            assert await sign_in(away, ivy, "ivy") == "oidc_unknown"
            assert closed.query("SELECT count(*) FROM account") == [(0,)]
            location = await begin(ivy)
            address = await away.sign_in(location, "ivy")
            away.stop()
            began = time.monotonic()
            assert (await come_back(ivy, address))["elsewhere"] == "oidc_away"
            assert time.monotonic() - began < 5
            assert (await ivy.post("sign-in", name="nobody", password=PASSWORD))[0] == 401, "all else goes on"
            begun = 2
            while (status := (await ivy.post("oidc/start"))[0]) == 200 and begun < 2 * AT_ONCE:
                begun += 1
            assert status == 429
            assert begun >= AT_ONCE
    finally:
        away.stop()
        closed.kill()


async def test_without_a_provider_there_is_no_such_sign_in(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "") as [ivy]:
        assert (await ways(ivy))["name"] is None
        assert (await ivy.post("oidc/start"))[0] == 404
        assert (await come_back(ivy, f"{back_end_for_all.url}/account/oidc/callback?code=x"))["elsewhere"] == "oidc_off"
