"""What comes in on the sockets: a press is taken off the socket and submitted, the rest goes to Reflex.

A press is one websocket message. On Reflex's way it costs the event loop 0.3 to 0.5 ms: Engine.IO, Socket.IO, Reflex's
queue, a task, a middleware, the tab's state, a delta. All that it needs is its payload. So a message that is clearly a
press is taken straight off the websocket: Intake → presses.validation.read_order → Pipeline.submit. Whatever looks unusual
goes through Reflex to the very same code, see CounterState.record. Messages that come too fast are dropped, and their tab is
not read for a moment; what no page would send ends at the door, see door.py.
"""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic_core import from_json
from starlette.types import Message, Receive

from clickcounter.access.rate_limits import BURST_SECONDS, EVENT_COST, REFUSED_COST
from clickcounter.domain.clicks import Outcome, now_ms
from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.live.pipeline import running
from clickcounter.measures import count_presses
from clickcounter.services.presses.validation import MAX_CLICKS, read_order
from clickcounter.socket.admission import refuse
from clickcounter.socket.door import Door
from clickcounter.socket.protocol import (
    ANSWER,
    CLOSE,
    EVENT,
    GOODBYE,
    PACKET,
    PONG,
    Answer,
    answer,
    log_refusals,
    of_cell,
    update,
)
from clickcounter.socket.tab import Tab
from clickcounter.web.loop_turns import Turns

log = logging.getLogger(__name__)

WARN_EVERY = 1.0  # seconds; a tab that sends too fast is told so no more often
NAME_WITHIN = 160  # characters from the start, where Reflex's page puts the event's name
LONGEST = 100_000  # characters; 200 clicks take 30,000
UNIT = 2_000  # characters that count as one press more
LONGEST_REST = 1.0  # seconds; meanwhile it is not noticed that the tab has left
EVENTS_AT_ONCE = 20  # of one tab besides presses; one costs Reflex as much as ten presses
EVENTS_A_SECOND = 10  # after that
EVENTS_SLACK = (EVENTS_AT_ONCE - 1) / EVENTS_A_SECOND  # seconds
ASK = '"ask"'  # in a call of a dialog, which is told if it is dropped
_START = PACKET + EVENT

Payload = Mapping[str, Any]
Reply = Callable[[Answer], None]
Submit = Callable[[Payload, Reply, Tab | None], None]


def submit_press(payload: Payload, reply: Reply, tab: Tab | None = None) -> None:
    """Submit an event's clicks, sent by this tab if it is still there. `reply` gets the answer, once.

    Session and address are the tab's: they came with the socket, and no payload can name them.
    """
    now = now_ms()
    counter, sent_at, clicks = payload.get("counter"), payload.get("sent_at"), payload.get("clicks")

    def settled(outcome: Outcome | Later, why: str = "") -> None:
        if isinstance(outcome, Later):
            outcome, why = Outcome({}, error=outcome.code), str(outcome)
        count_presses(outcome.codes, outcome.error, min(len(clicks), MAX_CLICKS) if isinstance(clicks, list) else 1)
        log_refusals(counter, clicks, outcome, why)
        if tab and outcome.wait:
            tab.put_off += 1
        reply(answer(counter, sent_at, outcome, now))

    session, address = (tab.session, tab.address) if tab else (None, "")
    try:
        running().submit(read_order(payload, now, session, address), settled)
    except ClickCounterError as error:
        settled(Outcome({}, error=error.code), str(error))


