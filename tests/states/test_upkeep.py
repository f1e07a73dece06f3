"""Creating, changing, resetting and deleting counters over the socket that browsers use."""

import asyncio
import os
from typing import Any

import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.raw import RawClient, new_key
from tests.server import BackEnd

UPKEEP = "reflex___state____state.clickcounter___states___upkeep____upkeep_state"


async def ask(client: RawClient, what: str, **arguments: Any) -> dict[str, Any]:
    """Call an event and wait for its reply."""
    question = os.urandom(8).hex()
    return await client.ask(f"{UPKEEP}.{what}", {"ask": question} | arguments, question)


async def make(client: RawClient, name: str, **fields: Any) -> str:
    reply = await ask(client, "make", device=client.device, fields={"name": name} | fields)
    assert reply["error"] is None, reply
    return str(reply["result"]["slug"])


async def test_a_counter_lives_from_creation_to_deletion(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        slug = await make(client, "Кружки кофе", step=5, upper=100)
        assert slug == "kruzhki-kofe"
        async with RawClient(back_end.port, f"/c/{slug}") as tab:
            await tab.says("name", "Кружки кофе")
            mine = {"device": client.device, "counter": slug}
            await ask(client, "change", **mine, fields={"name": "Чашки", "goal": 50})
            await tab.says("name", "Чашки")
            assert (tab.about["step"], tab.about["upper"], tab.about["goal"]) == (5, 100, 50)
            await ask(client, "archive", **mine)
            await tab.says("archived", True)
            answer = await tab.record(tab.click(), counter=slug)
            assert list(answer["codes"].values()) == ["archived"]
            await ask(client, "restore", **mine)
            await tab.says("archived", False)
            assert (await ask(client, "delete", **mine, name="Кружки кофе"))["error"] == "delete_name"
            assert (await ask(client, "delete", **mine, name="Чашки"))["error"] is None
            await tab.hears({"counter": slug, "error": "no_counter"})
            assert (await client.record(client.click(), counter=slug))["error"] == "no_counter"
        assert await make(client, "Кружки кофе") == "kruzhki-kofe-2"


async def test_the_default_counter_cannot_be_deleted(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        reply = await ask(client, "delete", device=client.device, counter="counter", name="counter")
        assert reply["error"] == "delete_default"
        assert set(reply["sentences"]) == set(LANGUAGES)
        await client.record(client.click())
        await client.sees(1)


async def test_simultaneous_resets_end_the_round_once(back_end: BackEnd):
    async with RawClient(back_end.port) as one, RawClient(back_end.port) as other:
        await one.record(one.click(amount=7))
        await asyncio.gather(one.sees(7), other.sees(7))
        seen = {"counter": "counter", "round": one.frame["round"]}
        replies = await asyncio.gather(*(ask(client, "end_round", device=client.device, **seen) for client in (one, other)))
        assert sorted(reply["result"]["closed"] for reply in replies) == [False, True]
        await asyncio.gather(one.sees(0), other.sees(0))
        late = one.click(round=seen["round"])
        await one.record(late)
    rounds = back_end.query("SELECT number, total, ended_by IS NOT NULL FROM round ORDER BY number")
    assert rounds == [(1, 8, 1), (2, 0, 0)]


async def test_undo_takes_back_the_devices_own_last_click(back_end: BackEnd):
    async with RawClient(back_end.port) as one, RawClient(back_end.port) as other:
        first, second = one.click(), one.click(amount=5)
        await one.record(first, second)
        theirs = other.click()
        await other.record(theirs)
        mine = await one.introduce()
        assert (mine["up"], mine["down"], mine["last"]["key"]) == (6, 0, second["key"])
        undo = one.click(kind="undo", of=second["key"], amount=-5)
        answer = await one.record(undo, undo)
        assert (answer["codes"], answer["value"], answer["mine"]) == ({undo["key"]: "saved"}, 2, [1, 0])
        again, foreign = one.click(kind="undo", of=second["key"]), one.click(kind="undo", of=theirs["key"])
        codes = (await one.record(again, foreign))["codes"]
        assert (codes[again["key"]], codes[foreign["key"]]) == ("undone", "undo")
        assert (await one.introduce())["last"]["key"] == first["key"]


async def test_a_repeated_correction_counts_once_with_its_reason(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await client.record(client.click(amount=200))
        await client.sees(200)
        wish = {
            "device": client.device,
            "counter": "counter",
            "round": client.frame["round"],
            "key": new_key(),
            "value": 212,
        }
        for _ in range(2):
            assert (await ask(client, "correct", **wish, reason="counted again"))["result"]["value"] == 212
        assert (await ask(client, "correct", **wish | {"key": new_key()}, reason=" "))["error"] == "reason"
    assert back_end.query("SELECT amount, kind, reason FROM click ORDER BY id")[1:] == [(12, "correction", "counted again")]


async def test_the_upper_limit_holds_against_fifty_clients(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        slug = await make(client, "Hall", upper=200)

    async def press() -> list[str]:
        async with RawClient(back_end.port, f"/c/{slug}") as client:
            codes = []
            for _ in range(8):
                codes += (await client.record(client.click(), counter=slug))["codes"].values()
            await client.sees(200)
            return codes

    codes = [code for client in await asyncio.gather(*(press() for _ in range(50))) for code in client]
    assert (codes.count("saved"), codes.count("full")) == (200, 200)
    assert back_end.query(f"SELECT value FROM counter WHERE slug = '{slug}'") == [(200,)]


async def test_device_labels_show_beside_totals_and_while_watching(back_end: BackEnd):
    async with RawClient(back_end.port) as north, RawClient(back_end.port) as south:
        await ask(north, "name_device", device=north.device, label="  North\t door ")
        await south.says("who", ["North door"])
        await north.record(north.click(amount=3), north.click(amount=-1))
        await south.record(south.click())
        found = (await ask(south, "devices", counter="counter"))["result"]
        parts = sorted((part["label"], part["up"], part["down"]) for part in found["devices"])
        assert (parts, found["more"]) == ([("", 1, 0), ("North door", 3, -1)], 0)
        assert (await ask(south, "name_device", device=south.device, label="x" * 41))["error"] == "label"
    async with RawClient(back_end.port) as again:
        again.device = north.device
        assert (await again.introduce())["label"] == "North door"


async def test_who_pressed_last_is_shown_unless_turned_off(back_end: BackEnd):
    async with RawClient(back_end.port) as north, RawClient(back_end.port) as south:
        await ask(north, "name_device", device=north.device, label="North door")
        await north.record(north.click())
        await south.until(lambda: (south.about.get("last") or {}).get("label") == "North door")
        for _ in range(5):
            await north.record(north.click())
            await south.record(south.click())
        number = (await south.introduce())["number"]
        for client in (north, south):
            await client.until(lambda client=client: client.about["last"] == {"number": number, "label": ""})
        async with RawClient(back_end.port) as late:
            await late.until(lambda: late.about.get("last") == {"number": number, "label": ""})
        mine = {"device": north.device, "counter": "counter"}
        assert (await ask(north, "change", **mine, fields={"tells_who": False, "day_start": 5}))["error"] is None
        await south.says("last", None)
        assert south.about["day_start"] == 5
        await ask(north, "change", **mine, fields={"tells_who": True})
        await south.says("last", {"number": number, "label": ""})
        await ask(north, "end_round", **mine, round=north.frame["round"])
        await south.says("last", None)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("make", {"fields": {"name": ""}}, "about_name"),
    ("make", {"fields": {"name": "\u200b \u202e"}}, "about_name"),
    ("make", {"fields": {"name": "x" * 500}}, "about_name"),
    ("make", {"fields": {"name": "a\0b"}}, "about_name"),
    ("make", {"fields": {"name": ["a"]}}, "about_name"),
    ("make", {"fields": {"step": 2}}, "about_name"),
    ("make", {"fields": {"name": "a", "id": 1}}, "malformed"),
    ("make", {"fields": []}, "malformed"),
    ("make", {"fields": {"name": "a"}, "device": "short"}, "malformed"),
    ("change", {"fields": {"step": 0}}, "about_numbers"),
    ("change", {"fields": {"step": "2"}}, "about_numbers"),
    ("change", {"fields": {"upper": 2**53}}, "about_numbers"),
    ("change", {"fields": {"upper": 0}}, "about_numbers"),
    ("change", {"fields": {"warn_at": [0]}}, "about_numbers"),
    ("change", {"fields": {"warn_at": list(range(1, 8))}}, "about_numbers"),
    ("change", {"fields": {"colour": "red; background: url(x)"}}, "about_colour"),
    ("change", {"fields": {"description": "x" * 501}}, "about_description"),
    ("change", {"fields": {"day_start": 24}}, "about_day"),
    ("change", {"fields": {"day_start": True}}, "about_day"),
    ("change", {"fields": {"schedule": "every day"}}, "schedule_wrong"),
    ("change", {"fields": {"schedule": "day 04:00 Europe/Nowhere"}}, "zone"),
    ("change", {"fields": {"schedule": "2020-01-01 04:00 UTC"}}, "schedule_past"),
    ("change", {"fields": {"schedule": 7}}, "schedule_wrong"),
    ("change", {"fields": {"tells_who": 1}}, "malformed"),
    ("change", {"fields": {"name": "a"}, "counter": "nowhere"}, "no_counter"),
    ("archive", {"counter": ["counter"]}, "no_counter"),
    ("end_round", {"round": "1"}, "malformed"),
    ("end_round", {"counter": "nowhere", "round": 1}, "no_counter"),
    ("correct", {"round": 1, "key": "x", "value": 1, "reason": "why"}, "malformed"),
    ("correct", {"round": 1, "key": "0" * 32, "value": 2**60, "reason": "why"}, "limit"),
    ("share", {"origin": "javascript:alert(1)"}, "malformed"),
    ("devices", {"counter": "\udfff"}, "no_counter"),
]


@pytest.mark.parametrize("what", sorted({what for what, _, _ in BAD}))
async def test_bad_input_gets_an_error_and_changes_nothing(back_end_for_all: BackEnd, what: str):
    async with RawClient(back_end_for_all.port) as client:
        for _, changes, code in (row for row in BAD if row[0] == what):
            good = {"counter": "counter"} if what not in ("make",) else {}
            good |= {} if what in ("devices", "share") else {"device": client.device}
            before = back_end_for_all.query("SELECT id, name, step, revision, about_revision FROM counter")
            reply = await ask(client, what, **good | changes)
            assert reply["error"] == code, changes
            assert set(reply["sentences"]) == set(LANGUAGES)
            assert back_end_for_all.query("SELECT id, name, step, revision, about_revision FROM counter") == before


@pytest.mark.parametrize("name", ["☕☕", "مقهى الطابق", "<img src=x onerror=alert(1)>", "'; DROP TABLE click; --", "日本"])
async def test_names_in_any_script_are_kept_unchanged(back_end_for_all: BackEnd, name: str):
    async with RawClient(back_end_for_all.port) as client:
        slug = await make(client, name)
        async with RawClient(back_end_for_all.port, f"/c/{slug}") as tab:
            await tab.says("name", name)


async def test_a_share_link_comes_with_a_qr_code(back_end_for_all: BackEnd):
    async with RawClient(back_end_for_all.port) as client:
        result = (await ask(client, "share", counter="counter", origin="http://192.168.1.5:3000"))["result"]
        assert result["link"] == "http://192.168.1.5:3000/c/counter"
        assert result["size"] >= 21
