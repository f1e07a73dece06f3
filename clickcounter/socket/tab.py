"""One websocket of a page: what is known about it, and how something is written to it; and the tabs of each session.

A page shows one counter, or a board of several. Rooms hold places: a tab is itself the place of its page's counter, and has
another one, a Cell of boards.py, for each counter of its board.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Set
from typing import TYPE_CHECKING, Any

from starlette.types import Send

from clickcounter.domain.clicks import Caller
from clickcounter.socket.connections.wire import GONE, Wire, wire_of
from clickcounter.socket.protocol import ALONE, NAMESPACE, WHOLE
from clickcounter.socket.reflex_internals import environ_getter

if TYPE_CHECKING:
    from clickcounter.socket.admission import Asked
    from clickcounter.socket.boards.cells import Cell
    from clickcounter.socket.fanout import Feed

IN_SCOPE = "clickcounter.tab"  # where a websocket's ASGI scope holds its tab
MOST_REPLIES = 32  # that wait for one tab to take what it was sent


def tab_finder(app: Any) -> Callable[[str], "Tab | None"]:
    """A function that finds an open tab by its Socket.IO session."""
    get_environ = environ_getter(app)

    def find(sid: str) -> Tab | None:
        environ = get_environ(sid, NAMESPACE)
        return environ["asgi.scope"].get(IN_SCOPE) if environ else None

    return find


class Place:
    """Where a tab shows one counter: in one room at most, and in none once the tab is closed."""

    __slots__ = ("counter", "edition", "feed", "kept_out", "label", "outdated")

    alone, whole = ALONE, WHOLE  # the forms of its frames
    short = False  # its page reads short frames
    descriptor: int | None = None  # where a short frame can be written at once; None where there is more to do
    closed = False

    def __init__(self) -> None:
        self.counter: str | None = None  # whose room it is in
        self.kept_out: str | None = None  # the counter that it is waiting to be let in to, in no room
        self.label = ""  # of its tab's device
        self.feed: Feed | None = None  # where its messages come from: the room's, or one of its own in no room
        self.edition = 0  # of what its page has: settings, labels, round and who pressed last
        self.outdated = False  # it gets the newest message of its feed once its tab is free

    @property
    def caller(self) -> Caller:
        """Who is watching."""
        raise NotImplementedError

    def named(self, name: str) -> str:
        """The name on the wire of a variable of this counter."""
        return name

    def show(self, feed: "Feed") -> None:
        """Send the feed's newest message; if the tab is not free, it gets that of the place's own feed once it is."""
        raise NotImplementedError

    def write_rest(self, rest: bytes) -> None:
        """Write the rest of a frame whose beginning was written straight to its descriptor."""
        raise NotImplementedError

    def resend(self) -> None:
        """Send the newest message of its feed once more."""
        if self.feed is not None:
            self.show(self.feed)

    def resend_whole(self) -> None:
        """The same with all that goes with it at times, whatever the page has."""
        self.edition = 0
        self.resend()


class Tab(Place):
    """One websocket."""

    __slots__ = (
        "address",
        "asked",
        "cells",
        "closed",
        "descriptor",
        "device",
        "due",
        "event_due",
        "on_close",
        "put_off",
        "reader",
        "session",
        "short",
        "timed",
        "waiting",
        "warned",
        "wire",
    )

    def __init__(self, send: Send, session: str | None = None, address: str = "", short: bool = False) -> None:
        super().__init__()
        self.wire: Wire = wire_of(send)
        self.wire.drained, self.wire.paused = self._drained, self._paused
        self.descriptor = None
        self.address = address  # the client's
        self.session = session  # the hash of the socket's session token; the database says each time whose it is
        self.short = short  # its page reads short frames
        self.asked: Asked | None = None  # what is not answered yet
        self.closed = False  # the websocket has ended
        self.reader: asyncio.Task[Any] | None = None  # the task that was told that it has ended
        self.on_close: Callable[[], None] | None = None
        self.due = 0.0  # up to when its allowance is used up; in the past for a tab that sends slowly
        self.event_due = 0.0  # the same for events besides presses
        self.put_off = 0  # orders since its last message, because too many new devices came from its address
        self.timed = float("-inf")  # when it last reported how long its presses took
        self.warned = 0.0  # when it was last told that it sends too fast
        self.device: str | None = None  # the hash of its device's secret, once it has introduced itself
        self.cells: dict[str, Cell] | None = None  # of its board, by counter; None where it shows none
        self.waiting: deque[bytes] = deque()  # answers, until the wire is free; the newest frames come after those

    def close(self) -> None:
        """The websocket has ended; what its tab has asked is dropped."""
        self.closed = True
        self.wire.drained = self.wire.paused = self.wire.take = self.descriptor = None
        self.wire = GONE  # or the socket and its tab would keep each other in memory
        _drop_traceback(self.reader)
        if self.asked:
            self.asked.drop()
        if self.on_close:
            self.on_close()

    @property
    def caller(self) -> Caller:
        """Who is watching in this tab."""
        return Caller(self.session, self.device)

    @property
    def places(self) -> tuple[Place, ...]:
        """All places of this tab."""
        return (self, *self.cells.values()) if self.cells else (self,)

    @property
    def shows_counters(self) -> bool:
        """Whether it shows a counter or a board."""
        return self.counter is not None or bool(self.cells)

    def take_places(self) -> tuple[Place, ...]:
        """The same; its board is gone."""
        places, self.cells = self.places, None
        return places

    @property
    def free(self) -> bool:
        """Whether it has taken everything that it was sent."""
        return not self.waiting and self.wire.free

    def show(self, feed: "Feed") -> None:
        """Send the feed's newest message; a tab that is not free gets that of its own feed once it is."""
        if self.waiting or not self.wire.free:
            self.outdated = True
        elif (message := feed.message_for(self)) is not None:
            self.wire.write(message)
            if self.short:
                self.descriptor = self.wire.descriptor

    def write_rest(self, rest: bytes) -> None:
        """Write the rest of a frame: nothing was in its way when it began."""
        self.wire.write(rest)

    def reply(self, frame: bytes) -> None:
        """Send an answer. A tab that reads none of its answers gets no more of them: it asks again, by key."""
        if self.free:
            self.descriptor = None
            self.wire.write_soon(frame)
        elif len(self.waiting) < MOST_REPLIES:
            self.waiting.append(frame)

    def write(self, frame: bytes) -> None:
        """Send something, after the answers that wait."""
        if self.free:
            self.wire.write(frame)
        else:
            self.waiting.append(frame)

    def _paused(self) -> None:
        self.descriptor = None

    def _drained(self) -> None:
        while self.waiting and self.wire.free:
            self.wire.write(self.waiting.popleft())
        for place in self.places:
            if place.outdated and self.free:
                place.outdated = False
                place.resend()


