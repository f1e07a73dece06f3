"""Forged requests do nothing, and floods are told how long to wait, against a server with low limits."""

import asyncio
import json
import os
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.raw import STATE, RawClient, record_until_saved
from tests.server import ROOT, BackEnd, free_port
from tests.terminal import terminal

UPKEEP = "reflex___state____state.clickcounter___states___upkeep____upkeep_state"
LOW = {"CLICKCOUNTER_EVENTS_PER_SECOND": "20", "CLICKCOUNTER_COUNTERS_PER_HOUR": "3"}
PASSWORD = "planted horse battery"
SCRIPT = "<script>window.evil=1</script>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    made = BackEnd(free_port(), tmp_path_factory.mktemp("forged"), **LOW)
    made.start()
    yield made
    assert "Traceback" not in made.printed()
    made.kill()


async def make(client: RawClient, name: str, **more: str) -> dict[str, Any]:
    ask = os.urandom(8).hex()
    return await client.ask(f"{UPKEEP}.make", {"ask": ask, "device": client.device, "fields": {"name": name}} | more, ask)


def fetched(url: str) -> tuple[Message, str]:
    with urllib.request.urlopen(url) as answer:
        return answer.headers, answer.read().decode()


async def test_a_flooding_tab_waits_while_others_count(server: BackEnd):
    async with RawClient(server.port) as script, RawClient(server.port) as person:
        for _ in range(600):  # more than a slow machine is allowed meanwhile
            await script.event(f"{STATE}.record", script.payload(script.click()))
        answers = [await script.answer()]
        while answers[-1]["error"] != "later":
            answers.append(await script.answer())
        assert "Saving continues in" in answers[-1]["sentences"]["later"]["en"]
        assert "через" in answers[-1]["sentences"]["later"]["ru"]
        assert len(answers) < 600
        assert list((await person.record(person.click()))["codes"].values()) == ["saved"]


async def test_a_flooding_tab_keeps_its_socket(server: BackEnd):
    async with RawClient(server.port) as script:
        for _ in range(100):
            await script.event(f"{STATE}.introduce", {})
        before = len(script.frames)
        await script.until(lambda: len(script.frames) > before)
        assert not script.socket.closed


async def test_creating_counters_is_limited_by_device(server: BackEnd):
    async with RawClient(server.port) as one, RawClient(server.port) as other:
        replies = [await make(one, f"Number {n}") for n in range(4)]
        assert [reply["error"] for reply in replies] == [None, None, None, "too_many"]
        assert "20 min" in replies[3]["sentences"]["en"]
        assert "20 мин" in replies[3]["sentences"]["ru"]
        assert server.query("SELECT count(*) FROM counter WHERE name = 'Number 3'") == [(0,)]
        assert (await make(other, "Of another"))["error"] is None


async def test_a_counter_asked_for_again_counts_once_towards_the_limit(server: BackEnd):
    async with RawClient(server.port) as one:
        replies = [await make(one, "Sent again", key="ab" * 16) for _ in range(4)]
        assert {reply["result"]["slug"] for reply in replies} == {"sent-again"}
        replies = [await make(one, f"After it {n}") for n in range(3)]
        assert [reply["error"] for reply in replies] == [None, None, "too_many"]
        assert (await make(one, "Sent again", key="ab" * 16))["result"]["slug"] == "sent-again"


async def test_a_devices_number_is_no_credential(server: BackEnd):
    async with RawClient(server.port) as one, RawClient(server.port) as thief:
        click = one.click()
        await one.record(click)
        [(number, sha256)] = server.query(
            "SELECT d.id, d.secret_sha256 FROM device d JOIN click c ON c.device_id = d.id ORDER BY c.id DESC LIMIT 1"
        )
        undo = {"amount": -1, "kind": "undo", "of": click["key"]}
        for forged in (number, str(number), f"{number:032x}", sha256, sha256[:32], "", None, [one.device]):
            answer = await thief.record(thief.click(**undo), device=forged)
            assert answer["error"] == "malformed" or list(answer["codes"].values()) == ["undo"]
        assert list((await thief.record(thief.click(**undo)))["codes"].values()) == ["undo"]
        assert list((await one.record(one.click(**undo)))["codes"].values()) == ["saved"]


async def test_a_script_as_a_name_is_only_a_name(server: BackEnd):
    async with RawClient(server.port) as client:
        slug = (await make(client, SCRIPT))["result"]["slug"]
        assert server.query(f"SELECT name FROM counter WHERE slug = '{slug}'") == [(SCRIPT,)]
        assert "<" not in slug
        headers, _ = await asyncio.to_thread(fetched, f"{server.url}/export/{slug}.csv")
        assert headers["Content-Type"].startswith("text/csv")
        assert headers["X-Content-Type-Options"] == "nosniff"


