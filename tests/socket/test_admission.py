"""Whatever one tab asks, and however it leaves: others open, press and are answered as ever."""

import asyncio
import json
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from clickcounter.socket.admission import Admission
from clickcounter.states.counters import CountersState
from tests.raw import RawClient
from tests.server import PATIENCE, BackEnd, answers, free_port, until, wait_for

ROOT_STATE = "reflex___state____state.clickcounter___states"
UPKEEP, HISTORY = f"{ROOT_STATE}___upkeep____upkeep_state", f"{ROOT_STATE}___history____history_state"
LOOK = {"counter": "counter", "span": "all", "zone": "UTC", "by_device": True}
TIMELY = 10.0  # seconds; a busy machine may need some, a flood that is waited for takes longer


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A back end whose history takes a while to read."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("busy"))
    server.start()
    asyncio.run(fill(server))
    wait_for(lambda: answers(f"{server.url}/readyz"), "it has looked at the database")
    yield server
    server.kill()


async def fill(server: BackEnd) -> None:
    async with RawClient(server.port) as client:
        for _ in range(60):
            client.device = os.urandom(16).hex()
            await client.record(*(client.click() for _ in range(200)))


async def ready(server: BackEnd) -> int:
    """The status of /readyz, which answers in time."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(TIMELY), http.get(f"{server.url}/readyz") as answer:
        return answer.status


async def opens(server: BackEnd) -> dict[str, Any]:
    """The frame of a new tab, which opens in time."""
    client = RawClient(server.port)
    try:
        async with asyncio.timeout(TIMELY):
            await client.__aenter__()
            await client.until(lambda: "count" in client.frame)
    finally:
        await client.__aexit__()
    return client.frame


async def flood(client: RawClient, questions: int = 300) -> None:
    """Ask, and have a press saved: the server has read the questions by then."""
    for turn in range(questions):
        await client.event(f"{HISTORY}.look", LOOK | {"turn": str(turn)})
    assert list((await client.record(client.click()))["codes"].values()) == ["saved"]


async def test_a_flood_of_questions_delays_no_new_tab(busy: BackEnd):
    async with RawClient(busy.port) as asking:
        await flood(asking)
        assert await ready(busy) == 200
        assert (await opens(busy))["count"] > 0
    assert await ready(busy) == 200
    assert (await opens(busy))["count"] > 0


async def views(client: RawClient) -> AsyncIterator[str]:
    """The turns of the histories that arrive."""
    async for message in client.socket:
        if message.data.startswith('42/_event,["event"'):
            delta = json.loads(message.data.removeprefix("42/_event,"))[1].get("delta") or {}
            for turn in (changed["view_rx_state_"]["turn"] for changed in delta.values() if "view_rx_state_" in changed):
                yield turn


async def test_of_many_questions_the_newest_is_answered_and_few_others(busy: BackEnd):
    async with RawClient(busy.port) as asking:
        asking.reader.cancel()
        await asyncio.wait([asking.reader])
        for turn in range(300):
            await asking.event(f"{HISTORY}.look", LOOK | {"turn": str(turn)})
        answered = []
        async with asyncio.timeout(PATIENCE):
            async for turn in views(asking):
                answered.append(turn)
                if turn == "299":
                    break
        assert len(answered) < 100
        assert answered == sorted(answered, key=int)


async def test_each_dialog_of_a_flood_is_answered(busy: BackEnd):
    async with RawClient(busy.port) as asking:
        asks = [os.urandom(8).hex() for _ in range(100)]
        for ask in asks:
            await asking.event(f"{UPKEEP}.devices", {"ask": ask, "counter": "counter"})
        await asking.until(lambda: asks[-1] in asking.replies)
        told = [asking.replies[ask]["error"] for ask in asks if ask in asking.replies]
        assert set(told) == {None, "later"}
        assert asking.replies[asks[-1]]["error"] is None


async def test_changes_of_a_tab_are_made_in_order(busy: BackEnd):
    async with RawClient(busy.port) as client:
        asks = [os.urandom(8).hex() for _ in range(10)]
        for n, ask in enumerate(asks):
            await client.event(f"{UPKEEP}.name_device", {"ask": ask, "device": client.device, "label": f"Door {n}"})
        await client.until(lambda: client.replies.keys() >= {*asks})
        assert [client.replies[ask]["result"] for ask in asks] == [{"label": f"Door {n}"} for n in range(10)]
        assert (await client.introduce())["label"] == "Door 9"


async def test_changes_that_wait_for_a_locked_database_delay_no_new_tab(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path)
    server.start()
    other = sqlite3.connect(server.database, isolation_level=None)
    try:
        clients = [RawClient(server.port) for _ in range(20)]
        await asyncio.gather(*(client.__aenter__() for client in clients))
        await until(lambda: is_ready(server))
        other.execute("BEGIN IMMEDIATE")
        for client in clients:
            await client.event(f"{UPKEEP}.make", {"ask": "a", "device": client.device, "fields": {"name": "New"}})
        for _ in range(10):
            began = time.monotonic()
            assert (await opens(server))["count"] == 0
            await ready(server)
            await asyncio.sleep(max(0.0, began + 0.3 - time.monotonic()))
        replies = await asyncio.gather(*(client.until(lambda c=client: c.replies.get("a")) for client in clients))
        assert {reply["error"] for reply in replies} == {"later"}
        other.execute("ROLLBACK")
        await until(lambda: is_ready(server))
        await clients[0].event(f"{UPKEEP}.make", {"ask": "b", "device": clients[0].device, "fields": {"name": "New"}})
        assert (await clients[0].until(lambda: clients[0].replies.get("b")))["error"] is None
        [(made,)] = server.query("SELECT count(*) FROM counter WHERE name = 'New'")
        assert made <= 2  # of those that were told to try later, one may have been under way
        await asyncio.gather(*(client.__aexit__() for client in clients))
    finally:
        other.close()
        server.kill()


async def is_ready(server: BackEnd) -> bool:
    return await ready(server) == 200


async def test_a_server_ends_in_time_during_a_flood(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path)
    server.start()
    await fill(server)
    clients = [RawClient(server.port) for _ in range(5)]
    try:
        await asyncio.gather(*(client.__aenter__() for client in clients))
        await asyncio.gather(*(flood(client) for client in clients))
        server.send(signal.SIGTERM)
        await until(lambda: server.process.poll() is not None)
        assert "Traceback" not in server.printed()
    finally:
        server.kill()
        await asyncio.gather(*(client.__aexit__() for client in clients))


async def test_what_is_kept_of_a_tab_goes_once_its_last_event_has_ended():
    tab: Any = SimpleNamespace(closed=False, asked=None, on_close=None)
    ended, forgotten = asyncio.get_running_loop().create_future(), []

    async def enqueue(*_: Any) -> Any:
        return ended

    admission = Admission(lambda _: tab, enqueue, forgotten.append)
    name = CountersState.get_full_name() + ".look"
    await admission.enqueue("token", SimpleNamespace(name=name, router_data={}, payload={}))
    await asyncio.sleep(0)
    tab.closed = True
    forgotten.clear()  # Reflex forgets nothing while an event of the tab is under way
    ended.set_result(None)
    await until(lambda: forgotten == ["token"])
