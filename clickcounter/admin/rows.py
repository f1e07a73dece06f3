"""The rows that the pages of `/admin/` show; the fields of each are the columns that queries.py reads, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from clickcounter.history.ledger_pages import LedgerEntry

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter with its current round."""

    id: int
    slug: str
    name: str
    value: int
    visibility: str
    press: str
    archived_at: int | None
    round_id: int
    owner_device: int | None
    is_group: bool
    number: int  # the round's
    started_at: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account."""

    id: int
    name: str
    superuser: bool
    created_at: int
    blocked_at: int | None


@dataclass(frozen=True, slots=True)
class Owner:
    """An account that owns a counter."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An account's role on a counter."""

    slug: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A browser that counted."""

    id: int
    label: str
    created_at: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser in which somebody is signed in; `mine` where it is the caller's own."""

    id: int
    account_id: int
    about: str
    created_at: int
    seen_at: int
    expires_at: int
    name: str  # the account's
    mine: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key that is not revoked: of a counter, or without one of the account that made it. Nothing tells the key."""

    id: int
    name: str
    scope: str
    in_address: bool
    account_id: int | None  # who made it, if not a browser without an account, or the terminal
    created_at: int
    used_at: int | None
    expires_at: int | None
    maker: str | None
    slug: str | None
    counter: str | None


LedgerRow = tuple[LedgerEntry, str, str]  # an entry, its counter's slug and name


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows, and the cursor of the next page, if there is one."""

    rows: Sequence[R]
    next: str | None
