"""What people do with their second factor, the codes of an authenticator app.

All of them raise Refused and Later, and TooMany before a password or a code is looked at. Each change takes the password
again, because a browser may have been left open. Whoever sets a second factor up is signed out everywhere else: those
sessions were begun without it.
"""

import contextlib
from typing import TypedDict

from sqlalchemy import Connection

from clickcounter.access import administration, authentication, rate_limits, sessions
from clickcounter.access.authentication import Browser
from clickcounter.access.credentials import read_password
from clickcounter.access.entry import recovery_codes, second_factors, totp
from clickcounter.access.entry.password_rules import ALONE
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Malformed, Refused
from clickcounter.services import publishing
from clickcounter.services.accounts import DATABASE, limited
from clickcounter.services.forms import read_key
from clickcounter.services.sharing import qr_path


class StateAnswer(TypedDict):
    """Whether the account has a second factor, and how many recovery codes were not used."""

    set: bool
    codes: int


class NewAnswer(TypedDict):
    """A new secret, to type, and as a QR code: SVG path data and its width in units. Nothing is stored yet."""

    secret: str
    path: str
    size: int


class CodesAnswer(TypedDict):
    """New recovery codes, which are shown once."""

    codes: list[str]


async def state(browser: Browser) -> StateAnswer:
    """What is known of one's own second factor."""

    def work(connection: Connection) -> StateAnswer:
        user = sessions.user_of(connection, browser.token_sha256, now_ms())
        if user is None:
            raise Refused("signed_out")
        left = second_factors.codes_left(connection, user.account_id)
        return {"set": second_factors.is_set(connection, user.account_id), "codes": left}

    return await DATABASE.read(work)


async def begin(browser: Browser, password: object) -> NewAnswer:
    """A new secret for an app."""
    with _limited(browser):
        account = await authentication.confirmed(DATABASE, browser, password, now_ms())
    secret = totp.new_secret()
    path, size = qr_path(totp.address_of(secret, account.name))
    return {"secret": secret, "path": path, "size": size}


async def set_up(browser: Browser, password: object, secret: object, code: object, key: object = None) -> CodesAnswer:
    """Ask for codes of this secret from now on; a code proves that the app has it. The same again with the same key."""
    if not isinstance(secret, str) or not totp.is_secret(secret):
        raise Malformed("secret must be one that was offered")
    codes = recovery_codes.new_codes(secret, read_key(key))
    now = now_ms()
    with _limited(browser):
        account = await authentication.confirmed(DATABASE, browser, password, now)

        def work(connection: Connection) -> list[str]:
            authentication.require_unchanged(connection, account, "password_wrong")
            second_factors.set_up(connection, account.id, secret, code, codes, now)
            second_factors.remember(connection, browser.token_sha256, now)
            return sessions.end_others(connection, account.id, browser.token_sha256)

        ended = await publishing.commit(work)
    publishing.end_sessions(ended)
    return {"codes": codes}


async def renew_codes(browser: Browser, password: object, code: object, key: object = None) -> CodesAnswer:
    """Replace the recovery codes. The same again with the same key."""
    request, now = read_key(key), now_ms()
    with _limited(browser):
        account = await authentication.confirmed(DATABASE, browser, password, now)

        def work(connection: Connection) -> list[str]:
            authentication.require_unchanged(connection, account, "password_wrong")
            return second_factors.renew_codes(connection, account.id, code, request, now)

        return {"codes": await publishing.commit(work)}


async def remove(browser: Browser, password: object, code: object) -> None:
    """Ask for no more codes. The password has to be one that is long enough alone."""
    now = now_ms()
    with _limited(browser):
        account = await authentication.confirmed(DATABASE, browser, password, now)
        is_short = len(read_password(password)) < ALONE

        def work(connection: Connection) -> None:
            authentication.require_unchanged(connection, account, "password_wrong")
            if second_factors.require(connection, account.id, code, now):
                if is_short:
                    raise Refused("password_short_alone")
                second_factors.remove(connection, account.id)

        await publishing.commit(work)


async def confirm(session: str, address: str, code: object) -> None:
    """A superuser gives a code, so that `/admin/` lets this session in for a while."""

    def work(connection: Connection) -> None:
        user = administration.require_superuser(connection, session, now_ms())
        if second_factors.require(connection, user.account_id, code, now_ms()):
            second_factors.remember(connection, session, now_ms())

    with rate_limits.current().trying(session, session, address):
        await publishing.commit(work)


async def require_given(session: str | None, account_id: int, *, required: bool) -> None:
    """Check that a code was given in this session not long ago, where the account has a second factor. Raises Refused."""

    def work(connection: Connection) -> tuple[bool, bool]:
        is_fresh = second_factors.is_fresh(connection, session, now_ms())
        return second_factors.is_set(connection, account_id), is_fresh

    is_set, is_fresh = await DATABASE.read(work)
    if is_fresh:
        return
    if is_set:
        raise Refused("second_factor_due")
    if required:
        raise Refused("second_factor_missing")


def _limited(browser: Browser) -> contextlib.AbstractContextManager[None]:
    return limited(browser.token_sha256 or "", browser)
