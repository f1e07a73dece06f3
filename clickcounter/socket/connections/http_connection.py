"""A connection before it becomes a websocket, or without becoming one; and whether uvicorn is as we know it."""

import asyncio
from typing import Any, ClassVar

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

MOST_CONNECTIONS = 8192  # per worker, that ask for nothing
LONGEST_HEADERS = 64 * 1024  # bytes that wait for the end of a request's headers, or for the answer to the request before


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
