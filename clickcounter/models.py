"""All tables; those of totals, webhooks, old clients, imports and smaller ones are in total_, webhook_, … models.py.

Times are milliseconds since 1970, UTC.

Click is the ledger. Every other total is kept beside it, in the same transaction: a round's total is the sum of its clicks'
amounts, a counter's value is the total of its current round, a tally is one device's share of a round, activity is the sum
of a period. `python -m clickcounter verify` checks every total against the ledger.

The tables are SQLModel classes; the writer runs SQLAlchemy Core statements over them (database/statements.py) and loads no
objects. A press is an increment made by the database, `Counter.add`: two processes never overwrite each other, as they would
with `counter.value += 1` on loaded objects. Core also skips the ORM's work for each object, and on SQLite its statements run
precompiled (database/compiled_sqlite.py), which cuts the CPU time of a lone click to less than half.
"""

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Index,
    String,
    UniqueConstraint,
    Update,
    bindparam,
    case,
    func,
    text,
    update,
)
from sqlmodel import Field, SQLModel

import clickcounter.account_models
import clickcounter.counter_models
import clickcounter.total_models
import clickcounter.webhook_models  # noqa: F401  so that whoever imports this module has all tables
from clickcounter.model_base import SERIAL, where


class Counter(SQLModel, table=True):
    """A named number. `slug` is the shared token that tabs join; it is never reused, not even after deletion."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    slug: str = Field(sa_type=String(64), unique=True)
    name: str = Field(default="", sa_type=String(200))
    value: int = Field(default=0, sa_type=BigInteger)
    revision: int = Field(sa_type=BigInteger)  # grows with every commit that changes the counter
    # The current round. No foreign key: it would be circular with round.counter_id.
    round_id: int = Field(sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    description: str = Field(default="", sa_type=String(500))
    colour: str = Field(default="", sa_type=String(16))
    step: int = Field(default=1, sa_type=BigInteger)  # what a press adds by default
    lower: int | None = Field(default=0, sa_type=BigInteger)  # no click takes the current round below this
    upper: int | None = Field(default=None, sa_type=BigInteger)  # nor above this
    goal: int | None = Field(default=None, sa_type=BigInteger)  # shown as progress; refuses nothing
    warn_at: str = Field(default="80", sa_type=String(40))  # percentages of the upper limit or the goal, comma-separated
    archived_at: int | None = Field(default=None, sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)
    about_revision: int = Field(default=0, sa_type=BigInteger)  # the revision that last changed the settings
    search: str = Field(default="", sa_type=String(800))  # the name, normalized for search: NFKC, case-folded
    day_start: int = Field(default=0, sa_type=BigInteger)  # the hour at which its days start
    tells_who: bool = True  # pages show who pressed last
    # The device that pressed last in the current round. No foreign key, as with round.ended_by.
    last_by: int | None = Field(default=None, sa_type=BigInteger)
    last_account: int | None = Field(default=None, sa_type=BigInteger)  # the account signed in then
    visibility: str = Field(default="listed", sa_type=String(10))  # or link, members
    press: str = Field(default="anyone", sa_type=String(10))  # or signed_in, members
    owner_device: int | None = Field(default=None, sa_type=BigInteger)  # a device's id, until an account claims it
    lets_leave: bool = False  # presses that subtract count below the lower limit, too
    is_group: bool = False  # it has no clicks: its value is the sum of other counters; never changes
    in_groups: bool = False  # it is a part of groups, which each change of its value must change, too
    schedule: str = Field(default="", sa_type=String(100))  # of its rounds' ends, see domain/schedule.py
    ends_at: int | None = Field(default=None, sa_type=BigInteger, index=True)  # when the schedule ends the current round
    lets_add: bool = False  # whoever may press may also add past entries and notes, not only owners

    @classmethod
    def add(cls, amount: int | BindParameter[int]) -> Update:
        """Return the UPDATE that every press runs: `UPDATE counter SET value = value + :amount, … WHERE id = :which`.

        Its parameters: `which` is the counter's id, `next_revision` its new revision; `by` and `account` are the device and
        the account that pressed last in the current round. Where `by` is NULL, both columns stay as they are.
        """
        counter = cls.metadata.tables["counter"]
        by, account = bindparam("by", type_=BigInteger), bindparam("account", type_=BigInteger)
        return (
            update(counter)
            .where(counter.c.id == bindparam("which"))
            .values(
                value=counter.c.value + amount,
                revision=bindparam("next_revision"),
                last_by=func.coalesce(by, counter.c.last_by),
                last_account=case((by.is_(None), counter.c.last_account), else_=account),
            )
        )


class Round(SQLModel, table=True):
    """The period between two resets of a counter."""

    __table_args__ = (
        UniqueConstraint("counter_id", "number"),
        # Finds the rounds that hold clicks, however many were closed without one.
        Index(
            *("uq_round_counted", "counter_id", "number"),
            unique=True,
            sqlite_where=text("counted = 1"),
            postgresql_where=text("counted"),
        ),
        # Finds the round in which a late click was made.
        Index(None, "counter_id", "ended_at", sqlite_where=text("by_schedule = 1"), postgresql_where=text("by_schedule")),
    )

    # Random, below 2^53: after a restore, a round created since the backup is unknown, never mistaken for another one.
    id: int = Field(primary_key=True, sa_type=SERIAL, sa_column_kwargs={"autoincrement": False})
    counter_id: int = Field(foreign_key="counter.id", sa_type=SERIAL)
    number: int
    total: int = Field(default=0, sa_type=BigInteger)
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    # A device's id. No foreign key: adding one would mean rebuilding the table on SQLite.
    ended_by: int | None = Field(default=None, sa_type=BigInteger)
    counted: bool = False  # has clicks
    by_schedule: bool = False  # the counter's schedule ended it


class Device(SQLModel, table=True):
    """One browser profile. Only the SHA-256 of its secret is stored, never the secret."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    secret_sha256: str = Field(sa_type=String(64), unique=True)
    label: str = Field(default="", sa_type=String(100))
    created_at: int = Field(sa_type=BigInteger)


