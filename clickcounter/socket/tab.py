"""One websocket of Reflex's: what is known of it, and how something is written to it."""

import asyncio
import inspect
import json
import logging
from collections.abc import Callable
from typing import Any

from clickcounter.domain.clicks import Caller

log = logging.getLogger(__name__)

NAMESPACE = "/_event"  # Reflex's Socket.IO namespace
GOODBYE = {"type": "websocket.send", "text": f"41{NAMESPACE},"}  # Socket.IO's disconnect; the browser closes the socket then
MOST_ANSWERS = 32  # on their way to one tab

# Of what Engine.IO wrote down of the request; the first for us, the others should the namespace be opened once more.
NEEDED = ("asgi.scope", "QUERY_STRING", "HTTP_SEC_WEBSOCKET_PROTOCOL", "REMOTE_ADDR")

Message = dict[str, Any]
encode = json.JSONEncoder(
    separators=(",", ":"), check_circular=False, ensure_ascii=False
).encode  # once: json.dumps makes one at each call


def change(state: str, changes: dict[str, Any]) -> Message:
    """A change of a state's variables, in the very form in which Reflex sends one."""
    text = f'42{NAMESPACE},["event",' + encode({"delta": {state: changes}}) + "]"
    return {"type": "websocket.send", "text": text}


def lightened(environ: dict[str, Any]) -> dict[str, Any]:
    """A connection's environ without what nobody asks for any more, 3 kB a tab; the headers are in the scope as well."""
    if len(environ) > len(NEEDED):
        kept = {name: environ[name] for name in NEEDED if name in environ}
        environ.clear()
        environ.update(kept)
    return environ


class Tab:
    """One websocket. It is in one room at most."""

    __slots__ = (
        "about",
        "answering",
        "counter",
        "device",
        "due",
        "kept_out",
        "label",
        "send",
        "sending",
        "session",
        "told",
        "turn",
        "waits",
        "warned",
    )

    def __init__(self, send: Callable[[Message], Any], session: str | None = None) -> None:
        self.send = send
        self.session = session  # the hash of the token that came with the socket; who that is, the database says each time
        self.due = 0.0  # when all that it sent would have been sent at the pace it may keep
        self.warned = 0.0  # when it was told last that it is too fast
        self.counter: str | None = None
        self.device: str | None = None  # the hash of its device's secret, once it introduced itself
        self.label = ""  # of its device
        self.about = 0  # the edition of what is said of the counter that this tab has
        self.kept_out: str | None = None  # the counter that it waits to be shown, in no room
        self.told: Any = None  # in no counter's room: what it was told last, as a Room
        self.turn = 0  # the number of its newest question for a list
        self.sending: Any = None  # what the server's send returned: granian's own object, or a task
        self.waits = False  # for its last frame to be gone
        self.answering: list[Any] = []  # answers on their way, as `sending`

    def next_turn(self) -> int:
        """A question for a list comes in: of two that are under way the later one counts."""
        self.turn += 1
        return self.turn

    @property
    def caller(self) -> Caller:
        """Who looks on here."""
        return Caller(self.session, self.device)

    def say(self, message: Message) -> None:
        """Start sending an answer. A tab that reads none of its answers gets no more: it asks again, by key."""
        self.answering = [sending for sending in self.answering if not sending.done()]
        if len(self.answering) < MOST_ANSWERS and (started := self.start(message)):
            self.answering.append(started)

    def start(self, message: Message) -> Any:
        """What the server's send returned, to be asked whether it is done; None where there is nothing to ask."""
        try:
            started = self.send(message)
        except Exception as error:
            log.debug("a message could not be sent: %s", error)
            return None
        if inspect.iscoroutine(started):  # another server than granian
            started = asyncio.ensure_future(started)
        # On a socket that is closed already granian returns an object that knows nothing; its tab is about to leave.
        return started if hasattr(started, "done") else None
