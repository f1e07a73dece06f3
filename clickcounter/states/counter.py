"""The state behind a counter page."""

import asyncio
import logging
import time
from dataclasses import asdict
from typing import Any

import reflex as rx

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.services import devices, monitoring
from clickcounter.services.validation import is_clean_text
from clickcounter.socket import rooms
from clickcounter.socket.admission import question
from clickcounter.socket.boards.following import follow, read_counters
from clickcounter.socket.entry import enter_room
from clickcounter.socket.intake import submit_press
from clickcounter.socket.protocol import FOLLOWED, Answer, update
from clickcounter.states.rpc import caller, send, tab_of

log = logging.getLogger(__name__)


class CounterState(rx.State):
    """What one tab shows of its counter.

    `frame` and `about` are set here when the tab opens, comes back or goes to another page; in between the rooms write them
    straight to the sockets of the room, in the form of a change of these variables. The others are only ever written to a
    socket, because they are for one person. `own`, which only the rooms write, is what whoever is signed in added to the
    round; without an account, that the session has ended.
    """

    frame: dict[str, Any] = {}
    about: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    mine: dict[str, Any] = {}
    own: dict[str, Any] = {}

    @rx.event(background=True)
    async def record(
        self, counter: Any = None, device: Any = None, sent_at: Any = None, clicks: Any = None, offset: Any = None
    ) -> None:
        """Save clicks: the same service as socket/intake.py calls, called the long way, through Reflex's event queue.

        Only what looked unusual on the socket comes here. The answer reaches the tab once the clicks are on disk.
        """
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        tab = tab_of(self)
        event = {"counter": counter, "device": device, "sent_at": sent_at, "clicks": clicks, "offset": offset}

        def reply(answer: Answer) -> None:
            if not answered.done():  # it was cancelled at the stop
                answered.set_result(answer)

        submit_press(event, reply, tab)
        answer = await answered
        send(self, "answer", answer)

    @rx.event(background=True)
    @question
    async def introduce(self, counter: Any = None, device: Any = None) -> None:
        """Show the tab its own totals, and the others the label of the device that watches.

        A tab without the right to watch enters the room here once it has it.
        """
        tab = tab_of(self)
        try:
            who = caller(self, device)
            mine = await devices.own_totals(who, counter)
        except ClickCounterError as error:
            log.info("introduced in vain: %s, counter %r", error.code, counter if is_clean_text(counter, 64) else None)
            return
        if tab:
            tab.device = who.device
        if who.session and mine.account:
            devices.introduced(who.session)
        async with self:
            if tab and mine.rights.view and tab.counter is None and self.frame.get("counter") == counter:
                self.about, self.frame = await enter_room(tab, counter)
            if tab:
                rooms.current().set_label(tab, mine.label)
        timed = {"timed": True} if monitoring.are_times_wanted() else {}
        send(self, "mine", {"counter": counter, "at": now_ms(), **asdict(mine), **timed})

    @rx.event(background=True)
    @question
    async def follow(self, counters: Any = None, device: Any = None) -> None:
        """Show the tab a board: these counters and no others, what its device added to each, and what it may do there.

        The same call again confirms that the connection is up.
        """
        tab = tab_of(self)
        try:
            who, names = caller(self, device), read_counters(counters)
            if tab is None or tab.closed:
                return
            tab.device = who.device
            shown = await follow(tab, names, lambda counter: devices.own_totals(who, counter))
        except ClickCounterError as error:
            log.info("followed in vain: %s %s", error.code, error)
            return
        if who.session and any(variable.get("account") for variable in shown.values()):
            devices.introduced(who.session)
        tab.reply(update(self.get_full_name(), shown | {FOLLOWED: {"counters": names, "at": now_ms()}}))

    @rx.event(background=True)
    @question
    async def report_times(self, times: Any = None) -> None:
        """Count how long presses of this tab took, in ms; at most one report a minute."""
        tab, now = tab_of(self), time.monotonic()
        if tab is None or now - tab.timed < monitoring.LEAST or not monitoring.are_times_wanted():
            return
        tab.timed = now
        try:
            monitoring.count_times(times)
        except ClickCounterError as error:
            log.info("a report of times was refused: %s", error)
