"""The state behind a counter page."""

import asyncio
import logging
from dataclasses import asdict
from typing import Any

import reflex as rx

from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.history import participants
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text, secret_sha256, slug_of
from clickcounter.socket import rooms
from clickcounter.socket.entry import enter_room
from clickcounter.socket.intake import submit_press
from clickcounter.socket.protocol import Answer

log = logging.getLogger(__name__)


class CounterState(rx.State):
    """What one tab shows of its counter.

    `frame` and `about` are set here when the tab opens, comes back or goes to another page; in between the rooms write them
    straight to the sockets of the room, in the very form of a change of these variables. `own`, which only the rooms write,
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

        As a rule socket/intake.py takes these events off the socket and hands them to `submit_press`; only what looks
        unusual comes here.
        """
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        tab = rooms.current().tab(self.router.session.session_id)
        event = {"counter": counter, "device": device, "sent_at": sent_at, "clicks": clicks}

        def tell(told: Answer) -> None:
            if not answered.done():  # it was cancelled at the stop
                answered.set_result(told)

        submit_press(event, tell, tab and tab.session)
        told = await answered
        async with self:
            self.answer = told

    @rx.event(background=True)
    async def introduce(self, counter: Any = None, device: Any = None) -> None:
        """Tell the tab what its device has to do with the counter, and the others under which label it looks on.

        A tab that was kept out is let in here, once it may.
        """
        tab = rooms.current().tab(self.router.session.session_id)
        try:
            slug, who = slug_of(counter), Caller(tab.session if tab else None, secret_sha256(device))
            mine = await running().read(lambda engine: participants.own_totals(engine, slug, who))
        except ClickCounterError as error:
            log.info("introduced in vain: %s, counter %r", error.code, counter if is_clean_text(counter, 64) else None)
            return
        if tab:
            tab.device = who.device
        async with self:
            if tab and mine.rights.view and tab.counter is None and self.frame.get("counter") == slug:
                self.about, self.frame = await enter_room(tab, slug)
            if tab:
                rooms.current().set_label(tab, mine.label)
            self.mine = {"counter": slug, "at": now_ms(), **asdict(mine)}
