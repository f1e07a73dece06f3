"""Short frames: the page makes them whole again, and a tab that lacks what they leave out gets all of it."""

import asyncio
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickcounter.components.early_socket import early_socket
from clickcounter.domain.clicks import SAVED, Outcome, Presser, Snapshot
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.live.presence import Presence
from clickcounter.socket import fanout
from clickcounter.socket.fanout import about_counter
from clickcounter.socket.protocol import (
    ABOUT,
    BASE,
    FRAME,
    SHORT,
    CounterAbout,
    Frame,
    framed,
    news_of,
    short_frame,
    text_of,
    update,
)
from clickcounter.socket.reflex_internals import socket_url
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import Tab
from tests.raw import RawClient
from tests.server import BackEnd

NODE = Path(__file__).parents[2] / ".venv/bin/node"
LARGEST = 2**53 - 1
WHOLE = [FRAME, ABOUT]
# What the script needs of a browser; then the socket that Reflex opens, and what Socket.IO's client hears there.
BROWSER = """
globalThis.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 1;
  constructor(url) { super(); this.url = url; }
};
Object.assign(globalThis, { window: globalThis, sessionStorage: {}, addEventListener() {} });
const document = { visibilityState: "%s", documentElement: { dataset: {} } };
Object.assign(globalThis, { location: new URL("http://localhost"), document });
%s;
const socket = new WebSocket(`%s/?token=${sessionStorage.token}&EIO=4&transport=websocket`), heard = [];
socket.addEventListener("message", ({ data }) => heard.push(data));
for (const data of %s) socket.dispatchEvent(new MessageEvent("message", { data }));
console.log(JSON.stringify({ heard, url: socket.url }));
"""


def about(name: str, last: Presser | None, at: int) -> CounterAbout:
    return {**about_counter("a", CounterSettings(name), ["North door"], last), "at": at}


def whole(frame: Frame, mark: str = "", **others: Any) -> str:
    return text_of(update("state", {FRAME: frame, **others}, mark))


def heard_in_page(sent: list[str], visibility: str) -> dict[str, Any]:
    """What Socket.IO's client hears of these messages, and the socket's address. A hidden page opens no early socket."""
    source = BROWSER % (visibility, early_socket(), socket_url().replace("0.0.0.0", "localhost"), json.dumps(sent))
    ran = subprocess.run([NODE, "-"], input=source, capture_output=True, text=True, check=True, timeout=120)
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("visibility", ["visible", "hidden"])
def test_a_page_makes_each_short_frame_whole(visibility: str):
    sent, expected = [], []
    for counter, round_, name in (
        ("a-1", 1, ""),
        ("b", LARGEST, 'x","count":9,"round":5},"last":\u2028 "last":7'),
        ("a-1", 7, "A"),
    ):
        base: Frame = {"counter": counter, "count": -5, "revision": 3, "round": round_, "lookers": 1, "at": 1}
        for others in ({ABOUT: about(name, None, 4)}, {ABOUT: about(name, Presser(2, '"last":{'), 4)}):
            sent.append(whole(base, BASE, **others))
            expected.append(whole(base, **others))
            for count in (0, 1, -LARGEST, LARGEST):
                later: Frame = {**base, "count": count, "revision": LARGEST, "lookers": 99_999, "at": 1_764_376_759_123}
                sent.append(text_of(short_frame(later)))
                expected.append(whole(later))
                for last in (Presser(17, 'North, "door" `${at}` \\ },'), Presser(18, ""), None):
                    sent.append(text_of(short_frame(later, news_of(last))))
                    expected.append(whole(later, **{ABOUT: about(name, last, later["at"])}))
            between = ["2", whole({**base, "counter": "z", "round": 9}), '42/_event,["event",{"delta":{}}]']
            sent += between
            expected += between
    found = heard_in_page(sent, visibility)
    assert found["heard"] == expected
    assert found["url"].endswith("&transport=websocket&short=1")