def _drop_traceback(reader: "asyncio.Task[Any] | None") -> None:
    """Engine.IO keeps the task whose exception ended its loop, in a frame that the exception's traceback keeps."""
    if reader and reader.done() and not reader.cancelled() and (error := reader.exception()):
        error.__traceback__ = None


class SessionTabs:
    """Tabs whose socket came with a session, by that session."""

    def __init__(self) -> None:
        self._tabs: dict[str, set[Tab]] = {}

    def add(self, tab: Tab) -> None:
        """The tab's socket was opened."""
        if tab.session:
            self._tabs.setdefault(tab.session, set()).add(tab)

    def discard(self, tab: Tab) -> None:
        """The tab is closed, or its session has ended."""
        tabs = self._tabs.get(tab.session or "")
        if tabs:
            tabs.discard(tab)
            if not tabs:
                del self._tabs[str(tab.session)]

    def of(self, sessions: Iterable[str]) -> list[Tab]:
        """The open tabs of these sessions."""
        return [tab for session in sessions for tab in self._tabs.get(session, ())]

    def showing(self, session: str, counter: str) -> list[tuple[Tab, Place]]:
        """The tabs of a session that show this counter, and where."""
        return [(tab, place) for tab in self.of([session]) for place in tab.places if place.counter == counter]

    def counters(self) -> dict[str, Set[str]]:
        """The counters that each session's tabs show."""
        return {
            session: {place.counter for tab in tabs for place in tab.places if place.counter}
            for session, tabs in self._tabs.items()
        }
