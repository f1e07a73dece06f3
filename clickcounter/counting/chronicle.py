"""What the history page shows of a counter, in one answer: chart, pace, leaders, rounds and the newest rows."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.counting import activity, buckets, records
from clickcounter.counting.activity import Wish
from clickcounter.counting.leaders import leaders, leaders_between
from clickcounter.counting.records import Asked, Past
from clickcounter.errors import CounterNotFound

DAY = 24 * buckets.HOUR
SPANS = ("day", "week", "round")
MOST_BARS = 60
# About how long stretches of each width are; the narrowest of which few enough fill a round is taken.
LENGTHS = {"minute": buckets.MINUTE, "quarter": buckets.QUARTER, "hour": buckets.HOUR, "day": DAY, "week": 7 * DAY}
OF_SPAN = {"day": "hour", "week": "day"}


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks at: today, this week or one round, in the time of their place."""

    counter: str
    span: str
    zone: ZoneInfo
    day_start: int = 0
    round: int | None = None  # its number; None is the current one
    device: int | None = None  # its number; None are all


def chronicle(engine: Engine, question: Question, now: int) -> dict[str, Any]:
    """Ready to be sent. Raises CounterNotFound, Refused. Clicks that come meanwhile may be in a later part already."""
    rounds = records.rounds(engine, question.counter, None if question.round is None else question.round + 1)
    if question.span == "round":
        if not rounds or question.round not in (None, rounds[0].number):
            raise CounterNotFound(question.counter)
        wish, best = _of_round(question, rounds[0], now), leaders(engine, question.counter, rounds[0].number)
    else:
        first, end = buckets.edges(question.zone, question.span, now, now, question.day_start)
        wish = Wish(question.counter, OF_SPAN[question.span], question.zone, first, end - 1, question.day_start)
        wish = replace(wish, device=question.device)
        best = leaders_between(engine, question.counter, first, end)
    bars = activity.bars(engine, wish)
    page = records.page(engine, Asked(question.counter, wish.round, question.device))
    return {
        "counter": question.counter,
        "span": question.span,
        "device": question.device,
        "width": wish.width,
        "now": now,
        "amount": sum(bar.amount for bar in bars),
        "bars": [[bar.start, bar.end, bar.amount, bar.clicks, bar.total] for bar in bars],
        "pace": asdict(activity.pace(engine, question.counter, now)),
        "leaders": [asdict(leader) for leader in best],
        "rounds": [asdict(past) for past in rounds],
        "rows": [asdict(row) for row in page.rows],
        "next": page.next,
    }


def _of_round(question: Question, past: Past, now: int) -> Wish:
    """From its beginning to its end, or till now; late clicks of a closed one were pressed before it was closed."""
    end = max(past.ended_at or now, past.started_at)
    length = end - past.started_at
    kept = [name for name in LENGTHS if question.device is None or name != "minute"]  # minutes are not kept by device
    width = next((name for name in kept if length < MOST_BARS * LENGTHS[name]), "week")
    wish = Wish(question.counter, width, question.zone, past.started_at, end, question.day_start, past.number)
    return replace(wish, device=question.device)
