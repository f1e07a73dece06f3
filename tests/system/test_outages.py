"""A silent server or a locked database: people are told, and everything is saved afterwards."""

import contextlib
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from clickcounter.web import content_security_policy
from tests.browser import Profile, seconds
from tests.conftest import allowing, value_of
from tests.proxy import Proxy, in_background
from tests.server import BackEnd, free_port, nginx, wait_for

# By the page's own timers, which a busy machine delays together: they fire in their order.
STATE_AFTER_FIVE_SECONDS = """new Promise((resolve) => {
  const state = () => document.querySelector('[data-testid=status]').dataset.state;
  setTimeout(() => requestAnimationFrame(() => setTimeout(() => resolve(state()))), 5000);
})"""


@pytest.fixture
def server(ports: tuple[int, int], tmp_path: Path) -> Iterator[BackEnd]:
    """A back end behind a proxy, which takes the port that pages use. The test starts both."""
    back_end = BackEnd(free_port(), tmp_path, **allowing(ports[1]))
    yield back_end
    back_end.kill()


def test_a_silent_server_shows_as_reconnecting_within_five_seconds(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    back_end.send(signal.SIGSTOP)
    assert tab.page.evaluate(STATE_AFTER_FIVE_SECONDS) == "reconnecting"  # it takes 4.5 s
    expect(tab.page.locator("html")).to_have_attribute("data-sky", "overcast")
    back_end.send(signal.SIGCONT)
    tab.is_state("connected")


@pytest.mark.parametrize("mode", ["closes early", "silent"])
def test_a_failed_connection_attempt_is_given_up_and_retried(
    ports: tuple[int, int], server: BackEnd, profile: Profile, mode: str
):
    server.start()
    with in_background(Proxy(server.port, ports[0])) as network:
        tab = profile.open()
        tab.is_state("connected")
        server.kill()
        network.mode = mode
        server.start()
        wait_for(lambda: network.failed_attempts, "a failed attempt")
        network.mode = "normal"
        took = seconds(lambda: tab.is_state("connected"))
        assert took < 15, "it takes 3 s and a pause of up to 2; Engine.IO would wait 20"
        tab.press()
        tab.all_saved()


def test_a_tab_learns_to_wait_for_a_slow_network(ports: tuple[int, int], server: BackEnd, profile: Profile):
    server.start()
    with in_background(Proxy(server.port, ports[0])) as network:
        tab = profile.open()
        tab.is_state("connected")
        network.connect_delay = 4.0  # longer than a tab first waits for an answer, unless its first one came slowly, too
        attempts = []
        for _ in range(2):
            server.kill()
            tab.is_state("reconnecting")
            before = network.connections_made
            server.start()
            tab.is_state("connected")
            attempts.append(network.connections_made - before)
        assert attempts[1] == 1


def test_a_tab_reconnects_when_the_network_returns(
    ports: tuple[int, int], server: BackEnd, tmp_path: Path, site: Path, playwright: Playwright
):
    elsewhere, port = Path(shutil.copytree(site, tmp_path / "site")), free_port()
    for file in (*elsewhere.rglob("*.js"), *elsewhere.rglob("*.html")):  # Engine.IO ignores going offline on "localhost"
        file.write_text(file.read_text().replace(f"localhost:{ports[0]}/", f"127.0.0.1:{ports[0]}/"))
    content_security_policy.write(elsewhere, f"http://127.0.0.1:{ports[0]}")
    server.environ |= allowing(port)
    server.start()
    with (
        in_background(Proxy(server.port, ports[0])) as network,
        nginx(elsewhere, port, tmp_path / "nginx") as origin,
        contextlib.closing(Profile(playwright, origin, tmp_path / "profile")) as profile,
    ):
        tab = profile.open()
        tab.is_state("connected")
        server.kill()
        network.mode = "silent"
        server.start()
        wait_for(lambda: network.failed_attempts, "a failed attempt")
        assert profile.context is not None
        profile.context.set_offline(True)
        network.mode = "normal"
        profile.context.set_offline(False)
        assert seconds(lambda: tab.is_state("connected")) < 15


def test_a_locked_database_is_reported_and_loses_no_click(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    with contextlib.closing(sqlite3.connect(back_end.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        tab.press(3)
        tab.page.get_by_text("The server cannot save right now").wait_for()
        tab.has("unsaved", value=3)
        tab.page.wait_for_timeout(12_000)  # how long the lock is held
        assert tab.element("unsaved").get_attribute("data-value") == "3"
        assert tab.state() == "connected"  # frames keep coming
        other.execute("ROLLBACK")
    tab.all_saved()  # the next retry is up to about 5 s away
    tab.sees(3)
    expect(tab.page.get_by_text("The server cannot save right now")).to_be_hidden()
    assert value_of(back_end) == 3
    assert back_end.printed().count("saving waits") == 1  # one outage, one log line


def test_a_starting_server_waits_for_a_locked_database(tmp_path: Path, sqlite_template: Path):
    server = BackEnd(free_port(), tmp_path)
    shutil.copy(sqlite_template, server.database)
    with contextlib.closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM counter").fetchall()  # a reader keeps the mode from being changed
        server.launch()
        wait_for(lambda: "waiting for the database" in server.printed(), "the server says that it waits", 30)
    try:
        server.wait()
    finally:
        server.kill()
