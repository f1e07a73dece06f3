"""Who reads a counter's stream of events in this process. They are sent the newest snapshot, never what was before.

Readers are programs and other sites' pages; tabs do not see how many there are. They come after tabs and presses: a round of
writing takes a small share of the event loop's time, a few readers at a time, so that thousands of them delay nobody.
"""

import asyncio
import json
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clickcounter.domain.clicks import Caller, Snapshot
from clickcounter.socket.streams.connection import StreamConnection

GAP = 0.1  # seconds between two rounds of one counter
SLICE = 0.0005  # seconds of writing without a pause
SHARE = 0.15  # of the event loop's time, at most
HEARTBEAT = 13.0  # seconds without an event; with the frame schedule's own two, a comment comes within 15
COMMENT = b":\n\n"
RETRY_MS = (1_000, 5_000)  # at random, so that not everybody comes back at once


@dataclass(eq=False, slots=True)
class Reader:
    """One stream.

    It joins its counter's channel before the counter is read, so that it misses no change, and stays until it is closed.
    """

    streams: "EventStreams"
    channel: "Channel"
    caller: Caller
    address: str
    revision: int | None  # that it has
    connection: StreamConnection | None = None
    waits: bool = False  # gets the newest once it has taken what it was sent
    ended: bool = False

    def drained(self) -> None:
        """It can be sent something again."""
        if self.waits:
            self.show()

    def closed(self) -> None:
        """The client has left, or was sent the end."""
        self.connection = None
        self.streams.leave(self)

    def show(self, *, beat: bool = False) -> None:
        """Send the newest snapshot, unless the client has it; a comment then, if it is time for one."""
        connection, snapshot = self.connection, self.channel.snapshot
        if connection is None or snapshot is None:
            return
        if not connection.free:
            self.waits = True
        elif snapshot.revision != self.revision:
            self.waits, self.revision = False, snapshot.revision
            connection.write(self.channel.form(snapshot, chunked=connection.is_chunked))
        elif beat:
            connection.write(chunk(COMMENT) if connection.is_chunked else COMMENT)

    def begin(self, connection: StreamConnection) -> None:
        """The answer has begun; the connection carries the rest."""
        if not connection.carry(self):
            self.closed()
            return
        self.connection = connection
        if self.ended:
            connection.end()
        else:
            self.show()

    def end(self) -> None:
        """End it, also if its answer has not begun yet."""
        self.ended = True
        if self.connection is not None:
            self.connection.end()


@dataclass(eq=False, slots=True)
class Channel:
    """The readers of one counter."""

    counter: str
    readers: dict[Reader, None] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    forms: dict[bool, bytes] = field(default_factory=dict)
    changed: bool = False  # since the last round began
    beats: bool = False  # the round brings comments to those that have the newest
    began: float = float("-inf")  # when the last round began
    busy: bool = False  # a round is under way, or about to begin

    def take(self, snapshot: Snapshot) -> bool:
        """Make this the newest. Returns whether there is something to send."""
        if self.snapshot is None or snapshot.revision > self.snapshot.revision:
            self.snapshot, self.forms, self.changed = snapshot, {}, True
        elif not self.busy and time.monotonic() - self.began >= HEARTBEAT:
            self.changed = self.beats = True
        return self.changed

    def begin(self) -> None:
        """A round begins."""
        self.changed, self.began = False, time.monotonic()

    def form(self, snapshot: Snapshot, *, chunked: bool) -> bytes:
        """The newest snapshot as an event, encoded when the first one needs it."""
        if chunked not in self.forms:
            newest = event(snapshot)
            self.forms[chunked] = chunk(newest) if chunked else newest
        return self.forms[chunked]


