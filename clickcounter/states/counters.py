"""The state behind the list of counters."""

import logging
from typing import Any, TypedDict

import reflex as rx

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.services import lists
from clickcounter.socket.admission import question
from clickcounter.states.rpc import viewer

log = logging.getLogger(__name__)


class ListError(TypedDict):
    """Why there is no list; `at` makes each answer distinct."""

    error: str
    sentences: dict[str, str]
    at: int


class CountersState(rx.State):
    """What one tab shows of the list.

    Both variables are written straight to its socket by the live lists, in the form of a change: `board` is the page that
    it asked for, `pulse` confirms that this page is still true. Here `board` is set only where the query is refused.
    """

    board: dict[str, Any] = {}
    pulse: int = 0

    @rx.event(background=True)
    @question
    async def look(self, search: Any = None, archived: Any = None, before: Any = None, device: Any = None) -> None:
        """Show this page of the list from now on, and keep it fresh."""
        try:
            query = await lists.query(viewer(self).session, search, archived, before, device)
            lists.watch(self.router.session.session_id, query)
        except ClickCounterError as error:
            log.info("no list: %s %s", error.code, error)
            refused: ListError = {"error": error.code, "sentences": sentences_of(error).as_dict(), "at": now_ms()}
            async with self:
                self.board = dict(refused)
