"""What answers say about scheme and host where proxies stand in front of the server."""

from typing import Any

import pytest

from clickcounter.web.headers import SecurityHeaders
from clickcounter.web.redirects import with_relative_redirects


@pytest.mark.parametrize(
    ("forwarded", "sent"), [("https", True), ("https, http", True), ("http, https", False), ("", False)]
)
async def test_with_the_setting_https_visitors_get_hsts(forwarded: str, sent: bool):
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    started: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        started.append(message)

    headers = [(b"x-forwarded-proto", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "scheme": "http", "path": "/healthz", "headers": headers}
    await SecurityHeaders("http://localhost:8000", 600).on(app)(scope, None, send)
    assert dict(started[0]["headers"]).get(b"strict-transport-security") == (b"max-age=600" if sent else None)


@pytest.mark.parametrize(
    ("location", "sent"),
    [
        (b"http://a.example:3000/account/", b"/account/"),
        (b"https://a.example:3000//evil.example/?b", b"/evil.example/?b"),
        (b"http://other.example/account/", b"http://other.example/account/"),
        (b"/admin/", b"/admin/"),
    ],
)
async def test_only_redirects_to_our_own_host_lose_it(location: bytes, sent: bytes):
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 307, "headers": [(b"location", location)]})

    started: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        started.append(message)

    scope = {"type": "http", "headers": [(b"host", b"a.example:3000")]}
    await with_relative_redirects(app)(scope, None, send)
    assert started[0]["headers"] == [(b"location", sent)]
