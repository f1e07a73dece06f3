"""The rows that the statements of the hot path return and insert, typed.

SQLAlchemy's rows and the named tuples of compiled_sqlite both fit: their columns are attributes.
"""

from typing import NotRequired, Protocol, TypedDict

from clickcounter.domain.counter_settings import SettingsRow


class AccessRow(Protocol):
    """The columns of a counter's row that decide who may do what with it."""

    # Properties, so that a row that cannot be assigned to, such as a NamedTuple, fits as well.
    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def slug(self) -> str: ...  # noqa: D102
    @property
    def visibility(self) -> str: ...  # noqa: D102
    @property
    def press(self) -> str: ...  # noqa: D102
    @property
    def owner_device(self) -> int | None: ...  # noqa: D102


class CounterRow(SettingsRow, AccessRow, Protocol):
    """A counter, as LOCK_COUNTERS and READ_COUNTERS return it."""

    value: int
    revision: int
    round_id: int
    last_by: int | None
    last_account: int | None
    in_groups: bool


class LedgerRow(TypedDict):
    """A row of the ledger to insert. Times are milliseconds since 1970."""

    counter_id: int
    round_id: int
    device_id: int
    key: str
    amount: int
    total: int  # the round's total after this row
    pressed_at: int
    saved_at: int
    time_adjusted: bool
    round_unknown: bool
    kind: str
    takes_back: str | None
    reason: str
    account_id: int | None
    until: NotRequired[int | None]  # of what somebody added afterwards
