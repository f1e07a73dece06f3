"""Cache lifetimes from our own server and from the sample of nginx."""

import asyncio
import urllib.request
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from clickcounter.web.caching import with_cache_lifetimes

LIFETIMES = {
    "/": "no-cache",
    "/sw.js": "no-cache",
    "/fonts/geologica-latin.woff2": "public, max-age=604800",
    "/assets/root-1.js": "public, max-age=31536000, immutable",
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for path in LIFETIMES:
        file = tmp_path / (path[1:] or "index.html")
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    return tmp_path


def answer_of(files: Path, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """The answer of a server like Reflex's, which allows every origin."""
    routes = [
        Route("/api", lambda request: JSONResponse({})),
        Route("/fails", lambda request: Response(status_code=500, headers={"etag": "x"})),
        Mount("/", StaticFiles(directory=files, html=True)),
    ]
    anybody = Middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
    sent = []

    async def send(message):
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "query_string": b"", "root_path": ""}
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    asyncio.run(with_cache_lifetimes(Starlette(routes=routes, middleware=[anybody]))(scope, None, send))
    return sent[0]["status"], {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize("path", LIFETIMES)
def test_each_file_has_its_cache_lifetime_for_everyone(files: Path, path: str):
    status, headers = answer_of(files, path)
    assert (status, headers["cache-control"], headers["vary"]) == (200, LIFETIMES[path], "Accept-Encoding")
    assert answer_of(files, path, origin="https://a.example", cookie="a=b")[1] == headers
    status, again = answer_of(files, path, if_none_match=headers["etag"])
    assert (status, again["cache-control"]) == (304, LIFETIMES[path])


@pytest.mark.parametrize("path", ["/api", "/fails", "/assets/root-2.js"])
def test_answers_and_errors_are_not_cached(files: Path, path: str):
    headers = answer_of(files, path, origin="https://a.example")[1]
    assert "cache-control" not in headers
    assert headers["access-control-allow-origin"] in ("*", "https://a.example")


def test_nginx_sends_the_same_lifetimes(origin: str, site: Path):
    hashed = next(site.glob("assets/root-*.js")).name
    for path, lifetime in LIFETIMES.items():
        with urllib.request.urlopen(origin + path.replace("root-1.js", hashed)) as answer:
            assert answer.headers["Cache-Control"] == lifetime
