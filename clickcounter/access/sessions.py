"""Sessions: browsers in which somebody is signed in.

The browser holds a random token in a cookie that scripts cannot read; the database holds its SHA-256. Every sign-in creates
a new token, so an attacker cannot plant one beforehand (session fixation).
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from clickcounter.database.tables import ACCOUNTS, SESSIONS

DAY = 24 * 3600 * 1000  # milliseconds
LIFETIME = 30 * DAY  # without a visit
LONGEST = 180 * DAY  # with visits; then it takes the password again
FRESH = 10 * 60 * 1000  # after signing in
RENEW_EVERY = DAY  # a session in use is written no more often than this
MAX_SESSIONS = 50  # of one account; beyond that the oldest end
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in person."""

    account_id: int
    name: str
    superuser: bool


_valid = (SESSIONS.c.expires_at > bindparam("now"), ACCOUNTS.c.blocked_at.is_(None), ACCOUNTS.c.deleted_at.is_(None))
_joined = SESSIONS.join(ACCOUNTS, ACCOUNTS.c.id == SESSIONS.c.account_id)
READ_USERS = (
    select(SESSIONS.c.token_sha256, ACCOUNTS.c.id, ACCOUNTS.c.name, ACCOUNTS.c.superuser)
    .select_from(_joined)
    .where(SESSIONS.c.token_sha256.in_(bindparam("tokens", expanding=True)), *_valid)
)


def new_token() -> str:
    """A new token for the cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def next_token(token_sha256: str | None, key: str) -> str:
    """The token that replaces a session's when a request with this key is carried out, however often it is sent.

    Scripts know the key but not the session's token; whoever stole that does not know the key.
    """
    digest = hmac.digest(key.encode(), (token_sha256 or "").encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def sha256_of(token: str | None) -> str | None:
    """The hash of a token, as stored; None if it is not a well-formed token."""
    if token is None or TOKEN.fullmatch(token) is None:
        return None
    return hashlib.sha256(token.encode()).hexdigest()


def user_of(connection: Connection, token_sha256: str | None, now: int) -> User | None:
    """The user signed in with this token at `now`; None also if the session has ended or the account is blocked."""
    if token_sha256 is None:
        return None
    row = connection.execute(READ_USERS, {"tokens": [token_sha256], "now": now}).first()
    return User(row.id, row.name, row.superuser) if row else None


def create(connection: Connection, account_id: int, token_sha256: str, about: str, now: int) -> None:
    """Start a session for an account. `about` is the User-Agent. With a known token it changes nothing."""
    known = select(SESSIONS.c.id).where(SESSIONS.c.token_sha256 == token_sha256)
    if connection.execute(known).first():
        return
    times = {"created_at": now, "seen_at": now, "expires_at": now + LIFETIME}
    row = {"token_sha256": token_sha256, "account_id": account_id, "about": _printable(about)} | times
    connection.execute(insert(SESSIONS), row)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
    of_account = select(SESSIONS.c.id).where(SESSIONS.c.account_id == account_id).order_by(SESSIONS.c.id.desc())
    if too_many := connection.execute(of_account.offset(MAX_SESSIONS)).scalars().all():
        connection.execute(delete(SESSIONS).where(SESSIONS.c.id.in_(too_many)))


def needs_renewal(connection: Connection, token_sha256: str, now: int) -> bool:
    """Whether the session was last written long enough ago for `renew` to be worth a transaction."""
    seen_at = connection.execute(select(SESSIONS.c.seen_at).where(SESSIONS.c.token_sha256 == token_sha256)).scalar()
    return seen_at is not None and now - seen_at >= RENEW_EVERY


def is_fresh(connection: Connection, token_sha256: str | None, now: int) -> bool:
    """Whether somebody signed in here a short while ago."""
    of_token = select(SESSIONS.c.created_at).where(SESSIONS.c.token_sha256 == token_sha256)
    created_at = connection.execute(of_token).scalar()
    return created_at is not None and now - created_at < FRESH


def renew(connection: Connection, token_sha256: str, now: int) -> None:
    """Extend a session by its full lifetime, but not beyond its last day."""
    s = SESSIONS.c
    active = update(SESSIONS).where(s.token_sha256 == token_sha256, s.expires_at > now)
    last = s.created_at + LONGEST
    connection.execute(active.values(seen_at=now, expires_at=case((last < now + LIFETIME, last), else_=now + LIFETIME)))


def end(connection: Connection, token_sha256: str | None) -> None:
    """End this session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token_sha256 == token_sha256))


def end_others(connection: Connection, account_id: int, token_sha256: str | None) -> list[str]:
    """End all sessions of an account but this one. Returns their token hashes."""
    others = delete(SESSIONS).where(SESSIONS.c.account_id == account_id, SESSIONS.c.token_sha256 != token_sha256)
    return list(connection.execute(others.returning(SESSIONS.c.token_sha256)).scalars())


def end_all(connection: Connection, account_id: int) -> list[str]:
    """End all sessions of an account. Returns their token hashes."""
    of_account = delete(SESSIONS).where(SESSIONS.c.account_id == account_id)
    return list(connection.execute(of_account.returning(SESSIONS.c.token_sha256)).scalars())


def _printable(about: str) -> str:
    return "".join(char for char in about[:120] if char.isprintable())
