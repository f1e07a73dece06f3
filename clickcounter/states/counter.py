"""The state behind a counter page."""

from typing import Any

import reflex as rx

from clickcounter.counting.clicks import Outcome, now_ms
from clickcounter.counting.pipeline import running
from clickcounter.errors import ClickCounterError
from clickcounter.states.wire import answer, log_refusals, read_order


class CounterState(rx.State):
    """What one tab shows of its counter.

    `frame` is set here when the tab opens, comes back or goes to another page; in between rooms.py writes frames straight
    to the sockets of the room, in the very form of a change of this variable.
    """

    frame: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    name: str = ""

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
