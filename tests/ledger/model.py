"""One counter in plain Python, without the code under test: what its ledger must make of every click."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from clickcounter.domain.clicks import CLICK, CLOCK_SLACK, CORRECTION, NOTE, OPENING, TAKE_BACK, UNDO, Click
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.domain.past import PastEntry
from clickcounter.domain.rules import LATE_FOR

DAY = 25 * 3_600_000  # ms; the longest one


@dataclass
class Round:
    id: int
    started: int
    ended: int | None = None


@dataclass(frozen=True)
class Row:
    """A row of the ledger, but for the device, in the order of `COLUMNS`."""

    key: str
    round: int
    kind: str
    amount: int
    total: int
    pressed_at: int
    time_adjusted: bool
    round_unknown: bool
    of: str | None


COLUMNS = "key, round_id, kind, amount, total, pressed_at, time_adjusted, round_unknown, takes_back"


@dataclass
class Model:
    owner: str  # a device; only it may correct
    rounds: list[Round]
    rows: dict[str, Row] = field(default_factory=dict)  # by key, in the ledger's order
    devices: dict[str, str] = field(default_factory=dict)  # by key
    lower: int | None = 0
    upper: int | None = None
    archived_at: int | None = None
    saved: dict[str, int] = field(default_factory=dict)  # when, by key
    until: dict[str, int] = field(default_factory=dict)  # of past entries and notes, also taken back ones, by key
    groups_refuse: Callable[[str, int], str | None] = lambda _kind, _amount: None

    @property
    def current(self) -> Round:
        return self.rounds[-1]

    def total(self, round_id: int) -> int:
        return sum(row.amount for row in self.rows.values() if row.round == round_id)

    def is_undone(self, key: str) -> bool:
        return any(row.of == key for row in self.rows.values())

    def send(self, click: Click, device: str, now: int) -> str:
        """The code of a click, which is added if it counts."""
        if click.key in self.rows:
            return "saved"
        if click.kind == CORRECTION and device != self.owner:
            return "not_allowed"
        joined = self._joined(click, now)
        amount = self._amount(click, device, joined)
        if isinstance(amount, str):
            return amount
        total = self.total(joined.id) + amount
        if abs(total) > MAX_VALUE:
            return "limit"
        pressed_at = max(click.pressed_at, joined.started, now - LATE_FOR)
        pressed_at = min(pressed_at, now if joined.ended is None else joined.ended, now)
        if joined is self.current:
            if self.archived_at is not None and pressed_at >= self.archived_at:
                return "archived"
            if click.kind == CLICK and amount > 0 and self.upper is not None and total > self.upper:
                return "full"
            if click.kind == CLICK and amount < 0 and self.lower is not None and total < self.lower:
                return "floor"
            if why := self.groups_refuse(click.kind, amount):
                return why
        adjusted, unknown = click.time_adjusted or pressed_at != click.pressed_at, joined.id != click.round
        self.rows[click.key] = Row(click.key, joined.id, click.kind, amount, total, pressed_at, adjusted, unknown, click.of)
        self.devices[click.key], self.saved[click.key] = device, now
        return "saved"

    def add(self, entry: PastEntry, device: str, now: int) -> str:
        """The code of what somebody adds afterwards."""
        if device != self.owner:
            return "not_owner"
        if entry.key in self.rows:
            return "saved"
        if self.archived_at is not None:
            return "archived"
        is_opening, is_note = entry.kind == OPENING, entry.kind == NOTE
        since, until = (now, now) if is_opening else (entry.since, entry.until)
        if not is_note and not 1 <= abs(entry.amount) <= (MAX_VALUE if is_opening else MAX_AMOUNT):
            return "opening_amount" if is_opening else "amount"
        wrong = {"past_future": until > now + 60_000, "past_old": since < now - LATE_FOR, "past_long": until - since > DAY}
        if codes := [code for code, is_wrong in wrong.items() if is_wrong]:
            return codes[0]
        since, until = min(since, now), min(until, now)
        joined = next(one for one in self.rounds if one.ended is None or (one.ended > since and not is_opening))
        if joined.ended is not None and until > joined.ended:
            return "past_rounds"
        return self._add(entry, joined, (since, until), device, now)

    def _add(self, entry: PastEntry, joined: Round, time: tuple[int, int], device: str, now: int) -> str:
        total = self.total(joined.id) + entry.amount
        if entry.kind == NOTE:
            earlier = [
                (at, n) for n, (key, at) in enumerate(self.saved.items()) if at <= time[0] and self._is_in(key, joined)
            ]
            total = list(self.rows.values())[max(earlier)[1]].total if earlier else 0
        elif abs(total) > MAX_VALUE:
            return "limit"
        elif joined is self.current and entry.amount > 0 and self.upper is not None and total > self.upper:
            return "full"
        elif joined is self.current and entry.amount < 0 and self.lower is not None and total < self.lower:
            return "floor"
        self.rows[entry.key] = Row(entry.key, joined.id, entry.kind, entry.amount, total, time[0], False, False, None)
        self.devices[entry.key], self.saved[entry.key] = device, time[0] if entry.kind == NOTE else now
        if entry.kind != OPENING:
            self.until[entry.key] = time[1]
        return "saved"

    def take_back(self, key: str, new: str, now: int) -> None:
        """What was added with this key is taken back by a row with the key `new`; a note is deleted."""
        row = self.rows[key]
        if row.kind == NOTE:
            for kept in (self.rows, self.saved, self.devices):
                del kept[key]
            return
        kind, total = OPENING if row.kind == OPENING else TAKE_BACK, self.total(row.round) - row.amount
        self.rows[new] = Row(new, row.round, kind, -row.amount, total, row.pressed_at, False, False, key)
        self.devices[new], self.saved[new] = self.devices[key], now
        if key in self.until:
            self.until[new] = self.until[key]

    def parts(self, row: Row) -> list[tuple[int, int, int]]:
        """How a row shows in charts: moments, amounts and presses."""
        if row.kind in (OPENING, NOTE):
            return []
        if row.key not in self.until:
            return [(row.pressed_at, row.amount, 1)]
        length = self.until[row.key] - row.pressed_at
        step = 60_000 if length <= 3_600_000 else 900_000
        count = max(math.ceil(length / step), 1)
        ends = [math.trunc(Fraction(row.amount * n, count)) for n in range(count + 1)]
        return [(row.pressed_at + n * step, ends[n + 1] - ends[n], 0) for n in range(count) if ends[n + 1] != ends[n]]

    def _is_in(self, key: str, joined: Round) -> bool:
        return self.rows[key].round == joined.id

    def _joined(self, click: Click, now: int) -> Round:
        """The round that it names, if it was made in it; otherwise the current one."""
        for named in self.rounds:
            if named.id == click.round and named.ended is not None:
                claimed_at = click.pressed_at if click.claimed_at is None else click.claimed_at
                earliest = min(click.pressed_at, claimed_at)
                in_time = earliest <= named.ended + CLOCK_SLACK and now - named.ended <= LATE_FOR
                return named if click.kind == CORRECTION or in_time else self.current
        return self.current

    def _amount(self, click: Click, device: str, joined: Round) -> int | str:
        if click.kind == CORRECTION:
            return click.amount - self.total(joined.id) if abs(click.amount) <= MAX_VALUE else "limit"
        if click.kind != UNDO:
            return click.amount if 1 <= abs(click.amount) <= MAX_AMOUNT else "amount"
        target = self.rows.get(click.of or "")
        if target is None or target.kind != CLICK or (self.devices[target.key], target.round) != (device, joined.id):
            return "undo"
        return "undone" if self.is_undone(target.key) else -target.amount
