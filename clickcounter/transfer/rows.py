"""The columns of database rows that an export or an import reads. The queries cast their rows to these types."""

from typing import Protocol

from clickcounter.database import rows


class CounterRow(rows.CounterRow, Protocol):
    """A counter."""

    created_at: int
    deleted_at: int | None


class RoundRow(Protocol):
    """A round."""

    id: int
    number: int
    started_at: int
    ended_at: int | None
    ended_by: int | None
    total: int
    by_schedule: bool


class DeviceRow(Protocol):
    """A device."""

    id: int
    label: str
    secret_sha256: str
    created_at: int


class ClickRow(Protocol):
    """An entry of the ledger."""

    id: int
    round_id: int
    device_id: int
    account_id: int | None
    key: str
    kind: str
    amount: int
    total: int
    pressed_at: int
    saved_at: int
    takes_back: str | None
    reason: str
    time_adjusted: bool
    round_unknown: bool
    until: int | None
