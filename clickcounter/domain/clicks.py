"""The facts that travel through the core. All are frozen; times are milliseconds since 1970."""

import time
from dataclasses import dataclass, field

from clickcounter.domain.rights import ANYONE, LISTED

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
class Asker:
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
    def asker(self) -> Asker:
        """Who sent it."""
        return Asker(self.session, self.device_sha256)


@dataclass(frozen=True, slots=True)
class About:
    """What people said of a counter. `revision` is the one that changed it last.

    `lower` and `upper` bind the clicks of the current round, `goal` binds nothing; warnings are due at `warn_at` percent of
    the way to `upper`, or to `goal` where there is no upper limit. Days begin at the hour `day_start` of the viewer's clock.
    Pages show who pressed last where it `tells_who`. Who may look on and press is in domain/rights.py.
    """

    name: str = ""
    description: str = ""
    colour: str = ""
    step: int = 1
    lower: int | None = 0
    upper: int | None = None
    goal: int | None = None
    warn_at: tuple[int, ...] = (80,)
    archived_at: int | None = None
    revision: int = 0
    day_start: int = 0
    tells_who: bool = True
    visibility: str = LISTED
    press: str = ANYONE


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
    about: About = field(default=About(), compare=False)
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
