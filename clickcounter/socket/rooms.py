"""Which tab is watching which counter: the audience of this process.

A room holds the places where tabs show one counter; those that may not see it wait outside. Frames are sent in fanout.py.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Set
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from clickcounter.access.cookies import session_hash
from clickcounter.domain.clicks import Caller, Outcome, Snapshot
from clickcounter.errors import CounterNotFound
from clickcounter.live.audience import PersonalTotal
from clickcounter.live.presence import Presence
from clickcounter.socket.fanout import Feed, about_counter, frame, frame_error, own_total, signed_out
from clickcounter.socket.protocol import GOODBYE, OWN, CounterAbout, Frame, framed, reads_short, update, variable
from clickcounter.socket.room import Room
from clickcounter.socket.streams.readers import EventStreams
from clickcounter.socket.tab import IN_SCOPE, Place, SessionTabs, Tab
from clickcounter.web.client_address import address as client_address

RESEND_AFTER = 0.25  # seconds, see Rooms.resend_soon
MEMBERS_ONLY = "members_only"  # the error's code
BOARD = "board"  # the variable that holds a page of a list

_current: "Rooms | None" = None


def current() -> "Rooms":
    """The rooms of this process, for event handlers, which Reflex creates without arguments."""
    if _current is None:
        raise RuntimeError("there are no rooms before the app is made")
    return _current


class Rooms:
    """The rooms of this process; it is the Audience of live/audience.py.

    `counter_state` and `list_state` are the full names of the states whose variables tabs show; `find_tab` finds a tab by
    its Socket.IO session.
    """

    def __init__(
        self,
        counter_state: str,
        list_state: str,
        presence: Presence,
        find_tab: Callable[[str], Tab | None],
        hops: int = 0,  # over our own proxies
        most_streams: tuple[int, int] = (5000, 1000),  # in all, and for one address
    ) -> None:
        global _current
        _current = self
        self._counter_state, self._list_state = counter_state, list_state
        self._presence, self.tab, self._hops = presence, find_tab, hops
        self._rooms: dict[str, Room] = {}
        self._session_tabs, self._kept_out = SessionTabs(), set[Place]()
        self.streams = EventStreams(*most_streams, left=self._report)
        # Tabs that came or left, frames, frames times tabs, websockets:
        self.moves = self.frames = self.sends = self.open = 0

    def wrap(self, app: ASGIApp, listen: Callable[[Tab, Receive], Receive]) -> ASGIApp:
        """The ASGI app, with a tab for each websocket, whose messages pass `listen`."""

        async def with_tab(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket":
                await app(scope, receive, send)
                return
            tab = scope[IN_SCOPE] = Tab(send, session_hash(scope), client_address(scope, self._hops), reads_short(scope))
            self.moves += 1
            self.open += 1
            self._session_tabs.add(tab)
            try:
                await app(scope, listen(tab, receive), send)
            finally:
                tab.close()
                self.leave_all(tab)
                self._session_tabs.discard(tab)
                self.open -= 1
                self.moves += 1

        return with_tab

    def enter(self, tab: Place, counter: str) -> bool:
        """Move a tab, or a cell of a board, into a counter's room. Returns whether it is there: a closed tab enters none."""
        if tab.closed:
            return False
        if tab.counter == counter:
            return True
        self.leave(tab)
        if not (room := self._rooms.get(counter)):
            room = self._rooms[counter] = Room(Feed(self._counter_state))
        tab.counter, tab.edition, tab.feed = counter, 0, room.feed
        room.tabs.add(tab)
        room.label(tab, +1)
        self._report(counter)
        return True

    def leave_all(self, tab: Tab) -> None:
        """Take a tab and its board out of all rooms."""
        for place in tab.take_places():
            self.leave(place)

    def leave(self, tab: Place) -> None:
        """Take a tab out of its room, or stop it waiting for one."""
        counter, tab.counter, tab.kept_out = tab.counter, None, None
        self._kept_out.discard(tab)
        if counter is None:
            return
        tab.feed = None
        if room := self._rooms.get(counter):
            room.tabs.discard(tab)
            room.label(tab, -1)
            if not room.tabs:
                del self._rooms[counter]
        self._report(counter)

    def keep_out(self, tab: Place, counter: str) -> None:
        """The tab may not see the counter now; it waits in no room until it may."""
        self.leave(tab)
        if not tab.closed:
            tab.kept_out = counter
            self._kept_out.add(tab)

    def set_label(self, tab: Place, label: str) -> None:
        """The tab's device has this label."""
        room = self._rooms.get(tab.counter or "")
        if room is None or tab.label == label:
            tab.label = label
            return
        room.label(tab, -1)
        tab.label = label
        room.label(tab, +1)
        self._report(str(tab.counter))

    def resend_soon(self, tab: Tab) -> None:
        """Send the newest frame once more in a moment.

        A frame that goes out while Reflex's own first answer is still queued may arrive before it and be painted over.
        """
        if not tab.closed:
            tab.edition = 0
            asyncio.get_running_loop().call_later(RESEND_AFTER, tab.resend_whole)

    def shown(self, snapshot: Snapshot) -> tuple[CounterAbout, Frame]:
        """A counter's settings and its frame as Reflex itself sends them, when a tab has just entered the room."""
        counter, last = snapshot.counter, snapshot.last if snapshot.settings.tells_who else None
        about = about_counter(counter, snapshot.settings, self._presence.labels(counter), last)
        return about, frame(snapshot, self._presence.viewers(counter))

    def send(self, snapshot: Snapshot) -> float:
        """Send a snapshot to its room. Returns the seconds of the event loop that took."""
        began = time.perf_counter()
        self.streams.send(snapshot)
        if not (room := self._rooms.get(counter := snapshot.counter)):
            return 0.0
        self.frames, self.sends = self.frames + 1, self.sends + len(room.tabs)
        room.send(*room.feed.show(snapshot, self._presence.viewers(counter), self._presence.labels(counter)))
        return time.perf_counter() - began

    def rehearse(self, outcome: Outcome) -> None:
        """Compose what a press's answer and frame will say, and send nothing: the next time it is quicker."""
        if (snapshot := outcome.snapshot) and (room := self._rooms.get(snapshot.counter)):
            self._presence.labels(snapshot.counter)
            room.rehearse(outcome, snapshot, self._presence.viewers(snapshot.counter))

    def counter_gone(self, counter: str) -> None:
        """Tell a counter's viewers that it no longer exists."""
        self.streams.end(counter)
        if room := self._rooms.get(counter):
            room.feed.show_error(frame_error(counter, CounterNotFound.code))
            for tab in room.tabs:
                tab.show(room.feed)

    def callers(self, counter: str) -> set[Caller]:
        """Who is watching a counter in this process."""
        tabs = self._rooms[counter].tabs if counter in self._rooms else ()
        return self.streams.callers(counter) | {tab.caller for tab in tabs}

    def key_holders(self) -> Mapping[str, Set[Caller]]:
        """Who is watching with a key in this process, by counter."""
        return self.streams.key_holders()

    def is_watched(self, counter: str) -> bool:
        """Whether anybody is watching a counter in this process."""
        return counter in self._rooms or counter in self.streams

    def shut_out(self, counter: str, caller: Caller) -> None:
        """This caller may no longer see the counter: say so in each of their tabs, and send them no more frames."""
        self.streams.end(counter, caller)
        tabs = self._rooms[counter].tabs if counter in self._rooms else ()
        for tab in [tab for tab in tabs if tab.caller == caller]:
            self.keep_out(tab, counter)
            tab.feed = Feed(self._counter_state, error=frame_error(counter, MEMBERS_ONLY))
            tab.resend()

    def kept_out(self) -> dict[str, set[Caller]]:
        """Who is waiting to be let in, by counter."""
        found: dict[str, set[Caller]] = {}
        for tab in self._kept_out:
            found.setdefault(str(tab.kept_out), set()).add(tab.caller)
        return found

    def let_in(self, counter: str, caller: Caller) -> None:
        """This caller may see the counter now: each of their waiting tabs gets its frames from now on."""
        for tab in [tab for tab in self._kept_out if tab.kept_out == counter and tab.caller == caller]:
            self.enter(tab, counter)

    def sessions(self) -> Mapping[str, Set[str]]:
        """The counters that each session's tabs show."""
        return self._session_tabs.counters()

    def credit(self, total: PersonalTotal) -> None:
        """Tell a session's tabs what its account added to the round, on this device and on others."""
        for tab, place in self._session_tabs.showing(total.session, total.counter):
            tab.reply(update(self._counter_state, {place.named(OWN): own_total(total)}))

    def sign_out(self, sessions: Collection[str]) -> None:
        """These sessions have ended: their tabs become anonymous, are told so, and are asked to connect again."""
        for tab in self._session_tabs.of(sessions):
            self._session_tabs.discard(tab)
            tab.session = None
            if counter := next((shown for each in tab.places if (shown := each.counter or each.kept_out)), None):
                tab.reply(update(self._counter_state, {OWN: signed_out(counter)}))
            self.leave_all(tab)
            tab.write(framed(GOODBYE.encode()))

    def send_list(self, tabs: Collection[str], name: str, value: Any) -> set[str]:
        """Send tabs a variable of their list. Returns those that are closed, or watch a counter.

        A tab that is busy gets the newest board once it is free, and misses a pulse.
        """
        feed, gone = Feed(self._list_state, update(self._list_state, {variable(name): value})), set()
        for sid in tabs:
            tab = self.tab(sid)
            if tab is None or tab.closed or tab.counter is not None or tab.cells:
                gone.add(sid)
            elif name == BOARD or tab.free:
                if name == BOARD:
                    tab.feed = feed
                tab.show(feed)
        return gone

    def _report(self, counter: str) -> None:
        room = self._rooms.get(counter)
        self._presence.set_here(counter, len(room.tabs) if room else 0, tuple(room.labels) if room else ())
