"""Calls from dialogs: who makes them, and the reply to each.

The browser gives every call a random `ask`, which the reply repeats, so that a dialog knows its own answer. Anyone can call
any handler with anything.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import reflex as rx

from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.validation import is_clean_text, secret_sha256
from clickcounter.socket import rooms
from clickcounter.socket.protocol import LONGEST_ASK, Reply
from clickcounter.socket.tab import Tab

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Mapping[str, object])


class ReplyingState(Protocol):
    """A state that answers calls."""

    reply: dict[str, Any]

    async def __aenter__(self) -> Any:
        """Lock it, so that a background event may set its variables."""

    async def __aexit__(self, *_: Any) -> None:
        """Send what was set."""


def tab_of(state: rx.State) -> Tab | None:
    """The tab that sent the event; None when it is gone."""
    return rooms.current().tab(state.router.session.session_id)


def caller(state: rx.State, device: Any) -> Caller:
    """Who sent an event with this device's secret. Raises Malformed."""
    tab = tab_of(state)
    return Caller(tab.session if tab else None, secret_sha256(device))


def viewer(state: rx.State) -> Caller:
    """Who watches in this tab, as it introduced itself."""
    tab = tab_of(state)
    return tab.caller if tab else Caller()


async def reply_to(state: ReplyingState, ask: Any, service: Callable[[], Awaitable[R | None]]) -> R | None:
    """Call the service and set the state's `reply`. Returns the result; None where there is none or it failed."""
    result: R | None = None
    reply: Reply = {"ask": "", "error": None, "sentences": None, "result": None, "at": 0}
    try:
        result = await service()
        reply["result"] = {} if result is None else result
    except ClickCounterError as error:
        reply["error"], reply["sentences"] = error.code, sentences_of(error).as_dict()
        log.info("refused: %s %s", error.code, error)
    async with state:
        reply["ask"], reply["at"] = ask if is_clean_text(ask, LONGEST_ASK) else "", now_ms()
        state.reply = dict(reply)
    return result
