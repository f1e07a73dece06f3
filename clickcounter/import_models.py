"""The table of imports: which device stands for the rows that one table brought, so that all of them can be undone."""

from sqlalchemy import BigInteger, String
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class TableImport(SQLModel, table=True):
    """A table that somebody imported. The same file, brought again by them, belongs to it until it is undone."""

    __tablename__ = "table_import"

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    device_id: int = Field(foreign_key="device.id", unique=True, sa_type=SERIAL)  # of its rows; no browser has its secret
    file_sha256: str = Field(sa_type=String(64), index=True)
    # Who brought it: an account, otherwise a browser or a key; neither is the terminal. No foreign keys, as with click.
    by_account: int | None = Field(default=None, sa_type=BigInteger)
    by_device: int | None = Field(default=None, sa_type=BigInteger)
    started_at: int = Field(sa_type=BigInteger)
    undone_at: int | None = Field(default=None, sa_type=BigInteger)  # when its undo began
