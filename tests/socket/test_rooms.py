"""Who is in which room: slow tabs, closed tabs, tabs that come and go."""

import asyncio
import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from clickcounter.domain.clicks import Snapshot
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.live.presence import Presence
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import Tab
from tests.raw import STATE, RawClient
from tests.server import BackEnd, free_port


def rooms_of_nobody() -> Rooms:
    return Rooms("state", "lists", Presence(), lambda sid: None)


class Wire:
    """The server's side of a websocket, whose sends end when the test says so."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.names: list[str | None] = []  # where the message said something of the counter
        self.who: list[list[str] | None] = []
        self.sends: list[asyncio.Future[None]] = []

    def send(self, message: dict[str, Any]) -> asyncio.Future[None]:
        update = json.loads(message["text"].removeprefix("42/_event,"))[1]
        changes = update["delta"]["state"]
        self.counts.append(changes["frame_rx_state_"]["count"])
        about = changes.get("about_rx_state_", {})
        self.names.append(about.get("name"))
        self.who.append(about.get("who"))
        self.sends.append(asyncio.get_running_loop().create_future())
        return self.sends[-1]


async def test_a_slow_tab_delays_nobody_and_gets_the_newest():
    rooms, slow, fast = rooms_of_nobody(), Wire(), Wire()
    for wire in (slow, fast):
        rooms.enter(Tab(wire.send), "a")
    for value in range(1, 6):
        rooms.send(Snapshot("a", value, value, 1))
        fast.sends[-1].set_result(None)
    assert fast.counts == [1, 2, 3, 4, 5]
    assert slow.counts == [1]
    slow.sends[-1].set_result(None)
    await asyncio.sleep(0)
    assert slow.counts == [1, 5]


async def test_a_broken_socket_hinders_nobody():
    rooms, broken, good = rooms_of_nobody(), Wire(), Wire()
    for wire in (broken, good):
        rooms.enter(Tab(wire.send), "a")
    rooms.send(Snapshot("a", 1, 1, 1))
    broken.sends[-1].set_exception(ConnectionError("gone"))
    good.sends[-1].set_result(None)
    rooms.send(Snapshot("a", 2, 2, 1))
    assert good.counts == [1, 2]


async def test_a_tab_is_in_one_room_at_a_time():
    presence, wire, told = Presence(), Wire(), []
    rooms, tab = Rooms("state", "lists", presence, lambda sid: None), Tab(wire.send)
    with presence.subscribe(lambda counter, _: told.append((counter, presence.viewers_here(counter)))):
        rooms.enter(tab, "a")
        rooms.enter(tab, "b")
        assert rooms.send(Snapshot("a", 1, 1, 1)) == 0.0
        rooms.send(Snapshot("b", 2, 1, 1))
        rooms.leave(tab)
    assert wire.counts == [2]
    assert told == [("a", 1), ("a", 0), ("b", 1), ("b", 0)]


def test_a_closed_tab_enters_no_room_and_waits_for_none():
    presence = Presence()
    rooms, tab = Rooms("state", "lists", presence, lambda sid: tab), Tab(Wire().send)
    tab.closed = True
    assert not rooms.enter(tab, "a")
    rooms.keep_out(tab, "a")
    rooms.set_label(tab, "North door")
    rooms.resend_soon(tab)
    assert rooms.send_list(["tab"], "board", {}) == {"tab"}
    assert (presence.viewers("a"), presence.labels("a"), rooms.kept_out(), tab.feed) == (0, (), {}, None)


async def test_settings_reach_each_tab_once_and_slow_ones_too():
    rooms, slow, fast = rooms_of_nobody(), Wire(), Wire()
    for wire in (slow, fast):
        rooms.enter(Tab(wire.send), "a")
    for value, name in ((1, "Old"), (2, "Old"), (3, "New"), (4, "New")):
        rooms.send(Snapshot("a", value, value, 1, CounterSettings(name)))
        fast.sends[-1].set_result(None)
    slow.sends[-1].set_result(None)
    await asyncio.sleep(0)
    assert fast.names == ["Old", None, "New", None]
    assert slow.names == ["Old", "New"]


async def test_labels_are_sent_while_their_tabs_watch():
    rooms, wire, named = rooms_of_nobody(), Wire(), Tab(Wire().send)
    rooms.enter(Tab(wire.send), "a")
    rooms.enter(named, "a")
    rooms.set_label(named, "North door")
    rooms.send(Snapshot("a", 1, 1, 1))
    wire.sends[-1].set_result(None)
    rooms.leave(named)
    rooms.send(Snapshot("a", 1, 2, 1))
    assert wire.who == [["North door"], []]


async def test_tabs_that_vanish_leave_the_room(back_end: BackEnd):
    async with RawClient(back_end.port) as stays:
        for _ in range(5):
            gone = await RawClient(back_end.port).__aenter__()
            gone.reader.cancel()
            gone.socket._response.connection.transport.abort()
            await gone.session.close()
        await stays.hears({"lookers": 1})
        assert (await stays.record(stays.click()))["value"] == 1
        await stays.sees(1)


async def test_tabs_closed_while_introducing_leave_nobody_behind(back_end: BackEnd):
    async def introduce_and_close() -> None:
        async with RawClient(back_end.port) as client:
            await client.event(f"{STATE}.introduce", {"counter": "counter", "device": client.device})

    async with RawClient(back_end.port) as stays:
        for _ in range(4):
            await asyncio.gather(*(introduce_and_close() for _ in range(10)))
        await stays.introduce()  # it waits its turn behind the others
        await stays.hears({"lookers": 1})
        heard = len(stays.frames)
        await stays.until(lambda: len(stays.frames) >= heard + 2)  # heartbeats
        assert stays.frame["lookers"] == 1


async def test_a_namespace_opened_again_shows_the_number(back_end: BackEnd):
    async with RawClient(back_end.port) as client:
        await client.record(client.click())
        await client.socket.send_str("41/_event,")
        client.frame = {}
        await client.open_namespace()
        await client.hears({"count": 1})
        assert (await client.record(client.click()))["value"] == 2
    assert "No token" not in back_end.printed()


async def test_tabs_that_come_and_go_hinder_nobody(back_end: BackEnd):
    async def come_and_go(polite: bool) -> None:
        for _ in range(25):
            client = await RawClient(back_end.port).__aenter__()
            await client.record(client.click())
            if polite:
                await client.__aexit__()
            else:
                client.reader.cancel()
                client.socket._response.connection.transport.abort()
                await client.session.close()

    async with RawClient(back_end.port) as stays:
        churn = [asyncio.create_task(come_and_go(polite)) for polite in (True, False) * 4]
        pressed = 0
        while not all(task.done() for task in churn):
            assert list((await stays.record(stays.click()))["codes"].values()) == ["saved"]
            pressed += 1
        await asyncio.gather(*churn)
        total = pressed + 8 * 25
        await stays.sees(total)
        seen = len(stays.frames)
        await stays.until(lambda: len(stays.frames) >= seen + 2)  # it still hears the room's heartbeat
    assert "Traceback" not in back_end.printed()


async def test_a_tab_from_an_outage_follows_once_the_database_is_back(back_end: BackEnd):
    away = back_end.database.with_suffix(".away")
    async with RawClient(back_end.port) as first:
        await first.record(first.click())
    back_end.database.rename(away)
    async with RawClient(back_end.port) as early:
        assert early.frame["error"] == "later"
        away.rename(back_end.database)
        await early.sees(1)
        assert (await early.record(early.click()))["value"] == 2
        await early.sees(2)


async def test_a_replaced_database_is_shown_to_open_and_new_tabs(back_end: BackEnd):
    async with RawClient(back_end.port) as stays:
        for _ in range(3):
            await stays.record(stays.click())
        await stays.sees(3)
        backup = back_end.database.with_suffix(".backup")
        with contextlib.closing(sqlite3.connect(back_end.database)) as connection:
            connection.execute("VACUUM INTO ?", (str(backup),))
        for _ in range(4):
            await stays.record(stays.click())
        await stays.sees(7)
        for end in ("-wal", "-shm"):
            Path(f"{back_end.database}{end}").unlink()
        backup.rename(back_end.database)
        await stays.sees(3)
        async with RawClient(back_end.port) as new:
            assert new.frame["count"] == 3
        click = stays.click()
        while not (answer := await stays.record(click))["codes"]:
            assert answer["error"] == "later"
        assert answer["value"] == 4
        revisions = [frame["revision"] for frame in stays.frames]
        assert revisions == sorted(revisions)


async def test_a_tab_whose_state_expired_goes_on_as_before(tmp_path: Path):
    back_end = BackEnd(free_port(), tmp_path, REFLEX_REDIS_TOKEN_EXPIRATION="1")
    back_end.start()
    try:
        async with RawClient(back_end.port) as client:
            heard = len(client.frames)
            await client.until(lambda: len(client.frames) >= heard + 3)  # heartbeats, 2 s each
            await client.record(client.click())
            mine = await client.introduce()
            assert (mine["up"], client.about["name"]) == (1, "")
            await client.record(client.click())
            await client.sees(2)
    finally:
        back_end.kill()
    assert "Traceback" not in back_end.printed()
