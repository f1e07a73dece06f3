"""Short frames: the page makes them whole again, and a tab that lacks what they leave out gets all of it."""

import asyncio
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickcounter.components.early_socket import early_socket
from clickcounter.domain.clicks import Presser, Snapshot
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.live.presence import Presence
from clickcounter.socket.protocol import ABOUT, FRAME, Frame, framed, short_frame, text_of, update
from clickcounter.socket.reflex_internals import socket_url
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import Tab
from tests.raw import RawClient
from tests.server import BackEnd

NODE = Path(__file__).parents[2] / ".venv/bin/node"
LARGEST = 2**53 - 1
# What the script needs of a browser; then the socket that Reflex opens, and what Socket.IO's client hears there.
BROWSER = """
globalThis.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 1;
  constructor(url) { super(); this.url = url; }
};
Object.assign(globalThis, { window: globalThis, sessionStorage: {}, addEventListener() {} });
Object.assign(globalThis, { location: new URL("http://localhost"), document: { visibilityState: "%s" } });
%s;
const socket = new WebSocket(`%s/?token=${sessionStorage.token}&EIO=4&transport=websocket`), heard = [];
socket.addEventListener("message", ({ data }) => heard.push(data));
for (const data of %s) socket.dispatchEvent(new MessageEvent("message", { data }));
console.log(JSON.stringify({ heard, url: socket.url }));
"""


def a_frame(counter: str, count: int, round_: int, **others: int) -> Frame:
    return {"counter": counter, "count": count, "revision": LARGEST, "round": round_, "lookers": 1, "at": 1, **others}  # type: ignore[typeddict-item]


def whole_text(frame: Frame, **others: Any) -> str:
    return text_of(update("state", {FRAME: frame, **others}))


def heard_in_page(sent: list[str], visibility: str) -> dict[str, Any]:
    """What Socket.IO's client hears of these messages, and the socket's address. A hidden page opens no early socket."""
    source = BROWSER % (visibility, early_socket("state"), socket_url().replace("0.0.0.0", "localhost"), json.dumps(sent))
    ran = subprocess.run([NODE, "-"], input=source, capture_output=True, text=True, check=True, timeout=30)
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("visibility", ["visible", "hidden"])
def test_a_page_makes_each_short_frame_whole(visibility: str):
    about = {ABOUT: {"counter": "a", "name": '"counter":"z","count":1,"revision":1,"round":7', "at": 5}}
    first, other = a_frame("a-1", 5, 7), a_frame("b", -3, LARGEST)
    sent = [whole_text(first, **about), whole_text(other), "2", whole_text(first)]
    expected = [*sent]
    for count in (0, 1, -LARGEST, LARGEST):
        for frame in (first, other):
            later: Frame = {**frame, "count": count, "revision": 1, "lookers": 99_999, "at": 1_764_376_759_123}
            sent.append(text_of(short_frame(later)))
            expected.append(whole_text(later))
    found = heard_in_page(sent, visibility)
    assert found["heard"] == expected
    assert found["url"].endswith("&transport=websocket&short=1")


def test_the_longest_short_frame_has_less_than_80_bytes():
    longest = a_frame("x" * 64, -LARGEST, LARGEST, lookers=99_999, at=9_999_999_999_999)
    assert len(short_frame(longest)) < 80


class Page:
    """A tab of a room, and what it is sent: "short", or the names of the variables."""

    def __init__(self, rooms: Rooms, short: bool) -> None:
        self.heard: list[Any] = []
        self.tab = Tab(self._send, short=short)
        rooms.enter(self.tab, "a")

    def _send(self, message: dict[str, Any]) -> "asyncio.Future[None]":
        text = message["text"]
        delta = None if text.startswith("n") else json.loads(text.removeprefix("42/_event,"))[1]["delta"]["state"]
        self.heard.append("short" if delta is None else [*delta])
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


async def test_a_tab_gets_short_frames_once_it_has_the_round_and_the_settings():
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    page, old = Page(rooms, True), Page(rooms, False)
    snapshot = Snapshot("a", 1, 1, 1, CounterSettings("Name"))
    changes = (
        {},
        {"value": 2},
        {"round": 2},
        {"value": 3},
        {"settings": CounterSettings("New")},
        {},
        {"last": Presser(1, "North door")},
        {},
    )
    for change in changes:
        snapshot = replace(snapshot, **change)
        rooms.send(snapshot)
    whole = [FRAME, ABOUT]
    assert page.heard == [whole, "short"] * 4
    assert old.heard == [whole, [FRAME]] * 4

    late = Page(rooms, True)
    rooms.send(snapshot)
    rooms.leave(page.tab)
    rooms.enter(page.tab, "a")
    rooms.send(snapshot)
    assert late.heard == [whole, "short"]
    assert page.heard[-2:] == ["short", whole]
    rooms.counter_gone("a")
    rooms.send(snapshot)
    assert late.heard[-2:] == [[FRAME], "short"]


async def test_a_tab_that_read_nothing_for_a_while_gets_what_it_lacks():
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    page = Page(rooms, True)
    rooms.send(Snapshot("a", 1, 1, 1))
    page.tab.waiting.append(framed("an answer"))  # so it is not free
    rooms.send(Snapshot("a", 0, 2, 2))
    rooms.send(Snapshot("a", 1, 3, 2))
    page.tab.waiting.clear()
    page.tab.wire.drained()  # type: ignore[misc]
    rooms.send(Snapshot("a", 2, 4, 2))
    assert page.heard == [[FRAME, ABOUT], [FRAME, ABOUT], "short"]


async def test_a_client_that_asks_for_none_gets_no_short_frame(back_end: BackEnd):
    async with RawClient(back_end.port) as plain:
        for value in range(1, 4):
            await plain.record(plain.click())
            await plain.sees(value)
    assert all(frame.keys() == plain.frame.keys() for frame in plain.frames)
