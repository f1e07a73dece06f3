"""Tabs that share a token; the only module that touches Reflex's socket.

A frame is encoded once and handed to the server's own send for each tab, which starts writing at the call. It is not
awaited: a tab whose last frame is still on its way is skipped and gets the newest one when it is free, so that a slow tab
delays nobody. Awaiting each tab, or a Socket.IO room, costs five to fifteen times as much of the event loop.
"""

import asyncio
import inspect
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from clickcounter.counting.clicks import Snapshot, now_ms

log = logging.getLogger(__name__)

TAB = "clickcounter.tab"  # where a websocket's ASGI scope holds its tab
NAMESPACE = "/_event"  # Reflex's Socket.IO namespace
AGAIN_AFTER = 0.25  # seconds, see Rooms.again

Message = dict[str, Any]


class Tab:
    """One websocket. It is in one room at most."""

    __slots__ = ("counter", "send", "sending", "waits")

    def __init__(self, send: Callable[[Message], Any]) -> None:
        self.send = send
        self.counter: str | None = None
        self.sending: Any = None  # what the server's send returned: granian's own object, or a task
        self.waits = False  # for its last frame to be gone


class Rooms:
    """The rooms of this process. `state` is the full name of the Reflex state whose variable `frame` the tabs show.

    `on_change(counter, lookers)` is told when somebody joined or left; `elsewhere(counter)` says how many tabs of other
    processes look on.
    """

    def __init__(self, state: str) -> None:
        self._state = state
        self._rooms: dict[str, set[Tab]] = {}
        self._newest: dict[str, Message] = {}
        self.on_change: Callable[[str, int], None] = lambda counter, lookers: None
        self.elsewhere: Callable[[str], int] = lambda counter: 0

    def wrap(self, app: Any) -> Any:
        """The ASGI app, with a tab in the scope of each websocket."""

        async def with_tab(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "websocket":
                await app(scope, receive, send)
                return
            tab = scope[TAB] = Tab(send)
            try:
                await app(scope, receive, send)
            finally:
                self.leave(tab)

        return with_tab

    @staticmethod
    def tab(sio: Any, sid: str) -> Tab | None:
        """The tab of a Socket.IO session; None when it is gone."""
        environ = sio.get_environ(sid, NAMESPACE)
        return environ["asgi.scope"].get(TAB) if environ else None

    def lookers(self, counter: str) -> int:
        """How many tabs of this process are in the room."""
        return len(self._rooms.get(counter, ()))

    def enter(self, tab: Tab, counter: str) -> None:
        """Move a tab into a counter's room.

        Call `again` once Reflex has been given its first answer for the tab.
        """
        if tab.counter == counter:
            return
        self.leave(tab)
        tab.counter = counter
        self._rooms.setdefault(counter, set()).add(tab)
        self.on_change(counter, self.lookers(counter))

    def again(self, tab: Tab) -> None:
        """Send the newest frame once more in a moment.

        One that goes out while Reflex's own first answer is still queued may arrive before it and be painted over.
        """
        asyncio.get_running_loop().call_later(AGAIN_AFTER, self._again, tab)

    def leave(self, tab: Tab) -> None:
        """Take a tab out of its room."""
        counter, tab.counter = tab.counter, None
        if counter is None:
            return
        room = self._rooms.get(counter, set())
        room.discard(tab)
        if not room:
            self._rooms.pop(counter, None)
            self._newest.pop(counter, None)
        self.on_change(counter, len(room))

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

    def send(self, snapshot: Snapshot) -> float:
        """Start sending a snapshot to its room. Returns the seconds of the event loop that took."""
        began = time.perf_counter()
        room = self._rooms.get(snapshot.counter)
        if not room:
            return 0.0
        update = {"delta": {self._state: {"frame_rx_state_": self.frame(snapshot)}}, "events": []}
        text = f'42{NAMESPACE},["event",' + json.dumps(update, separators=(",", ":")) + "]"
        message = self._newest[snapshot.counter] = {"type": "websocket.send", "text": text}
        for tab in room:
            self._send(tab, message)
        return time.perf_counter() - began

    def _again(self, tab: Tab) -> None:
        if tab.counter is not None and (message := self._newest.get(tab.counter)):
            self._send(tab, message)

    def _send(self, tab: Tab, message: Message) -> None:
        sending = tab.sending
        if sending is not None and not sending.done():
            if not tab.waits:
                tab.waits = True
                sending.add_done_callback(lambda _: self._free(tab))
            return
        if sending is not None:
            sending.exception()  # retrieved, or asyncio complains; a broken socket leaves through wrap()
        try:
            started = tab.send(message)
        except Exception as error:
            log.debug("a frame could not be sent: %s", error)
            return
        if inspect.iscoroutine(started):  # another server than granian
            started = asyncio.ensure_future(started)
        # On a socket that is closed already granian returns an object that knows nothing; its tab is about to leave.
        tab.sending = started if hasattr(started, "done") else None

    def _free(self, tab: Tab) -> None:
        tab.waits = False
        self._again(tab)
