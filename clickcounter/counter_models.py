"""Smaller tables about counters: groups' parts, deleted notes, names that old programs use, and imports."""

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class GroupPart(SQLModel, table=True):
    """A counter that a group sums up. A group is no part of a group."""

    __tablename__ = "group_part"

    group_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    counter_id: int = Field(foreign_key="counter.id", primary_key=True, index=True, sa_type=SERIAL)
    sign: int  # 1, or -1 if it is subtracted


class DeletedNote(SQLModel, table=True):
    """The key of a note that is no longer in the ledger, so that its request, sent again, does not add it again."""

    __tablename__ = "deleted_note"
    __table_args__ = (UniqueConstraint("counter_id", "key"), Index(None, "counter_id", "id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)  # grows with every deletion
    counter_id: int = Field(foreign_key="counter.id", sa_type=SERIAL)
    key: str = Field(sa_type=String(32))


class CompatCounter(SQLModel, table=True):
    """A namespace and a key of a program that was written for Abacus or CountAPI, and the counter behind them.

    Deleting the counter frees both.
    """

    __tablename__ = "compat_counter"

    namespace: str = Field(primary_key=True, sa_type=String(64))
    key: str = Field(primary_key=True, sa_type=String(64))
    counter_id: int = Field(foreign_key="counter.id", unique=True, sa_type=SERIAL)
    admin_sha256: str | None = Field(default=None, sa_type=String(64))  # Abacus's admin key; a hit creates a counter without
    may_set: bool = False  # CountAPI's enable_reset: anybody may set its value
    least: int = Field(default=-1, sa_type=BigInteger)  # CountAPI's bounds of what anybody may add to it
    most: int = Field(default=1, sa_type=BigInteger)


class TableImport(SQLModel, table=True):
    """A file that somebody imported, so that all of its rows can be undone.

    The rows of a table have its device; those of an export keep their own and are in ImportedRows. The same file, brought
    again by the same person, belongs to it until it is undone.
    """

    __tablename__ = "table_import"

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    device_id: int = Field(foreign_key="device.id", unique=True, sa_type=SERIAL)  # no browser has its secret
    file_sha256: str = Field(sa_type=String(64), index=True)
    # Who brought it: an account, otherwise a browser or a key; neither is the terminal. No foreign keys, as with click.
    by_account: int | None = Field(default=None, sa_type=BigInteger)
    by_device: int | None = Field(default=None, sa_type=BigInteger)
    started_at: int = Field(sa_type=BigInteger)
    undone_at: int | None = Field(default=None, sa_type=BigInteger)  # when its undo began


class ImportedRows(SQLModel, table=True):
    """Rows of the ledger that an imported export wrote: those of one counter whose ids are from `first_id` to `last_id`.

    A counter is locked while rows are added to it, so no row of anybody else stands between them. The row `last_id` exists:
    SQLite may give the id of a deleted row again, but none below another row's.
    """

    __tablename__ = "imported_rows"
    __table_args__ = (Index(None, "import_id", "counter_id", "state", "first_id"),)

    counter_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    first_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    last_id: int = Field(sa_type=BigInteger)
    import_id: int = Field(foreign_key="table_import.id", sa_type=SERIAL)
    state: int  # see ledger/imported_rows.py
    rows: int  # that its undo will look at
    amount: int = Field(sa_type=BigInteger)  # what those add up to
