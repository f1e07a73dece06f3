"""The facts that travel through the core: clicks, orders, snapshots, outcomes. Times are milliseconds since 1970."""

import time
from dataclasses import dataclass, field

from clickcounter.domain.counter_settings import CounterSettings

SAVED = "saved"

CLICK = "click"
UNDO = "undo"
CORRECTION = "correction"
TAKE_BACK = "take_back"  # an undo by an owner, see ledger/taking_back.py
ENTRY, OPENING, NOTE = "entry", "opening", "note"  # added afterwards, see domain/past.py

ANY_ROUND = -1  # of a program that saw no number: the press counts in the round that is current when it arrives

CLOCK_SLACK = 2_000  # ms; a clock that differs by less is believed


def now_ms() -> int:
    """The server's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Click:
    """A request to change a counter, made once and possibly sent several times; `key` identifies it.

    An undo undoes the click whose key is `of`. A correction's amount is the value that the counter should show. `claimed_at`
    is when the browser says it was pressed; `pressed_at` is that time by the server's clock.
    """

    key: str
    amount: int
    pressed_at: int
    round: int
    time_adjusted: bool = False
    kind: str = CLICK
    of: str | None = None
    reason: str = ""
    claimed_at: int | None = None  # if it differs

    @property
    def earliest(self) -> int:
        """The earlier of both. Where no clock was measured, a slow network is taken for a wrong one, and shifts too far."""
        return self.pressed_at if self.claimed_at is None else min(self.pressed_at, self.claimed_at)


@dataclass(frozen=True, slots=True)
class Caller:
    """The credentials that came with a request: SHA-256 of a session's token, of a device's secret and of an API key.

    Each may be missing or wrong. Where there is a key, it alone counts: access/keys.py makes such a caller.
    """

    session: str | None = None
    device: str | None = None
    key: str | None = None

    def scope(self, address: str) -> str:
        """Whose requests a name or a limit distinguishes: the device's, without one the session's, or the address's."""
        return self.device or self.session or f"address {address}"


@dataclass(frozen=True, slots=True)
class Order:
    """The clicks of one event: one device, one counter, the session of the signed-in user, if any, and the client's address.

    Without an address, no limit for addresses holds. A program's order names its API key, and the key's own device.
    """

    counter: str
    device_sha256: str
    clicks: tuple[Click, ...]
    session: str | None = None
    address: str = ""
    key: str | None = None

    @property
    def caller(self) -> Caller:
        """The credentials it came with."""
        return Caller(self.session, self.device_sha256, self.key)


@dataclass(frozen=True, slots=True)
class Presser:
    """A device as shown to everybody: its public number, and its label or the name of the user signed in on it."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a counter shows after a commit, and who pressed last in its current round."""

    counter: str
    value: int
    revision: int
    round: int
    settings: CounterSettings = field(default=CounterSettings(), compare=False)
    last: Presser | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an order: a code for each key, and the counter's snapshot after the transaction.

    An order refused as a whole has an error code instead. The totals, (up, down), are what its device and the signed-in user
    have added to the current round; None where the transaction did not change them. `wait` says in how many seconds an order
    is accepted that was put off because too many new devices came from its address. `total` is the round's total right after
    the order's own clicks; the snapshot may include others that shared its transaction. `groups` are those of the counter
    that the transaction changed.
    """

    codes: dict[str, str]
    snapshot: Snapshot | None = None
    error: str | None = None
    changed: bool = False
    device_totals: tuple[int, int] | None = None
    account_totals: tuple[int, int] | None = None
    wait: int = 0
    total: int | None = None
    groups: tuple[Snapshot, ...] = ()
