"""The state behind a counter page."""

import logging
from dataclasses import asdict
from typing import Any

import reflex as rx

from clickcounter import rooms
from clickcounter.counting import people
from clickcounter.counting.clicks import Outcome, now_ms
from clickcounter.counting.pipeline import running
from clickcounter.errors import ClickCounterError, CounterNotFound
from clickcounter.states.wire import answer, is_clean_text, log_refusals, read_order, secret_sha256

log = logging.getLogger(__name__)


class CounterState(rx.State):
    """What one tab shows of its counter.

    `frame` and `about` are set here when the tab opens, comes back or goes to another page; in between rooms.py writes them
    straight to the sockets of the room, in the very form of a change of these variables.
    """

    frame: dict[str, Any] = {}
    about: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    mine: dict[str, Any] = {}

    @rx.event(background=True)
    async def record(self, counter: Any = None, device: Any = None, sent_at: Any = None, clicks: Any = None) -> None:
        """Save clicks; the answer reaches this tab once they are on disk. Design: "On the wire"."""
        now, why = now_ms(), ""
        try:
            outcome = await running().record(read_order(counter, device, sent_at, clicks, now))
        except ClickCounterError as error:
            outcome, why = Outcome({}, error=error.code), str(error)
        log_refusals(counter, clicks, outcome, why)
        async with self:
            self.answer = answer(counter, sent_at, outcome, now)

    @rx.event(background=True)
    async def introduce(self, counter: Any = None, device: Any = None) -> None:
        """Tell the tab what its device has to do with the counter, and the others under which label it looks on."""
        try:
            secret = secret_sha256(device)
            if not is_clean_text(counter, 64):
                raise CounterNotFound
            mine = await running().read(lambda engine: people.mine(engine, counter, secret))
        except ClickCounterError as error:
            log.info("introduced in vain: %s, counter %r", error.code, counter if is_clean_text(counter, 64) else None)
            return
        async with self:
            if tab := rooms.here().tab(self.router.session.session_id):
                rooms.here().name(tab, mine.label)
            self.mine = {"counter": counter, "at": now_ms(), **asdict(mine)}
