"""The state behind a counter's history. A tab asks again when the counter's frame tells it that something was counted."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import reflex as rx
from sqlalchemy import Engine

from clickcounter.counting import records
from clickcounter.counting.buckets import zone_of
from clickcounter.counting.chronicle import SPANS, Question, chronicle
from clickcounter.counting.clicks import now_ms
from clickcounter.counting.pipeline import running
from clickcounter.counting.records import Asked
from clickcounter.errors import ClickCounterError, CounterNotFound, Malformed
from clickcounter.states.wire import is_clean_text, is_whole, sentences

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
        day_start: Any = None,
        round: Any = None,  # noqa: A002
        device: Any = None,
    ) -> None:
        """Show today, this week or a round, of all devices or one."""
        found = await _read(lambda: _question(counter, span, zone, day_start, round, device), chronicle)
        async with self:
            self.view = found

    @rx.event(background=True)
    async def page(self, counter: Any = None, round: Any = None, device: Any = None, after: Any = None) -> None:  # noqa: A002
        """The rows after a cursor, of one round or all, of one device or all."""
        found = await _read(lambda: _asked(counter, round, device, after), _rows)
        async with self:
            self.older = found


async def _read(understand: Callable[[], Any], tell: Callable[[Engine, Any, int], Result]) -> Result:
    try:
        wish, now = understand(), now_ms()
        return await running().read(lambda engine: tell(engine, wish, now))
    except ClickCounterError as error:
        log.info("no history: %s %s", error.code, error)
        return {"error": error.code, "sentences": sentences(error.code), "now": now_ms()}


def _rows(engine: Engine, asked: Asked, now: int) -> Result:
    page = records.page(engine, asked)
    return {"counter": asked.counter, "rows": [asdict(row) for row in page.rows], "next": page.next, "now": now}


def _question(counter: Any, span: Any, zone: Any, day_start: Any, round_number: Any, device: Any) -> Question:
    if span not in SPANS or not is_clean_text(zone, 64) or not is_whole(day_start):
        raise Malformed("a span, a time zone and an hour are needed")
    return Question(_slug(counter), span, zone_of(zone), day_start, _number(round_number), _number(device))


def _asked(counter: Any, round_number: Any, device: Any, after: Any) -> Asked:
    if after is not None and not (isinstance(after, list) and len(after) == 3 and all(map(is_whole, after))):
        raise Malformed("after must be the cursor of a page, or null")
    cursor = None if after is None else (after[0], after[1], after[2])
    return Asked(_slug(counter), _number(round_number), _number(device), after=cursor)


def _slug(counter: Any) -> str:
    if not is_clean_text(counter, 64):
        raise CounterNotFound
    return str(counter)


def _number(value: Any) -> int | None:
    if value is not None and not is_whole(value):
        raise Malformed("a round and a device are numbers, or null")
    return None if value is None else int(value)
