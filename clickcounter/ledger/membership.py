"""Who belongs to a counter: its owners, those who count and those who look on; the one link that invites to count.

Each function is a part of a transaction of the ledger's, and raises the counter's revision, so that every process notices.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from clickcounter.access.authorization import Grant, grants, read_counter, require
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, INVITATIONS, MEMBERS
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.domain.rights import COUNTER, OWNER
from clickcounter.errors import Refused
from clickcounter.ledger.counters import lock, touch
from clickcounter.ledger.ownership import add_member, set_owner

MOST = 200  # members that are told


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role; `me` where it is the one who asks."""

    account: int
    name: str
    role: str
    me: bool


def members(engine: Engine, slug: str, by: Caller) -> tuple[list[Member], str | None]:
    """All of them, owners first, and the invitation's token if there is one. Raises CounterNotFound, Refused."""
    with read_only(engine).begin() as connection:
        counter = read_counter(connection, slug)
        return _members(connection, counter, require(connection, counter, by, "admit"))


def _members(connection: Connection, counter: Any, asked: Grant | None) -> tuple[list[Member], str | None]:
    rows = connection.execute(
        select(ACCOUNTS.c.id, ACCOUNTS.c.name, MEMBERS.c.role)
        .join_from(MEMBERS, ACCOUNTS, ACCOUNTS.c.id == MEMBERS.c.account_id)
        .where(MEMBERS.c.counter_id == counter.id)
        .order_by(MEMBERS.c.role != OWNER, MEMBERS.c.created_at, ACCOUNTS.c.id)
        .limit(MOST)
    )
    token = connection.execute(select(INVITATIONS.c.token).where(INVITATIONS.c.counter_id == counter.id)).scalar()
    me = asked.account if asked else None
    return [Member(row.id, row.name, row.role, row.id == me) for row in rows], token


def set_role(connection: Connection, slug: str, account: int, role: str | None, by: Caller) -> Snapshot:
    """Give a member another role, or none any more; anybody may give up their own. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    leaves = role is None and _account_of(connection, counter, by) == account
    require(connection, counter, by, "view" if leaves else "admit")
    of_member = (MEMBERS.c.counter_id == counter.id, MEMBERS.c.account_id == account)
    had = connection.execute(select(MEMBERS.c.role).where(*of_member)).scalar()
    if had is None and role is not None:
        raise Refused("no_member")
    if had == OWNER and role != OWNER and len(_owners(connection, counter.id)) == 1:
        raise Refused("last_owner")
    if role is None:
        connection.execute(delete(MEMBERS).where(*of_member))
    else:
        connection.execute(update(MEMBERS).where(*of_member).values(role=role))
    return touch(connection, counter)


def invite(connection: Connection, slug: str, fresh: str, by: Caller) -> tuple[Snapshot, str]:
    """The counter's invitation, made with the `fresh` token where there is none. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    asked = require(connection, counter, by, "admit")
    if asked and asked.person.made_it:
        raise Refused("needs_account")
    known = connection.execute(select(INVITATIONS.c.token).where(INVITATIONS.c.counter_id == counter.id)).scalar()
    if known is None:
        row = {"counter_id": counter.id, "token": fresh, "role": COUNTER, "created_at": now_ms()}
        connection.execute(insert(INVITATIONS), row)
    return touch(connection, counter), known or fresh


def revoke(connection: Connection, slug: str, by: Caller) -> Snapshot:
    """End the invitation, and the role of whoever came by it and has no other. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    require(connection, counter, by, "admit")
    since = select(INVITATIONS.c.created_at).where(INVITATIONS.c.counter_id == counter.id)
    made_at = connection.execute(since).scalar()
    if made_at is not None:
        came = (MEMBERS.c.counter_id == counter.id, MEMBERS.c.role == COUNTER, MEMBERS.c.created_at > made_at)
        connection.execute(delete(MEMBERS).where(*came))
        connection.execute(delete(INVITATIONS).where(INVITATIONS.c.counter_id == counter.id))
    return touch(connection, counter)


def accept(connection: Connection, slug: str, token: str, by: Caller) -> Snapshot:
    """Become a member by the link; who is one already stays what they are. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    account = _account_of(connection, counter, by)
    if account is None:
        raise Refused("needs_account")
    found = connection.execute(select(INVITATIONS).where(INVITATIONS.c.counter_id == counter.id)).first()
    if found is None or not secrets.compare_digest(found.token.encode(), token.encode()):
        raise Refused("invitation")
    add_member(connection, counter.id, account, found.role)
    return touch(connection, counter)


def claim(connection: Connection, slug: str, by: Caller) -> Snapshot:
    """Make a counter the account's own that its browser made before. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    [asked] = grants(connection, [(counter, by)], now_ms())
    if asked.account is None:
        raise Refused("needs_account")
    if asked.person.role != OWNER:  # else it was this very call, run again
        require(connection, counter, by, "claim")
        set_owner(connection, counter.id, asked.account)
    return touch(connection, counter)


def _owners(connection: Connection, counter_id: int) -> list[int]:
    owners = select(MEMBERS.c.account_id).where(MEMBERS.c.counter_id == counter_id, MEMBERS.c.role == OWNER)
    return list(connection.execute(owners).scalars())


def _account_of(connection: Connection, counter: Any, by: Caller) -> int | None:
    [asked] = grants(connection, [(counter, by)], now_ms())
    return asked.account
