"""A provider that is slow, away, wrong or hostile: nobody waits long for it, and nobody is signed in by it."""

import asyncio
import base64
import hmac
import json
import socket
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from clickcounter.access.oidc import attempt
from clickcounter.access.oidc.http_client import MOST_READ, Client, ProviderFailed
from clickcounter.access.oidc.identities import Identity
from clickcounter.access.oidc.provider import MOST_EXCHANGES, Provider
from clickcounter.access.oidc.settings import OidcSettings, from_environment
from clickcounter.errors import SettingInvalid

CLIENT, SECRET = "counter", "s" * 40
WITHIN = 0.5  # seconds for an answer
RSA, OTHER_RSA = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "two"})
EC, ED = ECKey.generate_key("P-256", {"kid": "curve"}), OKPKey.generate_key("Ed25519", {"kid": "edwards"})
BEGUN = attempt.start(1, "http://localhost/callback", "http://localhost", "/", linking=False)
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FalseProvider:
    """A provider whose every answer a test may replace."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.metadata: dict[str, Any] = {}
        self.keys: object = {"keys": [key.as_dict(private=False) for key in (RSA, EC, ED)]}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.key: Any = RSA
        self.token: str | None = None  # instead of one of those claims
        self.answering: Answering | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.issuer = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.metadata = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        now = int(time.time())
        self.claims = {"iss": self.issuer, "sub": "7", "aud": CLIENT, "exp": now + 60, "iat": now, "nonce": BEGUN.nonce}

    async def stop(self) -> None:
        await self._runner.cleanup()

    def client(self, **more: Any) -> Provider:
        settings = OidcSettings(self.issuer, CLIENT, SECRET, "School", "openid", "")
        return Provider(settings, Client(WITHIN), **more)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if self.answering is not None:
            return await self.answering(request)
        if request.path == "/token":
            allowed = [str(self.header["alg"])]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SecurityWarning)  # it advises against the name EdDSA, which providers use
                signed = self.token or jwt.encode(self.header, self.claims, self.key, algorithms=allowed)
            return web.json_response({"access_token": "a", "token_type": "Bearer", "id_token": signed})
        return web.json_response(self.keys if request.path == "/keys" else self.metadata)


@pytest.fixture
async def false() -> AsyncIterator[FalseProvider]:
    server = FalseProvider()
    await server.start()
    yield server
    await server.stop()


@pytest.mark.filterwarnings("error::joserfc.errors.SecurityWarning")
async def test_whoever_the_token_names_is_known(false: FalseProvider):
    false.claims |= {"preferred_username": "anna@school.example", "name": "Anna", "email": "a@b.example"}
    assert await false.client().identity("code", BEGUN, time.time()) == Identity(false.issuer, "7", ("Anna", "anna"))
    for algorithm, key in (("PS256", RSA), ("ES256", EC), ("Ed25519", ED), ("EdDSA", ED)):
        false.header, false.key = {"alg": algorithm, "kid": key.kid}, key
        assert (await false.client().identity("code", BEGUN, time.time())).subject == "7"
    address = await false.client().address(BEGUN, None)
    assert address.startswith(f"{false.issuer}/auth?tenant=1&response_type=code&client_id=counter&")


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},  # whose is it, without azp?
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": []},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": None},
        {"exp": float("nan")},
        {"iat": 1},
        {"iat": 2**40},
        {"nbf": 2**40},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"sub": ""},
        {"sub": 7},
        {"sub": None},
        {"sub": "x" * 256},
        {"sub": "ä"},
        {"at_hash": "wrong"},
        {"at_hash": 7},
        {"aud": {"a": 1}},
    ],
)
async def test_a_token_that_says_anything_wrong_names_nobody(false: FalseProvider, wrong: dict[str, Any]):
    false.claims |= wrong
    with pytest.raises(ProviderFailed):
        await false.client().identity("code", BEGUN, time.time())


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
async def test_a_token_that_lacks_anything_names_nobody(false: FalseProvider, claim: str):
    del false.claims[claim]
    with pytest.raises(ProviderFailed):
        await false.client().identity("code", BEGUN, time.time())


def unsigned(claims: dict[str, Any], **header: object) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"} | header, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


async def test_only_the_providers_own_key_signs(false: FalseProvider):
    shared = OctKey.import_key(SECRET)
    for header, key in (
        ({"alg": "HS256", "kid": "one"}, shared),
        ({"alg": "RS256", "kid": "one"}, OTHER_RSA),
        ({"alg": "RS256", "kid": "two"}, OTHER_RSA),
    ):
        false.header, false.key = header, key
        with pytest.raises(ProviderFailed):
            await false.client().identity("code", BEGUN, time.time())
    own = RSA.as_dict(private=False)
    by_public_key = unsigned(false.claims, alg="HS256", kid="one").removesuffix(".")
    seal = hmac.digest(RSA.as_pem(private=False), by_public_key.encode(), "sha256")
    for token in (
        unsigned(false.claims),
        unsigned(false.claims, kid="one"),
        f"{by_public_key}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}",
        unsigned(false.claims, alg="RS256", jwk=own),
        "",
        "a.b.c",
        "x" * 100_000,
        "..",
    ):
        false.token = token or "."
        with pytest.raises(ProviderFailed):
            await false.client().identity("code", BEGUN, time.time())


async def test_new_keys_are_read_once_a_minute_at_most(false: FalseProvider):
    clock = [1_000.0]
    client = false.client(clock=lambda: clock[0])
    await client.identity("code", BEGUN, time.time())
    false.header, false.key = {"alg": "RS256", "kid": "two"}, OTHER_RSA
    false.keys = {"keys": [OTHER_RSA.as_dict(private=False)]}
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await client.identity("code", BEGUN, time.time())
    assert false.asked.count("/keys") == 1
    clock[0] += 61
    await client.identity("code", BEGUN, time.time())
    await client.identity("code", BEGUN, time.time())
    assert false.asked.count("/keys") == 2
    assert false.asked.count("/.well-known/openid-configuration") == 1


async def never(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def drop_by_drop(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.01)


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * MOST_READ)


def saying(body: object, status: int = 200, **headers: str) -> Answering:
    async def answer(request: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, headers=headers)

    return answer


@pytest.mark.parametrize(
    "answering",
    [
        *(never, drop_by_drop, endless, saying("<html>"), saying("[" * 100_000), saying([1]), saying(""), saying({})),
        *(saying({}, 500), saying({}, 302, Location="http://127.0.0.1:1/"), saying({"issuer": "https://elsewhere.example"})),
    ],
)
async def test_a_provider_without_a_usable_answer_is_away_soon(false: FalseProvider, answering: Answering):
    false.answering = answering
    client, began = false.client(), time.monotonic()
    with pytest.raises(ProviderFailed):
        await client.address(BEGUN, None)
    assert time.monotonic() - began < 4 * WITHIN
    asked = len(false.asked)
    for _ in range(20):
        with pytest.raises(ProviderFailed):
            await client.address(BEGUN, None)
    assert len(false.asked) == asked, "it is left alone for a while"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_endpoint": "http://elsewhere.example/token"},
        {"token_endpoint": "ftp://elsewhere.example/"},
        {"token_endpoint": "//elsewhere.example/"},
        {"token_endpoint": "https://user@elsewhere.example/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "data:text/html,x"},
        {"authorization_endpoint": None},
        {"jwks_uri": 7},
        {"jwks_uri": "https://" + "x" * 3_000},
        {"jwks_uri": "http://[::1"},
    ],
)
async def test_it_names_no_address_that_is_less_safe_than_its_own(false: FalseProvider, wrong: dict[str, Any]):
    false.metadata |= wrong
    with pytest.raises(ProviderFailed):
        await false.client().address(BEGUN, None)


@pytest.mark.parametrize(
    "keys", [[], {}, {"keys": {}}, {"keys": []}, {"keys": [7, {"kty": "RSA"}, {"kty": "oct", "k": "AA"}]}]
)
async def test_without_a_key_nobody_signs_in(false: FalseProvider, keys: object):
    false.keys = keys
    with pytest.raises(ProviderFailed):
        await false.client().identity("code", BEGUN, time.time())


async def test_a_hundred_who_sign_in_at_once_ask_once(false: FalseProvider):
    client = false.client()
    addresses = await asyncio.gather(*(client.address(BEGUN, None) for _ in range(100)))
    assert len(set(addresses)) == 1
    assert false.asked == ["/.well-known/openid-configuration"]
    false.answering = never
    began = time.monotonic()
    found = await asyncio.gather(*(client.identity("code", BEGUN, time.time()) for _ in range(100)), return_exceptions=True)
    assert all(isinstance(each, ProviderFailed) for each in found)
    assert time.monotonic() - began < 4 * WITHIN
    assert false.asked.count("/token") <= MOST_EXCHANGES


async def test_what_is_known_of_it_outlasts_a_short_absence(false: FalseProvider):
    clock = [1_000.0]
    client = false.client(clock=lambda: clock[0])
    await client.address(BEGUN, None)
    false.answering = saying("", 503)
    clock[0] += 7_200
    await client.address(BEGUN, None)
    assert len(false.asked) == 2
    clock[0] += 86_400
    with pytest.raises(ProviderFailed):
        await client.address(BEGUN, None)


async def test_a_provider_that_is_not_there_is_away_at_once():
    nowhere = Provider(OidcSettings("http://127.0.0.1:1", CLIENT, "", "School", "openid", ""))
    with pytest.raises(ProviderFailed):
        await nowhere.address(BEGUN, None)


async def test_the_second_address_of_a_provider_is_asked_if_the_first_is_not_there(
    false: FalseProvider, monkeypatch: pytest.MonkeyPatch
):
    def resolve(host: str, port: int, *_: Any) -> list[tuple[Any, ...]]:
        assert host == "id.localhost"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"{false.issuer.replace('127.0.0.1', 'id.localhost')}/keys"
    assert await Client(WITHIN).get(url) == false.keys


async def test_an_answer_from_another_provider_is_for_nobody(false: FalseProvider):
    client = false.client()
    await client.require_issuer(None)
    await client.require_issuer(false.issuer)
    with pytest.raises(ProviderFailed):
        await client.require_issuer("https://elsewhere.example")
    false.metadata["authorization_response_iss_parameter_supported"] = True
    with pytest.raises(ProviderFailed):
        await false.client().require_issuer(None)


GIVEN = {"CLICKCOUNTER_OIDC_ISSUER": "https://id.example/realm", "CLICKCOUNTER_OIDC_CLIENT_ID": "counter"}


def test_a_provider_is_two_settings_and_some_more():
    assert from_environment({}) is None
    assert from_environment(dict.fromkeys(GIVEN, "")) is None
    assert from_environment(GIVEN) == OidcSettings(
        "https://id.example/realm", "counter", "", "id.example", "openid profile", ""
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("ISSUER", wrong)
            for wrong in ("", "id.example", "http://id.example", "https://", "https://a@b/", "https://a/?b")
        ),
        *(
            ("ISSUER", wrong)
            for wrong in ("https://a b/", "https://[::1", "https://a:0/", "https://a/#b", "ftp://localhost")
        ),
        *(("CLIENT_ID", ""), ("NAME", "x" * 41), ("NAME", "a\tb"), ("SCOPES", "profile"), ("SCOPES", 'openid "x"')),
        ("CALLBACK", "/account/oidc/callback"),
    ],
)
def test_an_invalid_setting_is_named(name: str, value: str):
    with pytest.raises(SettingInvalid, match=f"CLICKCOUNTER_OIDC_{name} "):
        from_environment(GIVEN | {f"CLICKCOUNTER_OIDC_{name}": value})


def test_a_sign_in_under_way_is_known_for_ten_minutes_in_its_browser():
    def read(*values: str, now: int = 1) -> attempt.Attempt | None:
        headers = [(b"cookie", "; ".join(f"{attempt.name()}={value}" for value in values).encode())]
        return attempt.read({"headers": headers}, now)

    assert read(BEGUN.value) == BEGUN
    assert read(BEGUN.value, now=600_000) == BEGUN
    assert read(BEGUN.value, now=600_002) is None
    assert read(BEGUN.value, now=0) is None
    assert read(BEGUN.value, BEGUN.value) is None
    for wrong in (
        "",
        ".",
        "a.b",
        BEGUN.secret,
        f"{BEGUN.secret}.{'x' * 5_000}",
        f"{BEGUN.secret}.e30",
        f"{BEGUN.secret}.WzFd",
    ):
        assert read(wrong) is None
    other = attempt.start(1, BEGUN.redirect_uri, BEGUN.origin, "/", linking=False)
    assert len({BEGUN.state(None), BEGUN.nonce, BEGUN.verifier, other.state(None), other.nonce, other.verifier}) == 6
    assert BEGUN.matches(BEGUN.state("a"), "b"), "signing in begins in any session"
    link = attempt.start(1, BEGUN.redirect_uri, BEGUN.origin, "/", linking=True)
    assert link.matches(link.state("a"), "a")
    assert not link.matches(link.state("a"), "b")
    assert not link.matches(link.state("a"), None)
    assert not link.matches(None, None)
