"""Calls from dialogs: who makes them, and the reply to each.

The browser gives every call a random `ask`, which the reply repeats, so that a dialog knows its own answer. Anyone can call
any handler with anything.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import reflex as rx

from clickcounter.domain.calendar import MONDAY
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.i18n.languages import first_weekday, preferred
from clickcounter.services.validation import is_clean_text, secret_sha256
from clickcounter.socket import rooms
from clickcounter.socket.protocol import LONGEST_ASK, Reply, update, variable
from clickcounter.socket.tab import Tab
from clickcounter.web.client_address import of_client

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Mapping[str, object])


def tab_of(state: rx.State) -> Tab | None:
    """The tab that sent the event; None when it is gone."""
    return rooms.current().tab(state.router.session.session_id)


def send(state: rx.State, name: str, value: Mapping[str, object]) -> None:
    """Send a variable of this state to the tab that sent the event, and keep nothing.

    What a state holds, Reflex sends to whoever opens a socket with the tab's token, which is part of an address.
    """
    if tab := tab_of(state):
        tab.reply(update(state.get_full_name(), {variable(name): value}))


def caller(state: rx.State, device: Any) -> Caller:
    """Who sent an event with this device's secret. Raises Malformed."""
    tab = tab_of(state)
    return Caller(tab.session if tab else None, secret_sha256(device))


def address_of(state: rx.State) -> str:
    """What the limits count for the address of the tab that sent the event."""
    return of_client(state.router.session.client_ip)


def usual_week_start(state: rx.State) -> int:
    """The day on which weeks start where the tab's browser says it is from; Monday is 1."""
    wanted = preferred(state.router.headers.accept_language)
    return first_weekday(wanted[0]) if wanted else MONDAY


def viewer(state: rx.State) -> Caller:
    """Who watches in this tab, as it introduced itself."""
    tab = tab_of(state)
    return tab.caller if tab else Caller()


async def reply_to(state: rx.State, ask: Any, service: Callable[[], Awaitable[R | None]]) -> R | None:
    """Call the service and send the tab its `reply`. Returns the result; None where there is none or it failed."""
    result: R | None = None
    reply: Reply = {"ask": "", "error": None, "sentences": None, "result": None, "at": 0}
    try:
        result = await service()
        reply["result"] = {} if result is None else result
    except ClickCounterError as error:
        reply["error"], reply["sentences"] = error.code, sentences_of(error).as_dict()
        log.info("refused: %s %s", error.code, error)
    reply["ask"], reply["at"] = ask if is_clean_text(ask, LONGEST_ASK) else "", now_ms()
    send(state, "reply", reply)
    return result
