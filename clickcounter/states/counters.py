"""The state behind the list of counters."""

import contextlib
import logging
from dataclasses import replace
from typing import Any

import reflex as rx

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import SENTENCES, ClickCounterError, Later, Malformed
from clickcounter.history import counter_list
from clickcounter.history.counter_list import ListQuery
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text, secret_sha256
from clickcounter.socket import rooms
from clickcounter.states.rpc import viewer

log = logging.getLogger(__name__)

LONGEST_SEARCH = 1_000  # longer than any name; whoever pastes a whole text finds nothing rather than an error
_BIG = 2**53


class CountersState(rx.State):
    """What one tab shows of the list.

    The live lists write both variables straight to its socket, in the very form of a change: `board` is the page that it
    asked for, `pulse` says that this page is still true. Here `board` is set only where a question makes no sense.
    """

    board: dict[str, Any] = {}
    pulse: int = 0

    @rx.event(background=True)
    async def look(self, search: Any = None, archived: Any = None, before: Any = None, device: Any = None) -> None:
        """From now on show this page of the list, and keep it fresh."""
        sid = self.router.session.session_id
        tab = rooms.current().tab(sid)
        turn = tab.next_turn() if tab else 0
        try:
            query = replace(read_query(search, archived, before), session=viewer(self).session)
            query = replace(query, device=await _owner(device))
            if tab and tab.turn == turn:  # else somebody types, and the newest question is another
                running().lists.watch(sid, query)
        except ClickCounterError as error:
            log.info("no list: %s %s", error.code, error)
            en, ru = SENTENCES[error.code]
            async with self:
                self.board = {"error": error.code, "sentences": {"en": en, "ru": ru}, "at": now_ms()}


async def _owner(device: Any) -> str | None:
    """The hash of a device's secret where it owns a counter. Raises Malformed."""
    if device is None:
        return None
    secret = secret_sha256(device)
    with contextlib.suppress(Later):  # the list comes without its own ones, once the database is there
        return secret if await running().read(lambda engine: counter_list.owns_a_counter(engine, secret)) else None
    return None


def read_query(search: Any, archived: Any, before: Any) -> ListQuery:
    """Validate an event's arguments. Raises Malformed."""
    if search != "" and not is_clean_text(search, LONGEST_SEARCH):
        raise Malformed("search must be a text")
    if not isinstance(archived, bool):
        raise Malformed("archived must be true or false")
    if before is not None and not (type(before) is int and 0 < before < _BIG):
        raise Malformed("before must be the cursor of a page, or null")
    return ListQuery(search, archived, before)
