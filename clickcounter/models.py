"""All tables. Times are milliseconds since 1970, UTC.

Totals are kept beside the ledger, in its own transaction: a counter's value is the total of its current round, a round's
total is the sum of its clicks' amounts, a tally is one device's part of it, activity is what falls into a stretch of time.
`python -m clickcounter verify` holds them against each other.
"""

from sqlalchemy import BigInteger, Index, Integer, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

# Every constraint has a name, so that a later migration can drop or change it on any database.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

# Only where the type is exactly INTEGER is SQLite's key the row's own number, without a second index.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")


class Counter(SQLModel, table=True):
    """A named number. `slug` is the shared token that tabs join; it is never used again, not even once deleted."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    slug: str = Field(sa_type=String(64), unique=True)
    name: str = Field(default="", sa_type=String(200))
    value: int = Field(default=0, sa_type=BigInteger)
    revision: int = Field(sa_type=BigInteger)  # grows with every commit that changes the counter
    # The current round. No foreign key: it would make a circle with round.counter_id.
    round_id: int = Field(sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    description: str = Field(default="", sa_type=String(500))
    colour: str = Field(default="", sa_type=String(16))
    step: int = Field(default=1, sa_type=BigInteger)  # what a press adds, unless somebody says another amount
    lower: int | None = Field(default=0, sa_type=BigInteger)  # no click of the current round goes below
    upper: int | None = Field(default=None, sa_type=BigInteger)  # nor above
    goal: int | None = Field(default=None, sa_type=BigInteger)  # binds nothing
    warn_at: str = Field(default="80", sa_type=String(40))  # percents of the upper limit or the goal, by commas
    archived_at: int | None = Field(default=None, sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)
    about_revision: int = Field(default=0, sa_type=BigInteger)  # the revision that changed one of these last
    search: str = Field(default="", sa_type=String(800))  # the name as it is looked for: folded, NFKC
    day_start: int = Field(default=0, sa_type=BigInteger)  # the hour at which its days begin
    tells_who: bool = True  # pages show who pressed last
    # The device that did, in the current round. No foreign key, as with round.ended_by.
    last_by: int | None = Field(default=None, sa_type=BigInteger)
    last_account: int | None = Field(default=None, sa_type=BigInteger)  # who was signed in then
    visibility: str = Field(default="listed", sa_type=String(10))  # or link, members
    press: str = Field(default="anyone", sa_type=String(10))  # or signed_in, members
    owner_device: int | None = Field(default=None, sa_type=BigInteger)  # a device's id, until an account claims it


class Round(SQLModel, table=True):
    """What lies between two resets."""

    __table_args__ = (UniqueConstraint("counter_id", "number"),)

    # Random, below 2^53: after a restore, a round made meanwhile is unknown, never mistaken for another.
    id: int = Field(primary_key=True, sa_type=SERIAL, sa_column_kwargs={"autoincrement": False})
    counter_id: int = Field(foreign_key="counter.id", sa_type=SERIAL)
    number: int
    total: int = Field(default=0, sa_type=BigInteger)
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    # A device's id. No foreign key: SQLite would have to rebuild the table to get one.
    ended_by: int | None = Field(default=None, sa_type=BigInteger)


class Device(SQLModel, table=True):
    """One browser profile. Its secret never reaches the database, only the secret's SHA-256 does."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    secret_sha256: str = Field(sa_type=String(64), unique=True)
    label: str = Field(default="", sa_type=String(100))
    created_at: int = Field(sa_type=BigInteger)


