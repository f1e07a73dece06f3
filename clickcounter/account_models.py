"""How people sign in besides a name and a password."""

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from clickcounter.model_base import SERIAL


class AccountIdentity(SQLModel, table=True):
    """Who an account's person is to an OpenID Connect provider, which signs them in. None of its tokens is kept."""

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=SERIAL)
    issuer: str = Field(sa_type=String(500))
    subject: str = Field(sa_type=String(255))  # never another person's, unlike a name or an e-mail address
    name: str = Field(default="", sa_type=String(40))  # what the provider called them then, to tell two of them apart
    created_at: int = Field(sa_type=BigInteger)