class Intake:
    """The messages of all tabs of this process. `state` is the full name of the state whose event `record` is a press."""

    def __init__(self, state: str, events_a_second: float, turns: Turns, submit: Submit = submit_press) -> None:
        self._state, self._event = state, f"{state}.record"
        self._gap = 1 / events_a_second  # seconds between a tab's events if they come evenly
        self._turns = turns
        self._submit = submit
        self._door = Door()

    def listen(self, tab: Tab, receive: Receive) -> Receive:
        """Wrap `receive`: submit presses, drop what comes too fast or from no page, and pass on the rest in turn."""
        paced, reply = Paced(tab, receive), partial(self._reply, tab)
        tab.wire.take = partial(self._take, tab, reply)

        async def listen() -> Message:
            while True:
                message, was_held = await paced.next()
                text = message.get("text")
                if message["type"] != "websocket.receive":
                    tab.reader = asyncio.current_task()
                    return message
                if text == PONG:
                    return message
                if (was_held or self._keeps(tab, message, paced, reply)) and self._admits(tab, message):
                    await self._turns.take()
                    if not tab.wire.gone:
                        return message

        return listen

    def _keeps(self, tab: Tab, message: Message, paced: "Paced", reply: Reply) -> bool:
        """Whether the message is for Reflex, and now. A press is submitted; the rest takes more of the tab's allowance."""
        text = message.get("text")
        if not self._allows(tab, len(text or message.get("bytes") or "")):
            return False
        if text is not None and tab.shows_counters and self.takes(text, reply, tab):
            return False
        tab.due += (EVENT_COST - 1) * self._gap
        if (dropped := paced.hold(message)) and ASK in (dropped.get("text") or "") and self._door.admits(dropped):
            _, event = json.loads(dropped["text"][len(PACKET) :])
            refuse(tab, event["name"], event.get("payload", {}))
        return not paced.holds(message)

    def _take(self, tab: Tab, reply: Reply, text: str) -> bool:
        """The same for a text that has just come; False leaves it to `listen`."""
        if not self._is_like_a_press(text) or not tab.shows_counters:
            return False
        return self._allows(tab, len(text)) and self.takes(text, reply, tab)

    def _allows(self, tab: Tab, length: int) -> bool:
        """Whether a message of this length is within the tab's allowance."""
        now = time.monotonic()
        # A page waits as it was told; a script that goes on with new devices soon has to.
        due = tab.due = max(tab.due, now) + tab.put_off * REFUSED_COST * self._gap
        tab.put_off = 0
        if due - now > BURST_SECONDS:
            self._slow_down(tab, due - BURST_SECONDS, now)
            return False
        tab.due = due + self._gap * (1 + length // UNIT)
        return True

    def _admits(self, tab: Tab, message: Message) -> bool:
        if self._door.admits(message):
            return True
        tab.due += REFUSED_COST * self._gap
        return False

    def takes(self, text: str, reply: Reply, tab: Tab | None = None) -> bool:
        """Submit a frame if it is a press; False leaves it to Socket.IO and Reflex."""
        if (payload := self._payload(text)) is None:
            return False
        try:
            self._submit(payload, reply, tab)
        except Exception:  # as in Reflex: the tab gets no answer, and asks again
            log.exception("an event failed")
        return True

    def _is_like_a_press(self, text: str) -> bool:
        return len(text) <= LONGEST and text.startswith(_START) and self._event in text[:NAME_WITHIN]

    def _payload(self, text: str) -> Payload | None:
        if not self._is_like_a_press(text):
            return None
        try:
            _, event = from_json(text[len(PACKET) :], cache_strings="keys")
        except ValueError:
            return None
        if not isinstance(event, dict) or event.get("name") != self._event:
            return None
        payload = event.get("payload")
        return payload if isinstance(payload, dict) else None

    def _reply(self, tab: Tab, reply: Answer) -> None:
        name = of_cell(ANSWER, reply["counter"]) if tab.cells else ANSWER
        tab.reply(update(self._state, {name: reply}))

    def _slow_down(self, tab: Tab, until: float, now: float) -> None:
        """The message is dropped; a page sends it again, by key."""
        if now - tab.warned >= WARN_EVERY:
            tab.warned = now
            log.info("a tab of %r sends too fast", tab.counter, extra={"counter": tab.counter})
            self._reply(tab, too_fast(tab.counter or "", until - now))


class Paced:
    """A tab's messages besides presses, at a pace that Reflex can bear: beyond it, the newest waits, the others are dropped.

    Reflex would take every one of them, for tabs that have left as well.
    """

    def __init__(self, tab: Tab, receive: Receive) -> None:
        self._tab, self._receive = tab, receive
        self._receiving: asyncio.Future[Message] | None = None
        self._held: Message | None = None

    async def next(self) -> tuple[Message, bool]:
        """The next message, and whether it is the one that waited."""
        if self._receiving is None:
            await self._rest()
            if self._held is None:
                return await self._receive(), False
            self._receiving = asyncio.ensure_future(self._receive())
        if self._held is not None:
            await asyncio.wait([self._receiving], timeout=max(0.0, self._tab.event_due - EVENTS_SLACK - time.monotonic()))
            if not self._receiving.done():
                held, self._held = self._held, None
                self._tab.event_due += 1 / EVENTS_A_SECOND
                return held, True
        receiving, self._receiving = self._receiving, None
        return await receiving, False

    async def _rest(self) -> None:
        """Read no more of a tab that has used up its allowance: what it sends then waits at its own end of the line."""
        if (debt := self._tab.due - BURST_SECONDS - time.monotonic()) > 0 and not self._tab.wire.gone:
            await asyncio.sleep(min(debt, LONGEST_REST))

    def hold(self, message: Message) -> Message | None:
        """Let a message that is too fast wait. Returns the one that waited before, which is dropped."""
        now = time.monotonic()
        due = max(self._tab.event_due, now)
        if message.get("text") in (CLOSE, GOODBYE) or due - now <= EVENTS_SLACK:
            self._tab.event_due = due + 1 / EVENTS_A_SECOND
            return None
        dropped, self._held = self._held, message
        return dropped

    def holds(self, message: Message) -> bool:
        """Whether this message waits."""
        return self._held is message


def charge(tab: Tab, events: int) -> None:
    """Count an event that does the work of so many as all of them."""
    tab.event_due = max(tab.event_due, time.monotonic()) + (events - 1) / EVENTS_A_SECOND


def too_fast(counter: str, wait: float) -> Answer:
    """The answer to a tab that sends too fast: saved later, and in how many seconds."""
    told = answer(counter, None, Outcome({}, error=Later.code), now_ms())
    told["sentences"] = {Later.code: sentences_of(TooMany(math.ceil(wait), "too_fast")).as_dict()}
    return told
