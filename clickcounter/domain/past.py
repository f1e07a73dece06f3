"""What somebody adds afterwards: past entries, opening amounts and notes. Times are UTC ms.

A past entry says how much was counted at a moment or over a stretch of time: "14 visitors yesterday between 15 and 16". In
charts it is spread over its stretch, a share each minute, or each quarter of an hour if it is longer than one. An opening
amount was counted elsewhere, nobody knows when: it is in the value, but in no chart. A note is a text at a moment; its
amount is 0. None of them is a press.
"""

from dataclasses import dataclass, replace

from clickcounter.domain.calendar import HOUR, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import ENTRY, NOTE, OPENING
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.domain.rules import AMOUNT, LATE_FOR
from clickcounter.errors import Refused

KINDS = (ENTRY, OPENING, NOTE)
LONGEST_STRETCH = 25 * HOUR  # a day on which the clocks are put back
MOST_SHARES = LONGEST_STRETCH // QUARTER_HOUR
AHEAD = MINUTE  # by which a browser's clock may be ahead of ours
MOST_NOTES = 1_000  # of a counter
MOST_ENTRIES = 10_000  # past entries of a counter: every hour of a year; a table of an import holds more


@dataclass(frozen=True, slots=True)
class PastEntry:
    """What is to be added, once for each `key`. A moment ends when it begins; an opening amount has no time."""

    key: str
    kind: str
    amount: int
    since: int = 0
    until: int = 0
    text: str = ""


def checked(entry: PastEntry, now: int) -> PastEntry:
    """The entry, if it is possible now; a time that a fast clock has put ahead becomes now. Raises Refused."""
    most, code = {ENTRY: (MAX_AMOUNT, AMOUNT), OPENING: (MAX_VALUE, "opening_amount"), NOTE: (0, "note")}[entry.kind]
    is_possible = bool(entry.text) if entry.kind == NOTE else 1 <= abs(entry.amount) <= most
    if not is_possible:
        raise Refused(code)
    if entry.kind == OPENING:
        return replace(entry, since=now, until=now)
    for refused, why in (
        (entry.until < entry.since, "past_order"),
        (entry.until > now + AHEAD, "past_future"),
        (entry.since < now - LATE_FOR, "past_old"),
        (entry.until - entry.since > LONGEST_STRETCH, "past_long"),
    ):
        if refused:
            raise Refused(why)
    return replace(entry, since=min(entry.since, now), until=min(entry.until, now))


def shares(since: int, until: int, amount: int) -> list[tuple[int, int]]:
    """An amount spread over a stretch: moments, and what belongs to each. ledger/rollup_checks.py has the same in SQL."""
    length = until - since
    step = MINUTE if length <= HOUR else QUARTER_HOUR
    count = max(-(-length // step), 1)
    sign = 1 if amount > 0 else -1
    sums = [sign * (abs(amount) * n // count) for n in range(count + 1)]
    return [(since + n * step, sums[n + 1] - sums[n]) for n in range(count) if sums[n + 1] != sums[n]]
