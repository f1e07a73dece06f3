"""Which provider's people are which accounts. Each function runs inside a transaction of the ledger, perhaps twice."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from clickcounter.access import accounts
from clickcounter.access.accounts import Account
from clickcounter.access.credentials import LONGEST_NAME, read_name
from clickcounter.database.tables import ACCOUNT_IDENTITIES
from clickcounter.domain.visible_text import without_invisible
from clickcounter.errors import Refused

MOST = 10  # of one account
GUEST = "Guest"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to a provider: the same two texts, forever. `names` are what they are called, best first."""

    issuer: str
    subject: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """A way to sign in to an account."""

    id: int
    issuer: str
    name: str


_i = ACCOUNT_IDENTITIES.c


def account_of(connection: Connection, identity: Identity) -> Account | None:
    """The account that this person signs in to; None if nobody here is linked with them."""
    theirs = select(_i.account_id).where(_i.issuer == identity.issuer, _i.subject == identity.subject)
    account_id = connection.execute(theirs).scalar()
    return accounts.by_id(connection, account_id) if account_id is not None else None


def create_account(connection: Connection, identity: Identity, now: int) -> Account:
    """A new account for somebody who is linked with none. Raises Refused."""
    for name in _possible_names(identity):
        try:
            account_id = accounts.create_without_password(connection, name, now)
        except Refused:
            continue  # taken, or it looks like another one
        _insert(connection, account_id, identity, now)
        return Account(account_id, name, "", superuser=False, blocked=False)
    raise Refused("account_taken")


def link(connection: Connection, account_id: int, identity: Identity, now: int) -> None:
    """Let this person sign in to the account. Nothing happens if they may already. Raises Refused."""
    known = account_of(connection, identity)
    if known is not None:
        if known.id != account_id:
            raise Refused("oidc_taken")
        return
    if len(of_account(connection, account_id)) >= MOST:
        raise Refused("oidc_many")
    _insert(connection, account_id, identity, now)


def of_account(connection: Connection, account_id: int) -> list[Linked]:
    """Everybody who signs in to this account by a provider, oldest first."""
    rows = connection.execute(select(_i.id, _i.issuer, _i.name).where(_i.account_id == account_id).order_by(_i.id))
    return [Linked(row.id, row.issuer, row.name) for row in rows]


def unlink(connection: Connection, account_id: int, identity_id: int) -> None:
    """Take one of them away; one that is gone already is no error."""
    connection.execute(delete(ACCOUNT_IDENTITIES).where(_i.id == identity_id, _i.account_id == account_id))


def _insert(connection: Connection, account_id: int, identity: Identity, now: int) -> None:
    row = {"account_id": account_id, "issuer": identity.issuer, "subject": identity.subject}
    name = next((valid for name in identity.names if (valid := _valid(name))), "")
    connection.execute(insert(ACCOUNT_IDENTITIES), row | {"name": name, "created_at": now})


def _possible_names(identity: Identity) -> Iterator[str]:
    """Names for the account, best first: as the provider has them, and numbered where somebody else has that one."""
    names = [valid for name in identity.names if (valid := _valid(name))] or [GUEST]
    yield from (name for name in names if name != GUEST)
    digest = hashlib.sha256(f"{identity.issuer} {identity.subject}".encode()).hexdigest()
    for suffix in (*(str(number) for number in range(2, 10)), *(digest[at : at + 6] for at in range(0, 30, 6))):
        yield f"{names[0][: LONGEST_NAME - len(suffix) - 1].rstrip()} {suffix}"


def _valid(name: str) -> str:
    """The name as an account may have it, or ""."""
    try:
        return read_name(" ".join(without_invisible(name).split())[:LONGEST_NAME].rstrip())
    except Refused:
        return ""
