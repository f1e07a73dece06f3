"""What comes in on the sockets: too much of it is left unread, presses go the short way, the rest goes to Reflex."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from clickcounter.access.rate_limits import AT_ONCE, DEAR
from clickcounter.domain.clicks import Outcome, now_ms
from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.live.pipeline import running
from clickcounter.socket.packets import PressFilter
from clickcounter.socket.protocol import answer, log_refusals, read_order
from clickcounter.socket.tab import Tab

log = logging.getLogger(__name__)

PONG = "3"
TELL_AGAIN = 1.0  # seconds; a tab that sends too fast is told so no oftener


class Intake:
    """Messages of all tabs of this process. `answer(tab, answer)` sends one of them an answer."""

    def __init__(self, lane: PressFilter, answer: Callable[[Tab, dict[str, Any]], None]) -> None:
        self.lane = lane
        self._answer = answer
        self.gap = 0.0  # seconds between a tab's events, where they come evenly; 0 sets no limit
        # The answer to a tab that is too fast.
        self.put_off: Callable[[str, float], dict[str, Any]] = lambda counter, wait: {}

    def listen(self, tab: Tab, receive: Callable[[], Any]) -> Callable[[], Any]:
        """The tab's messages for Socket.IO and Reflex, without those that `lane` takes, or that come too fast."""
        reply, gap = partial(self._answer, tab), self.gap

        async def listen() -> Any:
            while True:
                message = await receive()
                text = message.get("text")
                if text == PONG or message["type"] != "websocket.receive":
                    return message
                now = time.monotonic()
                due = tab.due if tab.due > now else now
                if due - now > AT_ONCE:
                    self._slow_down(tab, due - AT_ONCE, now)
                    continue
                tab.due = due + gap
                if tab.counter is None or not self.lane.takes(text, reply, tab.session):
                    tab.due += (DEAR - 1) * gap
                    return message

        return listen

    def _slow_down(self, tab: Tab, until: float, now: float) -> None:
        """What came is left unread; a page sends it again, by key."""
        if now - tab.warned >= TELL_AGAIN:
            tab.warned = now
            log.info("a tab of %r sends too fast", tab.counter, extra={"counter": tab.counter})
            self._answer(tab, self.put_off(tab.counter or "", until - now))


def take(event: Mapping[str, Any], reply: Callable[[dict[str, Any]], None], session: str | None = None) -> None:
    """Have an event's clicks saved; `reply` is called once with the answer for its tab, whose `session` it is."""
    now = now_ms()
    counter, device, sent_at, clicks = (event.get(name) for name in ("counter", "device", "sent_at", "clicks"))

    def settled(outcome: Outcome | Later, why: str = "") -> None:
        if isinstance(outcome, Later):
            outcome, why = Outcome({}, error=outcome.code), str(outcome)
        log_refusals(counter, clicks, outcome, why)
        reply(answer(counter, sent_at, outcome, now))

    try:
        running().submit(read_order(counter, device, sent_at, clicks, now, session), settled)
    except ClickCounterError as error:
        settled(Outcome({}, error=error.code), str(error))


def put_off(counter: str, wait: float) -> dict[str, Any]:
    """The answer to a tab that sends too fast: saved later, and in how many seconds."""
    told = answer(counter, None, Outcome({}, error=Later.code), now_ms())
    words = sentences_of(TooMany(math.ceil(wait), "too_fast"))
    return told | {"sentences": {Later.code: words.as_dict()}}