class EventStreams:
    """All streams of this process: `most` at a time, `most_of_address` of them for one address.

    `left` is called with a counter when its last reader has left.
    """

    def __init__(self, most: int, most_of_address: int, left: Callable[[str], None]) -> None:
        self._most, self._most_of_address, self._left = most, most_of_address, left
        self._channels: dict[str, Channel] = {}
        self._addresses: Counter[str] = Counter()
        self._rounds: deque[tuple[Channel, Iterator[Reader]]] = deque()
        self._timer: asyncio.Handle | None = None
        self.open = 0

    def __contains__(self, counter: str) -> bool:
        return counter in self._channels

    def enter(self, counter: str, caller: Caller, address: str, revision: int | None) -> Reader | None:
        """A reader that has this revision, if any, already; None if there are too many."""
        if self.open >= self._most or self._addresses[address] >= self._most_of_address:
            return None
        channel = self._channels.setdefault(counter, Channel(counter))
        reader = Reader(self, channel, caller, address, revision)
        channel.readers[reader] = None
        self._addresses[address] += 1
        self.open += 1
        return reader

    def leave(self, reader: Reader) -> None:
        """The reader has left."""
        channel = reader.channel
        if channel.readers.pop(reader, reader) is reader:
            return
        self.open -= 1
        self._addresses[reader.address] -= 1
        if not self._addresses[reader.address]:
            del self._addresses[reader.address]
        if not channel.readers:
            del self._channels[channel.counter]
            self._left(channel.counter)

    def send(self, snapshot: Snapshot) -> None:
        """Start sending a snapshot to its readers, or a comment to those that have heard nothing for long."""
        channel = self._channels.get(snapshot.counter)
        if channel is not None and channel.take(snapshot):
            self._begin_soon(channel)

    def callers(self, counter: str) -> set[Caller]:
        """Who reads a counter."""
        channel = self._channels.get(counter)
        return {reader.caller for reader in channel.readers} if channel else set()

    def key_holders(self) -> dict[str, set[Caller]]:
        """Who reads with a key, by counter."""
        found = {counter: {caller for caller in self.callers(counter) if caller.key} for counter in self._channels}
        return {counter: callers for counter, callers in found.items() if callers}

    def end(self, counter: str, caller: Caller | None = None) -> None:
        """End a counter's streams: all, or those of a caller who may no longer see it."""
        channel = self._channels.get(counter)
        for reader in list(channel.readers) if channel else ():
            if caller is None or reader.caller == caller:
                reader.end()

    def _begin_soon(self, channel: Channel) -> None:
        if channel.busy:
            return  # what is left of the round brings the newest, and the next one what it came too late for
        channel.busy = True
        wait = channel.began + GAP - time.monotonic()
        asyncio.get_running_loop().call_later(max(0.0, wait), self._begin, channel)

    def _begin(self, channel: Channel) -> None:
        channel.begin()
        self._rounds.append((channel, iter(list(channel.readers))))
        if self._timer is None:
            self._work()

    def _work(self) -> None:
        began = time.perf_counter()
        while self._rounds:
            channel, readers = self._rounds[0]
            for reader in readers:
                reader.show(beat=channel.beats)
                if (took := time.perf_counter() - began) >= SLICE:
                    self._timer = asyncio.get_running_loop().call_later(took / SHARE, self._work)
                    return
            self._rounds.popleft()
            channel.busy = channel.beats = False
            if channel.changed:
                self._begin_soon(channel)
        self._timer = None


def event(snapshot: Snapshot) -> bytes:
    """A snapshot as an event."""
    data = {"counter": snapshot.counter, "value": snapshot.value, "revision": snapshot.revision, "round": snapshot.round}
    return f"id: {snapshot.revision}\ndata: {json.dumps(data)}\n\n".encode()


def chunk(data: bytes) -> bytes:
    """Data as a chunk of an HTTP/1.1 answer."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def opening() -> bytes:
    """What a stream begins with: after how long to connect again."""
    return f"retry: {random.randint(*RETRY_MS)}\n\n".encode()  # noqa: S311  not a secret