class Click(SQLModel, table=True):
    """One row of the ledger, which is append-only."""

    __table_args__ = (
        UniqueConstraint("counter_id", "key"),
        # A click can be undone once. Partial, so that other rows do not cost index space.
        Index(
            "uq_click_counter_id_takes_back",
            "counter_id",
            "takes_back",
            unique=True,
            **where("takes_back IS NOT NULL"),
        ),
        Index(None, "round_id", "device_id", "saved_at", "id"),  # a device's own clicks, newest first
        Index(None, "round_id", "saved_at", "id"),  # pages of the history
        # An account's own clicks; partial, without anonymous ones.
        Index(None, "round_id", "account_id", "saved_at", "id", **where("account_id IS NOT NULL")),
        Index(None, "counter_id", "kind", **where("until IS NOT NULL")),  # what was added afterwards
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    counter_id: int = Field(foreign_key="counter.id", sa_type=SERIAL)
    round_id: int = Field(foreign_key="round.id", sa_type=SERIAL)
    device_id: int = Field(foreign_key="device.id", sa_type=SERIAL)
    key: str = Field(sa_type=String(32))
    amount: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)  # the round's total after this click
    pressed_at: int = Field(sa_type=BigInteger)
    saved_at: int = Field(sa_type=BigInteger)
    time_adjusted: bool = False  # pressed_at differs from the device's clock by more than CLOCK_SLACK, or from its claim
    round_unknown: bool = False  # it named an unknown round, or one that had ended
    kind: str = Field(default="click", sa_type=String(10))  # or undo, correction, take_back, entry, opening, note
    takes_back: str | None = Field(default=None, sa_type=String(32))  # the key of the click that an undo undoes
    # Of a correction, or of an owner who takes a click back; the text of a note, or what was noted with a past entry.
    reason: str = Field(default="", sa_type=String(200))
    # The account signed in. No foreign key, as with round.ended_by.
    account_id: int | None = Field(default=None, sa_type=BigInteger)
    # Who took the click back: an account, or a browser that owns the counter; neither is the terminal.
    by_account: int | None = Field(default=None, sa_type=BigInteger)
    by_device: int | None = Field(default=None, sa_type=BigInteger)
    # When a past entry, or a note, ends: for a moment when it begins, at pressed_at. Also set where an entry is taken back.
    until: int | None = Field(default=None, sa_type=BigInteger)


class Account(SQLModel, table=True):
    """A person. A deleted account stays as a row without a name, so that its clicks still refer to something."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    name: str = Field(default="", sa_type=String(40))
    name_folded: str | None = Field(default=None, sa_type=String(160), unique=True)  # the name as compared at sign-in
    appearance: str | None = Field(default=None, sa_type=String(160), index=True)  # the same for names that look the same
    password_hash: str = Field(default="", sa_type=String(200))  # argon2id
    superuser: bool = False
    created_at: int = Field(sa_type=BigInteger)
    blocked_at: int | None = Field(default=None, sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of the cookie's token is stored, never the token."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    token_sha256: str = Field(sa_type=String(64), unique=True)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=SERIAL)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)  # updated about once a day
    about: str = Field(default="", sa_type=String(120))  # the browser's User-Agent, shortened
    factor_at: int | None = Field(default=None, sa_type=BigInteger)  # when a second factor was given in it


class Member(SQLModel, table=True):
    """What an account may do on a counter."""

    counter_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True, sa_type=SERIAL)
    role: str = Field(sa_type=String(10))  # owner, counter or viewer
    created_at: int = Field(sa_type=BigInteger)


class Invitation(SQLModel, table=True):
    """A counter's invitation link, at most one. The token is stored in the clear, because owners can view the link again."""

    counter_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    token: str = Field(sa_type=String(64), unique=True)
    role: str = Field(default="counter", sa_type=String(10))
    created_at: int = Field(sa_type=BigInteger)


class Site(SQLModel, table=True):
    """Another site whose pages may show a counter's button."""

    counter_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    origin: str = Field(primary_key=True, sa_type=String(200))


class ApiKey(SQLModel, table=True):
    """What a program shows instead of a session. Only the SHA-256 of its text is stored, never the text."""

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    secret_sha256: str = Field(sa_type=String(64), unique=True)
    name: str = Field(sa_type=String(100))
    scope: str = Field(sa_type=String(10))  # read, press or manage
    # The counter it is for; an account's key, with NULL, acts as its account on every counter.
    counter_id: int | None = Field(default=None, foreign_key="counter.id", index=True, sa_type=SERIAL)
    # Who made it: an account, or the browser that owns the counter; neither is the terminal.
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, sa_type=SERIAL)
    device_id: int | None = Field(default=None, foreign_key="device.id", sa_type=SERIAL)
    in_address: bool = False  # a press key that may stand in an address
    created_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)  # updated once a minute at most
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
