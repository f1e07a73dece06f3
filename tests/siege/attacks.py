"""The attacks, each run in a process of its own: `python -m tests.siege.attacks NAME PORT SECONDS`.

They keep to what any client can send. Each tries again whatever the server closes or refuses; some print what they got.
"""

import asyncio
import contextlib
import itertools
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from inspect import signature
from typing import Any

import aiohttp

from clickcounter.socket.reflex_internals import is_own
from clickcounter.states.access import AccessState
from clickcounter.states.counter import CounterState
from clickcounter.states.counters import CountersState
from clickcounter.states.history import HistoryState
from clickcounter.states.upkeep import UpkeepState
from tests.lists import STATE as LISTS
from tests.raw import STATE as COUNTER
from tests.raw import RawClient, new_key
from tests.rights_actions import ACCESS, UPKEEP
from tests.states.test_history import GOOD as LOOK
from tests.states.test_history import STATE as HISTORY

Attack = Callable[[int], Awaitable[None]]

UPGRADE = (
    b"GET /_event/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
BIG = "big"  # the slug of the counter with a long history
TABS = 20
SENT = 200_000_000  # bytes of a table to import
PER_VISIT = 100  # questions of a tab before it leaves
ASKED = f"a tab has asked {PER_VISIT} questions"
ODD = (
    *(None, True, -1, 0, 1.5, 2**53, 10**400, float("inf")),
    *("", "x", "\0", "\ud800", "a\n2026-01-01 INFO forged", "я" * 5000),
    *([], {}, [[]] * 50, {"__proto__": 1}, [1, 2, 3], {"key": {"key": {}}}),
)
STATES: tuple[Any, ...] = (CounterState, HistoryState, CountersState, UpkeepState, AccessState)
QUESTIONS: dict[str, dict[str, Any]] = {  # what is "" is filled in; a space tells two of one handler apart
    f"{UPKEEP}.devices": {"ask": "", "counter": BIG},
    f"{UPKEEP}.share": {"ask": "", "counter": BIG, "origin": "http://localhost:3000"},
    f"{ACCESS}.members": {"ask": "", "device": "", "counter": BIG},
    f"{COUNTER}.introduce": {"counter": BIG, "device": ""},
    f"{HISTORY}.page": {"counter": BIG, "turn": ""},
    **{
        f"{HISTORY}.look {span}": LOOK | {"counter": BIG, "span": span, "by_device": True, "turn": ""}
        for span in ("all", "week", "day")
    },
    f"{LISTS}.look": {"search": "", "archived": False, "before": None},
}


async def forged_events(port: int) -> None:
    """Every handler with every kind of odd argument."""
    handlers = {
        f"{state.get_full_name()}.{name}": [*signature(handler.fn).parameters][1:]
        for state in STATES
        for name, handler in state.event_handlers.items()
        if not is_own(handler.fn)
    }
    async with RawClient(port) as tab:
        while True:
            name, arguments = random.choice([*handlers.items()])
            payload = {argument: random.choice(ODD) for argument in arguments}
            await tab.event(name, payload | ({"device": tab.device} if "device" in payload else {}))
            await asyncio.sleep(0.002)


async def questions(port: int) -> None:
    """Tabs that ask many questions and leave without waiting for an answer."""
    for question, payload in itertools.cycle(QUESTIONS.items()):
        name, _, _ = question.partition(" ")
        async with RawClient(port) as tab:
            new = {"device": lambda: tab.device, "ask": new_key, "turn": new_key, "search": new_key}
            for _ in range(PER_VISIT):
                await tab.event(
                    name, payload | {argument: new[argument]() for argument, value in payload.items() if value == ""}
                )
            print(ASKED, flush=True)


async def slow_bodies(port: int) -> None:
    """Requests whose bodies come a byte at a time."""
    paths = ("/account/register", "/account/sign-in", "/import?counter=slow", "/admin/counters")
    async with _connection(port) as (_, writer):
        head = f"POST {random.choice(paths)} HTTP/1.1\r\nHost: localhost\r\nX-Click-Counter: {new_key()}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n".encode())
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(1)


async def idle_sockets(port: int) -> None:
    """Connections that say nothing, half a request, or open a websocket and fall silent."""
    async with _connection(port) as (reader, writer):
        writer.write(random.choice((b"", b"GET / HTTP/1.1\r\nHost: localh", UPGRADE)))
        await reader.read()


