"""Clicks past Reflex's event queue.

A press is one frame on the socket. On its usual way it costs the event loop 0.3 to 0.5 ms: Engine.IO, Socket.IO, Reflex's
queue, a task, a middleware, the tab's state, a delta. What the handler needs of all that is the payload. So frames that are
plainly such an event are taken off the socket where the server hands them over; whatever else comes, or looks unusual, goes
on its usual way to the very same code.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

PACKET = "42/_event,"  # an event without attachments or acknowledgement, in Socket.IO's words
EVENT = '["event",'
NAME_WITHIN = 160  # characters from the start; where Reflex's page puts the event's name
LONGEST = 100_000  # characters; 200 clicks take 30,000

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
Reply = Callable[[dict[str, Any]], None]
Take = Callable[[Event, Reply, str | None], None]


class PressFilter:
    """Knows the events of one name and hands their payload to `take`, which calls back with the answer.

    The session goes along: it came with the socket, and no payload can name one.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.take: Take | None = None  # once the app is made

    def takes(self, text: str | None, reply: Reply, session: str | None = None) -> bool:
        """Take a frame off the socket. False leaves it to Socket.IO and Reflex."""
        if self.take is None or text is None or (payload := self._payload(text)) is None:
            return False
        try:
            self.take(payload, reply, session)
        except Exception:  # as Reflex has it: the tab hears nothing, and asks again
            log.exception("an event failed")
        return True

    def _payload(self, text: str) -> Event | None:
        if len(text) > LONGEST or not text.startswith(PACKET + EVENT) or self._name not in text[:NAME_WITHIN]:
            return None
        try:
            _, event = json.loads(text[len(PACKET) :])
        except (ValueError, RecursionError):
            return None
        if not isinstance(event, dict) or event.get("name") != self._name:
            return None
        payload = event.get("payload")
        return payload if isinstance(payload, dict) else None
