"""Questions of dialogs: who asks them, and the reply to this very question.

Each handler is told a random `ask` by the browser and says in `reply` what became of it, so that a dialog knows its own
answer. All of them may be called by anyone with anything.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.changes import Result
from clickcounter.services.validation import is_clean_text, secret_sha256
from clickcounter.socket import rooms

log = logging.getLogger(__name__)


def caller(state: rx.State, device: Any) -> Caller:
    """Who sent an event with this device's secret. Raises Malformed."""
    tab = rooms.current().tab(state.router.session.session_id)
    return Caller(tab.session if tab else None, secret_sha256(device))


def viewer(state: rx.State) -> Caller:
    """Who looks on in this tab, as it introduced itself."""
    tab = rooms.current().tab(state.router.session.session_id)
    return tab.caller if tab else Caller()


async def reply_to(state: Any, ask: Any, doing: Callable[[], Awaitable[Result]]) -> Result | None:
    """Wait for what is done and set the state's `reply`; returns its result where it was done."""
    code, words, result = None, None, None
    try:
        result = await doing()
    except ClickCounterError as error:
        code, words = error.code, sentences_of(error).as_dict()
        log.info("refused: %s %s", code, error)
    async with state:
        named = ask if is_clean_text(ask, 64) else ""
        state.reply = {
            "ask": named,
            "error": code,
            "sentences": words,
            "result": result,
            "at": now_ms(),
        }
    return result
