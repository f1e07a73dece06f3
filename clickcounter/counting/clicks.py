"""The facts that travel through the core. All are frozen; times are milliseconds since 1970."""

import time
from dataclasses import dataclass

SAVED = "saved"


def now_ms() -> int:
    """The server's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Click:
    """A wish to change a counter, made once and possibly sent twice; its key says which."""

    key: str
    amount: int
    pressed_at: int
    round: int
    time_adjusted: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Clicks of one device for one counter, as one event brought them."""

    counter: str
    device_sha256: str
    clicks: tuple[Click, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a counter showed right after a commit."""

    counter: str
    value: int
    revision: int
    round: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: one code a key, and the snapshot read in the transaction that decided.

    Without a snapshot there is an error code for the order as a whole, and no codes.
    """

    codes: dict[str, str]
    snapshot: Snapshot | None = None
    error: str | None = None
    changed: bool = False
