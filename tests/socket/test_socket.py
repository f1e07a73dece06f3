"""Clients without a browser, against a real back end: many at once, twice the same, and everything wrong."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.conftest import rows
from tests.raw import STATE, RawClient, new_key
from tests.server import ROOT, BackEnd
from tests.terminal import terminal

YEAR_2100 = 4_102_444_800_000


def command(back_end: BackEnd, *arguments: str) -> subprocess.CompletedProcess[str]:
    return terminal(back_end.db_url, *arguments)


async def test_fifty_clients_with_a_hundred_clicks_make_five_thousand(back_end: BackEnd):
    async def press(client: RawClient) -> None:
        for _ in range(100):
            answer = await client.record(client.click())
            assert list(answer["codes"].values()) == ["saved"]

    async def verify_until(done: asyncio.Event) -> int:
        checks = 0
        while not done.is_set():
            result = await asyncio.to_thread(command, back_end, "verify")
            assert result.returncode == 0, result.stdout + result.stderr
            checks += 1
        return checks

    clients = [await RawClient(back_end.port).__aenter__() for _ in range(50)]
    done = asyncio.Event()
    checking = asyncio.create_task(verify_until(done))
    await asyncio.gather(*map(press, clients))
    done.set()
    assert await checking > 0
    await asyncio.gather(*(client.sees(5000) for client in clients))
    for client in clients:
        await client.__aexit__()
    assert rows(back_end.database, "SELECT value FROM counter") == [(5000,)]
    assert rows(back_end.database, "SELECT count(*), count(DISTINCT key), sum(amount) FROM click") == [(5000, 5000, 5000)]
    assert rows(back_end.database, "SELECT count(*) FROM device") == [(50,)]


async def test_a_key_sent_three_times_counts_once(back_end: BackEnd):
    async with RawClient(back_end.port) as one, RawClient(back_end.port) as two:
        click = one.click()
        for client in (one, two, one):
            answer = await client.record(click)
            assert answer["codes"] == {click["key"]: "saved"}
            assert answer["value"] == 1
        await two.sees(1)


# What a stranger may send instead of a good event, and the code that comes back: for the event, or for its one click.
BAD_EVENTS: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown counter", {"counter": "nowhere"}, "no_counter"),
    ("a counter that is no text", {"counter": 7}, "no_counter"),
    ("a counter with NUL", {"counter": "a\0b"}, "no_counter"),
    ("a counter with a lone surrogate", {"counter": "\ud800"}, "no_counter"),
    ("a counter of 10 kB", {"counter": "a" * 10_000}, "no_counter"),
    ("no device", {"device": None}, "malformed"),
    ("a device with NUL", {"device": "\0" * 32}, "malformed"),
    ("no clock", {"sent_at": None}, "malformed"),
    ("a clock beyond all numbers", {"sent_at": 10**400}, "malformed"),
    ("no clicks", {"clicks": []}, "malformed"),
    ("clicks that are a number", {"clicks": 1}, "malformed"),
    ("clicks that are lists", {"clicks": [[1]]}, "malformed"),
]
BAD_CLICKS: list[tuple[str, dict[str, Any], str]] = [
    ("an amount of 0", {"amount": 0}, "amount"),
    ("an amount of 10^12", {"amount": 10**12}, "amount"),
    ("one below the limit", {"amount": -1_000_000}, "floor"),
    ("a kind that there is not", {"kind": "correction"}, "malformed"),
    ("an undo of nothing", {"kind": "undo"}, "malformed"),
    ("an undo of a click that nobody made", {"kind": "undo", "of": "0" * 32}, "undo"),
    ("an amount that is text", {"amount": "7"}, "amount"),
    ("an amount that is a list", {"amount": [1]}, "amount"),
    ("an amount that is true", {"amount": True}, "amount"),
    ("an amount of one and a half", {"amount": 1.5}, "amount"),
    ("no key", {"key": None}, "malformed"),
    ("a key in capitals", {"key": "A" * 32}, "malformed"),
    ("a key of 10 kB", {"key": "a" * 10_000}, "malformed"),
    ("a key with NUL", {"key": "a" * 31 + "\0"}, "malformed"),
    ("a key with a lone surrogate", {"key": "a" * 31 + "\udfff"}, "malformed"),
    ("a key in Arabic digits", {"key": "٣" * 32}, "malformed"),
    ("no round", {"round": None}, "malformed"),
    ("a round beyond 2^53", {"round": 2**63}, "malformed"),
    ("no time", {"pressed_at": "yesterday"}, "malformed"),
]


async def test_bad_input_changes_nothing_and_is_answered_in_words(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        for expected, (what, changes, code) in enumerate([*BAD_EVENTS, *BAD_CLICKS], 1):
            is_event = (what, changes, code) in BAD_EVENTS
            click = client.click(**({} if is_event else changes))
            before = rows(back_end.database, "SELECT value, revision FROM counter")
            answer = await client.record(click, **({"clicks": [click]} | changes if is_event else {}))
            said = answer["error"] or answer["codes"][click["key"]]
            assert said == code, what
            assert set(answer["sentences"][code]) == set(LANGUAGES), what
            assert rows(back_end.database, "SELECT value, revision FROM counter") == before, what
            answer = await client.record(client.click())
            assert (list(answer["codes"].values()), answer["value"]) == (["saved"], expected), what
        assert rows(back_end.database, "SELECT count(*) FROM device") == [(1,)]


async def test_an_event_with_too_many_clicks_is_refused_whole(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await client.event(f"{STATE}.record", client.payload(*[client.click() for _ in range(201)]))
        assert (await client.answer())["error"] == "malformed"
        await client.event(f"{STATE}.record", client.payload(*[client.click() for _ in range(2_000)]))
        assert (await client.record(client.click()))["value"] == 1
        await client.event(f"{STATE}.record", client.payload(*[client.click() for _ in range(20_000)]))
        with pytest.raises(ConnectionError):  # nothing so long is read at all
            await client.answer()


@pytest.mark.parametrize(
    "message",
    [
        json.dumps(["event", {"name": f"{STATE}.set_frame", "payload": {"value": {"count": 7}}}]),
        json.dumps(["event", {"name": f"{STATE}._secret", "payload": {}}]),
        json.dumps(["event", {"name": f"{STATE}.__init__", "payload": {}}]),
        json.dumps(["event", {"name": "reflex___state____state.nothing", "payload": {}}]),
        json.dumps(["event", {"name": f"{STATE}.record", "payload": {"unknown": 1}}]),
        json.dumps(["event", {"name": f"{STATE}.record", "payload": [1]}]),
        json.dumps(["event", {"name": f"{STATE}.record"}]),
        json.dumps(["event", "nonsense"]),
        json.dumps(["event", [1]]),
        "[nonsense",
        json.dumps(["event"]),
    ],
)
async def test_events_nobody_offers_change_nothing(back_end_for_all: BackEnd, message: str):
    before = rows(back_end_for_all.database, "SELECT value, round_id FROM counter")
    async with RawClient(back_end_for_all.port) as client:
        await client.send_text(message)
        # The same tab where the socket survived it, else a new one.
        try:
            answer = await client.record(client.click())
        except (TimeoutError, ConnectionError):
            async with RawClient(back_end_for_all.port) as again:
                answer = await again.record(again.click())
        while answer["error"]:  # the answer to the message itself
            assert answer["error"] in ("malformed", "no_counter")
            answer = await client.answer()
    assert list(answer["codes"].values()) == ["saved"]
    assert rows(back_end_for_all.database, "SELECT value, round_id FROM counter") == [(before[0][0] + 1, before[0][1])]


async def test_clicks_from_1970_or_2100_count_clamped_and_marked(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        [(started,)] = rows(back_end.database, "SELECT started_at FROM round")
        old, new, wrong_clock = (
            client.click(pressed_at=0),
            client.click(pressed_at=YEAR_2100),
            client.click(pressed_at=60_000),
        )
        await client.record(old, new)
        await client.record(wrong_clock, sent_at=61_000)  # pressed a second ago by a clock that lives in 1970
        got = dict(rows(back_end.database, "SELECT key, pressed_at FROM click"))
        saved = dict(rows(back_end.database, "SELECT key, saved_at FROM click"))
        assert got[old["key"]] == started
        assert got[new["key"]] == saved[new["key"]]
        assert saved[wrong_clock["key"]] - 1100 <= got[wrong_clock["key"]] <= saved[wrong_clock["key"]]
        assert rows(back_end.database, "SELECT DISTINCT time_adjusted FROM click") == [(1,)]


async def test_a_reset_in_the_terminal_reaches_tabs(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await client.record(client.click())
        await client.sees(1)
        refused = command(back_end, "reset")
        assert (refused.returncode, command(back_end, "show").stdout) == (1, "1\n")
        round_id = client.frame["round"]
        assert command(back_end, "reset", "--yes").returncode == 0
        await client.sees(0)
        assert client.frame["round"] != round_id
        assert command(back_end, "show").stdout == "0\n"
        assert command(back_end, "verify").stdout == "1 clicks read, 0 differences\n"


async def test_an_unknown_counter_says_so(back_end: BackEnd):
    async with RawClient(back_end.port, "/c/nowhere") as client:
        assert (client.frame["counter"], client.frame["error"]) == ("nowhere", "no_counter")
    async with RawClient(back_end.port, "/c/counter") as client:
        assert client.frame["count"] == 0


async def test_viewers_are_counted_and_a_closed_tab_leaves(back_end: BackEnd):
    async with RawClient(back_end.port) as one:
        async with RawClient(back_end.port):
            await one.hears({"lookers": 2})
        await one.hears({"lookers": 1})


async def test_a_quiet_room_gets_heartbeats(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        seen = len(client.frames)
        await client.until(lambda: len(client.frames) >= seen + 3)


def test_a_second_process_on_the_file_reaches_tabs(back_end: BackEnd):
    key = new_key()
    script = (
        "import sys; from clickcounter.domain.clicks import Click, Order; from clickcounter.ledger.ledger import Ledger;"
        f"Ledger(sys.argv[1]).write([Order('counter', 'd' * 64, (Click('{key}', 1, 0, 0),))])"
    )
    url = f"sqlite:///{back_end.database}"

    async def watch() -> None:
        async with RawClient(back_end.port) as client:
            await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script, url], cwd=ROOT, check=True)
            await client.sees(1)

    asyncio.run(watch())
