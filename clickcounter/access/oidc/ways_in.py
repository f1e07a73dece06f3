"""How an account can be signed in to. Whatever takes a way away asks here afterwards, in the same transaction."""

from sqlalchemy import Connection

from clickcounter.access.accounts import Account
from clickcounter.access.entry import passkeys
from clickcounter.access.oidc import identities
from clickcounter.errors import Refused


def require_one(connection: Connection, account: Account) -> None:
    """Check that somebody can still sign in: by a password, a passkey or an account elsewhere. Raises Refused."""
    others = identities.of_account(connection, account.id) or passkeys.of_account(connection, account.id)
    if not account.password_hash and not others:
        raise Refused("oidc_last")
