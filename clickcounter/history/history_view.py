"""What the history page shows of a counter, in one answer: chart, pace, leaders, rounds and the newest rows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.domain import calendar
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.history import ledger_pages, timeseries
from clickcounter.history.leaders import Leader, leaders, leaders_between
from clickcounter.history.ledger_pages import LedgerQuery, RoundSummary
from clickcounter.history.timeseries import ChartQuery

DAY = 24 * calendar.HOUR
SPANS = ("day", "week", "round", "all", "between")
MOST_BARS = 60
MOST_PARTS = 5  # of a chart by who pressed; the others stand together
# About how long stretches of each width are; the narrowest of which few enough fill the time is taken.
LENGTHS = {"minute": calendar.MINUTE, "quarter": calendar.QUARTER_HOUR, "hour": calendar.HOUR, "day": DAY, "week": 7 * DAY}
OF_SPAN = {"day": "hour", "week": "day"}


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What somebody looks at: today, this week, one round, all of them or a time, on the clock of their place."""

    counter: str
    span: str
    zone: ZoneInfo
    round: int | None = None  # its number; None is the current one
    device: int | None = None  # its number; None are all
    since: int | None = None  # of the span "between", as is `until`; widened to full quarters of an hour
    until: int | None = None
    by_device: bool = False  # by who pressed: people, and devices without them
    account: int | None = None  # a person's number; None are all


def history_view(engine: Engine, question: HistoryQuery, now: int) -> dict[str, Any]:
    """Ready to be sent. Raises CounterNotFound, Refused. Clicks that come meanwhile may be in a later part already.

    Rows of a time are those saved in it, all else was pressed in it.
    """
    hour = ledger_pages.day_start(engine, question.counter)
    rounds = ledger_pages.read_rounds(engine, question.counter, None if question.round is None else question.round + 1)
    wish, best = _asked(engine, question, rounds, hour, now)
    bars = timeseries.buckets(engine, wish)
    page = ledger_pages.read_page(engine, _rows_of(question, wish.round))
    return {
        "counter": question.counter,
        "span": question.span,
        "device": question.device,
        "account": question.account,
        "width": wish.width,
        "now": now,
        "amount": sum(bar.amount for bar in bars),
        "bars": [[bar.start, bar.end, bar.amount, bar.clicks, bar.total] for bar in bars],
        "parts": _parts(engine, question, wish, best),
        "pace": asdict(timeseries.rate(engine, question.counter, now)),
        "leaders": [asdict(leader) for leader in best],
        "rounds": [asdict(past) for past in rounds],
        "rows": [asdict(row) for row in page.rows],
        "next": page.next,
    }


def _rows_of(question: HistoryQuery, round_number: int | None) -> LedgerQuery:
    of_one = (question.device, question.since, question.until)
    return LedgerQuery(question.counter, round_number, *of_one, account=question.account)


def _asked(
    engine: Engine, question: HistoryQuery, rounds: Sequence[RoundSummary], hour: int, now: int
) -> tuple[ChartQuery, list[Leader]]:
    """The chart, and who was most active in its time."""
    counter, zone, number = question.counter, question.zone, None
    if question.span == "between":
        first, end = _quarters(question)
        best = leaders_between(engine, counter, first, end)
    elif question.span in OF_SPAN:
        first, end = calendar.edges(zone, question.span, now, now, hour)
        best = leaders_between(engine, counter, first, end)
    else:
        if question.span == "round" and (not rounds or question.round not in (None, rounds[0].number)):
            raise CounterNotFound(counter)
        number = rounds[0].number if question.span == "round" else None
        first, end = _times(engine, counter, rounds[0] if number else None, now)
        best = leaders(engine, counter, number)
    # Minutes are not kept by device, nor is a time cut between them.
    of_one = question.device is not None or question.account is not None
    narrowest = "quarter" if of_one or question.by_device or question.span == "between" else "minute"
    width = OF_SPAN.get(question.span) or _width(end - first, narrowest)
    exactly = question.span == "between"
    return ChartQuery(counter, width, zone, first, end - 1, hour, number, question.device, question.account, exactly), best


def _quarters(question: HistoryQuery) -> tuple[int, int]:
    if question.since is None or question.until is None or not 0 <= question.since < question.until < LAST:
        raise Refused("stretches")
    first, after = question.since // calendar.QUARTER_HOUR, -(-question.until // calendar.QUARTER_HOUR)
    return first * calendar.QUARTER_HOUR, after * calendar.QUARTER_HOUR


LAST = 4_102_444_800_000  # the year 2100; of later years no clock is known


def _times(engine: Engine, counter: str, past: RoundSummary | None, now: int) -> tuple[int, int]:
    """When a round, or all, began and ended, or now. Late clicks of a closed one were pressed before it was closed, imported
    ones perhaps before it began.
    """
    first = timeseries.first_press(engine, counter, past.number if past else None)
    began = [now] if first is None else [first]
    began += [past.started_at] if past else []
    end = (past.ended_at if past else None) or now
    return min(began), max(end, *began) + 1


def _width(length: int, narrowest: str) -> str:
    kept = list(LENGTHS)[list(LENGTHS).index(narrowest) :]
    return next((name for name in kept if length <= MOST_BARS * LENGTHS[name]), "week")


def _parts(engine: Engine, question: HistoryQuery, wish: ChartQuery, best: Sequence[Leader]) -> list[list[Any]]:
    """The device's number, its label, the person's name, the amounts."""
    if not question.by_device or question.device is not None or question.account is not None:
        return []
    shown = best[:MOST_PARTS]
    amounts = timeseries.parts(engine, wish, [(leader.number, leader.account) for leader in shown])
    return [[leader.number, leader.label, leader.person, found] for leader, found in zip(shown, amounts, strict=True)]
