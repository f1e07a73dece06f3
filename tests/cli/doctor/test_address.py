"""What `doctor` says of the way from a visitor to the server, through a real nginx that has something wrong with it."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.doctor.test_database import doctor
from tests.server import BackEnd, Nginx, free_port
from tests.terminal import terminal

Change = Callable[[str], str]
ONE_PROXY = {"REFLEX_TRUSTED_PROXY_HOPS": "1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A back end whose sockets hear a ping every second."""
    started = BackEnd(free_port(), tmp_path_factory.mktemp("server"), REFLEX_SOCKET_INTERVAL="1", **ONE_PROXY)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def proxy(server: BackEnd, tmp_path: Path) -> Iterator[Callable[[Change], Nginx]]:
    """Starts deploy/nginx.conf with a change."""
    started: list[Nginx] = []

    def start(change: Change = lambda conf: conf) -> Nginx:
        (tmp_path / "site").mkdir()
        made = Nginx(tmp_path / "site", free_port(), tmp_path / "nginx", [server.port] * 3)
        conf = tmp_path / "nginx" / "nginx.conf"
        conf.write_text(changed := change(conf.read_text()))
        started.append(made)
        made.start()
        assert changed
        return made

    yield start
    for each in started:
        each.stop()


def without(part: str, instead: str = "") -> Change:
    def change(conf: str) -> str:
        assert part in conf
        return conf.replace(part, instead)

    return change


def test_a_sound_proxy_and_no_proxy(server: BackEnd, proxy: Callable[[], Nginx]):
    assert doctor(server.db_url, proxy().origin, **ONE_PROXY) == {}
    wrong = doctor(server.db_url, server.url, **ONE_PROXY)
    assert list(wrong) == ["proxies"]
    assert "visitors can choose their address. Set REFLEX_TRUSTED_PROXY_HOPS=0." in wrong["proxies"]


@pytest.mark.parametrize(
    ("change", "about", "says"),
    [
        (without("proxy_set_header Upgrade $http_upgrade;"), "socket", "must pass on the socket with Upgrade"),
        (without("location /_event {", "location /_event { return 404; }\n    location /elsewhere {"), "socket", "with 404"),
        (without("$http_host", "clickcounter"), "origin", "REFLEX_CORS_ALLOWED_ORIGINS lists nothing"),
        (without("$http_host", "clickcounter"), "host", "proxy_set_header Host $http_host"),
        (
            without("proxy_set_header X-Forwarded-Proto $clickcounter_scheme", "proxy_set_header X-Forwarded-Proto https"),
            "scheme",
            "sees https instead of http",
        ),
        (without("$proxy_add_x_forwarded_for", "'192.0.2.1, $remote_addr'"), "proxies", "Set REFLEX_TRUSTED_PROXY_HOPS=2"),
        (without("(healthz|readyz|", "("), "address", "not by Click Counter"),
        (
            without(
                'proxy_set_header Connection "upgrade";',
                "proxy_set_header Connection \"upgrade\"; proxy_set_header Origin '';",
            ),
            "origin",
            "must not remove",
        ),
    ],
    ids=["no upgrade", "no socket", "another host's origin", "another host", "scheme", "hops", "no health", "no origin"],
)
def test_a_proxy_with_a_fault_is_told_what_to_do(
    server: BackEnd, proxy: Callable[[Change], Nginx], change: Change, about: str, says: str
):
    wrong = doctor(server.db_url, proxy(change).origin, **ONE_PROXY)
    assert says in wrong[about], wrong


def test_what_does_not_answer_is_named(server: BackEnd):
    assert "does not answer" in doctor(server.db_url, f"http://localhost:{free_port()}")["address"]
    assert "There is no host" in doctor(server.db_url, "http://nowhere.invalid")["address"]
    done = terminal(server.db_url, "doctor", "count.example.org")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "An address looks like https://count.example.org, not 'count.example.org'.\n"


def test_a_certificate_that_nobody_trusts(server: BackEnd, proxy: Callable[[Change], Nginx], tmp_path: Path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=localhost"]
    make += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    tls = f"listen \\1 ssl; ssl_certificate {certificate}; ssl_certificate_key {key};"
    port = proxy(lambda conf: re.sub(r"listen (\d+);", tls, conf, count=1)).port
    assert "not trusted" in doctor(server.db_url, f"https://localhost:{port}", **ONE_PROXY)["https"]
    trusted = {"SSL_CERT_FILE": str(certificate)}
    assert doctor(server.db_url, f"https://localhost:{port}", **ONE_PROXY, **trusted) == {}
    said = terminal(server.db_url, "doctor", f"https://localhost:{port}", **ONE_PROXY, **trusted).stdout
    assert "note   certificate   expires on " in said
