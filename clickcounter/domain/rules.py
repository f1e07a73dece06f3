"""What happens to each click, as a pure function: the ledger reads the state, `decide` decides, the ledger writes.

No I/O, no clock.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from clickcounter.domain.clicks import ANY_ROUND, CLICK, CLOCK_SLACK, CORRECTION, SAVED, UNDO, Click
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE

LATE_FOR = 90 * 86_400_000  # ms; later than that nothing changes the past any more

AMOUNT = "amount"
LIMIT = "limit"
FULL = "full"
FLOOR = "floor"
ARCHIVED = "archived"
NOTHING_TO_UNDO = "undo"
UNDONE = "undone"
NOT_ALLOWED = "not_allowed"
GROUP = "group"
GROUP_LIMITS = {FULL: "group_full", FLOOR: "group_floor"}


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
class GroupTotal:
    """A group that the counter is a part of: several counters may share it. `decide` updates it, click by click."""

    total: int
    settings: CounterSettings


Groups = Sequence[tuple[int, GroupTotal]]  # of one counter, each with the sign with which it counts there


@dataclass(slots=True)
class RoundState:
    """A counter's rounds as the transaction sees them. `decide` updates it, click by click."""

    round: int  # the current round's id
    totals: dict[int, int]  # of the current round and of every round named by a click
    started: dict[int, int]  # when each of them started
    ended: dict[int, int]  # when each closed one of them ended
    known: set[str]  # keys that are already in the ledger
    settings: CounterSettings = field(default_factory=CounterSettings)
    targets: dict[str, Target | None] = field(
        default_factory=dict
    )  # by the key that an undo names; None where there is no such entry
    groups: Groups = ()  # that it is a part of
    scheduled: list[int] = field(
        default_factory=list
    )  # closed rounds in which a click that `goes_by_time` may have been made


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to write to the ledger."""

    click: Click
    amount: int
    round: int
    total: int
    pressed_at: int
    time_adjusted: bool
    round_unknown: bool
    account_id: int | None = None


def decide(
    state: RoundState,
    clicks: Iterable[Click],
    now: int,
    device_sha256: str = "",
    account_id: int | None = None,
    forbidden: Set[str] = frozenset(),
) -> tuple[dict[str, str], list[Entry]]:
    """Decide one device's clicks in order. `account_id` is the signed-in account, `forbidden` the kinds it may not make.

    Returns a code for each key, and the rows to write. A click that is already saved stays saved, whatever its kind.
    """
    codes: dict[str, str] = {}
    entries: list[Entry] = []
    for click in clicks:
        if click.key in state.known:
            codes[click.key] = SAVED
            continue
        if click.kind in forbidden or state.settings.group:
            codes[click.key] = NOT_ALLOWED if click.kind in forbidden else GROUP
            continue
        decided = _decide_one(state, click, now, device_sha256, account_id)
        if isinstance(decided, str):
            codes[click.key] = decided
            continue
        codes[click.key] = SAVED
        entries.append(decided)
        _apply(state, decided, device_sha256)
    return codes, entries


def _decide_one(state: RoundState, click: Click, now: int, device_sha256: str, account_id: int | None) -> Entry | str:
    """The entry, or the code that says why there is none."""
    round_id = _round_joined(state, click, now)
    amount = _amount(state, click, round_id, device_sha256)
    if isinstance(amount, str):
        return amount
    total = state.totals[round_id] + amount
    if abs(total) > MAX_VALUE:
        return LIMIT
    pressed_at = max(click.pressed_at, state.started[round_id], now - LATE_FOR)
    pressed_at = min(pressed_at, state.ended.get(round_id, now), now)
    # A click of a closed round was made in it: whatever its limits are, it is never refused for being late.
    if round_id == state.round:
        why = refusal(state.settings, click.kind, amount, total, pressed_at) or group_refusal(
            state.groups, click.kind, amount
        )
        if why:
            return why
    adjusted = click.time_adjusted or pressed_at != click.pressed_at
    if click.kind == UNDO and (target := state.targets.get(click.of or "")):
        account_id = target.account_id  # subtract from the account that the click was credited to
    return Entry(click, amount, round_id, total, pressed_at, adjusted, click.round not in (round_id, ANY_ROUND), account_id)


def goes_by_time(state: RoundState, click: Click) -> bool:
    """Whether a click's time says in which round it was made: it names none, or one that had ended before."""
    if click.kind == CORRECTION:
        return False  # somebody who may change the counter made it: it stays with the round whose number they saw
    if click.round == ANY_ROUND:
        return click.earliest < state.started[state.round]
    ended_at = state.ended.get(click.round)
    return ended_at is not None and click.earliest > ended_at + CLOCK_SLACK


