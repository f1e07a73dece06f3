"""The tables of totals: sums of the ledger by device, by account and by time, kept in the same transaction.

ledger/rollups.py adds to them; `python -m clickcounter verify` checks them against the ledger.
"""

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class Tally(SQLModel, table=True):
    """What one device added to one round: up and down by its clicks, undone ones excluded, and by corrections."""

    __table_args__ = (Index(None, "device_id"),)  # finds the rounds in which it counted

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    device_id: int = Field(foreign_key="device.id", primary_key=True, sa_type=SERIAL)
    up: int = Field(default=0, sa_type=BigInteger)
    down: int = Field(default=0, sa_type=BigInteger)  # zero or less
    corrected: int = Field(default=0, sa_type=BigInteger)
    # Rows of the ledger, undos and corrections included; a click that an owner took back is none any more.
    clicks: int = Field(default=0, sa_type=BigInteger)
    last_at: int = Field(sa_type=BigInteger)  # when the last of these rows was saved, whatever was taken back


class AccountTally(SQLModel, table=True):
    """What one account added to one round, as in Tally."""

    __tablename__ = "account_tally"
    __table_args__ = (Index(None, "account_id"),)

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    account_id: int = Field(foreign_key="account.id", primary_key=True, sa_type=SERIAL)
    up: int = Field(default=0, sa_type=BigInteger)
    down: int = Field(default=0, sa_type=BigInteger)
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)
    last_at: int = Field(sa_type=BigInteger)


class Activity(SQLModel, table=True):
    """The sums of each minute, quarter of an hour and four hours, UTC.

    Hours and days are whole quarters in every time zone, including half-hour and 45-minute ones; four-hour rows keep reads
    of long periods short.
    """

    __table_args__ = (
        Index(None, "counter_id", "width", "start"),  # charts over all rounds
        # Finds the busiest minute. Partial, because each press changes it.
        Index(
            "ix_activity_busiest_minute",
            "round_id",
            "clicks",
            "start",
            sqlite_where=text("width = 60000"),
            postgresql_where=text("width = 60000"),
        ),
        {"sqlite_with_rowid": False},  # the key is nearly the whole row
    )

    round_id: int = Field(foreign_key="round.id", primary_key=True, sa_type=SERIAL)
    width: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})  # ms
    start: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    up: int = Field(default=0, sa_type=BigInteger)  # these four as in Tally
    down: int = Field(default=0, sa_type=BigInteger)
    corrected: int = Field(default=0, sa_type=BigInteger)
    clicks: int = Field(default=0, sa_type=BigInteger)
    counter_id: int = Field(sa_type=SERIAL)  # the round's


class DeviceActivity(SQLModel, table=True):
    """One device's share of each quarter of an hour and four hours."""

    __tablename__ = "device_activity"
    __table_args__ = (
        Index(None, "device_id", "width", "start"),  # one device's chart
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


class AccountActivity(SQLModel, table=True):
    """One account's share of each quarter of an hour, four hours and, with width 0, whole round, by device.

    Subtracting it from a device's sums leaves the device's anonymous presses, so that lists show a person once, whichever
    devices they used.
    """

    __tablename__ = "account_activity"
    __table_args__ = (
        Index(None, "account_id", "width", "start"),  # one account's chart
        Index(None, "device_id", "width", "start", "round_id"),  # what to subtract from one device's sums
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
