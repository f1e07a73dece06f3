"""Registering, signing in, and what people do with their own account.

The database is handed in: `write(work)` runs work within a transaction that may be begun again, `read(work)` within one that
only looks. A password is never worked on while either waits.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from clickcounter.access import accounts, passwords, sessions
from clickcounter.access.accounts import Account
from clickcounter.access.sessions import User
from clickcounter.access.validation import read_name, read_password
from clickcounter.errors import Refused

T = TypeVar("T")


class Transact(Protocol):
    """Runs work on a connection and returns its result."""

    def __call__(self, work: Callable[[Connection], T]) -> Awaitable[T]:
        """Raises Later, and what the work raises."""


@dataclass(frozen=True, slots=True)
class Database:
    """The two ways to it."""

    read: Transact
    write: Transact


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that asks: its session's hash, if it sent one, what it calls itself, and from where it asks."""

    token_sha256: str | None = None
    about: str = ""
    address: str = ""


async def register(db: Database, browser: Browser, name: Any, password: Any, now: int) -> tuple[str, User]:
    """Make an account and sign it in. Returns the new session's token. Raises Refused, Later."""
    wanted, secret = read_name(name), read_password(password)
    password_hash, token = await passwords.hashed(secret), sessions.new_token()

    def work(connection: Connection) -> User:
        account_id = accounts.create(connection, wanted, password_hash, now)
        _begin(connection, browser, account_id, token, now)
        return User(account_id, wanted, False)

    return token, await _unless_taken(db.write(work))


async def sign_in(db: Database, browser: Browser, name: Any, password: Any, now: int) -> tuple[str, User]:
    """Returns the new session's token. Raises Refused, Later.

    Whether the name exists shows neither in the words nor in the time: somebody's hash or nobody's, one is computed.
    """
    known = await db.read(lambda connection: accounts.by_name(connection, _or_nobody(read_name, name)))
    account = await _proven(known, password, "sign_in")
    if account.blocked:
        raise Refused("account_blocked")
    better = await passwords.hashed(read_password(password)) if passwords.is_old(account.password_hash) else None
    token = sessions.new_token()

    def work(connection: Connection) -> User:
        _still(connection, account, "sign_in")
        if better:
            accounts.set_password(connection, account.id, better)
        _begin(connection, browser, account.id, token, now)
        return User(account.id, account.name, account.superuser)

    return token, await db.write(work)


async def sign_out(db: Database, browser: Browser, now: int, *, everywhere: bool = False) -> list[str]:
    """End this browser's session, or all of its account's. Returns the hashes of those that ended. Raises Later."""

    def work(connection: Connection) -> list[str]:
        asks = sessions.user_of(connection, browser.token_sha256, now)
        ended = sessions.end_all(connection, asks.account_id) if asks and everywhere else []
        sessions.end(connection, browser.token_sha256)
        return ended

    ended = await db.write(work)
    return [*ended, *([browser.token_sha256] if browser.token_sha256 else [])]


async def change_password(db: Database, browser: Browser, old: Any, new: Any, now: int) -> tuple[str, User, list[str]]:
    """Returns a new session's token, and the hashes of all older ones, which end. Raises Refused, Later."""
    secret = read_password(new)
    asks, account = await _asking(db, browser, now)
    await _proven(account, old, "password_wrong")
    password_hash, token = await passwords.hashed(secret), sessions.new_token()

    def work(connection: Connection) -> list[str]:
        _still(connection, account, "password_wrong", or_now=password_hash)
        accounts.set_password(connection, account.id, password_hash)
        ended = sessions.end_all(connection, account.id)
        _begin(connection, browser, account.id, token, now)
        return ended

    return token, asks, await db.write(work)


async def change_name(db: Database, browser: Browser, name: Any, now: int) -> User:
    """Returns who it is now. Raises Refused, Later."""
    wanted = read_name(name)

    def work(connection: Connection) -> User:
        asks = _signed_in(sessions.user_of(connection, browser.token_sha256, now))
        accounts.rename(connection, asks.account_id, wanted)
        return User(asks.account_id, wanted, asks.superuser)

    return await _unless_taken(db.write(work))


async def delete(db: Database, browser: Browser, password: Any, now: int) -> list[str]:
    """Delete the account that asks. Its clicks stay, without a name.

    Returns the hashes of its sessions. Raises Refused, Later.
    """
    _, account = await _asking(db, browser, now)
    await _proven(account, password, "password_wrong")
    return await db.write(lambda connection: accounts.delete_account(connection, account.id, now))


async def current_user(db: Database, browser: Browser, now: int) -> tuple[User | None, bool]:
    """Who is signed in, and whether the session was prolonged just now, so that the cookie is to be, too. Raises Later."""

    def work(connection: Connection) -> tuple[User | None, bool]:
        asks = sessions.user_of(connection, browser.token_sha256, now)
        return asks, asks is not None and sessions.needs_renewal(connection, str(browser.token_sha256), now)

    asks, due = await db.read(work)
    if due:
        await db.write(lambda connection: sessions.renew(connection, str(browser.token_sha256), now))
    return asks, due


async def _asking(db: Database, browser: Browser, now: int) -> tuple[User, Account]:
    def work(connection: Connection) -> tuple[User | None, Account | None]:
        asks = sessions.user_of(connection, browser.token_sha256, now)
        return asks, accounts.by_id(connection, asks.account_id) if asks else None

    asks, account = await db.read(work)
    if account is None:
        raise Refused("signed_out")
    return _signed_in(asks), account


async def _unless_taken(writing: Awaitable[T]) -> T:
    """Another process may give somebody the same name in the same moment; the database lets only one."""
    try:
        return await writing
    except IntegrityError:
        raise Refused("account_taken") from None


async def _proven(account: Account | None, password: Any, code: str) -> Account:
    """The account, once its password was right. Raises Refused with this code, after the same time in all cases."""
    typed = _or_nobody(read_password, password)
    right = await passwords.matches(typed, account.password_hash if account else None)
    if account is None or not right:
        raise Refused(code)
    return account


def _or_nobody(read: Callable[[Any], str], value: Any) -> str:
    """What was typed; where it cannot be anybody's, something that is nobody's."""
    try:
        return read(value)
    except Refused:
        return ""


def _still(connection: Connection, account: Account, code: str, or_now: str | None = None) -> None:
    """The password that was proven is the account's still. Raises Refused."""
    found = accounts.by_id(connection, account.id)
    if found is None or found.blocked or found.password_hash not in (account.password_hash, or_now):
        raise Refused(code)


def _begin(connection: Connection, browser: Browser, account_id: int, token: str, now: int) -> None:
    sessions.end(connection, browser.token_sha256)
    fresh = sessions.sha256_of(token)
    assert fresh is not None  # noqa: S101  a new token is one
    sessions.create(connection, account_id, fresh, browser.about, now)


def _signed_in(asks: User | None) -> User:
    if asks is None:
        raise Refused("signed_out")
    return asks
