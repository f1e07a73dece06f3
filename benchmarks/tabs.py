"""Tabs without a browser that speak each system's protocol, as its own page would.

A tab records when its number first reached each new high, so that the latency of every press at every tab can be computed
afterwards and costs the load generator nothing meanwhile.
"""

import asyncio
import os
import re
import time
import uuid
from abc import ABC, abstractmethod
from array import array
from typing import ClassVar

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

JOIN_WITHIN = 60.0  # seconds
PING, PONG = b"\x81\x012", b"3"  # of Engine.IO: a frame, and the text that answers it


def client_frame(text: bytes) -> bytes:
    """A text in a websocket frame; its mask changes nothing."""
    size = len(text)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65_536:
        length = b"\xfe" + size.to_bytes(2)
    else:
        length = b"\xff" + size.to_bytes(8)
    return b"\x81" + length + bytes(4) + text


class Tab(WSListener, ABC):
    """One open page; `shown` is its number. Subclasses know how a system's page joins, presses and reads."""

    path: ClassVar[str]
    number: ClassVar[re.Pattern[bytes]]  # the number in a frame; the last match counts

    def __init__(self) -> None:
        self.shown = self.highest = -1
        self.rose_at, self.rose_to = array("d"), array("q")
        self.frames = self.bytes = self.steps_back = self.unanswered = 0
        self.transport: WSTransport | None = None
        self.descriptor: int | None = None  # of its socket, while that is not on the event loop
        self.heard_at: float | None = None  # when the frame came that is being read; None means now
        self.has_number = asyncio.get_running_loop().create_future()

    @abstractmethod
    def presses(self, count: int) -> list[bytes]:
        """The texts that a page sends for this many presses."""

    def press(self, count: int) -> None:
        """Press this often at once."""
        for text in self.presses(count):
            self.send_text(text)

    def greet(self) -> None:
        """Called when the socket is open."""

    def control(self, text: bytes) -> None:
        """Called with a frame without a number."""

    async def join(self, address: str, source: str | None = None) -> "Tab":
        """Open the page's socket, from an address of this machine, and wait until it shows a number."""
        local = (source, 0) if source else None
        await ws_connect(lambda: self, address + self.path, local_addr=local)
        await asyncio.wait_for(self.has_number, JOIN_WITHIN)
        return self

    def reset(self) -> None:
        """Start measuring from now on."""
        del self.rose_at[:], self.rose_to[:]
        self.frames = self.bytes = self.steps_back = 0

    def send_text(self, text: bytes) -> None:
        """Send a text frame."""
        if self.descriptor is not None:
            os.write(self.descriptor, client_frame(text))
        elif self.transport:
            self.transport.send(WSMsgType.TEXT, text)

    def leave_loop(self) -> int | None:
        """Stop reading on the event loop. Returns the socket's descriptor; None if it is closed."""
        if self.transport:
            self.transport.underlying_transport.pause_reading()
            self.descriptor = self.transport.underlying_transport.get_extra_info("socket").fileno()
        return self.descriptor

    def join_loop(self) -> None:
        """Read on the event loop again."""
        self.descriptor = None
        if self.transport:
            self.transport.underlying_transport.resume_reading()

    def has_closed(self) -> None:
        """Its socket was closed while it was not on the event loop."""
        if self.transport:
            self.transport.underlying_transport.abort()
        self.transport = self.descriptor = None

    @property
    def is_open(self) -> bool:
        """Whether the socket is open."""
        return self.transport is not None

    def leave(self) -> None:
        """Close the page."""
        if self.transport:
            self.transport.disconnect()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Called when the socket is open."""
        self.transport = transport
        self.greet()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Called when the socket has closed."""
        self.transport = None
        if not self.has_number.done():
            self.has_number.set_exception(ConnectionError("closed before it showed a number"))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called with every frame."""
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self.hear(frame.get_payload_as_bytes())

    def hear(self, text: bytes) -> None:
        """Called with the text of every frame."""
        self.frames += 1
        self.bytes += len(text)
        self.read(text)

    def read(self, text: bytes) -> None:
        """Show the number in a frame, if it has one."""
        if found := self.number.findall(text):
            self.show(int(found[-1]))
        else:
            self.control(text)

    def show(self, number: int) -> None:
        """Show a number and record a new high."""
        if number < self.shown:
            self.steps_back += 1
        elif number > self.highest:
            self.highest = number
            self.rose_at.append(self.heard_at or time.perf_counter())
            self.rose_to.append(number)
        self.shown = number
        if not self.has_number.done():
            self.has_number.set_result(None)


class SocketIO(Tab):
    """Socket.IO 5 in Engine.IO 4, over a websocket from the start."""

    path = "/socket.io/?EIO=4&transport=websocket"
    number = re.compile(rb'^42\["count",(\d+)\]')
    hello = b"40"

    def presses(self, count: int) -> list[bytes]:
        """One event each."""
        return [b'42["click"]'] * count

    def control(self, text: bytes) -> None:
        """Called with a frame without a number."""
        if text == b"2":
            if self.heard_at is None:  # otherwise it is answered already
                self.send_text(PONG)
        elif text.startswith(b"0"):
            self.send_text(self.hello)
        elif text.startswith((b"1", b"41", b"44")):
            self.leave()


class Channels(Tab):
    """The consumer of the original counter on Django Channels."""

    path = "/ws/counter/"
    number = re.compile(rb'"count": ?(\d+)')

    def presses(self, count: int) -> list[bytes]:
        """One message each."""
        return [b'{"action": "increment"}'] * count


class Reflex(SocketIO):
    """A page of a Reflex app, which hydrates in the frame that opens its namespace."""

    hello = (
        b'40/_event,{"event":{"name":"reflex___state____state.hydrate_and_load","payload":{"hashes":[]},'
        b'"router_data":{"pathname":"%b","asPath":"%b"}}}'
    )

    def __init__(self, page: str = "/") -> None:
        super().__init__()
        self.hello = self.hello.replace(b"%b", page.encode())
        self.path = f"/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"  # type: ignore[misc]


class SharedState(Reflex):
    """The counter on rx.SharedState; its presses have no arguments."""

    number = re.compile(rb'"count_rx_state_": ?(\d+)')
    click = (
        b'42/_event,["event",{"name":"reflex___state____state.reflex___istate___shared____shared_state_base_internal'
        b'.shared_counter___shared_counter____counter_state.press",'
        b'"payload":{},"router_data":{"pathname":"/","asPath":"/"}}]'
    )

    def presses(self, count: int) -> list[bytes]:
        """One event each."""
        return [self.click] * count


class ClickCounter(Reflex):
    """Our own page. It reads short frames; like its outbox, it gives each press a key and counts unanswered presses."""

    number = re.compile(rb'"count":(\d+)')
    round = re.compile(rb'"round":(\d+)')
    state = "reflex___state____state.clickcounter___states___counter____counter_state"

    def __init__(self, counter: str = "counter", page: str = "/") -> None:
        super().__init__(page)
        self.path += "&short=1"
        self.round_id = 0
        self.refused = 0
        self.start = (
            f'42/_event,["event",{{"name":"{self.state}.record","payload":{{"counter":"{counter}",'
            f'"device":"{os.urandom(16).hex()}","sent_at":'
        )

    def read(self, text: bytes) -> None:
        """Show the number and take in the answers to this tab's presses."""
        if text.startswith(b"n"):
            self.show(int(text[1 : text.index(b",")]))
            return
        if not self.round_id and (found := self.round.search(text)):
            self.round_id = int(found[1])
        if b'"answer_rx_state_":{"' in text:
            self.unanswered -= text.count(b':"saved"')
            self.refused += text.count(b'"error":"')  # "later": a browser would send them again
        super().read(text)

    def presses(self, count: int) -> list[bytes]:
        """One event for all of them."""
        now = time.time_ns() // 1_000_000
        keys = [f"{now:012x}{os.urandom(10).hex()}" for _ in range(count)]
        clicks = ",".join(f'{{"key":"{key}","amount":1,"pressed_at":{now},"round":{self.round_id}}}' for key in keys)
        self.unanswered += count
        return [f'{self.start}{now},"clicks":[{clicks}]}},"router_data":{{"pathname":"/","asPath":"/"}}}}]'.encode()]


SYSTEMS: dict[str, type[Tab]] = {
    "ours": ClickCounter,
    "socketio": SocketIO,
    "channels": Channels,
    "sharedstate": SharedState,
}
