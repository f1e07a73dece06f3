"""Accounts made, found, changed and deleted, each within a transaction of the ledger's."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from clickcounter.access import sessions
from clickcounter.access.validation import fold
from clickcounter.database.tables import ACCOUNTS, COUNTERS, MEMBERS
from clickcounter.domain.rights import OWNER, OWNERLESS
from clickcounter.errors import Refused


@dataclass(frozen=True, slots=True)
class Account:
    """A person, with what is stored of the password."""

    id: int
    name: str
    password_hash: str
    superuser: bool
    blocked: bool


def by_name(connection: Connection, name: str) -> Account | None:
    """The account of this name, however it is spelt."""
    return _one(connection, ACCOUNTS.c.name_folded == fold(name))


def by_id(connection: Connection, account_id: int) -> Account | None:
    """The account of this id; None once it was deleted."""
    return _one(connection, ACCOUNTS.c.id == account_id)


def create(connection: Connection, name: str, password_hash: str, now: int, *, superuser: bool = False) -> int:
    """Make an account and return its id. Run again with the same hash, it finds what it made. Raises Refused."""
    known = by_name(connection, name)
    if known is not None:
        if known.password_hash != password_hash:  # a hash has a random part, so no two calls share one
            raise Refused("account_taken")
        return known.id
    row = {"name": name, "name_folded": fold(name), "password_hash": password_hash}
    made = insert(ACCOUNTS).values(row | {"superuser": superuser, "created_at": now}).returning(ACCOUNTS.c.id)
    return int(connection.execute(made).scalar_one())


def rename(connection: Connection, account_id: int, name: str) -> None:
    """Give an account another name. Raises Refused."""
    known = by_name(connection, name)
    if known is not None and known.id != account_id:
        raise Refused("account_taken")
    _change(connection, account_id, name=name, name_folded=fold(name))


def set_password(connection: Connection, account_id: int, password_hash: str) -> None:
    """Store another password. Whoever is signed in stays so, see sessions.end_all."""
    _change(connection, account_id, password_hash=password_hash)


def replace_password(connection: Connection, name: str, password_hash: str) -> bool:
    """A forgotten password gives way to another; all sessions end. False where there is no such account."""
    known = by_name(connection, name)
    if known is not None:
        set_password(connection, known.id, password_hash)
        sessions.end_all(connection, known.id)
    return known is not None


def set_superuser(connection: Connection, account_id: int, superuser: bool) -> None:
    """Let an account do everything, or no longer."""
    _change(connection, account_id, superuser=superuser)


def block(connection: Connection, account_id: int, at: int | None) -> list[str]:
    """Nobody is signed in with a blocked account, and nobody can sign in. None lifts it.

    Returns the hashes of the sessions that ended.
    """
    _change(connection, account_id, blocked_at=at)
    return sessions.end_all(connection, account_id) if at is not None else []


def delete_account(connection: Connection, account_id: int, now: int) -> list[str]:
    """Take the name, the password, the sessions and the memberships. Clicks stay, and point to a row without a name.

    Returns the hashes of the sessions that ended.
    """
    ended = sessions.end_all(connection, account_id)
    _leave_ownerless(connection, account_id)
    connection.execute(delete(MEMBERS).where(MEMBERS.c.account_id == account_id))
    _change(connection, account_id, name="", name_folded=None, password_hash="", superuser=False, deleted_at=now)
    return ended


def _leave_ownerless(connection: Connection, account_id: int) -> None:
    """Counters that nobody else owns are not everybody's for that: superusers alone look after them."""
    owners = select(MEMBERS.c.counter_id).where(MEMBERS.c.role == OWNER)
    own, others = owners.where(MEMBERS.c.account_id == account_id), owners.where(MEMBERS.c.account_id != account_id)
    alone = update(COUNTERS).where(COUNTERS.c.id.in_(own), COUNTERS.c.id.not_in(others))
    connection.execute(alone.values(owner_device=OWNERLESS))


def _one(connection: Connection, which: object) -> Account | None:
    a = ACCOUNTS.c
    chosen = select(a.id, a.name, a.password_hash, a.superuser, a.blocked_at).where(which, a.deleted_at.is_(None))  # type: ignore[arg-type]
    row = connection.execute(chosen).first()
    return Account(row.id, row.name, row.password_hash, row.superuser, row.blocked_at is not None) if row else None


def _change(connection: Connection, account_id: int, **values: object) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id, ACCOUNTS.c.deleted_at.is_(None)).values(values))
