"""Forged things do nothing, and whoever asks too much is told for how long to wait; against a server with low limits."""

import asyncio
import json
import os
import urllib.request
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest

from tests.raw import STATE, RawClient
from tests.server import ROOT, BackEnd, free_port

UPKEEP = "reflex___state____state.clickcounter___states___upkeep____upkeep_state"
LOW = {"CLICKCOUNTER_EVENTS_PER_SECOND": "20", "CLICKCOUNTER_COUNTERS_PER_HOUR": "3"}
SCRIPT = "<script>window.evil=1</script>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    made = BackEnd(free_port(), tmp_path_factory.mktemp("forged"), **LOW)
    made.start()
    yield made
    assert "Traceback" not in made.printed()
    made.kill()


async def make(client: RawClient, name: str) -> dict[str, Any]:
    ask = os.urandom(8).hex()
    return await client.ask(f"{UPKEEP}.make", {"ask": ask, "device": client.device, "fields": {"name": name}}, ask)


def fetched(url: str) -> tuple[Message, str]:
    with urllib.request.urlopen(url) as answer:
        return answer.headers, answer.read().decode()


async def test_a_script_that_floods_is_told_for_how_long_and_another_tab_counts_on(server: BackEnd):
    async with RawClient(server.port) as script, RawClient(server.port) as person:
        for _ in range(300):
            await script.event(f"{STATE}.record", script.payload(script.click()))
        answers = [await script.answer()]
        while answers[-1]["error"] != "later":
            answers.append(await script.answer())
        assert "saving goes on in" in answers[-1]["sentences"]["later"]["en"]
        assert "через" in answers[-1]["sentences"]["later"]["ru"]
        assert len(answers) < 300
        assert list((await person.record(person.click()))["codes"].values()) == ["saved"]


async def test_a_flooding_tab_keeps_its_socket(server: BackEnd):
    async with RawClient(server.port) as script:
        for _ in range(100):
            await script.event(f"{STATE}.introduce", {})
        before = len(script.frames)
        await script.until(lambda: len(script.frames) > before)
        assert not script.socket.closed


async def test_a_device_that_makes_counter_after_counter_waits_and_others_do_not(server: BackEnd):
    async with RawClient(server.port) as one, RawClient(server.port) as other:
        replies = [await make(one, f"Number {n}") for n in range(4)]
        assert [reply["error"] for reply in replies] == [None, None, None, "too_many"]
        assert "20 min" in replies[3]["sentences"]["en"]
        assert "20 мин" in replies[3]["sentences"]["ru"]
        assert server.query("SELECT count(*) FROM counter WHERE name = 'Number 3'") == [(0,)]
        assert (await make(other, "Of another"))["error"] is None


async def test_a_devices_number_is_no_secret_and_opens_nothing(server: BackEnd):
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


async def test_a_name_that_is_a_script_is_a_name(server: BackEnd):
    async with RawClient(server.port) as client:
        slug = (await make(client, SCRIPT))["result"]["slug"]
        assert server.query(f"SELECT name FROM counter WHERE slug = '{slug}'") == [(SCRIPT,)]
        assert "<" not in slug
        headers, _ = await asyncio.to_thread(fetched, f"{server.url}/export/{slug}.csv")
        assert headers["Content-Type"].startswith("text/csv")
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_what_is_secret_stands_in_no_log_no_export_and_no_file(server: BackEnd, site: Any):
    planted = []
    async with RawClient(server.port) as client:
        planted.append(client.device)
        await client.introduce()
        await client.record(client.click())
        await client.record(client.click(key="nonsense"))
        await make(client, "Planted")
        await make(client, "")
        lines = [f"{server.url}/export/counter.{ending}" for ending in ("csv", "jsonl")]
        told = [
            *[(await asyncio.to_thread(fetched, url))[1] for url in lines],
            json.dumps([client.frames, client.about, client.mine]),
        ]
    files = [file.read_text(errors="replace") for folder in (site, ROOT / "assets") for file in folder.rglob("*.*")]
    for secret in planted:
        assert secret not in server.printed()
        assert all(secret not in text for text in (*told, *files))
