"""Frames on a real uvicorn: written straight to the socket, in order, and never piled up for a tab that does not read."""

import asyncio
import contextlib
import gc
import os
import socket
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import uvicorn
import uvloop
from reflex_base.environment import environment
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from clickcounter.domain.clicks import Outcome, Presser, Snapshot
from clickcounter.live.presence import Presence
from clickcounter.socket import fanout
from clickcounter.socket.connections.http_connection import HttpConnection
from clickcounter.socket.connections.page_socket import PageSocket
from clickcounter.socket.fanout import Feed
from clickcounter.socket.protocol import BASE, SHORT, framed, text_of
from clickcounter.socket.rooms import Rooms
from clickcounter.socket.tab import IN_SCOPE, Tab
from tests.server import PATIENCE, until

LARGE = "x" * 1_000_000
Served = Callable[[Tab, Receive, Send], Any]


class NewestOf:
    """A feed that a test fills itself."""

    message: bytes | None = None

    def message_for(self, tab: Tab) -> bytes | None:
        return self.message


@contextlib.asynccontextmanager
async def serving(served: Served) -> AsyncIterator[int]:
    """The port of a uvicorn in this process, whose websockets are served by a function."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        await served(Tab(send), receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    options: dict[str, Any] = {"lifespan": "off", "log_config": None, "interface": "asgi3"}
    config = uvicorn.Config(app, http=HttpConnection, ws=PageSocket, ws_per_message_deflate=False, **options)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve([listening]))
    try:
        await until(lambda: server.started)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await running


@contextlib.asynccontextmanager
async def opened(port: int) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/", max_msg_size=0) as client:
        yield client


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
async def test_a_frame_of_any_length_arrives_as_its_text(length: int):
    text = "ы" * (length // 2) + "x" * (length % 2)
    assert text_of(framed(text.encode())) == text

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.write(framed(text.encode()))
        await receive()

    async with serving(served) as port, opened(port) as client:
        assert (await client.receive()).data == text


async def test_a_tab_that_reads_nothing_takes_no_memory_and_gets_the_newest():
    feed, waits, last = NewestOf(), asyncio.Event(), 500

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.feed = feed  # type: ignore[assignment]
        for n in range(last + 1):
            feed.message = framed(f"{n} {LARGE}".encode())
            tab.show(feed)  # type: ignore[arg-type]
            await asyncio.sleep(0)
        assert isinstance(tab.wire, PageSocket)
        assert not tab.free
        assert tab.wire.transport.get_write_buffer_size() <= len(feed.message)
        waits.set()
        await receive()

    async with serving(served) as port, opened(port) as client:
        client._reader._protocol.transport.pause_reading()  # type: ignore[union-attr]
        await waits.wait()
        client._reader._protocol.transport.resume_reading()  # type: ignore[union-attr]
        seen = [int((await client.receive()).data.split()[0])]
        while seen[-1] != last:
            seen.append(int((await client.receive()).data.split()[0]))
    assert seen == sorted(seen)
    assert len(seen) < last / 5


async def test_what_waits_keeps_its_order_and_the_newest_frame_comes_last():
    feed, waits = NewestOf(), asyncio.Event()

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.feed = feed  # type: ignore[assignment]
        while tab.free:
            tab.write(framed(LARGE.encode()))
        awaited = asyncio.create_task(send({"type": "websocket.send", "text": "of Engine.IO"}))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        feed.message = framed(b"frame 1")
        tab.show(feed)  # type: ignore[arg-type]
        for n in range(3):
            tab.reply(framed(f"answer {n}".encode()))
        feed.message = framed(b"frame 2")
        waits.set()
        await awaited
        await receive()

    async with serving(served) as port, opened(port) as client:
        client._reader._protocol.transport.pause_reading()  # type: ignore[union-attr]
        await waits.wait()
        client._reader._protocol.transport.resume_reading()  # type: ignore[union-attr]
        while (text := (await client.receive()).data) == LARGE:
            pass
        others = [(await client.receive()).data for _ in range(4)]
    assert [text, *others] == ["of Engine.IO", "answer 0", "answer 1", "answer 2", "frame 2"]


LOOPS = pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])


@LOOPS
def test_a_room_writes_to_all_and_passes_over_whoever_is_full(new_loop: Callable[[], asyncio.AbstractEventLoop]):
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    tabs: list[Tab] = []

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.short = True
        tabs.append(tab)
        rooms.enter(tab, "a")
        await receive()

    async def shown(client: aiohttp.ClientWebSocketResponse) -> int:
        text = (await client.receive()).data
        return int(text.removeprefix(SHORT).split(",")[0]) if text.startswith(SHORT) else 0

    async def run() -> tuple[int, list[int], list[int]]:
        async with serving(served) as port, opened(port) as slow, opened(port) as fast:
            await until(lambda: len(tabs) == 2)
            slow._reader._protocol.transport.pause_reading()  # type: ignore[union-attr]
            last, seen_fast, seen_slow, both_are_free = 0, [], [], True
            while both_are_free:  # and once more when one is full
                both_are_free = last < 2 or all(tab.descriptor for tab in tabs)
                for _ in range(100):
                    last += 1
                    rooms.send(Snapshot("a", last, last, 1))
                seen_fast += [await shown(fast) for _ in range(100)]
            slow._reader._protocol.transport.resume_reading()  # type: ignore[union-attr]
            while not seen_slow or seen_slow[-1] != last:
                seen_slow.append(await shown(slow))
            return last, seen_fast, seen_slow

    with asyncio.Runner(loop_factory=new_loop) as runner:
        last, seen_fast, seen_slow = runner.run(run())
    assert seen_fast == [0, *range(2, last + 1)]  # the first frame tells what short ones leave out
    assert seen_slow == sorted(seen_slow)
    assert len(seen_slow) < last


async def test_who_pressed_last_is_written_straight(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanout, "LAST_EVERY", 0)
    rooms = Rooms("state", "lists", Presence(), lambda sid: None)
    composed: list[Feed] = []

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.short = True
        rooms.enter(tab, "a")
        for number in range(1, 4):
            rooms.send(Snapshot("a", number, number, 1, last=Presser(number, "")))
            rooms.rehearse(Outcome({}, Snapshot("a", 9, 9, 9)))  # sends nothing
        rooms.send(Snapshot("a", 4, 4, 1, last=Presser(3, "")))
        rooms.leave(tab)
        rooms.enter(tab, "b")
        for number in (1, 2):
            rooms.send(Snapshot("b", number, number, 1))
        rooms.leave(tab)
        rooms.enter(tab, "a")
        rooms.send(Snapshot("a", 5, 5, 1, last=Presser(4, "")))
        await receive()

    def show(tab: Tab, feed: Feed) -> None:
        composed.append(feed)
        shown(tab, feed)

    shown = Tab.show
    monkeypatch.setattr(Tab, "show", show)
    async with serving(served) as port, opened(port) as client:
        [whole, *texts, of_b, short_of_b, whole_again] = [(await client.receive()).data for _ in range(7)]
    assert [text[: len(BASE)] for text in (whole, of_b, short_of_b, whole_again)] == [BASE, BASE, SHORT, BASE]
    said = [(text.split(",")[0], text.split(",")[4:]) for text in texts]
    assert said == [(SHORT + "2", ["2", '""']), (SHORT + "3", ["3", '""']), (SHORT + "4", [])]
    assert len(composed) == 3


@LOOPS
def test_nothing_is_written_to_a_descriptor_that_may_be_anothers(new_loop: Callable[[], asyncio.AbstractEventLoop]):
    known: list[tuple[int | None, bool]] = []

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        page = tab.wire
        assert isinstance(page, PageSocket)
        number = page.descriptor
        assert number is not None
        os.fstat(number)
        ended = page.connection_lost

        def connection_lost(error: Exception | None) -> None:
            os.fstat(number)  # still this socket's
            ended(error)
            known.append((page.descriptor, page.transport.is_closing()))

        page.connection_lost = connection_lost  # type: ignore[method-assign]
        page.transport.abort()
        known.append((page.descriptor, page.transport.is_closing()))

    async def run() -> None:
        async with serving(served) as port, opened(port):
            await until(lambda: len(known) == 2)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run())
    assert known == [(None, True)] * 2


async def test_an_answer_comes_alone_and_before_what_follows():
    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.reply(framed(b"answer 1"))
        tab.reply(framed(b"answer 2"))
        tab.write(framed(b"frame"))
        await receive()
        tab.reply(framed(b"answer 3"))
        await receive()

    async with serving(served) as port, opened(port) as client:
        assert [(await client.receive()).data for _ in range(3)] == ["answer 1", "answer 2", "frame"]
        await client.send_str("go on")
        assert (await client.receive()).data == "answer 3"


async def test_what_is_taken_off_the_socket_never_reaches_the_app():
    taken: list[str] = []
    read: list[str | None] = []

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.wire.take = lambda text: text.startswith("press") and not taken.append(text)
        while (message := await receive())["type"] == "websocket.receive":
            read.append(message.get("text"))
            tab.write(framed(b"read"))
        assert message["code"] == 1007  # bytes that are no text close a socket, as ever

    async with serving(served) as port, opened(port) as client:
        for text in ("hello", "press 1", "bye"):
            await client.send_str(text)
        assert [(await client.receive()).data for _ in range(2)] == ["read", "read"]
        writer = client._writer
        await writer.send_frame(b"press \xff", aiohttp.WSMsgType.TEXT)
        assert (await client.receive()).type is aiohttp.WSMsgType.CLOSE
    assert (taken, read) == (["press 1"], ["hello", "bye"])


async def test_a_press_is_taken_once_in_whatever_pieces_it_comes():
    taken: list[str] = []
    expected: list[str] = []

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        tab.wire.take = lambda text: not taken.append(text)
        await receive()

    def frame(text: str, mask: bytes, first: int = 0x81) -> bytes:
        data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(text.encode()))
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
        return bytes([first]) + size + mask + data

    async with serving(served) as port, opened(port) as client:
        assert client._writer is not None
        for text in ("press ы", "p" * 125, "p" * 126, "p" * 60_000, ""):
            whole, other = frame(text, b"\x01\xfe\x80\x00"), frame(text, bytes(4))
            halves = frame(text[:3], b"mask", 0x01), frame(text[3:], b"MASK", 0x80)
            for pieces in ((whole,), (whole[:1], whole[1:]), (whole[:-1], whole[-1:] + other), (whole + other,), halves):
                for piece in pieces:
                    client._writer.transport.write(piece)
                    await asyncio.sleep(0)
                expected.extend([text] * (2 if pieces[-1].endswith(other) else 1))
                await until(lambda: len(taken) >= len(expected))
        assert taken == expected


async def test_nothing_follows_the_end_of_a_socket():
    ended = asyncio.Event()

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close", "code": 1000})
        tab.write(framed(b"too late"))
        ended.set()

    async with serving(served) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + "a" * 22 + "=="
        writer.write(f"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n{key}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        await ended.wait()
        writer.close()
        assert await reader.read() == b"\x88\x02\x03\xe8"


async def test_beyond_the_limit_the_connection_that_waited_longest_is_closed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(HttpConnection, "most", 3)

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        await receive()

    async with serving(served) as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        async with opened(port):
            with contextlib.suppress(ConnectionResetError):
                assert await idle[0][0].read() == b""
            await until(lambda: len(HttpConnection.waiting) == 2)  # a websocket is none of them
        assert not any(reader.exception() or reader.at_eof() for reader, _ in idle[1:])
        for _, writer in idle:
            writer.close()
        await until(lambda: not HttpConnection.waiting)


def test_a_page_is_written_to_past_all_that_wraps_its_socket(monkeypatch: pytest.MonkeyPatch):
    from clickcounter.clickcounter import app

    config = uvicorn.Config(lambda: None, factory=True, interface="asgi3", log_config=None)
    page = PageSocket(config, ServerState(), {}, object())  # type: ignore[arg-type]
    wires = []

    async def bypass(scope: Scope, *_: object) -> None:
        wires.append(scope[IN_SCOPE].wire)

    monkeypatch.setattr("clickcounter.socket.reflex_internals.socket_app", lambda app: bypass)
    monkeypatch.setenv(environment.REFLEX_SKIP_COMPILE.name, "true")  # nobody asks for a page
    scope = {"type": "websocket", "path": "/_event/", "headers": []}
    asyncio.run(app()(scope, None, page.send))  # type: ignore[arg-type]
    assert wires == [page]


async def test_a_page_that_left_behind_unread_messages_is_known_to_be_gone():
    gone = asyncio.Event()

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        await receive()  # one of three; the others keep the socket from being read to its end
        assert not tab.wire.gone
        await send({"type": "websocket.send", "text": "leave"})
        await until(lambda: tab.wire.gone)
        gone.set()

    async with serving(served) as port, opened(port) as client:
        for _ in range(3):
            await client.send_str("x")
        assert (await client.receive()).data == "leave"
        client._response.connection.transport.abort()  # type: ignore[union-attr]
        await asyncio.wait_for(gone.wait(), PATIENCE)


async def test_a_tab_that_left_leaves_no_cycle_behind():
    left: list[weakref.ref[Any]] = []

    async def served(tab: Tab, receive: Receive, send: Send) -> None:
        assert isinstance(tab.wire, PageSocket)
        left.extend((weakref.ref(tab.wire), weakref.ref(tab.wire.conn)))
        await receive()
        tab.close()

    gc.disable()
    try:
        async with serving(served) as port:
            async with opened(port):
                await until(lambda: left != [])
            await until(lambda: all(reference() is None for reference in left))
    finally:
        gc.enable()
