"""Smaller tables about counters: which of them a group sums up, and which notes were deleted."""

from sqlalchemy import Index, String, UniqueConstraint
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
