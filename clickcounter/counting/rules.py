"""What happens to each click, as a pure function.

The ledger reads what stands, this module decides, the ledger writes what was decided. No I/O, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clickcounter.counting.clicks import SAVED, Click

MAX_VALUE = 2**53 - 1  # the largest integer that a browser's number holds exactly
AMOUNT = "amount"
LIMIT = "limit"


@dataclass(slots=True)
class Standing:
    """A counter as its transaction sees it. `decide` keeps it up to date, click by click."""

    round: int  # the current one
    totals: dict[int, int]  # of every round named, and of the current one
    started: dict[int, int]  # when each of them began
    known: set[str]  # keys that are in the ledger already


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that the ledger is to get."""

    click: Click
    round: int
    total: int
    pressed_at: int
    time_adjusted: bool
    round_unknown: bool


def decide(standing: Standing, clicks: Iterable[Click], now: int) -> tuple[dict[str, str], list[Entry]]:
    """Decide the clicks in their order. Returns a code for each key and the rows to write."""
    codes: dict[str, str] = {}
    entries: list[Entry] = []
    for click in clicks:
        if click.key in standing.known:
            codes[click.key] = SAVED
            continue
        code, entry = _decide_one(standing, click, now)
        codes[click.key] = code
        if entry:
            entries.append(entry)
    return codes, entries


def _decide_one(standing: Standing, click: Click, now: int) -> tuple[str, Entry | None]:
    if click.amount != 1:  # steps come with the counter's settings
        return AMOUNT, None
    unknown = click.round not in standing.totals
    round_id = standing.round if unknown else click.round  # a late click joins the round it was made in
    total = standing.totals[round_id] + click.amount
    if abs(total) > MAX_VALUE:
        return LIMIT, None
    pressed_at = min(max(click.pressed_at, standing.started[round_id]), now)
    standing.totals[round_id] = total
    standing.known.add(click.key)
    adjusted = click.time_adjusted or pressed_at != click.pressed_at
    return SAVED, Entry(click, round_id, total, pressed_at, adjusted, unknown)
