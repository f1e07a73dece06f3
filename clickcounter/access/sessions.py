"""Browsers in which somebody is signed in.

The browser holds a random token in a cookie that no script can read; the database holds its SHA-256. A token is made anew at
each signing in, so nobody can be given one beforehand.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from clickcounter.database.tables import ACCOUNTS, SESSIONS

DAY = 24 * 3600 * 1000  # milliseconds
LIFETIME = 30 * DAY
SEEN_EVERY = DAY  # a session that is used is written again no more often
MOST = 50  # of one account; the oldest end
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is signed in."""

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
    """What the cookie holds: 256 random bits."""
    return secrets.token_urlsafe(32)


def sha256_of(token: str | None) -> str | None:
    """What the database holds of a token; None for what is no token at all."""
    if token is None or TOKEN.fullmatch(token) is None:
        return None
    return hashlib.sha256(token.encode()).hexdigest()


def user_of(connection: Connection, token_sha256: str | None, now: int) -> User | None:
    """Who is signed in with this token, now. None also where the session has ended or the account is blocked."""
    if token_sha256 is None:
        return None
    row = connection.execute(READ_USERS, {"tokens": [token_sha256], "now": now}).first()
    return User(row.id, row.name, row.superuser) if row else None


def create(connection: Connection, account_id: int, token_sha256: str, about: str, now: int) -> None:
    """Sign an account in. With the same token again it changes nothing."""
    known = select(SESSIONS.c.id).where(SESSIONS.c.token_sha256 == token_sha256)
    if connection.execute(known).first():
        return
    times = {"created_at": now, "seen_at": now, "expires_at": now + LIFETIME}
    row = {"token_sha256": token_sha256, "account_id": account_id, "about": _line(about)} | times
    connection.execute(insert(SESSIONS), row)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
    of_account = select(SESSIONS.c.id).where(SESSIONS.c.account_id == account_id).order_by(SESSIONS.c.id.desc())
    if too_many := connection.execute(of_account.offset(MOST)).scalars().all():
        connection.execute(delete(SESSIONS).where(SESSIONS.c.id.in_(too_many)))


def needs_renewal(connection: Connection, token_sha256: str, now: int) -> bool:
    """Whether a session was last written so long ago that `prolong` is worth a transaction."""
    seen_at = connection.execute(select(SESSIONS.c.seen_at).where(SESSIONS.c.token_sha256 == token_sha256)).scalar()
    return seen_at is not None and now - seen_at >= SEEN_EVERY


def renew(connection: Connection, token_sha256: str, now: int) -> None:
    """The session is used: it lasts for its whole time again."""
    mine = update(SESSIONS).where(SESSIONS.c.token_sha256 == token_sha256, SESSIONS.c.expires_at > now)
    connection.execute(mine.values(seen_at=now, expires_at=now + LIFETIME))


def end(connection: Connection, token_sha256: str | None) -> None:
    """Sign out here."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token_sha256 == token_sha256))


def end_all(connection: Connection, account_id: int) -> list[str]:
    """Sign out everywhere. Returns the hashes that are nobody's any more."""
    of_account = delete(SESSIONS).where(SESSIONS.c.account_id == account_id)
    return list(connection.execute(of_account.returning(SESSIONS.c.token_sha256)).scalars())


def _line(about: str) -> str:
    return "".join(char for char in about[:120] if char.isprintable())
