"""Register, sign in, and manage one's own account.

The database is passed in: `write(work)` runs `work` in a transaction that may be retried, `read(work)` in a read-only one.
Passwords are hashed outside both.

A browser that got no answer sends the same again. With the same key it comes to the same: the key is the salt of the new
password's hash, so that only who knows key and password finds what was done.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from clickcounter.access import accounts, passwords, sessions
from clickcounter.access.accounts import Account
from clickcounter.access.credentials import fold, read_name, read_password, read_typed_name
from clickcounter.access.entry import invitations, second_factors
from clickcounter.access.entry.password_rules import read_new_password
from clickcounter.access.sessions import User
from clickcounter.errors import Refused

T = TypeVar("T")


class Transact(Protocol):
    """Runs `work` in a transaction and returns its result."""

    def __call__(self, work: Callable[[Connection], T]) -> Awaitable[T]:
        """Raises Later, and whatever `work` raises."""


@dataclass(frozen=True, slots=True)
class Database:
    """How to run work on it."""

    read: Transact
    write: Transact


@dataclass(frozen=True, slots=True)
class Browser:
    """The calling browser: the hash of its session's token if it sent one, its User-Agent, its address."""

    token_sha256: str | None = None
    about: str = ""
    address: str = ""


async def register(
    db: Database, browser: Browser, name: object, password: object, now: int, key: str = "", invitation: str | None = None
) -> tuple[str, User]:
    """Create an account and sign it in. Returns the new session's token and the user. Raises Refused, Later.

    With the hash of an invitation's token, it uses up one place of that; a request that was carried out before, none.
    """
    valid_name = read_name(name)
    valid_password = read_new_password(password, valid_name)
    if invitation is not None:
        await db.read(lambda connection: invitations.require_known(connection, invitation))
    password_hash = await passwords.hashed(valid_password, _salt(key, valid_name))
    token = sessions.new_token()

    def work(connection: Connection) -> User:
        known = accounts.by_name(connection, valid_name)
        account_id = accounts.create(connection, valid_name, password_hash, now)
        if invitation is not None and known is None:
            invitations.use(connection, invitation, now)
        start_session(connection, browser, account_id, token, now)
        return User(account_id, valid_name, False)

    return token, await db.write(work)


async def sign_in(
    db: Database, browser: Browser, name: object, password: object, now: int, code: object = None
) -> tuple[str, User]:
    """Sign in, where the account has a second factor with its code. Returns the new session's token and the user.

    Raises Refused, Later. An unknown name gives the same error after the same time as a wrong password: a hash is computed
    either way. Only who knows the password learns that a code is needed.
    """
    found = await db.read(lambda connection: accounts.by_name(connection, _read_or_empty(read_typed_name, name)))
    account = await verified(found, password, "sign_in")
    if account.blocked:
        raise Refused("account_blocked")
    rehashed = await passwords.hashed(read_password(password)) if passwords.is_old(account.password_hash) else None
    token = sessions.new_token()

    def work(connection: Connection) -> User:
        require_unchanged(connection, account, "sign_in", or_hash=rehashed)
        user = User(account.id, account.name, account.superuser)
        if sessions.user_of(connection, sessions.sha256_of(token), now):
            return user  # a first run of this very work was saved after all, and its code is used up
        is_factor_given = second_factors.require(connection, account.id, code, now)
        if rehashed:
            accounts.set_password(connection, account.id, rehashed)
        start_session(connection, browser, account.id, token, now)
        if is_factor_given:
            second_factors.remember(connection, sessions.sha256_of(token), now)
        return user

    return token, await db.write(work)


async def sign_out(db: Database, browser: Browser, now: int, *, everywhere: bool = False) -> list[str]:
    """End this browser's session, or all sessions of its account. Returns their token hashes. Raises Later."""

    def work(connection: Connection) -> list[str]:
        user = sessions.user_of(connection, browser.token_sha256, now)
        ended = sessions.end_all(connection, user.account_id) if user and everywhere else []
        sessions.end(connection, browser.token_sha256)
        return ended

    ended = await db.write(work)
    return [*ended, *([browser.token_sha256] if browser.token_sha256 else [])]


