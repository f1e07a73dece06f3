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


class SecondFactor(SQLModel, table=True):
    """The authenticator app of an account. The secret is stored in the clear, because every code is computed from it."""

    __tablename__ = "second_factor"

    account_id: int = Field(foreign_key="account.id", primary_key=True, sa_type=SERIAL)
    secret: str = Field(sa_type=String(40))  # base32
    last_step: int = Field(sa_type=BigInteger)  # the code accepted last, in steps of 30 s since 1970; older ones are refused
    created_at: int = Field(sa_type=BigInteger)


class RecoveryCode(SQLModel, table=True):
    """A code that replaces the authenticator app once. Only its SHA-256 is stored."""

    __tablename__ = "recovery_code"

    account_id: int = Field(foreign_key="account.id", primary_key=True, sa_type=SERIAL)
    code_sha256: str = Field(primary_key=True, sa_type=String(64))
    used_at: int | None = Field(default=None, sa_type=BigInteger)


class Passkey(SQLModel, table=True):
    """A key that a device keeps, and with which it signs its account in. The server has its public half."""

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=SERIAL)
    credential_sha256: str = Field(sa_type=String(64), unique=True)  # of the id, which may be too long for an index
    credential_id: str = Field(sa_type=String(1364))  # base64url
    public_key: str = Field(sa_type=String(1000))  # base64url of COSE
    rp_id: str = Field(sa_type=String(255))  # the host name for which it works
    sign_count: int = Field(sa_type=BigInteger)  # as the device counts; 0 where it does not
    name: str = Field(sa_type=String(40))
    created_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)


class PasskeyChallenge(SQLModel, table=True):
    """A challenge that some device is to sign, once and soon."""

    __tablename__ = "passkey_challenge"

    challenge_sha256: str = Field(primary_key=True, sa_type=String(64))
    origin: str = Field(sa_type=String(300))  # of the page that asked
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, sa_type=SERIAL)  # NULL signs in
    expires_at: int = Field(index=True, sa_type=BigInteger)
