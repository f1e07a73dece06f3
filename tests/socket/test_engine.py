"""Engine.IO with two functions of ours: pings come as they should, and a page that leaves leaves memory."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest
import socketio

from clickcounter.socket import engine
from clickcounter.socket.tab import Tab
from tests.server import PATIENCE

SCOPE = {
    "type": "websocket",
    "path": "/_event/",
    "query_string": b"EIO=4&transport=websocket",
    "headers": [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")],
}


class Server:
    """Socket.IO's server, as Reflex makes it."""

    def __init__(self, **settings: float) -> None:
        self.sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[], namespaces="*", **settings)
        engine.lighten(self)
        self.app = socketio.ASGIApp(self.sio, socketio_path="_event")


class Page:
    """A page's end of a websocket, without a network."""

    def __init__(self) -> None:
        self._sent: asyncio.Queue[dict] = asyncio.Queue()
        self._got: asyncio.Queue[dict] = asyncio.Queue()
        self._sent.put_nowait({"type": "websocket.connect"})
        self.tab = Tab(self.send)

    async def receive(self) -> dict:
        message = await self._sent.get()
        if message["type"] == "websocket.disconnect":
            self.tab.reader = asyncio.current_task()
        return message

    async def send(self, message: dict) -> None:
        self._got.put_nowait(message)

    def say(self, text: str) -> None:
        self._sent.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self._sent.put_nowait({"type": "websocket.disconnect", "code": 1005})

    async def hears(self, start: str) -> None:
        while not str((await asyncio.wait_for(self._got.get(), PATIENCE)).get("text", "")).startswith(start):
            pass


@pytest.fixture(autouse=True)
async def engines_own() -> AsyncIterator[None]:
    own = {name: getattr(engine._socket, name) for name in ("schedule_ping", "close")}
    yield
    for name, function in own.items():
        setattr(engine._socket, name, function)


async def test_each_pong_is_followed_by_a_ping():
    page, server = Page(), Server(ping_interval=0.01)
    serving = asyncio.create_task(server.app(SCOPE, page.receive, page.send))
    await page.hears("0")
    for _ in range(3):
        await page.hears("2")
        page.say("3")
    page.leave()
    await asyncio.wait_for(serving, PATIENCE)


async def test_a_page_that_does_not_answer_is_closed():
    page, server = Page(), Server(ping_interval=0.01, ping_timeout=0.05)
    serving = asyncio.create_task(server.app(SCOPE, page.receive, page.send))
    await page.hears("2")
    await asyncio.wait_for(serving, PATIENCE)


async def test_a_page_that_left_leaves_nothing_in_memory():
    server = Server(ping_interval=3600)
    gc.collect()
    gc.disable()
    try:
        page = Page()
        left = weakref.ref(page)
        serving = asyncio.create_task(server.app(dict(SCOPE), page.receive, page.send))
        await page.hears("0")
        page.leave()
        await asyncio.wait_for(serving, PATIENCE)
        page.tab.close()
        del page, serving
        for _ in range(10):
            await asyncio.sleep(0)
        assert left() is None
    finally:
        gc.enable()
