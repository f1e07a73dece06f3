"""What granian is started with, seen from outside: who gets in, on which addresses, and who is not waited for."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from clickcounter.socket.server import every_address, raise_file_limit
from tests.raw import RawClient
from tests.server import ROOT, BackEnd, answers, free_port, has_ipv6

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
            idle.enter_context(socket.create_connection(("127.0.0.1", back_end.port), 5))
        async with asyncio.timeout(10), RawClient(back_end.port) as tab:
            assert (await tab.record(tab.click()))["error"] is None
        assert answers(f"{back_end.url}/readyz")


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
    with socket.create_connection(("127.0.0.1", impatient.port), 10) as slow:
        slow.sendall(POST.format(path=path).encode())
        answer = b"".join(iter(lambda: slow.recv(4096), b"")).decode()  # up to the end of the connection
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert status != 408 or "did not arrive within 1 seconds" in answer


def test_clients_that_leave_within_their_body_fill_no_log(impatient: BackEnd):
    logged = len(impatient.printed())
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", impatient.port), 10) as leaving:
            leaving.sendall(POST.format(path="/account/sign-in").encode())
    with socket.create_connection(("127.0.0.1", impatient.port), 10) as slow:  # answered after those are gone
        slow.sendall(POST.format(path="/account/sign-in").encode())
        assert b"408" in slow.recv(4096)
    assert "Traceback" not in impatient.printed()[logged:]


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux can")
def test_a_connection_that_reads_nothing_is_closed(impatient: BackEnd):
    assert answers(f"{impatient.url}/healthz")  # the first request of the process sets it
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.settimeout(20)
        deaf.connect(("127.0.0.1", impatient.port))
        requests = b"GET /export/counter.csv HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500_000  # more than fits anywhere
        with pytest.raises(ConnectionError):
            deaf.sendall(requests)


def test_a_server_may_open_as_many_files_as_the_system_allows():
    script = (
        "import resource as r; hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (200, hard));"
        "from clickcounter.socket.server import raise_file_limit, MOST_FILES;"
        "assert raise_file_limit() == r.getrlimit(r.RLIMIT_NOFILE)[0];"
        "assert raise_file_limit() == (MOST_FILES if hard == r.RLIM_INFINITY else min(hard, MOST_FILES)), raise_file_limit()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
