"""A counter's history: the whole view, and further pages of its clicks. Both need the right to see the counter.

Both raise CounterNotFound, Refused, Malformed and Later.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.calendar import MONDAY, known_time_zone
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.numbers import MOST_PARTS
from clickcounter.errors import Malformed
from clickcounter.history.background import Kept
from clickcounter.history.days import DaysView, read_days
from clickcounter.history.entries import HistoryPage, history_page
from clickcounter.history.group_entries import Position
from clickcounter.history.history_view import (
    SPANS,
    HistoryQuery,
    HistoryView,
    Series,
    history_view,
    most_active,
)
from clickcounter.history.history_view import series as read_series
from clickcounter.history.leaders import Leader
from clickcounter.history.ledger_pages import LedgerQuery, RoundSummary, read_rounds
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text, number_of, page_cursor_of, slug_of

__all__ = [
    "GROUP_CURSORS",
    "LONGEST_ZONE",
    "POSITION",
    "HistoryQuery",
    "days",
    "leaders",
    "page",
    "query_of",
    "rounds",
    "series",
    "view",
]

T = TypeVar("T")

LONGEST_ZONE = 64
POSITION = len(Position._fields)  # numbers of a group's cursor for each counter
GROUP_CURSORS = range(POSITION, POSITION * MOST_PARTS + 1, POSITION)  # how many numbers it may have


def query_of(
    *,
    counter: object,
    span: object,
    zone: object,
    round_number: object,
    since: object,
    until: object,
    device: object = None,
    account: object = None,
    by_device: object = False,
    week_start: object = MONDAY,
) -> HistoryQuery:
    """Understand which span of time somebody asks for. Raises CounterNotFound, Malformed."""
    if (
        not isinstance(span, str)
        or span not in SPANS
        or not is_clean_text(zone, LONGEST_ZONE)
        or not isinstance(by_device, bool)
    ):
        raise Malformed("a span, a time zone and whether by device are needed")
    first_weekday = number_of(week_start)
    if first_weekday is None or not 1 <= first_weekday <= 7:
        raise Malformed("a week starts on a day from 1, Monday, to 7")
    return HistoryQuery(
        slug_of(counter),
        span,
        known_time_zone(zone),
        number_of(round_number),
        number_of(device),
        number_of(since),
        number_of(until),
        by_device=by_device,
        account=number_of(account),
        week_start=first_weekday,
    )


async def view(who: Caller, address: str, **asked: object) -> HistoryView:
    """Chart, totals, leaders, rounds and the newest clicks of one span of time: the arguments of `query_of`."""
    query = replace(query_of(**asked), address=address, who=who)
    return await _read(who, query.counter, lambda engine: history_view(engine, query, now_ms()))


async def series(who: Caller, address: str, query: HistoryQuery) -> Series:
    """The chart of one span of time."""
    asked = replace(query, address=address)
    return await _read(who, query.counter, lambda engine: read_series(engine, asked, now_ms()))


async def leaders(who: Caller, address: str, query: HistoryQuery) -> Kept[list[Leader]] | None:
    """Who counted most in one span of time; None where that is not known yet."""
    asked = replace(query, address=address)
    return await _read(who, query.counter, lambda engine: most_active(engine, asked, now_ms()))


async def rounds(who: Caller, counter: object, before: object) -> tuple[list[RoundSummary], int | None]:
    """A counter's rounds with numbers below `before`, newest first, and the cursor of the next page, if there is one."""
    slug, number = slug_of(counter), number_of(before)
    found = await _read(who, slug, lambda engine: read_rounds(engine, slug, number))
    return found, found[-1].number if found and found[-1].number > 1 else None


async def days(who: Caller, counter: object) -> DaysView | None:
    """A counter's days, if they end by themselves."""
    slug = slug_of(counter)
    return await _read(who, slug, lambda engine: read_days(engine, slug, now_ms()))


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
    query = LedgerQuery(
        slug_of(counter),
        number_of(round_number),
        number_of(device),
        number_of(since),
        number_of(until),
        account=number_of(account),
    )
    cursor = page_cursor_of(after)
    return await _read(who, query.counter, lambda engine: history_page(engine, query, now_ms(), cursor, who))


async def _read(who: Caller, counter: str, work: Callable[[Engine], T]) -> T:
    def read(engine: Engine) -> T:
        authorization.require_view(engine, counter, who)
        return work(engine)

    return await running().read(read)