def _round_joined(state: RoundState, click: Click, now: int) -> int:
    """The round it was made in, if that is known and ended not too long ago; otherwise the current one.

    Where its time has to say it, a round counts as known only if the counter's schedule ended it.
    """
    if goes_by_time(state, click):
        made_in = (id_ for id_ in state.scheduled if state.started[id_] <= click.earliest < state.ended[id_])
        joined = next(made_in, state.round)
    else:
        joined = click.round if click.round in state.totals else state.round
    ended_at = state.ended.get(joined)
    too_late = ended_at is not None and click.kind != CORRECTION and now - ended_at > LATE_FOR
    return state.round if too_late else joined


def _amount(state: RoundState, click: Click, round_id: int, device_sha256: str) -> int | str:
    """What the click adds to its round's total, or the code that says why it cannot."""
    if click.kind == UNDO:
        target = state.targets.get(click.of or "")
        if target is None or target.kind != CLICK or target.device_sha256 != device_sha256 or target.round != round_id:
            return NOTHING_TO_UNDO
        return UNDONE if target.taken_back else -target.amount
    if click.kind == CORRECTION:
        return click.amount - state.totals[round_id] if abs(click.amount) <= MAX_VALUE else LIMIT
    return click.amount if 1 <= abs(click.amount) <= MAX_AMOUNT else AMOUNT


def refusal(settings: CounterSettings, kind: str, amount: int, total: int, pressed_at: int) -> str | None:
    """Why the current round does not take it: the counter is archived, or a limit would be exceeded."""
    if settings.archived_at is not None and pressed_at >= settings.archived_at:
        return ARCHIVED
    return _exceeded_limit(settings, amount, total) if kind == CLICK else None


def _exceeded_limit(settings: CounterSettings, amount: int, total: int) -> str | None:
    """The code of the limit that a click exceeds. A click back towards the allowed range exceeds none."""
    if amount > 0 and settings.upper is not None and total > settings.upper:
        return FULL
    if amount < 0 and settings.lower is not None and total < settings.lower and not settings.lets_leave:
        return FLOOR
    return None


def group_refusal(groups: Groups, kind: str, amount: int) -> str | None:
    """Why a group does not take it. One that is archived goes on adding up, but its limits bind nobody any more."""
    for sign, group in groups:
        added = sign * amount
        if abs(group.total + added) > MAX_VALUE:
            return LIMIT
        bound = kind == CLICK and group.settings.archived_at is None
        if bound and (limit := _exceeded_limit(group.settings, added, group.total + added)):
            return GROUP_LIMITS[limit]
    return None


def _apply(state: RoundState, entry: Entry, device_sha256: str) -> None:
    click = entry.click
    state.totals[entry.round] = entry.total
    if entry.round == state.round:
        for sign, group in state.groups:
            group.total += sign * entry.amount
    state.known.add(click.key)
    if click.key in state.targets:  # an undo in the same batch names it
        state.targets[click.key] = Target(entry.amount, entry.round, device_sha256, click.kind, account_id=entry.account_id)
    if click.kind == UNDO and (target := state.targets.get(click.of or "")):
        target.taken_back = True
