"""The facts that travel through the core. All are frozen; times are milliseconds since 1970."""

import time
from dataclasses import dataclass, field

from clickcounter.domain.counter_settings import CounterSettings

SAVED = "saved"

CLICK = "click"
UNDO = "undo"
CORRECTION = "correction"


def now_ms() -> int:
    """The server's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Click:
    """A wish to change a counter, made once and possibly sent twice; its key says which.

    An undo takes back the click whose key is `of`. The amount of a correction is the number that the counter should show.
    """

    key: str
    amount: int
    pressed_at: int
    round: int
    time_adjusted: bool = False
    kind: str = CLICK
    of: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """What came along with a wish: hashes of a session's token and of a device's secret. Either may be missing or wrong."""

    session: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Clicks of one device for one counter, as one event brought them, with the session of whoever is signed in."""

    counter: str
    device_sha256: str
    clicks: tuple[Click, ...]
    session: str | None = None

    @property
    def caller(self) -> Caller:
        """Who sent it."""
        return Caller(self.session, self.device_sha256)


@dataclass(frozen=True, slots=True)
class Presser:
    """A device as everybody may see it."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a counter showed right after a commit, and who pressed last in its round."""

    counter: str
    value: int
    revision: int
    round: int
    settings: CounterSettings = field(default=CounterSettings(), compare=False)
    last: Presser | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: one code a key, and the snapshot read in the transaction that decided.

    Without a snapshot there is an error code for the order as a whole, and no codes. `mine` is what the order's device has
    added to the current round, up and down, `account` the same of whoever is signed in; None where this transaction did not
    have to look.
    """

    codes: dict[str, str]
    snapshot: Snapshot | None = None
    error: str | None = None
    changed: bool = False
    mine: tuple[int, int] | None = None
    account: tuple[int, int] | None = None
