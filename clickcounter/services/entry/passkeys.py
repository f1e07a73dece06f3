"""What people do with passkeys: add and remove their own, and sign in with one. All raise Refused, Later and TooMany.

`origin` is that of the page, as the browser says and web/origins.py has accepted. A device recognises its person before it
signs, so a passkey is both factors: nobody is asked for a code then, in `/admin/` neither.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import Connection, select

from clickcounter.access import accounts, authentication, rate_limits, sessions
from clickcounter.access.authentication import Browser
from clickcounter.access.entry import passkeys, second_factors, webauthn_checks
from clickcounter.access.entry.passkeys import Passkey
from clickcounter.access.entry.webauthn_checks import Ceremony
from clickcounter.access.sessions import User
from clickcounter.database.tables import ACCOUNTS
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Malformed, Refused
from clickcounter.pools import PASSWORDS
from clickcounter.services import publishing
from clickcounter.services.accounts import DATABASE, SignedIn, limited
from clickcounter.services.forms import read_key_name
from clickcounter.services.validation import is_whole


class PasskeyAnswer(TypedDict):
    """A passkey as its owner sees it. Times are UTC ms."""

    id: int
    name: str
    host: str
    created_at: int
    used_at: int | None


async def listed(browser: Browser) -> dict[str, list[PasskeyAnswer]]:
    """One's own passkeys, the newest first."""
    found = await DATABASE.read(lambda c: passkeys.of_account(c, _signed_in(c, browser).account_id))
    shown: list[PasskeyAnswer] = [
        {"id": one.id, "name": one.name, "host": one.rp_id, "created_at": one.created_at, "used_at": one.used_at}
        for one in found
    ]
    return {"passkeys": shown}


async def begin(browser: Browser, origin: str, password: object, name: object) -> dict[str, Any]:
    """The options for a new passkey; the password is typed again, because a browser may have been left open.

    The name is checked here too: whatever is refused later leaves a key on the device.
    """
    ceremony, now = _ceremony(origin), now_ms()
    read_key_name(name)
    with limited(browser.token_sha256 or "", browser):
        account = await authentication.confirmed(DATABASE, browser, password, now)

    def work(connection: Connection) -> tuple[list[Passkey], bytes]:
        passkeys.new_challenge(connection, ceremony.challenge, origin, account.id, now)
        made = connection.execute(select(ACCOUNTS.c.created_at).where(ACCOUNTS.c.id == account.id)).scalar_one()
        return passkeys.of_account(connection, account.id), passkeys.handle_of(account.id, made)

    known, handle = await publishing.commit(work)
    return await PASSWORDS.run(webauthn_checks.creation_options, ceremony, account.name, handle, known)


async def add(browser: Browser, origin: str, name: object, credential: object) -> None:
    """Add the passkey that a device has made. It signs in from now on; other sessions stay."""
    label, answer, now = read_key_name(name), _read_credential(credential), now_ms()
    user = await DATABASE.read(lambda connection: _signed_in(connection, browser))
    ceremony = await _answered(origin, answer, user.account_id)
    new = await PASSWORDS.run(webauthn_checks.new_passkey, ceremony, answer)

    def work(connection: Connection) -> None:
        passkeys.add(connection, _signed_in(connection, browser).account_id, new, label, now)

    await publishing.commit(work)


async def remove(browser: Browser, passkey_id: object) -> None:
    """Remove one of one's own passkeys; it signs nobody in any more."""
    if not is_whole(passkey_id):
        raise Malformed("id must be a whole number")
    await publishing.commit(lambda c: passkeys.remove(c, _signed_in(c, browser).account_id, passkey_id))


async def offer(browser: Browser, origin: str) -> dict[str, Any]:
    """The options to sign in with any passkey of this host."""
    ceremony = _ceremony(origin)
    with rate_limits.current().new_challenge(browser.address):
        await publishing.commit(lambda c: passkeys.new_challenge(c, ceremony.challenge, origin, None, now_ms()))
    return await PASSWORDS.run(webauthn_checks.request_options, ceremony)


async def sign_in(browser: Browser, origin: str, credential: object) -> SignedIn:
    """Sign in with a passkey; whoever was signed in here before is signed out."""
    answer, now = _read_credential(credential), now_ms()
    ceremony = await _answered(origin, answer, None)
    passkey = await DATABASE.read(lambda c: passkeys.with_id(c, str(answer.get("id", ""))))
    if passkey is None or passkey.rp_id != ceremony.rp_id:
        raise Refused("passkey_unknown")
    sign_count = await PASSWORDS.run(webauthn_checks.sign_count_of, ceremony, answer, passkey)
    token = sessions.new_token()

    def work(connection: Connection) -> User:
        account = accounts.by_id(connection, passkey.account_id)
        if account is None:
            raise Refused("passkey_unknown")
        if account.blocked:
            raise Refused("account_blocked")
        user = User(account.id, account.name, account.superuser)
        if not sessions.user_of(connection, sessions.sha256_of(token), now):  # else a first run was saved after all
            passkeys.count_use(connection, passkey, sign_count, now)
            authentication.start_session(connection, browser, account.id, token, now)
            second_factors.remember(connection, sessions.sha256_of(token), now)
        return user

    user = await publishing.commit(work)
    publishing.end_sessions([browser.token_sha256] if browser.token_sha256 else [])
    return token, user


def _ceremony(origin: str) -> Ceremony:
    return Ceremony(passkeys.random_challenge(), origin, passkeys.rp_id_of(origin))


async def _answered(origin: str, answer: Mapping[str, Any], account_id: int | None) -> Ceremony:
    """The ceremony that an answer belongs to; its challenge is used up. Raises Refused."""
    challenge = await PASSWORDS.run(webauthn_checks.challenge_of, answer)
    ceremony = Ceremony(challenge, origin, passkeys.rp_id_of(origin))
    await publishing.commit(lambda c: passkeys.use_challenge(c, challenge, origin, account_id, now_ms()))
    return ceremony


def _signed_in(connection: Connection, browser: Browser) -> User:
    user = sessions.user_of(connection, browser.token_sha256, now_ms())
    if user is None:
        raise Refused("signed_out")
    return user


def _read_credential(credential: object) -> dict[str, Any]:
    if not isinstance(credential, dict):
        raise Malformed("credential must be an object")
    return credential
