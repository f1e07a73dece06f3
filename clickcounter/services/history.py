"""A counter's history: the whole view, and further pages of its clicks. Both need the right to see the counter.

Both raise CounterNotFound, Refused, Malformed and Later.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.calendar import known_time_zone
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import Malformed
from clickcounter.history.history_view import SPANS, HistoryPage, HistoryQuery, HistoryView, history_page, history_view
from clickcounter.history.ledger_pages import LedgerQuery
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text, is_whole, slug_of

T = TypeVar("T")

LONGEST_ZONE = 64


async def view(
    who: Caller,
    *,
    counter: object,
    span: object,
    zone: object,
    round_number: object,
    device: object,
    since: object,
    until: object,
    by_device: object,
    account: object,
) -> HistoryView:
    """Chart, totals, leaders, rounds and the newest clicks of one span of time."""
    if (
        not isinstance(span, str)
        or span not in SPANS
        or not is_clean_text(zone, LONGEST_ZONE)
        or not isinstance(by_device, bool)
    ):
        raise Malformed("a span, a time zone and whether by device are needed")
    query = HistoryQuery(
        slug_of(counter),
        span,
        known_time_zone(zone),
        _number(round_number),
        _number(device),
        _number(since),
        _number(until),
        by_device=by_device,
        account=_number(account),
    )
    return await _read(who, query.counter, lambda engine: history_view(engine, query, now_ms()))


async def page(
    who: Caller,
    *,
    counter: object,
    round_number: object,
    device: object,
    since: object,
    until: object,
    after: object,
    account: object,
) -> HistoryPage:
    """The clicks after a cursor, of one round, device, person and span of time, or of all."""
    if after is not None and not (isinstance(after, list) and len(after) == 3 and all(map(is_whole, after))):
        raise Malformed("after must be the cursor of a page, or null")
    query = LedgerQuery(
        slug_of(counter),
        _number(round_number),
        _number(device),
        _number(since),
        _number(until),
        after=None if after is None else (after[0], after[1], after[2]),
        account=_number(account),
    )

    return await _read(who, query.counter, lambda engine: history_page(engine, query, now_ms()))


async def _read(who: Caller, counter: str, work: Callable[[Engine], T]) -> T:
    def read(engine: Engine) -> T:
        authorization.require_view(engine, counter, who)
        return work(engine)

    return await running().read(read)


def _number(value: object) -> int | None:
    if value is not None and not is_whole(value):
        raise Malformed("a round, a device, a person and a moment are numbers, or null")
    return value
