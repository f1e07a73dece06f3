"""Where a server says that it can be opened."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickcounter.cli.serving import addresses, announcement, serve
from clickcounter.cli.serving.addresses import Opened
from clickcounter.errors import NotDone
from tests.server import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", free_port()))
        listening.listen()
        yield listening.getsockname()[1]


def test_the_usual_port_gives_way_to_the_next_and_says_so(taken: int, monkeypatch, capsys):
    monkeypatch.setattr(serve, "PORT", taken)
    port = serve.choose_port("127.0.0.1", None)
    assert taken < port < taken + serve.PORTS_TRIED
    assert capsys.readouterr().out == f"Port {taken} is taken, so this is port {port}.\n"


def test_a_named_port_does_not(taken: int):
    with pytest.raises(NotDone, match=rf"Port {taken} is taken\. Port \d+ is free"):
        serve.choose_port("127.0.0.1", taken)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(NotDone, match=r"192\.0\.2\.1"):
        serve.choose_port("192.0.2.1", None)


@pytest.mark.parametrize(
    ("host", "here", "elsewhere"),
    [
        ("0.0.0.0", "http://localhost:80/", "http://192.168.1.7:80/"),
        ("::", "http://localhost:80/", "http://192.168.1.7:80/"),
        ("127.0.0.1", "http://localhost:80/", None),
        ("::1", "http://[::1]:80/", None),
        ("10.0.0.5", "http://10.0.0.5:80/", "http://10.0.0.5:80/"),
        ("fd00::5", "http://[fd00::5]:80/", "http://[fd00::5]:80/"),
    ],
)
def test_each_listener_has_an_address_here_and_perhaps_one_for_phones(
    host: str, here: str, elsewhere: str | None, monkeypatch
):
    monkeypatch.setattr(addresses, "network_address", lambda: "192.168.1.7")
    assert (Opened(host, 80).here, Opened(host, 80).elsewhere) == (here, elsewhere)


def test_below_a_path_the_address_says_so():
    assert Opened("127.0.0.1", 80, "/counter").here == "http://localhost:80/counter/"


def test_without_a_network_there_is_no_address_for_phones(monkeypatch):
    monkeypatch.setattr(addresses, "network_address", lambda: None)
    assert Opened("0.0.0.0", 80).elsewhere is None


def test_a_code_is_square_and_keeps_its_colours():
    lines = announcement.qr_code("http://192.168.1.7:3000/")
    plain = [line.strip().removeprefix(announcement.WHITE_ON_BLACK).removesuffix(announcement.PLAIN) for line in lines]
    assert {len(line) for line in plain} == {len(plain) * 2 - 1}
    assert set("".join(plain)) == set(" ▀▄█")


@pytest.mark.parametrize(
    ("environ", "platform", "opens"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, "linux", False),
        ({"CI": "true"}, "darwin", False),
    ],
)
def test_a_browser_opens_on_a_desktop_alone(environ: dict[str, str], platform: str, opens: bool):
    assert announcement.has_desktop(environ, platform) is opens


@pytest.mark.parametrize(
    ("encoding", "environ", "platform", "shows"),
    [
        ("utf-8", {"TERM": "xterm"}, "linux", True),
        ("UTF-8", {}, "darwin", True),
        ("ascii", {"TERM": "xterm"}, "linux", False),
        ("utf-8", {"TERM": "dumb"}, "linux", False),
        ("utf-8", {"WT_SESSION": "1"}, "win32", True),
        ("utf-8", {}, "win32", False),
    ],
)
def test_a_code_is_for_terminals_that_can_show_one(encoding: str, environ: dict[str, str], platform: str, shows: bool):
    assert announcement.shows_blocks(encoding, environ, platform) is shows


@pytest.mark.parametrize(("browser", "person", "opened"), [(True, True, 1), (False, True, 0), (True, False, 0)])
def test_a_person_on_a_desktop_gets_the_page_and_a_code(browser: bool, person: bool, opened: int, monkeypatch, capsys):
    visited: list[str] = []
    for name in ("CI", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", visited.append)
    monkeypatch.setattr("sys.stdout.isatty", lambda: person)
    announcement.announce(Opened("192.168.1.7", 3000), Path("/data/counter.db"), browser=browser)
    printed = capsys.readouterr().out
    assert visited == ["http://192.168.1.7:3000/"] * opened
    assert ("▄" in printed) is person
    assert "Everything is saved in /data/counter.db" in printed
