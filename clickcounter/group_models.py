"""The table of groups: which counters each of them sums up."""

from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class GroupPart(SQLModel, table=True):
    """A counter that a group sums up. A group is no part of a group."""

    __tablename__ = "group_part"

    group_id: int = Field(foreign_key="counter.id", primary_key=True, sa_type=SERIAL)
    counter_id: int = Field(foreign_key="counter.id", primary_key=True, index=True, sa_type=SERIAL)
    sign: int  # 1, or -1 if it is subtracted
