"""Uvicorn's end of each connection, with this project's limits and with frames that are written straight to a socket.

A server's frames carry no mask, so all tabs of a room can be sent the very same bytes, framed once. ASGI's `send` would make
a coroutine and a frame for each tab; other servers have nothing else, see AwaitedSend.
"""

import asyncio
import contextlib
import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from starlette.types import Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from clickcounter.socket.protocol import text_of

MOST_CONNECTIONS = 8192  # per worker, that ask for nothing
ESTABLISHED = 1  # the first byte of Linux's tcp_info: the other end has not closed
LONGEST_HEADERS = 64 * 1024  # bytes that wait for the end of a request's headers, or for the answer to the request before


class Wire(Protocol):
    """Where a tab's frames are written."""

    drained: Callable[[], None] | None  # called once it is free again
    take: Callable[[str], bool] | None  # called with a text as soon as it came, where that is possible; whether it was taken

    @property
    def free(self) -> bool:
        """Whether the system has taken everything that was written."""

    @property
    def gone(self) -> bool:
        """Whether the page has left, even if not all that it sent was read."""

    def write(self, frame: bytes) -> None:
        """Write a frame, or drop it where the socket is closed or closing. Only for a wire that is free."""

    def write_soon(self, frame: bytes) -> None:
        """The same together with the next frame, or else once the event loop has done what it is doing."""


class PageSocket(WebSocketsSansIOProtocol):
    """A page's websocket. What the system does not take at once waits here; more is written only when that is gone."""

    drained: Callable[[], None] | None = None
    take: Callable[[str], bool] | None = None
    free = True  # the system has taken everything that was written
    _waiting = b""  # frames for the next call of the system

    def connection_made(self, transport: BaseTransport) -> None:
        """Let the transport tell whenever its buffer is no longer empty, and when it is again."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        """Close a socket whose request has more or longer headers than `websockets` takes; the answer says so."""
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Hand a press over here and now: ASGI's queue and the task that reads it would cost more than the press itself."""
        if self.take is not None and self.curr_msg_data_type == "text" and not self.close_sent:
            with contextlib.suppress(UnicodeDecodeError):  # the connection is closed below
                if self.take(b"".join(self.frames).decode()):
                    self.frames = []
                    return
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        """The system did not take all of it."""
        super().pause_writing()
        self.free = False

    def resume_writing(self) -> None:
        """The buffer is empty. What waits in `send` goes first."""
        super().resume_writing()
        self.free = True
        if self.drained is not None:
            self.loop.call_soon(self.drained)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave memory at once: the connection and the generator that reads it keep each other."""
        super().connection_lost(exc)
        self.conn.parser.close()

    @property
    def gone(self) -> bool:
        """Whether the page has left. That it has closed its end behind unread messages is known on Linux alone."""
        if self.transport.is_closing():
            return True
        try:
            option = (socket.IPPROTO_TCP, socket.TCP_INFO, 1)
            return bool(self.transport.get_extra_info("socket").getsockopt(*option)[0] != ESTABLISHED)
        except (AttributeError, OSError, ValueError):
            return False

    def write(self, frame: bytes) -> None:
        """Write a frame between those that `send` writes."""
        if self._waiting:
            frame, self._waiting = self._waiting + frame, b""
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.transport.write(frame)

    def write_soon(self, frame: bytes) -> None:
        """A call of the system costs more than the frame: an answer and the frame that follows it share one."""
        if not self._waiting:
            self.loop.call_soon(self.write, b"")
        self._waiting += frame


class AwaitedSend:
    """A wire over ASGI's `send`."""

    drained: Callable[[], None] | None = None
    take: Callable[[str], bool] | None = None  # never called
    gone = False  # unknown

    def __init__(self, send: Send) -> None:
        self._send = send
        self._sending: asyncio.Future[Any] | None = None

    @property
    def free(self) -> bool:
        """Whether the last frame was sent."""
        return self._sending is None or self._sending.done()

    def write(self, frame: bytes) -> None:
        """Start sending a frame."""
        self._sending = asyncio.ensure_future(self._send({"type": "websocket.send", "text": text_of(frame)}))
        self._sending.add_done_callback(self._sent)

    write_soon = write

    def _sent(self, sending: "asyncio.Future[Any]") -> None:
        if not sending.cancelled():
            sending.exception()  # retrieved, or asyncio complains; a broken socket leaves when its app ends
        if self.drained is not None:
            self.drained()


class Gone:
    """The wire of a tab that has left."""

    drained: Callable[[], None] | None = None
    take: Callable[[str], bool] | None = None
    free = gone = True

    def write(self, frame: bytes) -> None:
        """Drop it."""

    write_soon = write


GONE = Gone()


def wire_of(send: Send) -> Wire:
    """The wire behind a websocket's `send`."""
    found = getattr(send, "__self__", None)
    return found if isinstance(found, PageSocket) else AwaitedSend(send)


class HttpConnection(H11Protocol):
    """A connection before it becomes a websocket, or without becoming one.

    Uvicorn waits for ever for a request to begin, and for the rest of its headers. Here it waits as long as between two
    requests, and for a limited number of connections: beyond that, the one that has waited longest is closed. Requests that
    are sent before the one before them is answered would fill the memory; no browser sends any.
    """

    most: ClassVar[int] = MOST_CONNECTIONS
    waiting: ClassVar[dict["HttpConnection", None]] = {}  # a set that keeps its order
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on unless a request is complete up to its body."""
        super().data_received(data)
        if len(self.conn.trailing_data[0]) > LONGEST_HEADERS:
            self.transport.abort()
        self._wait_or_work()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._wait_or_work()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Engine.IO has its own deadlines."""
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or was closed."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_or_work(self) -> None:
        if self.transport.is_closing() or (self.cycle and not self.cycle.response_complete):
            self._stop_waiting()
        elif self.transport.get_protocol() is self:
            self._wait()

    def _wait(self) -> None:
        if self._deadline is not None:
            return
        self._deadline = self.loop.call_later(self.timeout_keep_alive, self.transport.abort)
        self.waiting[self] = None
        if len(self.waiting) > self.most:
            longest = next(iter(self.waiting))
            longest._stop_waiting()
            longest.transport.abort()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            self.waiting.pop(self, None)


def fits() -> bool:
    """Whether uvicorn's classes have what ours extend and read."""
    made: Any = (Config(lambda: None, factory=True, log_config=None), ServerState(), {}, object())
    read = {"conn", "close_sent", "curr_msg_data_type", "frames", "handshake_complete", "handshake_initiated", "loop"}
    read |= {"transport", "writable"}
    extended = ("connection_made", "data_received", "connection_lost", "on_response_complete", "handle_websocket_upgrade")
    sockets: Any = WebSocketsSansIOProtocol(*made)
    return (
        hasattr(WebSocketsSansIOProtocol, "resume_writing")
        and hasattr(WebSocketsSansIOProtocol, "send_receive_event_to_app")
        and hasattr(sockets.conn.parser, "close")
        and read <= vars(sockets).keys()
        and all(hasattr(H11Protocol, name) for name in extended)
        and {"cycle", "loop", "timeout_keep_alive", "transport"} <= vars(H11Protocol(*made)).keys()
    )
