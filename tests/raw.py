"""A client without a browser: it sends the messages a browser sends, and any others."""

import asyncio
import json
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp

from tests.server import PATIENCE

STATE = "reflex___state____state.clickcounter___states___counter____counter_state"


def new_key() -> str:
    return f"{int(time.time() * 1000):012x}{os.urandom(10).hex()}"


class RawClient:
    """One tab. `frame` is the newest frame, `frames` has all of them; `heard` is set whenever something arrives."""

    def __init__(self, port: int, path: str = "/", cookie: str = "", **headers: str) -> None:
        self.headers = headers | ({"Cookie": cookie} if cookie else {})
        self.url = f"ws://127.0.0.1:{port}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
        self.router_data = {"pathname": path, "asPath": path}
        self.device = os.urandom(16).hex()
        self.frame: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self.about: dict[str, Any] = {}
        self.mine: dict[str, Any] = {}
        self.own: dict[str, Any] = {}
        self.owns: list[dict[str, Any]] = []
        self.replies: dict[str, dict[str, Any]] = {}
        self.answers: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self.heard = asyncio.Event()

    async def __aenter__(self) -> "RawClient":
        self.session = aiohttp.ClientSession()
        try:
            await self._open()
        except BaseException:
            await self.session.close()
            raise
        return self

    async def _open(self) -> None:
        self.socket = await self.session.ws_connect(self.url, max_msg_size=0, headers=self.headers)
        self.reader = asyncio.create_task(self._read())
        await self.open_namespace()

    async def open_namespace(self) -> None:
        """Join Reflex's namespace, as a newly opened page does."""
        boot = {
            "name": "reflex___state____state.hydrate_and_load",
            "payload": {"hashes": []},
            "router_data": self.router_data,
        }
        self.heard.clear()
        await self.socket.send_str("40/_event," + json.dumps({"event": boot}))
        await asyncio.wait_for(self.heard.wait(), PATIENCE)

    async def __aexit__(self, *_: object) -> None:
        self.reader.cancel()
        await self.socket.close()
        await self.session.close()

    async def _read(self) -> None:
        try:
            await self._receive()
        finally:
            self.answers.put_nowait(None)  # nothing more will come

    async def _receive(self) -> None:
        async for message in self.socket:
            text = message.data
            if text == "2":
                await self.socket.send_str("3")
            elif text == "41/_event,":
                return  # a browser then closes the socket
            elif isinstance(text, str) and text.startswith('42/_event,["event"'):
                delta = json.loads(text.removeprefix("42/_event,"))[1].get("delta") or {}
                self._receive_replies(delta)
                changed = delta.get(STATE, {})
                if mine := changed.get("mine_rx_state_"):
                    self.mine = mine
                if own := changed.get("own_rx_state_"):
                    self.own = own
                    self.owns.append(own)
                if about := changed.get("about_rx_state_"):
                    self.about = about
                self.heard.set()
                if answer := changed.get("answer_rx_state_"):
                    self.answers.put_nowait(answer)
                if frame := changed.get("frame_rx_state_"):
                    self.frame = frame
                    self.frames.append(frame)
                    self.heard.set()

    def _receive_replies(self, delta: dict[str, Any]) -> None:
        for changed in delta.values():
            if reply := changed.get("reply_rx_state_"):
                self.replies[reply["ask"]] = reply

    async def until(self, condition: Callable[[], Any], within: float = PATIENCE) -> Any:
        """Wait until incoming messages make the condition true; return its value."""
        async with asyncio.timeout(within):
            while not (found := condition()):
                self.heard.clear()
                await self.heard.wait()
        return found

    async def ask(self, name: str, payload: dict[str, Any], question: str) -> dict[str, Any]:
        """Send an event and wait for the reply with this question's id."""
        await self.event(name, payload)
        return dict(await self.until(lambda: self.replies.pop(question, None)))

    async def introduce(self) -> dict[str, Any]:
        """Introduce this device; return its own totals for the counter."""
        self.mine = {}
        await self.event(f"{STATE}.introduce", {"counter": "counter", "device": self.device})
        return dict(await self.until(lambda: self.mine))

    async def says(self, what: str, value: Any) -> None:
        """Wait until a detail of the counter has this value."""
        await self.until(lambda: self.about.get(what) == value)

    async def hears(self, part: dict[str, Any]) -> None:
        """Wait for a frame that contains this."""
        await self.until(lambda: self.frame | part == self.frame)

    async def event(self, name: str, payload: Any) -> None:
        """Send any event."""
        await self.send_text(json.dumps(["event", {"name": name, "payload": payload, "router_data": self.router_data}]))

    async def send_text(self, text: str) -> None:
        await self.socket.send_str("42/_event," + text)

    def click(self, **changes: Any) -> dict[str, Any]:
        """A valid click with these changes."""
        click = {"key": new_key(), "amount": 1, "pressed_at": int(time.time() * 1000), "round": self.frame.get("round")}
        return click | changes

    def payload(self, *clicks: Any, **changes: Any) -> dict[str, Any]:
        """A valid event payload with these changes."""
        good = {"counter": "counter", "device": self.device, "sent_at": int(time.time() * 1000), "clicks": list(clicks)}
        return good | changes

    async def record(self, *clicks: Any, **changes: Any) -> dict[str, Any]:
        """Send clicks and wait for the answer."""
        await self.event(f"{STATE}.record", self.payload(*clicks, **changes))
        return await self.answer()

    async def answer(self, within: float = PATIENCE) -> dict[str, Any]:
        """The next answer. Raises TimeoutError, and ConnectionError once the socket is closed."""
        answer = await asyncio.wait_for(self.answers.get(), within)
        if answer is None:
            raise ConnectionError("the socket was closed")
        return answer

    async def sees(self, count: int, within: float = PATIENCE) -> None:
        """Wait until the newest frame has this number."""
        async with asyncio.timeout(within):
            while self.frame.get("count") != count:
                self.heard.clear()
                await self.heard.wait()


async def record_until_saved(client: RawClient, click: dict[str, Any], within: float = PATIENCE) -> dict[str, Any]:
    """Send the same click again until it is saved, as a browser does."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        answer = await client.record(click)
        if answer["codes"].get(click["key"]) == "saved":
            return answer
        assert answer["error"] == "later", answer
        assert answer["sentences"]["later"]["ru"]
    raise AssertionError("not saved in time")
