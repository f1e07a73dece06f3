"""A key in an address: what a chat bot, a button or a link preview gets."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.server import BackEnd, free_port
from tests.terminal import terminal

BOT = "Nightbot-URL-Fetcher/0.0.3"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = BackEnd(free_port(), tmp_path_factory.mktemp("addresses"))
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.printed()
    assert "cc_p_" not in server.printed(), "the log would hold keys"


@pytest.fixture
def door(server: BackEnd) -> str:
    """A counter that only its members see and press."""
    fields, ledger = {"name": "Door", "visibility": "members", "press": "members", "upper": 50}, Ledger(server.db_url)
    slug = ledger.transact(lambda c: counters.create(c, fields, rounds.new_round_id(), None))
    ledger.close()
    return slug


def key_of(server: BackEnd, *words: str) -> str:
    made = terminal(server.db_url, "key", "make", "bot", *words)
    return re.findall(r"cc_[rpm]_\w{32}", made.stdout)[0]


def opened(server: BackEnd, path: str, method: str = "GET", agent: str = BOT, **headers: str) -> tuple[int, str]:
    wanted = {"User-Agent": agent} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, method=method, headers=wanted)) as answer:
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_opening_the_address_presses_and_tells_the_number(server: BackEnd, door: str):
    key = key_of(server, "--counter", door, "--scope", "press", "--in-address")
    assert [opened(server, f"/p/{key}") for _ in range(2)] == [(200, "1"), (200, "2")]
    assert opened(server, f"/p/{key}?amount=+40") == (200, "42")
    assert opened(server, f"/p/{key}/{door}?amount=-2") == (200, "40")
    labels = (
        f"SELECT DISTINCT label FROM click JOIN device ON device.id = device_id WHERE counter_id = {number(server, door)}"
    )
    assert server.query(labels) == [("bot",)]


def test_previews_prefetches_crawlers_and_head_do_not_press(server: BackEnd, door: str):
    key = key_of(server, "--counter", door, "--scope", "press", "--in-address")
    assert opened(server, f"/p/{key}") == (200, "1")
    for agent in ("Discordbot/2.0", "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "Googlebot/2.1"):
        assert opened(server, f"/p/{key}", agent=agent) == (200, "1")
    assert opened(server, f"/p/{key}", Sec_Purpose="prefetch") == (200, "1")
    assert opened(server, f"/p/{key}", "HEAD") == (200, "")
    assert opened(server, f"/p/{key}") == (200, "2")


def test_other_keys_are_refused_and_press_nothing(server: BackEnd, door: str):
    allowed = key_of(server, "--counter", door, "--scope", "press", "--in-address")
    cases = {
        key_of(server, "--counter", door, "--scope", "press"): 403,
        key_of(server, "--counter", door, "--scope", "read"): 403,
        allowed[:-1] + ("a" if allowed[-1] != "a" else "b"): 401,
        "counter": 401,
        f"{allowed}/counter": 404,
        f"{allowed}?amount=0": 400,
        f"{allowed}?amount=1.5": 400,
        f"{allowed}?amount=1000001": 400,
        f"{allowed}?amount=51": 409,
    }
    for path, status in cases.items():
        told = opened(server, f"/p/{path}")
        assert (told[0], told[1][-1:]) == (status, "."), path
    [(listed,)] = server.query(f"SELECT id FROM api_key WHERE counter_id = {number(server, door)} AND in_address")
    terminal(server.db_url, "key", "revoke", listed)
    assert opened(server, f"/p/{allowed}")[0] == 401
    assert server.query(f"SELECT count(*) FROM click WHERE counter_id = {number(server, door)}") == [(0,)]


def number(server: BackEnd, slug: str) -> int:
    return int(server.query(f"SELECT id FROM counter WHERE slug = '{slug}'")[0][0])