async def change_password(
    db: Database, browser: Browser, old: object, new: object, now: int, key: str = ""
) -> tuple[str, User, list[str]]:
    """Change the password and end all sessions. Returns a new session's token, the user, and the ended token hashes.

    Raises Refused, Later.
    """
    valid_password = read_password(new)
    token = sessions.next_token(browser.token_sha256, key) if key else sessions.new_token()
    if key and (changed := await _signed_in_with(db, token, valid_password, now)):
        return token, changed, []
    user, account = await signed_in_account(db, browser, now)
    beside = await db.read(lambda connection: second_factors.is_set(connection, account.id))
    read_new_password(new, account.name, with_second_factor=beside)
    await verified(account, old, "password_wrong")
    password_hash = await passwords.hashed(valid_password, _salt(key, account.name))

    def work(connection: Connection) -> list[str]:
        require_unchanged(connection, account, "password_wrong", or_hash=password_hash)
        accounts.set_password(connection, account.id, password_hash)
        ended = sessions.end_all(connection, account.id)
        start_session(connection, browser, account.id, token, now)
        return [one for one in ended if one != sessions.sha256_of(token)]

    return token, user, await db.write(work)


async def change_name(db: Database, browser: Browser, name: object, now: int) -> User:
    """Rename the signed-in user. Returns the renamed user. Raises Refused, Later."""
    valid_name = read_name(name)

    def work(connection: Connection) -> User:
        user = sessions.user_of(connection, browser.token_sha256, now)
        if user is None:
            raise Refused("signed_out")
        accounts.rename(connection, user.account_id, valid_name)
        return replace(user, name=valid_name)

    return await db.write(work)


async def delete(db: Database, browser: Browser, password: object, now: int) -> list[str]:
    """Delete the signed-in account. Its clicks stay, without a name.

    Returns the token hashes of its sessions. Raises Refused, Later.
    """
    account = await confirmed(db, browser, password, now)
    return await db.write(lambda connection: accounts.delete_account(connection, account.id, now))


async def confirmed(db: Database, browser: Browser, password: object, now: int) -> Account:
    """The signed-in account, whose password was typed to confirm. Raises Refused, Later."""
    _, account = await signed_in_account(db, browser, now)
    return await verified(account, password, "password_wrong")


async def current_user(db: Database, browser: Browser, now: int) -> tuple[User | None, bool]:
    """The signed-in user, and whether the session was just renewed, so that its cookie must be too. Raises Later."""

    def work(connection: Connection) -> tuple[User | None, bool]:
        user = sessions.user_of(connection, browser.token_sha256, now)
        return user, user is not None and sessions.needs_renewal(connection, str(browser.token_sha256), now)

    user, due = await db.read(work)
    if due:
        await db.write(lambda connection: sessions.renew(connection, str(browser.token_sha256), now))
    return user, due


async def _signed_in_with(db: Database, token: str, password: str, now: int) -> User | None:
    """Who is signed in with this token and password: an earlier run of this request changed it."""
    try:
        user, account = await signed_in_account(db, Browser(sessions.sha256_of(token)), now)
        await verified(account, password, "password_wrong")
    except Refused:
        return None
    return user


async def signed_in_account(db: Database, browser: Browser, now: int) -> tuple[User, Account]:
    """Who is signed in here. Raises Refused, Later."""

    def work(connection: Connection) -> tuple[User | None, Account | None]:
        user = sessions.user_of(connection, browser.token_sha256, now)
        return user, accounts.by_id(connection, user.account_id) if user else None

    user, account = await db.read(work)
    if user is None or account is None:
        raise Refused("signed_out")
    return user, account


def _salt(key: str, name: str) -> bytes | None:
    return hashlib.sha256(f"{key} {fold(name)}".encode()).digest()[:16] if key else None


async def verified(account: Account | None, password: object, code: str) -> Account:
    """Return the account if the password is right. Raises Refused with this code, after the same time in all cases."""
    typed = _read_or_empty(read_password, password)
    matches = await passwords.matches(typed, account.password_hash if account else None)
    if account is None or not matches:
        raise Refused(code)
    return account


def _read_or_empty(read: Callable[[object], str], value: object) -> str:
    """The value in its stored form; "" if it is invalid, which matches nobody."""
    try:
        return read(value)
    except Refused:
        return ""


def require_unchanged(connection: Connection, account: Account, code: str, or_hash: str | None = None) -> None:
    """Check that the verified password is still the account's (or has this new hash already). Raises Refused."""
    found = accounts.by_id(connection, account.id)
    if found is None or found.blocked or found.password_hash not in (account.password_hash, or_hash):
        raise Refused(code)


def start_session(connection: Connection, browser: Browser, account_id: int, token: str, now: int) -> None:
    """Sign a browser in, in place of whoever was signed in there."""
    sessions.end(connection, browser.token_sha256)
    token_sha256 = sessions.sha256_of(token)
    assert token_sha256 is not None  # noqa: S101  a new token is well-formed
    sessions.create(connection, account_id, token_sha256, browser.about, now)
