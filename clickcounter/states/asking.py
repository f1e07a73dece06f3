"""Questions of dialogs: who asks them, and the reply to this very question.

Each handler is told a random `ask` by the browser and says in `reply` what became of it, so that a dialog knows its own
answer. All of them may be called by anyone with anything.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
from sqlalchemy import Connection

from clickcounter import rooms
from clickcounter.counting.clicks import Asker, Snapshot, now_ms
from clickcounter.counting.pipeline import running
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.states.wire import is_clean_text, secret_sha256

log = logging.getLogger(__name__)

Result = dict[str, Any]


def asker(state: rx.State, device: Any) -> Asker:
    """Who sent an event with this device's secret. Raises Malformed."""
    tab = rooms.here().tab(state.router.session.session_id)
    return Asker(tab.session if tab else None, secret_sha256(device))


def looker(state: rx.State) -> Asker:
    """Who looks on in this tab, as it introduced itself."""
    tab = rooms.here().tab(state.router.session.session_id)
    return tab.asker if tab else Asker()


async def commit(work: Callable[[Connection], Any]) -> Any:
    """Let `work` run in a transaction of the ledger's. Raises Later and what `work` raises."""
    return await running().perform(lambda ledger: ledger.perform(work))


async def show(work: Callable[[Connection], Snapshot]) -> None:
    """The same for work that changes a counter; all who look on see it, or see no more of it."""
    running().show(await commit(work))
    running().look_again()


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
