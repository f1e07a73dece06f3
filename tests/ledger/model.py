"""One counter in plain Python, without the code under test: what its ledger must make of every click."""

from dataclasses import dataclass, field

from clickcounter.domain.clicks import CLICK, CLOCK_SLACK, CORRECTION, UNDO, Click
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_VALUE
from clickcounter.domain.rules import LATE_FOR


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
        adjusted, unknown = click.time_adjusted or pressed_at != click.pressed_at, joined.id != click.round
        self.rows[click.key] = Row(click.key, joined.id, click.kind, amount, total, pressed_at, adjusted, unknown, click.of)
        self.devices[click.key] = device
        return "saved"

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
