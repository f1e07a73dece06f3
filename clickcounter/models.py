"""All tables. Times are milliseconds since 1970, UTC.

Totals are kept beside the ledger, in its own transaction: a counter's value is the total of its current round, a round's
total is the sum of its clicks' amounts. `python -m clickcounter verify` holds them against each other.
"""

from sqlalchemy import BigInteger, Integer, String, UniqueConstraint
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
    """A named number. `slug` is the shared token that tabs join."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    slug: str = Field(sa_type=String(64), unique=True)
    name: str = Field(default="", sa_type=String(200))
    value: int = Field(default=0, sa_type=BigInteger)
    revision: int = Field(sa_type=BigInteger)  # grows with every commit that changes the counter
    # The current round. No foreign key: it would make a circle with round.counter_id.
    round_id: int = Field(sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)


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


class Device(SQLModel, table=True):
    """One browser profile. Its secret never reaches the database, only the secret's SHA-256 does."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    secret_sha256: str = Field(sa_type=String(64), unique=True)
    label: str = Field(default="", sa_type=String(100))
    created_at: int = Field(sa_type=BigInteger)


class Click(SQLModel, table=True):
    """One row of the ledger, which is only ever added to."""

    __table_args__ = (UniqueConstraint("counter_id", "key"),)

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
