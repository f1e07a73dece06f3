"""deploy/nginx.conf in front of a back end, behind another proxy."""

import contextlib
import http.client
import json
import select
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.raw import RawClient
from tests.server import BackEnd, Nginx, answers, free_port, until


@pytest.fixture(scope="module")
def back_end_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """With addresses for clients of Abacus."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("back-end"), CLICKCOUNTER_COMPAT="site")
    server.start()
    yield server
    server.kill()


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


def test_programs_get_through_and_keep_their_connection(sample: Nginx):
    connection = http.client.HTTPConnection("localhost", sample.port, timeout=60)
    for number in range(1, 1101):  # more than the other addresses take at once
        connection.request("POST", "/api/v1/counters/counter/presses", headers={"X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:9]) == (200, b'{"counter'), number
    connection.request("GET", "/api/v1/counters/counter", headers={"Accept-Encoding": "gzip"})
    shown = connection.getresponse()
    shown.read()
    connection.request("GET", "/api/v1/counters/counter", headers={"If-None-Match": shown.headers["ETag"]})
    assert connection.getresponse().status == 304


async def test_the_log_does_not_hold_the_token_of_a_tab(sample: Nginx):
    log = Path(sample.log.parent, "access.log")
    async with RawClient(sample.port) as tab:
        token = tab.url.rpartition("=")[2]
    await until(lambda: '"GET /_event/ HTTP/1.1" 101' in log.read_text())
    assert token not in log.read_text()


async def test_a_school_behind_one_address_gets_in(sample: Nginx):
    async with contextlib.AsyncExitStack() as school:
        tabs = [await school.enter_async_context(RawClient(sample.port)) for _ in range(300)]
        assert all(tab.frame["counter"] == "counter" for tab in tabs)
    with ThreadPoolExecutor(50) as pool:
        asked = list(pool.map(lambda _: answers(f"{sample.origin}/account/me"), range(300)))
    assert all(asked)


async def test_slow_bodies_from_one_address_keep_nobody_out(sample: Nginx):
    head = (
        b"POST /account/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    )
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(socket.create_connection(("127.0.0.1", sample.port), 60)) for _ in range(150)]
        for connection in slow:
            connection.sendall(head)
        await until(lambda: len(select.select(slow, [], [], 0)[0]) >= 50)
        refused = select.select(slow, [], [], 0)[0]
        assert len(refused) == 50
        assert refused[0].recv(100).startswith(b"HTTP/1.1 429 ")
        async with RawClient(sample.port) as tab:
            assert (await tab.record(tab.click()))["error"] is None


def test_clients_of_abacus_come_through(sample: Nginx):
    def ask(path: str, method: str = "GET") -> dict[str, object]:
        request = urllib.request.Request(sample.origin + path, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))

    key = ask("/create/site/nginx?initializer=4", "POST")["admin_key"]
    assert ask("/hit/site/nginx") == {"value": 5}
    with urllib.request.urlopen(f"{sample.origin}/stream/site/nginx", timeout=60) as stream:
        assert ask(f"/update/site/nginx?value=2&token={key}", "POST") == {"value": 7}
        values = (json.loads(line[5:])["value"] for line in stream if line.startswith(b"data:"))
        assert 7 in values
