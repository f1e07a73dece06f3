"""The state behind a counter page."""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import reflex as rx

from clickcounter import rooms
from clickcounter.counting import people
from clickcounter.counting.clicks import Asker, Outcome, now_ms
from clickcounter.counting.pipeline import running
from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.states.room import look
from clickcounter.states.wire import answer, is_clean_text, log_refusals, read_order, secret_sha256, slug_of

log = logging.getLogger(__name__)


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


class CounterState(rx.State):
    """What one tab shows of its counter.

    `frame` and `about` are set here when the tab opens, comes back or goes to another page; in between rooms.py writes them
    straight to the sockets of the room, in the very form of a change of these variables. `own`, which only rooms.py writes,
    is what whoever is signed in added to the round; without an account, that the session has ended.
    """

    frame: dict[str, Any] = {}
    about: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    mine: dict[str, Any] = {}
    own: dict[str, Any] = {}

    @rx.event(background=True)
    async def record(self, counter: Any = None, device: Any = None, sent_at: Any = None, clicks: Any = None) -> None:
        """Save clicks; the answer reaches this tab once they are on disk. Design: "On the wire".

        As a rule rooms.py takes these events from the socket itself and hands them to `take`; what does not look the usual
        way comes here.
        """
        answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        tab = rooms.here().tab(self.router.session.session_id)
        event = {"counter": counter, "device": device, "sent_at": sent_at, "clicks": clicks}

        def tell(told: dict[str, Any]) -> None:
            if not answered.done():  # it was cancelled at the stop
                answered.set_result(told)

        take(event, tell, tab and tab.session)
        told = await answered
        async with self:
            self.answer = told

    @rx.event(background=True)
    async def introduce(self, counter: Any = None, device: Any = None) -> None:
        """Tell the tab what its device has to do with the counter, and the others under which label it looks on.

        A tab that was kept out is let in here, once it may.
        """
        tab = rooms.here().tab(self.router.session.session_id)
        try:
            slug, who = slug_of(counter), Asker(tab.session if tab else None, secret_sha256(device))
            mine = await running().read(lambda engine: people.mine(engine, slug, who))
        except ClickCounterError as error:
            log.info("introduced in vain: %s, counter %r", error.code, counter if is_clean_text(counter, 64) else None)
            return
        if tab:
            tab.device = who.device
        async with self:
            if tab and mine.rights.view and tab.counter is None and self.frame.get("counter") == slug:
                self.about, self.frame = await look(tab, slug)
                rooms.here().again(tab)
            if tab:
                rooms.here().name(tab, mine.label)
            self.mine = {"counter": slug, "at": now_ms(), **asdict(mine)}
