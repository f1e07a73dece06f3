"""The counters of programs that were written for Abacus or CountAPI, by the names which those programs use."""

from sqlalchemy import BigInteger, String
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class CompatCounter(SQLModel, table=True):
    """A namespace and a key, and the counter behind them. Deleting the counter frees both."""

    __tablename__ = "compat_counter"

    namespace: str = Field(primary_key=True, sa_type=String(64))
    key: str = Field(primary_key=True, sa_type=String(64))
    counter_id: int = Field(foreign_key="counter.id", unique=True, sa_type=SERIAL)
    admin_sha256: str | None = Field(default=None, sa_type=String(64))  # Abacus's admin key; a hit creates a counter without
    may_set: bool = False  # CountAPI's enable_reset: anybody may set its value
    least: int = Field(default=-1, sa_type=BigInteger)  # CountAPI's bounds of what anybody may add to it
    most: int = Field(default=1, sa_type=BigInteger)
