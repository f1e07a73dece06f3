"""A page's websocket, to which frames are written straight.

A server's frames carry no mask, so all tabs of a room can be sent the very same bytes, framed once. ASGI's `send` would make
a coroutine and a frame for each tab.
"""

import contextlib
import os
import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN
from websockets.utils import apply_mask

WHOLE_TEXT, MASKED = 0x81, 0x80  # the first byte of a frame with a whole text, and the bit of the second that clients set
ESTABLISHED = 1  # the first byte of Linux's tcp_info: the other end has not closed


class PageSocket(WebSocketsSansIOProtocol):
    """A page's websocket. What the system does not take at once waits here; more is written only when that is gone."""

    drained: Callable[[], None] | None = None
    paused: Callable[[], None] | None = None
    take: Callable[[str], bool] | None = None
    free = True  # the system has taken everything that was written
    _descriptor: int | None = None  # of the socket, where a write to it is a write to the page
    _close_sent = False
    _waiting = b""  # frames for the next call of the system

    @property
    def close_sent(self) -> bool:
        """Whether the websocket was closed from here."""
        return self._close_sent

    @close_sent.setter
    def close_sent(self, sent: bool) -> None:
        self._close_sent = sent
        if sent:
            self._pause()

    def connection_made(self, transport: BaseTransport) -> None:
        """Let the transport tell whenever its buffer is no longer empty, and when it is again."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(0)
        if os.name == "posix" and transport.get_extra_info("sslcontext") is None:
            self._descriptor = transport.get_extra_info("socket").fileno()

    def data_received(self, data: bytes) -> None:
        """Take a press that came alone. Close a socket whose request has more or longer headers than `websockets` takes."""
        if self._takes_alone(data):
            return
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def _takes_alone(self, data: bytes) -> bool:
        """Hand a press over that came as one whole frame; `websockets` would take longer to read it than the press takes."""
        if self.take is None or self.frames or self.conn.reader.buffer or self.conn.state is not OPEN or self.close_sent:
            return False
        if len(data) < 6 or data[0] != WHOLE_TEXT:
            return False
        start, length = (8, int.from_bytes(data[2:4])) if data[1] == MASKED | 126 else (6, data[1] ^ MASKED)
        if len(data) != start + length:  # a text over 64 kB, which no page sends, is left to the parser
            return False
        try:
            return self.take(apply_mask(data[start:], data[start - 4 : start]).decode())
        except UnicodeDecodeError:
            return False

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
        self._pause()

    def resume_writing(self) -> None:
        """The buffer is empty. What waits in `send` goes first."""
        super().resume_writing()
        self.free = True
        if self.drained is not None:
            self.loop.call_soon(self.drained)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave memory at once: the connection and the generator that reads it keep each other.

        Only after this the transport closes the socket, and its descriptor may become another file's.
        """
        self._descriptor = None
        self._pause()
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

    @property
    def descriptor(self) -> int | None:
        """The socket's descriptor, where nothing is in the way of a frame that is written straight to it."""
        return self._descriptor if self.free and not self._waiting and self._is_open else None

    def write(self, frame: bytes) -> None:
        """Write a frame between those that `send` writes."""
        if self._waiting:
            frame, self._waiting = self._waiting + frame, b""
        if self._is_open:
            self.transport.write(frame)

    def write_soon(self, frame: bytes) -> None:
        """A call of the system costs more than the frame: an answer and the frame that follows it share one."""
        if not self._waiting:
            self.loop.call_soon(self.write, b"")
        self._waiting += frame

    @property
    def _is_open(self) -> bool:
        return self.handshake_complete and not self._close_sent and not self.transport.is_closing()

    def _pause(self) -> None:
        if self.paused is not None:
            self.paused()
