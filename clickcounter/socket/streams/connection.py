"""A connection that may carry a stream: an answer without end, written straight to its socket.

Its app says who may read, and ends once the answer has begun. So a reader costs no task that waits, and all readers of a
counter are written the very same bytes; awaiting ASGI's `send` for each costs several times as much of the event loop.
"""

import asyncio
import socket
import weakref
from collections.abc import Awaitable
from typing import Any, Protocol

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from clickcounter.socket.connections import http_connection
from clickcounter.socket.connections.http_connection import HttpConnection

MOST_UNSENT = 16 * 1024  # bytes that the system keeps for a reader that does not read
IN_SCOPE = "clickcounter.connection"
LAST_CHUNK = b"0\r\n\r\n"


class Stream(Protocol):
    """What a connection carries."""

    def drained(self) -> None:
        """The system has taken everything that was written."""

    def closed(self) -> None:
        """The connection has ended."""


class StreamConnection(HttpConnection):
    """An HTTP connection that carries a stream once it is asked to."""

    _stream: Stream | None = None

    def carry(self, stream: Stream) -> bool:
        """Carry this stream in place of the answer that has begun, whose app may end. False if the client has left.

        Little of what the client does not read waits in the system, so that it gets the newest next, not what was before.
        """
        if self.transport.is_closing() or self.cycle.disconnected:
            return False
        self.cycle.disconnected = True  # or uvicorn would miss the rest of the answer when its app ends
        self.transport.set_write_buffer_limits(0)
        if option := getattr(socket, "TCP_NOTSENT_LOWAT", None):
            self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, MOST_UNSENT)
        self._stream = stream
        return True

    @property
    def is_chunked(self) -> bool:
        """Whether the answer is sent in chunks, each with its length, rather than up to the end of the connection."""
        return bool(self.scope["http_version"] == "1.1")

    @property
    def free(self) -> bool:
        """Whether the system has taken everything that was written."""
        return not self.flow.write_paused

    def write(self, chunk: bytes) -> None:
        """Write a part of the stream, in the form that `is_chunked` says; nothing once the connection is closing."""
        if not self.transport.is_closing():
            self.transport.write(chunk)

    def end(self) -> None:
        """End the stream; at once if the client does not read."""
        if not self.free:
            self.transport.abort()
            return
        if self.is_chunked:
            self.write(LAST_CHUNK)
        self.transport.close()

    def resume_writing(self) -> None:
        """The buffer is empty."""
        super().resume_writing()
        if self._stream is not None:
            self.loop.call_soon(self._stream.drained)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or was closed."""
        super().connection_lost(exc)
        if self._stream is not None:
            self._stream.closed()
            self._stream = None

    def shutdown(self) -> None:
        """The server is stopping. Whoever reads a stream connects again, elsewhere."""
        if self._stream is not None:
            self.end()
        else:
            super().shutdown()


def with_connections(app: ASGIApp) -> ASGIApp:
    """The ASGI app, in which a request for a stream finds its connection."""

    def served(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and (scope["path"].endswith("/events") or scope["path"].startswith("/stream/")):
            transport: asyncio.Transport | None = getattr(getattr(send, "__self__", None), "transport", None)
            protocol = transport.get_protocol() if transport else None
            if isinstance(protocol, StreamConnection):
                scope[IN_SCOPE] = weakref.ref(protocol)  # which holds the scope
        return app(scope, receive, send)

    return served


def connection_in(scope: Scope) -> StreamConnection | None:
    """The connection of a request; None where it is gone."""
    found = scope.get(IN_SCOPE)
    return found() if found else None


def fits() -> bool:
    """Whether uvicorn's classes have what ours extend and read."""
    made: Any = (Config(lambda: None, factory=True, log_config=None), ServerState(), {}, object())
    read, extended = {"cycle", "flow", "loop", "scope", "transport"}, ("resume_writing", "connection_lost", "shutdown")
    return (
        http_connection.fits()
        and read <= vars(H11Protocol(*made)).keys()
        and all(hasattr(H11Protocol, name) for name in extended)
    )
