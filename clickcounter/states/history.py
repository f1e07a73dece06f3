"""The state behind a counter's history. A tab asks again when the counter's frame tells it that something was counted."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import reflex as rx
from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import ClickCounterError, Malformed
from clickcounter.history import ledger_pages
from clickcounter.history.history_view import SPANS, HistoryQuery, history_view
from clickcounter.history.ledger_pages import LedgerQuery
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text, is_whole, slug_of
from clickcounter.socket.protocol import sentences
from clickcounter.states.rpc import viewer

log = logging.getLogger(__name__)

Result = dict[str, Any]


class HistoryState(rx.State):
    """`view` is what was asked for last, as it is now; `older` the page of rows that was asked for."""

    view: dict[str, Any] = {}
    older: dict[str, Any] = {}

    @rx.event(background=True)
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
    ) -> None:
        """Show today, this week, a round, all of them or a time, of all, one device or one person, or by who pressed."""
        asked = (counter, span, zone, round, device, since, until, by_device, account)
        found = await _read(viewer(self), lambda: _question(*asked), history_view)
        async with self:
            self.view = found

    @rx.event(background=True)
    async def page(
        self,
        counter: Any = None,
        round: Any = None,  # noqa: A002
        device: Any = None,
        since: Any = None,
        until: Any = None,
        after: Any = None,
        account: Any = None,
    ) -> None:
        """The rows after a cursor, of one round or all, of one device, one person or all, saved in a time or at any."""
        found = await _read(viewer(self), lambda: _asked(counter, round, device, since, until, after, account), _rows)
        async with self:
            self.older = found


async def _read(who: Caller, understand: Callable[[], Any], tell: Callable[[Engine, Any, int], Result]) -> Result:
    def read(engine: Engine) -> Result:
        authorization.require_view(engine, wish.counter, who)
        return tell(engine, wish, now)

    try:
        wish, now = understand(), now_ms()
        return await running().read(read)
    except ClickCounterError as error:
        log.info("no history: %s %s", error.code, error)
        return {"error": error.code, "sentences": sentences(error.code), "now": now_ms()}


def _rows(engine: Engine, asked: LedgerQuery, now: int) -> Result:
    page = ledger_pages.read_page(engine, asked)
    return {"counter": asked.counter, "rows": [asdict(row) for row in page.rows], "next": page.next, "now": now}


def _question(
    counter: Any,
    span: Any,
    zone: Any,
    round_number: Any,
    device: Any,
    since: Any,
    until: Any,
    by_device: Any,
    account: Any,
) -> HistoryQuery:
    if span not in SPANS or not is_clean_text(zone, 64) or not isinstance(by_device, bool):
        raise Malformed("a span, a time zone and whether by device are needed")
    numbers = [_number(value) for value in (round_number, device, since, until)]
    return HistoryQuery(slug_of(counter), span, time_zone(zone), *numbers, by_device=by_device, account=_number(account))


def _asked(counter: Any, round_number: Any, device: Any, since: Any, until: Any, after: Any, account: Any) -> LedgerQuery:
    if after is not None and not (isinstance(after, list) and len(after) == 3 and all(map(is_whole, after))):
        raise Malformed("after must be the cursor of a page, or null")
    cursor = None if after is None else (after[0], after[1], after[2])
    return LedgerQuery(
        slug_of(counter), *map(_number, (round_number, device, since, until)), after=cursor, account=_number(account)
    )


def _number(value: Any) -> int | None:
    if value is not None and not is_whole(value):
        raise Malformed("a round, a device, a person and a moment are numbers, or null")
    return None if value is None else int(value)
