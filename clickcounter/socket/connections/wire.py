"""Where a tab's frames are written: its page's socket, or ASGI's `send` on servers that have nothing else."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from starlette.types import Send

from clickcounter.socket.connections.page_socket import PageSocket
from clickcounter.socket.protocol import text_of


class Wire(Protocol):
    """Where a tab's frames are written."""

    drained: Callable[[], None] | None  # called once it is free again
    paused: Callable[[], None] | None  # called once it is not, or closes
    take: Callable[[str], bool] | None  # called with a text as soon as it came, where that is possible; whether it was taken

    @property
    def descriptor(self) -> int | None:
        """Of the socket: frames may be written straight to it, until `paused` or `write_soon` is called. Or None."""

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


class AwaitedSend:
    """A wire over ASGI's `send`."""

    drained: Callable[[], None] | None = None
    paused: Callable[[], None] | None = None  # never called
    take: Callable[[str], bool] | None = None  # the same
    descriptor = None
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
    paused: Callable[[], None] | None = None
    take: Callable[[str], bool] | None = None
    descriptor = None
    free = gone = True

    def write(self, frame: bytes) -> None:
        """Drop it."""

    write_soon = write


GONE = Gone()


def wire_of(send: Send) -> Wire:
    """The wire behind a websocket's `send`."""
    found = getattr(send, "__self__", None)
    return found if isinstance(found, PageSocket) else AwaitedSend(send)
