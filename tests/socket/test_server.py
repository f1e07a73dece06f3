"""How the server listens, seen from outside: who gets in, on which addresses, and who is not waited for."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from clickcounter.socket.server import every_address, raise_file_limit
from tests.large import Size, prepare
from tests.raw import RawClient
from tests.server import PATIENCE, ROOT, BackEnd, answers, free_port, has_ipv6, wait_for

GET = "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADE = f"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'a' * 22}=="
POST = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = BackEnd(free_port(), tmp_path_factory.mktemp("impatient"), CLICKCOUNTER_CLIENT_TIMEOUT="1")
    server.start()
    yield server
    server.kill()


async def test_a_tab_opens_beside_two_thousand_idle_connections(back_end: BackEnd):
    assert raise_file_limit() > 2500, "this test opens many sockets"
    with contextlib.ExitStack() as idle:
        for _ in range(2000):
            idle.enter_context(socket.create_connection(("127.0.0.1", back_end.port), PATIENCE))
        async with RawClient(back_end.port) as tab:
            assert (await tab.record(tab.click()))["error"] is None
        wait_for(lambda: answers(f"{back_end.url}/readyz"), "it is ready")


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_server_answers_on_ipv6_and_ipv4(back_end_for_all: BackEnd):
    assert every_address("0.0.0.0") == "::"
    for host in ("[::1]", "127.0.0.1"):
        assert answers(f"http://{host}:{back_end_for_all.port}/healthz")


def test_a_named_address_stays_what_it_is():
    assert every_address("127.0.0.1") == "127.0.0.1"
    assert every_address("::1") == "::1"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/account/sign-in", 408), ("/_event/?EIO=4&transport=polling", 400), ("/admin/accounts/1/block", 403)],
)
def test_a_body_that_never_ends_is_refused(impatient: BackEnd, path: str, status: int):
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as slow:
        slow.sendall(POST.format(path=path).encode())
        answer = b"".join(iter(lambda: slow.recv(4096), b"")).decode()  # up to the end of the connection
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert status != 408 or "did not arrive within 1 seconds" in answer


def test_a_press_whose_body_never_begins_is_refused(impatient: BackEnd):
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as slow:
        slow.sendall(POST.format(path="/api/v1/counters/counter/presses").encode()[:-1])
        answer = b"".join(iter(lambda: slow.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert '"code":"body_slow"' in answer


def test_clients_that_leave_within_their_body_fill_no_log(impatient: BackEnd):
    logged = len(impatient.printed())
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as leaving:
            leaving.sendall(POST.format(path="/account/sign-in").encode())
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as slow:  # answered after those are gone
        slow.sendall(POST.format(path="/account/sign-in").encode())
        assert b"408" in slow.recv(4096)
    assert "Traceback" not in impatient.printed()[logged:]


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux can")
def test_a_connection_that_reads_nothing_is_closed(tmp_path_factory: pytest.TempPathFactory):
    server = BackEnd(free_port(), tmp_path_factory.mktemp("large"), CLICKCOUNTER_CLIENT_TIMEOUT="1")
    prepare(server.db_url, Size(clicks=200_000, devices=10))
    server.start()
    try:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", server.port))
            deaf.sendall(GET.format(path="/export/counter.csv").encode())  # more than fits anywhere
            wait_for(lambda: is_closed(deaf), "the connection is closed")
    finally:
        server.kill()


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side knows of the connection no more; what it sent need not be read for that."""
    try:
        connection.sendall(b"x")
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("said", ["", "GET / HTTP/1.1\r\nHost: ", GET.format(path="/ping")], ids=["nothing", "half", "one"])
def test_a_connection_without_a_request_is_closed(impatient: BackEnd, said: str):
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as idle:
        idle.sendall(said.encode())
        answer = b"".join(iter(lambda: idle.recv(4096), b""))
    assert time.monotonic() - began >= 0.9
    assert answer.startswith(b"HTTP/1.1 200 ") == said.endswith("\r\n\r\n")


def test_headers_that_trickle_in_are_not_waited_for(impatient: BackEnd):
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nX: ")
        wait_for(lambda: is_closed(slow), "the connection is closed")


@pytest.mark.parametrize("path", ["/healthz", "/_event/?EIO=4&transport=websocket"])
def test_headers_without_end_are_refused(impatient: BackEnd, path: str):
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as client:
        with contextlib.suppress(ConnectionError):  # it may close before it has read the whole
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\nCookie: {'x' * 70_000}\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 4")


def test_a_sockets_long_header_is_refused_and_the_connection_closed(impatient: BackEnd):
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as client:
        client.sendall(f"GET /_event/ HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\nCookie: {'x' * 9_000}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_requests_that_wait_for_each_other_are_limited(impatient: BackEnd):
    with socket.create_connection(("127.0.0.1", impatient.port), PATIENCE) as hasty, pytest.raises(ConnectionError):
        hasty.sendall(GET.format(path="/export/counter.csv").encode() * 500_000)


def test_a_server_may_open_as_many_files_as_the_system_allows():
    script = (
        "import resource as r; hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (200, hard));"
        "from clickcounter.socket.server import raise_file_limit, MOST_FILES;"
        "assert raise_file_limit() == r.getrlimit(r.RLIMIT_NOFILE)[0];"
        "assert raise_file_limit() == (MOST_FILES if hard == r.RLIM_INFINITY else min(hard, MOST_FILES)), raise_file_limit()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
