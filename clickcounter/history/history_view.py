"""What the history page shows of a counter, in one answer: chart, rate, leaders, rounds and the newest entries."""

from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.domain import calendar
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Refused
from clickcounter.history import ledger_pages, timeseries
from clickcounter.history.background import Kept
from clickcounter.history.days import DaysView, read_days
from clickcounter.history.entries import Entries, read_entries
from clickcounter.history.leaders import Leader, LeaderQuery, known_leaders
from clickcounter.history.ledger_pages import LedgerQuery, RoundTime
from clickcounter.history.scopes import Facts, facts_of
from clickcounter.history.timeseries import ChartQuery

DAY = 24 * calendar.HOUR
SPANS = ("day", "week", "round", "all", "between")
MAX_BARS = 60
MAX_PARTS = 5  # participants that a chart by participant sets apart; the page draws the others as one
NOBODY = Caller()  # without credentials: sees what anybody may
LAST_MOMENT = 4_102_444_800_000  # the year 2100; nobody knows what the clocks of later years will do
WIDTHS = {  # roughly, in ms; a chart takes the narrowest width with at most MAX_BARS buckets
    "minute": calendar.MINUTE,
    "quarter": calendar.QUARTER_HOUR,
    "hour": calendar.HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "year": 365 * DAY,
}
CALENDAR_SPANS = {"day": "hour", "week": "day"}  # spans of the calendar, and how wide their buckets are

Bar = tuple[int, int, int, int, int]  # start and end in UTC ms, amount, clicks, and the total at its end
Part = tuple[int | None, str, str, list[int]]  # the device's number and label, or the person's name; the amount of each bar
Fields = dict[str, Any]  # of the dataclass that is named beside it


class HistoryView(Entries):
    """What JavaScript reads of a counter's history: the newest entries, and all else. Times are UTC ms."""

    counter: str
    span: str
    round: int | None  # its number, if it is of one
    device: int | None
    account: int | None
    width: str  # of the bars
    now: int
    amount: int  # of all bars
    bars: list[Bar]
    parts: list[Part]
    pace: Fields  # timeseries.Rate
    leaders: list[Fields]  # leaders.Leader
    leaders_at: int | None  # when they were read; None where they are not known yet
    rounds: list[Fields]  # ledger_pages.RoundSummary
    days: DaysView | None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What to show: today, this week, one round, everything, or a span of time; days are those of the viewer's `zone`."""

    counter: str
    span: str  # one of SPANS
    zone: ZoneInfo
    round: int | None = None  # its number, for the span "round"; None is the current one
    device: int | None = None  # its number; None is everybody
    since: int | None = None  # UTC ms, for the span "between", as is `until`; widened to whole quarters of an hour
    until: int | None = None
    by_device: bool = False  # split the bars by participant: people, and devices with their anonymous clicks
    account: int | None = None  # its id; None is everybody
    address: str = ""  # of whoever asks
    week_start: int = calendar.MONDAY
    who: Caller | None = NOBODY  # whoever asks; None is the terminal


class _Range(NamedTuple):
    """The time that a chart shows, whose leaders those are, and the round if it is one. A group's has no entries itself."""

    first: int
    end: int
    leaders: LeaderQuery
    round_number: int | None = None
    is_groups: bool = False

    @property
    def own_round(self) -> int | None:
        """The round, if it has entries itself."""
        return None if self.is_groups else self.round_number


def history_view(engine: Engine, query: HistoryQuery, now: int) -> HistoryView:
    """Everything that the history page shows. Raises CounterNotFound, Refused.

    Its parts are read one after another, so a later one may include clicks that an earlier one does not. For a span of time
    the entries are those saved within it, and everything else counts the clicks pressed within it.
    """
    shown, chart = _shown(engine, query, now)
    leaders = known_leaders(engine, shown.leaders, now, query.address)
    rounds = ledger_pages.read_rounds(engine, query.counter, None if query.round is None else query.round + 1)
    buckets = timeseries.buckets(engine, chart)
    saved_within = (query.device, query.since, query.until)
    of = LedgerQuery(query.counter, shown.round_number, *saved_within, account=query.account)
    return {
        **read_entries(engine, of, None, query.who),
        "counter": query.counter,
        "span": query.span,
        "round": shown.round_number,
        "device": query.device,
        "account": query.account,
        "width": chart.width,
        "now": now,
        "amount": sum(bucket.amount for bucket in buckets),
        "bars": [(bucket.start, bucket.end, bucket.amount, bucket.clicks, bucket.total) for bucket in buckets],
        "parts": _parts(engine, query, chart, leaders),
        "pace": asdict(timeseries.rate(engine, query.counter, now)),
        "leaders": [asdict(leader) for leader in leaders.value] if leaders else [],
        "leaders_at": leaders.at if leaders else None,
        "rounds": [asdict(summary) for summary in rounds],
        "days": read_days(engine, query.counter, now),
    }


