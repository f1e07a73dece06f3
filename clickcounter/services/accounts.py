"""Registering, signing in and out, and what people do with their own account.

All of them raise Refused and Later; what takes a password raises TooMany, before the password is looked at. Where a session
ends, the tabs that came with it are signed out immediately.

After a Later, each may be asked for again and comes to the same: a registration and a new password by the browser's key, the
others because they say how things are to be. Who deleted their account is signed out then, and told so.
"""

import contextlib
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from clickcounter.access import authentication, rate_limits, sessions
from clickcounter.access.authentication import Browser, Database
from clickcounter.access.credentials import LONGEST_TYPED, fold
from clickcounter.access.sessions import User
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Refused
from clickcounter.live.pipeline import running
from clickcounter.pools import OPENING
from clickcounter.services import publishing
from clickcounter.services.forms import read_key

T = TypeVar("T")

SignedIn = tuple[str, User]  # the new session's token, and who it is


async def _read(work: Callable[[Connection], T]) -> T:
    def read(engine: Engine) -> T:
        with read_only(engine).begin() as connection:
            return work(connection)

    return await running().read(read, OPENING)


DATABASE = Database(_read, publishing.commit)


async def register(
    browser: Browser, name: object, password: object, key: object = None, *, invited: bool = False, invitation: object = None
) -> SignedIn:
    """Create an account and sign it in. The same name and password with the same key make one account. Raises TooMany.

    Where people have to be `invited`, with an invitation's token, which stands in the link that they opened.
    """
    token_sha256 = _read_invitation(invitation) if invited else None
    request = read_key(key)
    with rate_limits.current().new_account(browser.address):
        signed_in = await authentication.register(DATABASE, browser, name, password, now_ms(), request, token_sha256)
    _end_session_of(browser)
    return signed_in


async def sign_in(browser: Browser, name: object, password: object, code: object = None) -> SignedIn:
    """Sign in with a name, a password and the second factor's code; whoever was signed in here before is signed out."""
    folded = fold(name[:LONGEST_TYPED]) if isinstance(name, str) else ""
    with limited(folded, browser):
        signed_in = await authentication.sign_in(DATABASE, browser, name, password, now_ms(), code)
    _end_session_of(browser)
    return signed_in


async def sign_out(browser: Browser, *, everywhere: bool = False) -> None:
    """End this browser's session, or all sessions of its account."""
    publishing.end_sessions(await authentication.sign_out(DATABASE, browser, now_ms(), everywhere=everywhere))


async def change_password(browser: Browser, old: object, new: object, key: object = None) -> SignedIn:
    """Replace the password, which ends all sessions; this browser gets a new one, the same one for the same key."""
    request = read_key(key)
    with limited(browser.token_sha256 or "", browser):
        token, user, ended = await authentication.change_password(DATABASE, browser, old, new, now_ms(), request)
    publishing.end_sessions(ended)
    return token, user


async def change_name(browser: Browser, name: object) -> User:
    """Give one's own account another name; counters that show it follow."""
    user = await authentication.change_name(DATABASE, browser, name, now_ms())
    await publishing.publish_name(account=user.account_id)
    return user


async def delete_account(browser: Browser, password: object) -> None:
    """Delete one's own account. Its clicks stay without a name, and counters that show the name drop it."""
    with limited(browser.token_sha256 or "", browser):
        user = await DATABASE.read(lambda c: sessions.user_of(c, browser.token_sha256, now_ms()))
        ended = await authentication.delete(DATABASE, browser, password, now_ms())
    publishing.end_sessions(ended)
    if user is not None:
        await publishing.publish_name(account=user.account_id, most=None)


async def current_user(browser: Browser) -> tuple[User | None, bool]:
    """Who is signed in here, and whether the session was renewed just now, so that its cookie must be too."""
    return await authentication.current_user(DATABASE, browser, now_ms())


def limited(name: str, browser: Browser) -> contextlib.AbstractContextManager[None]:
    """A password is tried within, for a name or a session. Raises TooMany."""
    return rate_limits.current().trying(name, browser.token_sha256 or "", browser.address)


def _read_invitation(invitation: object) -> str:
    if not isinstance(invitation, str) or not invitation:
        raise Refused("registration_invited")
    token_sha256 = sessions.sha256_of(invitation)
    if token_sha256 is None:
        raise Refused("invitation")
    return token_sha256


def _end_session_of(browser: Browser) -> None:
    """The browser has a new session now; the tabs that came with its last one are signed out."""
    publishing.end_sessions([browser.token_sha256] if browser.token_sha256 else [])