def test_the_longest_short_frame_has_less_than_80_bytes():
    numbers: Frame = {"counter": "a", "count": -LARGEST, "revision": LARGEST, "round": 1, "lookers": 99_999, "at": 1}
    longest: Frame = {**numbers, "counter": "x" * 64, "round": LARGEST, "at": 9_999_999_999_999}
    assert len(short_frame(longest)) < 80
    assert len(short_frame(longest, news_of(Presser(1_000_000, "North door")))) < 80


class Page:
    """A tab of a room, and what it is sent: BASE, or how many parts a short frame has, or the names of the variables."""

    def __init__(self, rooms: Rooms, short: bool) -> None:
        self.heard: list[Any] = []
        self.tab = Tab(self._send, short=short)
        rooms.enter(self.tab, "a")

    def _send(self, message: dict[str, Any]) -> "asyncio.Future[None]":
        text = message["text"]
        if text.startswith((BASE, SHORT)):
            self.heard.append(BASE if text.startswith(BASE) else text.count(",") + 1)
        else:
            self.heard.append([*json.loads(text.removeprefix("42/_event,"))[1]["delta"]["state"]])
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


async def test_a_tab_gets_short_frames_once_it_has_the_round_and_the_settings():
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    page, old = Page(rooms, True), Page(rooms, False)
    snapshot = Snapshot("a", 1, 1, 1, CounterSettings("Name"))
    for change in ({}, {"value": 2}, {"round": 2}, {"value": 3}, {"settings": CounterSettings("New")}, {}):
        snapshot = replace(snapshot, **change)
        rooms.send(snapshot)
    assert page.heard == [BASE, 4] * 3
    assert old.heard == [WHOLE, [FRAME]] * 3

    late = Page(rooms, True)
    rooms.send(snapshot)
    rooms.leave(page.tab)
    rooms.enter(page.tab, "a")
    rooms.send(snapshot)
    assert late.heard == [BASE, 4]
    assert page.heard[-2:] == [4, BASE]
    rooms.counter_gone("a")
    rooms.send(snapshot)
    assert late.heard[-2:] == [[FRAME], 4]


async def test_who_pressed_last_comes_with_a_short_frame(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanout, "LAST_EVERY", 0)
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    page, old, snapshot = Page(rooms, True), Page(rooms, False), Snapshot("a", 1, 1, 1)
    for last in (None, Presser(1, ""), Presser(1, ""), None):
        rooms.send(replace(snapshot, last=last))
    assert page.heard == [BASE, 6, 4, 5]
    assert old.heard == [WHOLE, WHOLE, [FRAME], WHOLE]
    rooms.send(replace(snapshot, last=Presser(1, ""), settings=CounterSettings("New")))
    assert page.heard[4:] == [BASE]


async def test_a_rehearsal_sends_and_changes_nothing():
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    page, snapshot = Page(rooms, True), Snapshot("a", 1, 1, 1)
    rooms.send(snapshot)
    for rehearsed in (snapshot, replace(snapshot, value=9, last=Presser(1, "")), replace(snapshot, counter="other"), None):
        rooms.rehearse(Outcome({"key": SAVED}, rehearsed))
    rooms.rehearse(Outcome({}, error="later"))
    rooms.send(replace(snapshot, value=2))
    assert page.heard == [BASE, 4]


async def test_a_tab_that_read_nothing_for_a_while_gets_what_it_lacks():
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    page = Page(rooms, True)
    rooms.send(Snapshot("a", 1, 1, 1))
    page.tab.waiting.append(framed(b"an answer"))  # so it is not free
    rooms.send(Snapshot("a", 0, 2, 2))
    rooms.send(Snapshot("a", 1, 3, 2, last=Presser(1, "")))
    page.tab.waiting.clear()
    page.tab.wire.drained()  # type: ignore[misc]
    rooms.send(Snapshot("a", 2, 4, 2, last=Presser(1, "")))
    assert page.heard == [BASE, BASE, 4]


async def test_a_client_that_asks_for_none_gets_no_short_frame(back_end: BackEnd):
    async with RawClient(back_end.port) as plain:
        for value in range(1, 4):
            await plain.record(plain.click())
            await plain.sees(value)
    assert all({"counter", "round", "at"} <= frame.keys() for frame in plain.frames)