async def unread_exports(port: int) -> None:
    """Downloads of a long export that nobody reads."""
    async with _connection(port) as (_, writer):
        writer.write(f"GET /export/{BIG}.jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await writer.wait_closed()


async def large_imports(port: int) -> None:
    """An account uploads a table of 200 MB to a counter of its own, again and again."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        fields = {"name": f"importer {new_key()[-10:]}", "password": "a password to try"}
        async with http.post("/account/register", json=fields) as answer:
            answer.raise_for_status()
        url, headers = f"/import?counter=import-{new_key()[-8:]}", {"X-Click-Counter": new_key()}
        while True:
            async with http.post(url, data=_table(), headers=headers) as answer:
                print(f"{SENT // 10**6} MB were sent: {answer.status}", flush=True)
                print((await answer.text()).splitlines()[-1], flush=True)


async def _table() -> AsyncIterator[bytes]:
    """SENT bytes; its lines are long, so that they are written, too, within the siege."""
    yield b"when,amount,note\n"
    lines = b"".join(b"2026-03-01 09:00:00,1,%s\n" % (b"x" * 10_000) for _ in range(100))
    for _ in range(SENT // len(lines)):
        yield lines


async def invented_devices(port: int) -> None:
    """Presses of devices that were never seen before, as fast as the server answers."""
    async with RawClient(port, f"/c/{BIG}") as tab:
        while True:
            tab.device = os.urandom(16).hex()
            await tab.record(*(tab.click() for _ in range(5)), counter=BIG)


async def press_flood(port: int) -> None:
    """Full events of presses, as fast as the server answers."""
    async with RawClient(port, f"/c/{BIG}") as tab:
        while True:
            await tab.record(*(tab.click() for _ in range(200)), counter=BIG)


async def log_bombs(port: int) -> None:
    """What used to fill the log: unknown events, payloads of the wrong shape, large and deep ones."""
    async with RawClient(port) as tab:
        for payload in itertools.cycle(("x", ["x"], {"a": "\x1b[31m\nforged"}, {"a": "x" * 900_000}, _deep(500), None, 7)):
            for name in ("nobody.knows", f"{COUNTER}.record", f"{UPKEEP}.devices", "x" * 1000, "a\nb"):
                await tab.send_text(json.dumps(["event", {"name": name, "payload": payload, "router_data": {}}]))
            await asyncio.sleep(0.05)


async def new_counters(port: int) -> None:
    """Counters made by ever new devices."""
    async with RawClient(port) as tab:
        while True:
            question = new_key()
            payload = {"ask": question, "device": os.urandom(16).hex(), "fields": {"name": "BUY NOW"}}
            await tab.ask(f"{UPKEEP}.make", payload, question)


async def guessed_passwords(port: int) -> None:
    """Registrations and sign-ins, which hash passwords."""
    async with aiohttp.ClientSession() as http:
        for n in itertools.count():
            what = ("register", "sign-in")[n % 2]
            fields = {"name": f"person {new_key()[-10:]}", "password": "a password to try"}
            async with http.post(f"http://127.0.0.1:{port}/account/{what}", json=fields) as answer:
                await answer.read()


ATTACKS: dict[str, tuple[Attack, int]] = {  # and how many of it go on at the same time
    "forged events": (forged_events, 5),
    "questions of tabs that leave": (questions, TABS),
    "slow bodies": (slow_bodies, 300),
    "idle sockets": (idle_sockets, 800),
    "unread exports": (unread_exports, 100),
    "200 MB imports": (large_imports, 2),
    "invented devices": (invented_devices, TABS),
    "press flood": (press_flood, TABS),
    "log bombs": (log_bombs, 5),
    "new counters": (new_counters, 5),
    "guessed passwords": (guessed_passwords, 10),
}


@contextlib.asynccontextmanager
async def _connection(port: int) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


def _deep(depth: int) -> Any:
    nested: Any = []
    for _ in range(depth):
        nested = [nested]
    return nested


async def _again_and_again(attack: Attack, port: int) -> None:
    while True:
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            await attack(port)
        await asyncio.sleep(random.uniform(0.01, 0.2))


async def run(name: str, port: int, seconds: float) -> None:
    """Attack for so long, then leave as people leave: by closing."""
    attack, times = ATTACKS[name]
    tasks = [asyncio.create_task(_again_and_again(attack, port)) for _ in range(times)]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(min(1.0, max(0.0, end - time.monotonic())))
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=1)  # a cancelled task of aiohttp's may go on


def main(arguments: Sequence[str]) -> None:
    """Attack in this process; what goes on afterwards ends with it."""
    os.nice(10)  # what the attack costs its own machine must not count
    name, port, seconds = arguments
    asyncio.new_event_loop().run_until_complete(run(name, int(port), float(seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)