class Click(SQLModel, table=True):
    """One row of the ledger, which is only ever added to."""

    __table_args__ = (
        UniqueConstraint("counter_id", "key"),
        # A click is taken back once; rows that take nothing back do not weigh on this index.
        Index(
            "uq_click_counter_id_takes_back",
            "counter_id",
            "takes_back",
            unique=True,
            sqlite_where=text("takes_back IS NOT NULL"),
            postgresql_where=text("takes_back IS NOT NULL"),
        ),
        Index(None, "round_id", "device_id", "id"),  # a device's own clicks, the last one first
        Index(None, "round_id", "saved_at", "id"),  # pages of the history
        # A person's own clicks; those of nobody do not weigh on it.
        Index(
            None,
            "round_id",
            "account_id",
            "id",
            sqlite_where=text("account_id IS NOT NULL"),
            postgresql_where=text("account_id IS NOT NULL"),
        ),
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
    time_adjusted: bool = False  # pressed_at is not what the device's clock said
    round_unknown: bool = False  # it named a round this database does not know
    kind: str = Field(default="click", sa_type=String(10))  # or undo, correction
    takes_back: str | None = Field(default=None, sa_type=String(32))  # the key of the click that an undo takes back
    reason: str = Field(default="", sa_type=String(200))  # of a correction
    # Who was signed in. No foreign key, for the same reason as round.ended_by.
    account_id: int | None = Field(default=None, sa_type=BigInteger)


class Tally(SQLModel, table=True):
    """What one device added to one round: up and down by its clicks, less what it took back, and by corrections."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    device_id: int = Field(foreign_key="device.id", primary_key=True, sa_type=SERIAL)
    up: int = Field(default=0, sa_type=BigInteger)
    down: int = Field(default=0, sa_type=BigInteger)  # zero or less
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)  # rows of the ledger, undos and corrections among them
    last_at: int = Field(sa_type=BigInteger)  # when the last of them was saved


class Activity(SQLModel, table=True):
    """What was pressed in one minute, one quarter of an hour and one watch of four hours, UTC.

    Every zone's hours and days are made of quarters, those of half-hour and 45-minute zones too; watches make long times
    short to read.
    """

    __table_args__ = (
        Index(None, "round_id", "width", "clicks", "start"),  # the peak
        {"sqlite_with_rowid": False},  # the key is nearly all that is looked for
    )

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    width: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})  # ms
    start: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    up: int = Field(default=0, sa_type=BigInteger)  # these four as in a tally
    down: int = Field(default=0, sa_type=BigInteger)
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)


class DeviceActivity(SQLModel, table=True):
    """One device's part of a quarter of an hour and of a watch."""

    __tablename__ = "device_activity"
    __table_args__ = (
        Index(None, "round_id", "device_id", "width", "start"),  # one device's chart
        {"sqlite_with_rowid": False},
    )

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    width: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    start: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    device_id: int = Field(foreign_key="device.id", primary_key=True, sa_type=SERIAL)
    up: int = Field(default=0, sa_type=BigInteger)
    down: int = Field(default=0, sa_type=BigInteger)
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)


class Account(SQLModel, table=True):
    """A person. One who deleted the account stays as a row without a name, so that clicks keep pointing somewhere."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    name: str = Field(default="", sa_type=String(40))
    name_folded: str | None = Field(default=None, sa_type=String(160), unique=True)  # what one signs in with
    password_hash: str = Field(default="", sa_type=String(200))  # argon2id
    superuser: bool = False
    created_at: int = Field(sa_type=BigInteger)
    blocked_at: int | None = Field(default=None, sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)


class Session(SQLModel, table=True):
    """A browser in which somebody signed in. The cookie's token never reaches the database, only its SHA-256 does."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    token_sha256: str = Field(sa_type=String(64), unique=True)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=SERIAL)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)  # to the hour or so
    about: str = Field(default="", sa_type=String(120))  # what the browser calls itself


class Member(SQLModel, table=True):
    """What an account may do on a counter."""

    counter_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True, sa_type=SERIAL)
    role: str = Field(sa_type=String(10))  # owner, counter or viewer
    created_at: int = Field(sa_type=BigInteger)


class Invitation(SQLModel, table=True):
    """The one link by which people get a role on a counter. Its token is stored as it is: owners look at it again."""

    counter_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    token: str = Field(sa_type=String(64), unique=True)
    role: str = Field(default="counter", sa_type=String(10))
    created_at: int = Field(sa_type=BigInteger)


class AccountTally(SQLModel, table=True):
    """What one account added to one round, as in a tally."""

    __tablename__ = "account_tally"

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    account_id: int = Field(foreign_key="account.id", primary_key=True, sa_type=SERIAL)
    up: int = Field(default=0, sa_type=BigInteger)
    down: int = Field(default=0, sa_type=BigInteger)
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)
    last_at: int = Field(sa_type=BigInteger)


class AccountActivity(SQLModel, table=True):
    """One account's part of a quarter of an hour, of a watch and, with the width 0, of a whole round, by device.

    So a person is told once, whatever they pressed on, and a device without what people did there who were signed in.
    """

    __tablename__ = "account_activity"
    __table_args__ = (
        Index(None, "round_id", "account_id", "width", "start"),  # one person's chart
        {"sqlite_with_rowid": False},
    )

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    width: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    start: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    account_id: int = Field(foreign_key="account.id", primary_key=True, sa_type=SERIAL)
    device_id: int = Field(foreign_key="device.id", primary_key=True, sa_type=SERIAL)
    up: int = Field(default=0, sa_type=BigInteger)
    down: int = Field(default=0, sa_type=BigInteger)
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)
