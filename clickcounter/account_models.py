"""The tables of how people get in, besides their name and password."""

from sqlalchemy import BigInteger, String
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class RegistrationInvitation(SQLModel, table=True):
    """A link with which people may register. Only the SHA-256 of its token is stored, never the token."""

    __tablename__ = "registration_invitation"

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    token_sha256: str = Field(sa_type=String(64), unique=True)
    note: str = Field(default="", sa_type=String(40))  # for whom
    # The superuser who made it; NULL is the terminal.
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, sa_type=SERIAL)
    most: int  # how many may register with it
    used: int = 0  # how many have
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
