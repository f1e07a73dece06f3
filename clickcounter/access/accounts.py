"""Create, find, change and delete accounts, each inside a transaction of the ledger."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from clickcounter.access import sessions
from clickcounter.access.credentials import fold
from clickcounter.access.entry import passkeys, second_factors
from clickcounter.database import webhook_removal
from clickcounter.database.tables import ACCOUNTS, API_KEYS, COUNTERS, MEMBERS, WEBHOOKS
from clickcounter.domain.rights import OWNER, OWNERLESS
from clickcounter.domain.visible_text import appearance
from clickcounter.errors import Refused

LONGEST_APPEARANCE = 160  # characters


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account, with the hash of the password."""

    id: int
    name: str
    password_hash: str
    superuser: bool
    blocked: bool


def by_name(connection: Connection, name: str) -> Account | None:
    """The account with this name, in any spelling of it; None if there is none."""
    return _find(connection, ACCOUNTS.c.name_folded == fold(name))


def by_id(connection: Connection, account_id: int) -> Account | None:
    """The account with this id; None if it is deleted."""
    return _find(connection, ACCOUNTS.c.id == account_id)


def create(connection: Connection, name: str, password_hash: str, now: int, *, superuser: bool = False) -> int:
    """Create an account and return its id. Run again with the same hash, it returns the same account. Raises Refused."""
    known = by_name(connection, name)
    if known is not None:
        if known.password_hash != password_hash:  # a hash contains a random salt, so no two calls share one
            raise Refused("account_taken")
        return known.id
    _require_distinct(connection, name)
    row = name_columns(name) | {"password_hash": password_hash}
    inserting = insert(ACCOUNTS).values(row | {"superuser": superuser, "created_at": now}).returning(ACCOUNTS.c.id)
    return int(connection.execute(inserting).scalar_one())


def rename(connection: Connection, account_id: int, name: str) -> None:
    """Rename an account. Raises Refused."""
    known = by_name(connection, name)
    if known is not None and known.id != account_id:
        raise Refused("account_taken")
    _require_distinct(connection, name, account_id)
    _change(connection, account_id, **name_columns(name))


def set_password(connection: Connection, account_id: int, password_hash: str) -> None:
    """Store a new password. Sessions stay; sessions.end_all ends them."""
    _change(connection, account_id, password_hash=password_hash)


def replace_password(connection: Connection, name: str, password_hash: str) -> bool:
    """Replace a forgotten password and end all sessions. False if there is no such account."""
    known = by_name(connection, name)
    if known is not None:
        set_password(connection, known.id, password_hash)
        sessions.end_all(connection, known.id)
    return known is not None


def set_superuser(connection: Connection, account_id: int, superuser: bool) -> None:
    """Grant or remove superuser rights."""
    _change(connection, account_id, superuser=superuser)


def block(connection: Connection, account_id: int, at: int | None) -> list[str]:
    """Block an account as of `at`, in milliseconds: its sessions end and it cannot sign in. None unblocks it.

    Returns the token hashes of the ended sessions.
    """
    _change(connection, account_id, blocked_at=at)
    return sessions.end_all(connection, account_id) if at is not None else []


def delete_account(connection: Connection, account_id: int, now: int) -> list[str]:
    """Remove the name, the password, the sessions, the keys and the memberships. Clicks stay, with a row without a name.

    Returns the token hashes of the ended sessions.
    """
    ended = sessions.end_all(connection, account_id)
    _leave_ownerless(connection, account_id)
    for table in (MEMBERS, API_KEYS):
        connection.execute(delete(table).where(table.c.account_id == account_id))
    second_factors.remove(connection, account_id)
    passkeys.remove_all(connection, account_id)
    nameless = {"name": "", "name_folded": None, "appearance": None}
    _change(connection, account_id, **nameless, password_hash="", superuser=False, deleted_at=now)
    return ended


def _leave_ownerless(connection: Connection, account_id: int) -> None:
    """Keep counters without another owner from becoming everybody's: only superusers manage them from now on."""
    owned = select(MEMBERS.c.counter_id).where(MEMBERS.c.role == OWNER)
    own, others = owned.where(MEMBERS.c.account_id == account_id), owned.where(MEMBERS.c.account_id != account_id)
    sole = update(COUNTERS).where(COUNTERS.c.id.in_(own), COUNTERS.c.id.not_in(others))
    connection.execute(sole.values(owner_device=OWNERLESS))
    # Their addresses and secrets were this person's, and nobody is left who sees or removes them.
    webhook_removal.remove(connection, WEBHOOKS.c.counter_id.in_(own), WEBHOOKS.c.counter_id.not_in(others))


def name_columns(name: str) -> dict[str, object]:
    """The columns that follow from a name."""
    return {"name": name, "name_folded": fold(name), "appearance": stored_appearance(name)}


def stored_appearance(name: str) -> str:
    """The column of that name. A change of `appearance` needs a migration that fills it again."""
    return appearance(name)[:LONGEST_APPEARANCE]


def _require_distinct(connection: Connection, name: str, own: int | None = None) -> None:
    """Check that no other account has a name that looks the same. Raises Refused.

    The very same name, which another process may have taken a moment ago, is found by the column that is unique.
    """
    a = ACCOUNTS.c
    others = (a.deleted_at.is_(None), a.id != (own or 0), a.name_folded != fold(name))
    if connection.execute(select(a.id).where(a.appearance == stored_appearance(name), *others).limit(1)).first():
        raise Refused("account_similar")


def _find(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    a = ACCOUNTS.c
    query = select(a.id, a.name, a.password_hash, a.superuser, a.blocked_at).where(condition, a.deleted_at.is_(None))
    row = connection.execute(query).first()
    return Account(row.id, row.name, row.password_hash, row.superuser, row.blocked_at is not None) if row else None


def _change(connection: Connection, account_id: int, **values: object) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id, ACCOUNTS.c.deleted_at.is_(None)).values(values))
