"""The state behind a counter's history. A tab asks again when the counter's frame shows that something was counted."""

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, TypedDict

import reflex as rx

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.services import history
from clickcounter.services.validation import is_clean_text
from clickcounter.socket.admission import question
from clickcounter.socket.protocol import LONGEST_ASK
from clickcounter.states.rpc import address_of, send, usual_week_start, viewer

log = logging.getLogger(__name__)


class HistoryError(TypedDict):
    """Why there is no history; `now` makes each answer distinct."""

    error: str
    sentences: dict[str, str]
    now: int


class HistoryState(rx.State):
    """`view` is the answer to the newest question of `look`, `older` the newest page of rows.

    Both are sent by `send` of rpc.py, which keeps nothing in the state. A browser names each question with a `turn`, which
    its answer repeats.
    """

    view: dict[str, Any] = {}
    older: dict[str, Any] = {}

    @rx.event(background=True)
    @question
    async def look(
        self,
        counter: Any = None,
        span: Any = None,
        zone: Any = None,
        round: Any = None,  # noqa: A002
        device: Any = None,
        since: Any = None,
        until: Any = None,
        by_device: Any = None,
        account: Any = None,
        turn: Any = None,
        week_start: Any = None,
    ) -> None:
        """Show a span of time, of everybody, one device or one person, on request split by who pressed.

        A browser that does not know on which day weeks start gets what is usual for its language and region.
        """
        found = await _answer(
            history.view(
                viewer(self),
                address_of(self),
                counter=counter,
                span=span,
                zone=zone,
                round_number=round,
                device=device,
                since=since,
                until=until,
                by_device=by_device,
                account=account,
                week_start=usual_week_start(self) if week_start is None else week_start,
            ),
            turn,
        )
        send(self, "view", found)

    @rx.event(background=True)
    @question
    async def page(
        self,
        counter: Any = None,
        round: Any = None,  # noqa: A002
        device: Any = None,
        since: Any = None,
        until: Any = None,
        after: Any = None,
        account: Any = None,
        turn: Any = None,
    ) -> None:
        """Show the rows after a cursor."""
        found = await _answer(
            history.page(
                viewer(self),
                counter=counter,
                round_number=round,
                device=device,
                since=since,
                until=until,
                after=after,
                account=account,
            ),
            turn,
        )
        send(self, "older", found)


async def _answer(service: Awaitable[Mapping[str, Any]], turn: Any) -> dict[str, Any]:
    named = {"turn": turn if is_clean_text(turn, LONGEST_ASK) else None}  # tabs of an older version send none
    try:
        return {**await service, **named}
    except ClickCounterError as error:
        log.info("no history: %s %s", error.code, error)
        refused: HistoryError = {"error": error.code, "sentences": sentences_of(error).as_dict(), "now": now_ms()}
        return {**refused, **named}
