"""Signing in with an account elsewhere, and linking one's own account with one.

`start` says where the browser goes; `finish` is for when it comes back. All raise Refused and Later, and TooMany by address.
Where the provider does not answer, or wrongly, that is `oidc_away`; the log says what was wrong.
"""

import logging
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clickcounter.access import accounts, authentication, rate_limits, sessions
from clickcounter.access.accounts import Account
from clickcounter.access.authentication import Browser
from clickcounter.access.oidc import identities, ways_in
from clickcounter.access.oidc.attempt import Attempt
from clickcounter.access.oidc.http_client import ProviderFailed, ProviderRefused
from clickcounter.access.oidc.identities import Identity, Linked
from clickcounter.access.oidc.settings import OidcSettings
from clickcounter.access.rate_limits import RateLimiter
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Refused, TooMany
from clickcounter.services import publishing
from clickcounter.services.accounts import DATABASE

if TYPE_CHECKING:
    from clickcounter.access.oidc.provider import Provider

log = logging.getLogger(__name__)

AT_ONCE, WITHIN = 200, 600.0  # sign-ins that an address may begin, and how many seconds later as many again: a school
LONGEST_CODE = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody signs in: the provider's name, if there is one; the account's links; whether it has a password."""

    name: str | None
    linked: list[Linked]
    password: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sends a browser back with."""

    code: str | None
    state: str | None
    error: str | None
    issuer: str | None


class SignIn:
    """Signing in by one provider, or by none. New people get an account only where `registration` is open."""

    def __init__(self, settings: OidcSettings | None, registration: str) -> None:
        self._settings, self._open = settings, registration == "open"
        self._provider = _provider(settings) if settings else None
        self._begun = RateLimiter(AT_ONCE, AT_ONCE / WITHIN)
        self._ended = RateLimiter(AT_ONCE, AT_ONCE / WITHIN)

    @property
    def callback(self) -> str:
        """The address that the provider knows as ours, if it is set."""
        return self._settings.callback if self._settings else ""

    async def ways(self, browser: Browser) -> Ways:
        """How the person signs in who is signed in here, and how anybody may."""

        def work(connection: Connection) -> tuple[Account | None, list[Linked]]:
            user = sessions.user_of(connection, browser.token_sha256, now_ms())
            account = accounts.by_id(connection, user.account_id) if user else None
            return account, identities.of_account(connection, account.id) if account else []

        account, linked = await DATABASE.read(work)
        return Ways(self._settings.name if self._settings else None, linked, bool(account and account.password_hash))

    async def start(self, browser: Browser, begun: Attempt, password: object = None) -> str:
        """Where the browser goes. Who links an account confirms that it is theirs."""
        provider = self._require(self._begun, browser)
        if begun.linking:
            await self._confirm(browser, password)
        try:
            return await provider.address(begun, browser.token_sha256, again=begun.linking)
        except ProviderFailed as error:
            raise _away(error) from error

    async def finish(self, browser: Browser, begun: Attempt | None, answer: Answer) -> str | None:
        """Sign in, or link the account that is signed in. Returns the new session's token, if there is one."""
        provider = self._require(self._ended, browser)
        if begun is None or not begun.matches(answer.state, browser.token_sha256):
            raise Refused("oidc_again")
        try:
            await provider.require_issuer(answer.issuer)
            if answer.error is not None:
                raise Refused("oidc_declined" if answer.error == "access_denied" else "oidc_failed")
            if not answer.code or len(answer.code) > LONGEST_CODE:
                raise Refused("oidc_again")
            identity = await provider.identity(answer.code, begun, time.time())
        except ProviderFailed as error:
            raise _away(error) from error
        if begun.linking:
            await publishing.commit(lambda connection: _link(connection, browser, identity))
            return None
        return await self._sign_in(browser, identity)

    async def unlink(self, browser: Browser, identity: object) -> None:
        """Let somebody sign in to one's own account no longer by this link."""

        def work(connection: Connection) -> None:
            account = _own_account(connection, browser)
            if type(identity) is not int or not 0 < identity < 2**53:
                raise Refused("oidc_link")
            identities.unlink(connection, account.id, identity)
            ways_in.require_one(connection, account)

        await publishing.commit(work)

    async def _sign_in(self, browser: Browser, identity: Identity) -> str:
        known = await DATABASE.read(lambda connection: identities.account_of(connection, identity))
        token = sessions.new_token()
        if known is not None:
            await publishing.commit(lambda c: _enter(c, browser, identity, token))
        elif not self._open:
            raise Refused("oidc_unknown")
        else:
            with rate_limits.current().new_account(browser.address):
                await publishing.commit(lambda c: _enter(c, browser, identity, token, may_register=True))
        publishing.end_sessions([browser.token_sha256] if browser.token_sha256 else [])
        return token

    def _require(self, limiter: RateLimiter, browser: Browser) -> "Provider":
        if self._provider is None:
            raise Refused("oidc_off")
        if wait := limiter.wait(browser.address, time.monotonic()):
            raise TooMany(math.ceil(wait))
        return self._provider

    async def _confirm(self, browser: Browser, password: object) -> None:
        with rate_limits.current().trying(browser.token_sha256 or "", browser.token_sha256 or "", browser.address):
            _, account = await authentication.signed_in_account(DATABASE, browser, now_ms())
            await authentication.confirm(DATABASE, browser, account, password, now_ms())


def _provider(settings: OidcSettings) -> "Provider":
    from clickcounter.access.oidc.provider import Provider  # at start, before anybody waits for it

    return Provider(settings)


def _enter(connection: Connection, browser: Browser, identity: Identity, token: str, *, may_register: bool = False) -> None:
    account = identities.account_of(connection, identity)
    if account is None and not may_register:
        raise Refused("oidc_unknown")  # it was unlinked, or deleted, a moment ago
    account = account or identities.create_account(connection, identity, now_ms())
    if account.blocked:
        raise Refused("account_blocked")
    authentication.start_session(connection, browser, account.id, token, now_ms())


def _link(connection: Connection, browser: Browser, identity: Identity) -> None:
    identities.link(connection, _own_account(connection, browser).id, identity, now_ms())


def _own_account(connection: Connection, browser: Browser) -> Account:
    user = sessions.user_of(connection, browser.token_sha256, now_ms())
    account = accounts.by_id(connection, user.account_id) if user else None
    if account is None:
        raise Refused("signed_out")
    return account


def _away(error: ProviderFailed) -> Refused:
    log.warning("signing in elsewhere: %s", error)
    return Refused("oidc_failed" if isinstance(error, ProviderRefused) else "oidc_away")