class Series(NamedTuple):
    """A chart alone: the width of its bars, the bars, and those by participant."""

    width: str
    bars: list[Bar]
    parts: list[Part]


def series(engine: Engine, query: HistoryQuery, now: int) -> Series:
    """The chart of a history view. Raises CounterNotFound, Refused."""
    shown, chart = _shown(engine, query, now)
    leaders = known_leaders(engine, shown.leaders, now, query.address) if _is_split(query) else None
    buckets = timeseries.buckets(engine, chart)
    return Series(
        chart.width,
        [(bucket.start, bucket.end, bucket.amount, bucket.clicks, bucket.total) for bucket in buckets],
        _parts(engine, query, chart, leaders),
    )


def most_active(engine: Engine, query: HistoryQuery, now: int) -> Kept[list[Leader]] | None:
    """The leaders of a history view; None where they are not known yet. Raises CounterNotFound, Refused."""
    return known_leaders(engine, _shown(engine, query, now)[0].leaders, now, query.address)


def _shown(engine: Engine, query: HistoryQuery, now: int) -> tuple[_Range, ChartQuery]:
    facts = facts_of(engine, query.counter)
    shown = _range(engine, query, facts, now)
    return shown, _chart_query(query, shown, facts.day_start)


def _range(engine: Engine, query: HistoryQuery, facts: Facts, now: int) -> _Range:
    counter = query.counter
    if query.span == "between":
        first, end = _quarters(query)
        return _Range(first, end, LeaderQuery(counter, None, first, end))
    if query.span in CALENDAR_SPANS:
        first, end = calendar.edges(query.zone, query.span, now, now, facts.day_start, query.week_start)
        return _Range(first, end, LeaderQuery(counter, None, first, end))
    round_ = ledger_pages.read_round(engine, counter, query.round) if query.span == "round" else None
    if round_ and facts.is_group:  # what its counters got in that time, whatever rounds they had
        until = max(round_.ended_at or now, round_.started_at + 1)
        first, end = _quarters(replace(query, since=round_.started_at, until=until))
        return _Range(first, end, LeaderQuery(counter, None, first, end), round_.number, is_groups=True)
    number = round_.number if round_ else None
    first, end = _lifetime(engine, counter, round_, now)
    return _Range(first, end, LeaderQuery(counter, number), number)


def _chart_query(query: HistoryQuery, shown: _Range, day_start: int) -> ChartQuery:
    by_participant = query.device is not None or query.account is not None or query.by_device
    clipped = query.span == "between"
    # There are no roll-ups by participant and minute, and a span of time may begin within a wider bucket.
    narrowest = "quarter" if by_participant or clipped else "minute"
    return ChartQuery(
        query.counter,
        CALENDAR_SPANS.get(query.span) or _width(shown.end - shown.first, narrowest),
        query.zone,
        shown.first,
        shown.end - 1,
        day_start,
        shown.own_round,
        query.device,
        query.account,
        clipped,
        query.week_start,
    )


def _quarters(query: HistoryQuery) -> tuple[int, int]:
    """The query's span of time, widened to whole quarters of an hour. Raises Refused."""
    if query.since is None or query.until is None or query.since >= query.until:
        raise Refused("period")
    if query.since < 0 or query.until >= LAST_MOMENT:
        raise Refused("stretches")
    first, end = query.since // calendar.QUARTER_HOUR, -(-query.until // calendar.QUARTER_HOUR)
    return first * calendar.QUARTER_HOUR, end * calendar.QUARTER_HOUR


def _lifetime(engine: Engine, counter: str, round_: RoundTime | None, now: int) -> tuple[int, int]:
    """From the start of a round, or of all, to its end, or to now.

    Clicks saved late were still pressed before their round was closed; imported ones may have been pressed before it began.
    """
    first_press = timeseries.first_press(engine, counter, round_.number if round_ else None)
    starts = [now if first_press is None else min(first_press, now)]  # no chart begins in the future
    starts += [round_.started_at] if round_ else []
    end = (round_.ended_at if round_ else None) or now
    return min(starts), max(end, *starts) + 1


def _width(length: int, narrowest: str) -> str:
    names = list(WIDTHS)
    wide_enough = (name for name in names[names.index(narrowest) :] if length <= MAX_BARS * WIDTHS[name])
    return next(wide_enough, "year")


def _is_split(query: HistoryQuery) -> bool:
    return query.by_device and query.device is None and query.account is None


def _parts(engine: Engine, query: HistoryQuery, chart: ChartQuery, leaders: Kept[list[Leader]] | None) -> list[Part]:
    if not _is_split(query) or leaders is None:
        return []
    shown = leaders.value[:MAX_PARTS]
    participants = [(leader.number, leader.account) for leader in shown]
    amounts = timeseries.amounts_by_participant(engine, chart, participants)
    return [(leader.number, leader.label, leader.person, bars) for leader, bars in zip(shown, amounts, strict=True)]
