"""Tabs that share a token: who looks at which counter, and what they are sent. It stands between Reflex and its socket.

A frame is encoded once and handed to the server's own send for each tab, which starts writing at the call. It is not
awaited: a tab whose last frame is still on its way is skipped and gets the newest one when it is free, so that a slow tab
delays nobody. Awaiting each tab, or a Socket.IO room, costs five to fifteen times as much of the event loop.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

from clickcounter.access.cookies import session_hash
from clickcounter.domain.clicks import Caller, Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.errors import CounterNotFound
from clickcounter.live.session_watcher import PersonalTotal
from clickcounter.socket.intake import Intake
from clickcounter.socket.packets import PressFilter
from clickcounter.socket.tab import GOODBYE, NAMESPACE, Message, Tab, change, lightened

TAB = "clickcounter.tab"  # where a websocket's ASGI scope holds its tab
AGAIN_AFTER = 0.25  # seconds, see Rooms.again
LAST_EVERY = 1.0  # seconds between two names of who pressed last
MOST_LABELS = 20  # that are told of those who look on
MEMBERS_ONLY = "members_only"  # the error's code

_here: "Rooms | None" = None


def current() -> "Rooms":
    """The rooms of this process, for event handlers, which Reflex creates without arguments."""
    if _here is None:
        raise RuntimeError("there are no rooms before the app is made")
    return _here


class Room:
    """The tabs that look at one counter, and the newest frame for them: alone, and with what is said of the counter."""

    __slots__ = ("alone", "edition", "labels", "last", "last_at", "said", "tabs", "update", "whole")

    def __init__(self) -> None:
        self.tabs: set[Tab] = set()
        self.labels: Counter[str] = Counter()  # how many of them have each
        self.update: dict[str, Any] = {}
        self.alone: Message | None = None
        self.whole: Message | None = None  # made when the first tab needs it
        self.said: tuple[CounterSettings, tuple[str, ...], Presser | None] | None = None
        self.last: Presser | None = None  # who is shown as the one who pressed last, and since when
        self.last_at = 0.0
        self.edition = 0  # of what is said; a tab that has another one gets the whole frame


class Rooms:
    """The rooms of this process. `state` is the full name of the Reflex state whose `frame` and `about` the tabs show.

    `on_change(counter, lookers, labels)` is told when somebody joined, left or got a label; `elsewhere(counter)` says how
    many tabs of other processes look on, `who_elsewhere(counter)` under which labels.
    """

    def __init__(self, state: str) -> None:
        global _here
        _here = self
        self._state = state
        self.incoming = Intake(PressFilter(f"{state}.record"), self.answer)
        self.sio: Any = None  # Reflex's Socket.IO server, once the app is made
        self._rooms: dict[str, Room] = {}
        self._signed_in: dict[str, set[Tab]] = {}  # by session
        self._waiting: set[Tab] = set()  # those that are kept out
        self.moves = self.frames = 0  # so far: tabs that came or left, frames made
        self.on_change: Callable[[str, int, tuple[str, ...]], None] = lambda counter, lookers, labels: None
        self.elsewhere: Callable[[str], int] = lambda counter: 0
        self.who_elsewhere: Callable[[str], set[str]] = lambda counter: set()

    def wrap(self, app: Any) -> Any:
        """The ASGI app, with a tab in the scope of each websocket."""

        async def with_tab(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "websocket":
                await app(scope, receive, send)
                return
            tab = scope[TAB] = Tab(send, session_hash(scope))
            self.moves += 1
            if tab.session:
                self._signed_in.setdefault(tab.session, set()).add(tab)
            try:
                await app(scope, self.incoming.listen(tab, receive), send)
            finally:
                self.leave(tab)
                self._forget_session(tab)
                self.moves += 1

        return with_tab

    def part(self, sessions: Collection[str]) -> None:
        """These sessions have ended: whatever came with them is nobody's, hears so, and is told to connect again."""
        for tab in [tab for session in sessions for tab in self._signed_in.get(session, ())]:
            self._forget_session(tab)
            tab.session = None
            if counter := tab.counter or tab.kept_out:
                tab.say(self.message({"own_rx_state_": {"counter": counter, "account": None, "at": now_ms()}}))
            self.leave(tab)
            tab.start(GOODBYE)  # granian closes no socket while the app waits for its next message

    def _forget_session(self, tab: Tab) -> None:
        of_session = self._signed_in.get(tab.session or "")
        if of_session:
            of_session.discard(tab)
            if not of_session:
                del self._signed_in[str(tab.session)]

    def answer(self, tab: Tab, answer: dict[str, Any]) -> None:
        """Start sending an answer. A tab that reads none of its answers gets no more: it asks again, by key."""
        tab.say(self.message({"answer_rx_state_": answer}))

    def looking(self) -> dict[str, set[str]]:
        """The counters that tabs show which came with a session, by session."""
        return {session: {tab.counter for tab in tabs if tab.counter} for session, tabs in self._signed_in.items()}

    def credit(self, credit: PersonalTotal) -> None:
        """Tell a session's tabs what whoever is signed in there added to the round, on this device and others."""
        news = asdict(credit) | {"at": now_ms()}
        del news["session"]
        news["account"] = {name: news.pop(name) for name in ("name", "up", "down")}
        for tab in self._signed_in.get(credit.session, ()):
            if tab.counter == credit.counter:
                tab.say(self.message({"own_rx_state_": news}))

    def tab(self, sid: str) -> Tab | None:
        """The tab of a Socket.IO session; None when it is gone."""
        environ = self.sio.get_environ(sid, NAMESPACE)
        return lightened(environ)["asgi.scope"].get(TAB) if environ else None

    def lookers(self, counter: str) -> int:
        """How many tabs of this process are in the room."""
        room = self._rooms.get(counter)
        return len(room.tabs) if room else 0

    def labels(self, counter: str) -> tuple[str, ...]:
        """Under which labels tabs of this process look on."""
        room = self._rooms.get(counter)
        return tuple(sorted(room.labels)[:MOST_LABELS]) if room else ()

    def callers(self, counter: str) -> set[Caller]:
        """Who looks on from this process."""
        room = self._rooms.get(counter)
        return {tab.caller for tab in room.tabs} if room else set()

    def shut_out(self, counter: str, caller: Caller) -> None:
        """Whoever asks so may not look on any more: say so in each of their tabs, and send them no more frames."""
        room = self._rooms.get(counter)
        for tab in [tab for tab in room.tabs if tab.caller == caller] if room else ():
            self.keep_out(tab, counter)
            tab.told = self._last_word(counter, MEMBERS_ONLY)
            self._again(tab)

    def keep_out(self, tab: Tab, counter: str) -> None:
        """A tab may not be shown the counter now; it is in no room until it may."""
        self.leave(tab)
        tab.kept_out = counter
        self._waiting.add(tab)

    def kept_out(self) -> dict[str, set[Caller]]:
        """Who waits to be let in, by counter."""
        found: dict[str, set[Caller]] = {}
        for tab in self._waiting:
            found.setdefault(str(tab.kept_out), set()).add(tab.caller)
        return found

    def let_in(self, counter: str, caller: Caller) -> None:
        """Whoever asks so may look on now: each of their tabs that waits gets the counter's frames from now on."""
        for tab in [tab for tab in self._waiting if tab.kept_out == counter and tab.caller == caller]:
            self.enter(tab, counter)

    def _last_word(self, counter: str, error: str) -> "Room":
        """A frame for tabs that get no more of a counter."""
        word = Room()
        word.alone = self.message({"frame_rx_state_": {"counter": counter, "error": error, "at": now_ms()}})
        return word

    def enter(self, tab: Tab, counter: str) -> None:
        """Move a tab into a counter's room.

        Call `again` once Reflex has been given its first answer for the tab.
        """
        if tab.counter == counter:
            return
        self.leave(tab)
        tab.counter, tab.about, tab.told = counter, 0, None
        room = self._rooms.setdefault(counter, Room())
        room.tabs.add(tab)
        self._label(room, tab, +1)
        self._changed(counter)

    def name(self, tab: Tab, label: str) -> None:
        """A tab's device has this label."""
        room = self._rooms.get(tab.counter or "")
        if room is None or tab.label == label:
            tab.label = label
            return
        self._label(room, tab, -1)
        tab.label = label
        self._label(room, tab, +1)
        self._changed(str(tab.counter))

    def again(self, tab: Tab) -> None:
        """Send the newest frame once more in a moment.

        One that goes out while Reflex's own first answer is still queued may arrive before it and be painted over.
        """
        tab.about = 0
        asyncio.get_running_loop().call_later(AGAIN_AFTER, self._again, tab)

    def leave(self, tab: Tab) -> None:
        """Take a tab out of its room, or from the door."""
        counter, tab.counter = tab.counter, None
        tab.kept_out = None
        self._waiting.discard(tab)
        if counter is None:
            return
        if room := self._rooms.get(counter):
            room.tabs.discard(tab)
            self._label(room, tab, -1)
            if not room.tabs:
                del self._rooms[counter]
        self._changed(counter)

    @staticmethod
    def _label(room: Room, tab: Tab, by: int) -> None:
        if tab.label:
            room.labels[tab.label] += by
            room.labels = +room.labels  # without those that nobody has any more

    def _changed(self, counter: str) -> None:
        self.on_change(counter, self.lookers(counter), self.labels(counter))

    def frame(self, snapshot: Snapshot) -> dict[str, Any]:
        """A snapshot as tabs get it. `at` (ms) makes each one distinct, or React would not see a heartbeat."""
        return {
            "counter": snapshot.counter,
            "count": snapshot.value,
            "revision": snapshot.revision,
            "round": snapshot.round,
            "lookers": self.lookers(snapshot.counter) + self.elsewhere(snapshot.counter),
            "at": now_ms(),
        }

    def about(self, snapshot: Snapshot) -> dict[str, Any]:
        """What is said of a counter, and under which labels people look on, as tabs get it."""
        last = snapshot.last if snapshot.settings.tells_who else None
        return self._facts(snapshot.counter, snapshot.settings, self._who(snapshot.counter), last)

    @staticmethod
    def _facts(counter: str, about: CounterSettings, who: tuple[str, ...], last: Presser | None) -> dict[str, Any]:
        facts = asdict(about)
        facts["archived"] = facts.pop("archived_at") is not None
        return facts | {"counter": counter, "who": list(who), "last": last and asdict(last), "at": now_ms()}

    def _who(self, counter: str) -> tuple[str, ...]:
        return tuple(sorted({*self.labels(counter), *self.who_elsewhere(counter)})[:MOST_LABELS])

    def send(self, snapshot: Snapshot) -> float:
        """Start sending a snapshot to its room. Returns the seconds of the event loop that took."""
        began = time.perf_counter()
        room = self._rooms.get(snapshot.counter)
        if not room:
            return 0.0
        said = (snapshot.settings, self._who(snapshot.counter), self._last(room, snapshot))
        if room.said != said:
            room.said = said
            room.edition += 1
        self.frames += 1
        room.update = {"frame_rx_state_": self.frame(snapshot)}
        room.alone, room.whole = self.message(room.update), None
        for tab in room.tabs:
            self._send(tab, room)
        return time.perf_counter() - began

    @staticmethod
    def _last(room: Room, snapshot: Snapshot) -> Presser | None:
        """Who pressed last, as it is shown: where many press, it changes once a second. A heartbeat brings the last one."""
        last, now = snapshot.last if snapshot.settings.tells_who else None, time.monotonic()
        if last != room.last and (now - room.last_at >= LAST_EVERY or last is None):
            room.last, room.last_at = last, now
        return room.last

    def gone(self, counter: str) -> None:
        """The counter is not there any more: say so to those who look at it."""
        if room := self._rooms.get(counter):
            room.update = {"frame_rx_state_": {"counter": counter, "error": CounterNotFound.code, "at": now_ms()}}
            room.alone = room.whole = self.message(room.update)
            for tab in room.tabs:
                self._send(tab, room)

    def tell(self, sids: Collection[str], state: str, changes: dict[str, Any], *, keep: bool) -> set[str]:
        """Start sending changes of another state's variables to tabs in no room. Returns those that are gone, or in one.

        A tab that is busy gets the newest of what is to `keep` once it is free, and nothing of the rest.
        """
        of_them, gone = Room(), set()
        of_them.alone = self.message({f"{name}_rx_state_": value for name, value in changes.items()}, state)
        for sid in sids:
            tab = self.tab(sid)
            if tab is None or tab.counter is not None:
                gone.add(sid)
                continue
            if keep:
                tab.told = of_them
            if keep or tab.sending is None or tab.sending.done():
                self._send(tab, of_them)
        return gone

    def message(self, changes: dict[str, Any], state: str | None = None) -> Message:
        """A change of the state's variables, in the very form in which Reflex sends one."""
        return change(state or self._state, changes)

    def _newest_for(self, tab: Tab, room: Room) -> Message | None:
        if room.said is None or room.alone is None or tab.about == room.edition:
            return room.alone
        if room.whole is None:
            facts = self._facts(room.update["frame_rx_state_"]["counter"], *room.said)
            room.whole = self.message(room.update | {"about_rx_state_": facts})
        tab.about = room.edition
        return room.whole

    def _again(self, tab: Tab) -> None:
        if room := tab.told if tab.counter is None else self._rooms.get(tab.counter):
            self._send(tab, room)

    def _send(self, tab: Tab, room: Room) -> None:
        sending = tab.sending
        if sending is not None and not sending.done():
            if not tab.waits:
                tab.waits = True
                sending.add_done_callback(lambda _: self._free(tab))
            return
        if sending is not None:
            sending.exception()  # retrieved, or asyncio complains; a broken socket leaves through wrap()
        message = self._newest_for(tab, room)
        if message is None:
            return
        tab.sending = tab.start(message)

    def _free(self, tab: Tab) -> None:
        tab.waits = False
        self._again(tab)