async def signed_in(server: BackEnd, http: aiohttp.ClientSession, name: str, what: str = "register") -> str:
    """The cookie."""
    async with http.post(f"{server.url}/account/{what}", json={"name": name, "password": PASSWORD}) as answer:
        assert answer.status == 200
        return answer.headers["Set-Cookie"].partition(";")[0]


async def whose_click(server: BackEnd, cookie: str) -> Any:
    """The name on a click that comes with this cookie."""
    async with RawClient(server.port, cookie=cookie) as tab:
        await tab.until(lambda: "round" in tab.frame)
        click = tab.click()
        await record_until_saved(tab, click)
        asking = f"SELECT a.name FROM click c LEFT JOIN account a ON a.id = c.account_id WHERE c.key = '{click['key']}'"
        return server.query(asking)[0][0]


async def test_only_the_exact_cookie_signs_anyone_in(server: BackEnd):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        first = await signed_in(server, http, "Anna")
        name, _, token = first.partition("=")
        [(account, sha256)] = server.query(
            "SELECT a.id, s.token_sha256 FROM account a JOIN session s ON s.account_id = a.id"
        )
        assert await whose_click(server, first) == "Anna"
        other = ("A" if token[-2] != "A" else "B") + token[-1]
        for forged in (token[:-2] + other, token[:-1], token + "A", token.swapcase(), sha256, account, "", f'"{token}', "я"):
            assert await whose_click(server, f"{name}={forged}") is None
        second = await signed_in(server, http, "anna", "sign-in")
        assert second != first
        async with http.post(f"{server.url}/account/sign-out", json={}, headers={"Cookie": second}) as answer:
            assert answer.status == 200
        assert await whose_click(server, second) is None  # replayed
        assert await whose_click(server, first) == "Anna"


async def test_a_foreign_page_signs_nobody_in_or_out(server: BackEnd):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        cookie = await signed_in(server, http, "Boris")
        evil = {"Origin": "https://evil.example", "Cookie": cookie}
        for what in ("register", "sign-in", "sign-out", "sign-out-everywhere", "password", "name", "delete"):
            fields = {"name": "Mallory", "password": PASSWORD, "old": PASSWORD, "new": "mallory's own"}
            async with http.post(f"{server.url}/account/{what}", json=fields, headers=evil) as answer:
                assert (answer.status, (await answer.json())["error"]) == (403, "origin")
                assert "Set-Cookie" not in answer.headers
        assert server.query("SELECT count(*) FROM account WHERE name = 'Mallory'") == [(0,)]
        assert await whose_click(server, cookie) == "Boris"


async def test_password_guesses_are_limited_and_told_when_to_retry(server: BackEnd):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        await signed_in(server, http, "Victim")
        told: dict[int, list[Any]] = {}
        for n in range(500):
            guess = {"name": "victim", "password": f"guess number {n}"}
            async with http.post(f"{server.url}/account/sign-in", json=guess) as answer:
                told.setdefault(answer.status, []).append(await answer.json())
                if answer.status == 429:
                    assert int(answer.headers["Retry-After"]) > 0
        assert len(told[401]) < 30
        assert len(told[401]) + len(told[429]) == 500
        assert "Try again in" in told[429][0]["sentences"]["en"]
        async with http.post(f"{server.url}/account/register", json={"name": "Other", "password": PASSWORD}) as answer:
            assert answer.status == 200  # others of that address go on


async def test_secrets_appear_in_no_log_export_or_file(server: BackEnd, site: Path):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        cookie = await signed_in(server, http, "Planted")
        wrong = {"name": "Planted", "password": "planted and wrong"}
        async with http.post(f"{server.url}/account/sign-in", json=wrong, headers={"Cookie": cookie}) as answer:
            assert answer.status == 401
    async with RawClient(server.port, cookie=cookie) as client:
        await client.introduce()
        for click in (client.click(), client.click(key="nonsense"), client.click(amount=0)):
            await client.record(click)
        for name in ("Planted", ""):
            await make(client, name)
        told = [json.dumps([client.frames, client.about, client.mine]), client.url]
    for ending in ("csv", "jsonl"):
        told.append((await asyncio.to_thread(fetched, f"{server.url}/export/counter.{ending}"))[1])
    done = await asyncio.to_thread(terminal, server.db_url, "export")
    assert done.returncode == 0
    told += [done.stdout, done.stderr, server.printed()]
    told += [file.read_text(errors="replace") for folder in (site, ROOT / "assets") for file in folder.rglob("*.*")]
    told.append(server.database.read_bytes().decode("latin-1"))
    for secret in (client.device, cookie.partition("=")[2], PASSWORD, wrong["password"]):
        assert [text[:100] for text in told if secret in text] == []
