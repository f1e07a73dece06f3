"""What happens to each click, as a pure function.

The ledger reads what stands, this module decides, the ledger writes what was decided. No I/O, no clock.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from clickcounter.domain.clicks import CLICK, CORRECTION, SAVED, UNDO, Click
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE

AMOUNT = "amount"
LIMIT = "limit"
FULL = "full"
FLOOR = "floor"
ARCHIVED = "archived"
NOTHING_TO_UNDO = "undo"
UNDONE = "undone"
NOT_ALLOWED = "not_allowed"


@dataclass(slots=True)
class Target:
    """An entry that an undo may name."""

    amount: int
    round: int
    device_sha256: str
    kind: str
    taken_back: bool = False
    account_id: int | None = None


@dataclass(slots=True)
class RoundState:
    """A counter as its transaction sees it. `decide` keeps it up to date, click by click."""

    round: int  # the current one
    totals: dict[int, int]  # of every round named, and of the current one
    started: dict[int, int]  # when each of them began
    known: set[str]  # keys that are in the ledger already
    settings: CounterSettings = field(default_factory=CounterSettings)
    targets: dict[str, Target | None] = field(default_factory=dict)  # by the key that some undo names


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that the ledger is to get."""

    click: Click
    amount: int
    round: int
    total: int
    pressed_at: int
    time_adjusted: bool
    round_unknown: bool
    account_id: int | None = None


def decide(
    standing: RoundState,
    clicks: Iterable[Click],
    now: int,
    device_sha256: str = "",
    account_id: int | None = None,
    barred: Set[str] = frozenset(),
) -> tuple[dict[str, str], list[Entry]]:
    """Decide one device's clicks in their order; `account_id` is who is signed in.

    `barred` are the kinds that whoever sent them may not make; what was saved before stays saved. Returns a code for each
    key and the rows to write.
    """
    codes: dict[str, str] = {}
    entries: list[Entry] = []
    for click in clicks:
        if click.key in standing.known:
            codes[click.key] = SAVED
            continue
        if click.kind in barred:
            codes[click.key] = NOT_ALLOWED
            continue
        decided = _decide_one(standing, click, now, device_sha256, account_id)
        if isinstance(decided, str):
            codes[click.key] = decided
            continue
        codes[click.key] = SAVED
        entries.append(decided)
        _take_in(standing, decided, device_sha256)
    return codes, entries


def _decide_one(standing: RoundState, click: Click, now: int, device_sha256: str, account_id: int | None) -> Entry | str:
    """The entry, or the code that says why there is none."""
    unknown = click.round not in standing.totals
    round_id = standing.round if unknown else click.round  # a late click joins the round it was made in
    amount = _amount(standing, click, round_id, device_sha256)
    if isinstance(amount, str):
        return amount
    total = standing.totals[round_id] + amount
    if abs(total) > MAX_VALUE:
        return LIMIT
    pressed_at = min(max(click.pressed_at, standing.started[round_id]), now)
    about = standing.settings
    if click.round == standing.round:  # late clicks pass: nothing is refused for being late
        if about.archived_at is not None and pressed_at >= about.archived_at:
            return ARCHIVED
        if click.kind == CLICK and (passed := _passed(about, amount, total)):
            return passed
    adjusted = click.time_adjusted or pressed_at != click.pressed_at
    if click.kind == UNDO and (target := standing.targets.get(click.of or "")):
        account_id = target.account_id  # taken off whoever got it
    return Entry(click, amount, round_id, total, pressed_at, adjusted, unknown, account_id)


def _amount(standing: RoundState, click: Click, round_id: int, device_sha256: str) -> int | str:
    """What the click adds to its round's total, or the code that says why it cannot."""
    if click.kind == UNDO:
        target = standing.targets.get(click.of or "")
        if target is None or target.kind != CLICK or target.device_sha256 != device_sha256 or target.round != round_id:
            return NOTHING_TO_UNDO
        return UNDONE if target.taken_back else -target.amount
    if click.kind == CORRECTION:
        return click.amount - standing.totals[round_id] if abs(click.amount) <= MAX_VALUE else LIMIT
    return click.amount if 1 <= abs(click.amount) <= MAX_AMOUNT else AMOUNT


def _passed(about: CounterSettings, amount: int, total: int) -> str | None:
    """The limit that a click would pass. One that leads back towards the allowed numbers passes none."""
    if amount > 0 and about.upper is not None and total > about.upper:
        return FULL
    if amount < 0 and about.lower is not None and total < about.lower:
        return FLOOR
    return None


def _take_in(standing: RoundState, entry: Entry, device_sha256: str) -> None:
    click = entry.click
    standing.totals[entry.round] = entry.total
    standing.known.add(click.key)
    if click.key in standing.targets:  # an undo that came along with it
        standing.targets[click.key] = Target(
            entry.amount, entry.round, device_sha256, click.kind, account_id=entry.account_id
        )
    if click.kind == UNDO and (target := standing.targets.get(click.of or "")):
        target.taken_back = True
