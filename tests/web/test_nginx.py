"""deploy/nginx.conf in front of a back end, behind another proxy."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import BackEnd, Nginx, free_port


@pytest.fixture
def sample(back_end_for_all: BackEnd, tmp_path: Path) -> Iterator[Nginx]:
    (tmp_path / "no-pages").mkdir()
    server = Nginx(tmp_path / "no-pages", free_port(), tmp_path / "nginx", [back_end_for_all.port] * 3)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("forwarded", "secure"), [("https", True), ("https, http", True), ("http", False), ("nonsense", False), (None, False)]
)
def test_the_cookie_is_secure_where_the_outer_proxy_speaks_https(sample: Nginx, forwarded: str | None, secure: bool):
    body = json.dumps({"name": f"Ann {forwarded}", "password": "correct horse battery"}).encode()
    headers = {"Content-Type": "application/json"} | ({"X-Forwarded-Proto": forwarded} if forwarded else {})
    request = urllib.request.Request(f"{sample.origin}/account/register", body, headers)
    with urllib.request.urlopen(request) as answer:
        assert ("Secure" in answer.headers["Set-Cookie"].split("; ")) == secure
