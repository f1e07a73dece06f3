"""Which origins are allowed, decided from headers and enforced at sockets and POSTs."""

import urllib.error
import urllib.request
from typing import Any

import aiohttp
import pytest

from clickcounter.errors import SettingInvalid
from clickcounter.settings import from_environment
from clickcounter.web.origins import Origins
from tests.raw import RawClient
from tests.server import BackEnd

FOREIGN = [
    "https://evil.example",
    "http://localhost.evil.example",
    "http://192.168.1.5",
    "null",
    "file://",
    "http://[",
    "",
    "http://evil@localhost:8000",
]


def scope(origin: str | None, host: str = "localhost:8000", **more: str) -> dict[str, Any]:
    given = {"host": host, **more} | ({} if origin is None else {"origin": origin})
    return {"type": "websocket", "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()]}


@pytest.mark.parametrize(
    ("origin", "host", "more"),
    [
        (None, "localhost:8000", {}),
        ("http://localhost:8000", "localhost:8000", {}),
        ("http://LOCALHOST:8000", "localhost:8000", {}),
        ("https://counter.example.org", "counter.example.org", {}),  # behind a proxy that ends https
        ("https://counter.example.org", "127.0.0.1:8000", {"x_forwarded_host": "counter.example.org"}),
        ("http://192.168.1.5:3000", "192.168.1.5:8000", {}),  # in development
        ("http://127.0.0.1:8080", "localhost:8000", {}),  # an exported front end, tried on one machine
        ("http://[::1]:3000", "[::1]:8000", {}),
        ("https://www.example.org", "api.example.org", {}),
    ],
)
def test_our_own_and_configured_origins_are_allowed(origin: str | None, host: str, more: dict[str, str]):
    assert Origins(["https://www.example.org"]).allows(scope(origin, host, **more))


@pytest.mark.parametrize("origin", FOREIGN)
def test_other_origins_are_refused(origin: str):
    assert not Origins(["https://www.example.org"]).allows(scope(origin))


def test_one_foreign_origin_of_two_is_refused():
    both = scope("http://localhost:8000")
    both["headers"].append((b"origin", b"https://evil.example"))
    assert not Origins([]).allows(both)


def test_configured_origins_are_exact():
    named = from_environment({"REFLEX_CORS_ALLOWED_ORIGINS": "https://A.example, http://b.example:81"}).origins
    assert named == ("https://a.example", "http://b.example:81")
    assert from_environment({}).origins == ()
    for wrong in ("*", "https://*.example", "a.example", "https://a.example/path"):
        with pytest.raises(SettingInvalid, match="REFLEX_CORS_ALLOWED_ORIGINS"):
            from_environment({"REFLEX_CORS_ALLOWED_ORIGINS": wrong})


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://192.168.1.5"])
async def test_a_foreign_page_gets_no_socket(back_end_for_all: BackEnd, origin: str):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with RawClient(back_end_for_all.port, Origin=origin):
            pass
    assert refused.value.status == 403
    assert "is not an accepted origin" in back_end_for_all.printed()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_our_pages_and_programs_get_a_socket(back_end_for_all: BackEnd, host: str):
    async with RawClient(back_end_for_all.port) as code:
        ours = f"http://{host}:{back_end_for_all.port}"
        async with RawClient(back_end_for_all.port, Origin=ours, Host=f"{host}:{back_end_for_all.port}") as page:
            assert (await page.record(page.click()))["error"] is None
            assert (await code.record(code.click()))["error"] is None


def asked(url: str, method: str, **headers: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers)) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def test_a_foreign_page_cannot_post_or_read(back_end_for_all: BackEnd):
    url, evil = back_end_for_all.url, "https://evil.example"
    for path in ("/", "/healthz", "/export/counter.csv", "/account/sign-in", "/admin/"):
        assert asked(url + path, "POST", Origin=evil)[0] == 403
    status, headers = asked(f"{url}/export/counter.csv", "GET", Origin=evil)
    assert status == 200  # it may be a link; its page cannot read it
    assert "Access-Control-Allow-Origin" not in headers
    asking = {"Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in asked(f"{url}/account/sign-in", "OPTIONS", Origin=evil, **asking)[1]
