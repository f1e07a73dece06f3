"""A counter's members (owners, counters and viewers) and its invitation link.

Each change runs inside a transaction of the ledger and raises the counter's revision, so that every process notices it.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from clickcounter.access.authorization import Grant, grants, read_counter, require
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import ACCOUNTS, INVITATIONS, MEMBERS
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.domain.rights import COUNTER, OWNER
from clickcounter.errors import Refused
from clickcounter.ledger import rounds
from clickcounter.ledger.counters import lock, touch
from clickcounter.ledger.ownership import add_member, set_owner

MAX_MEMBERS = 200  # in one answer


@dataclass(frozen=True, slots=True)
class Member:
    """An account with a role; `me` if it is the caller's own."""

    account: int
    name: str
    role: str
    me: bool


def members(engine: Engine, slug: str, by: Caller) -> tuple[list[Member], str | None]:
    """The members, owners first, and the invitation's token, if there is one. Raises CounterNotFound, Refused."""
    with read_only(engine).begin() as connection:
        counter = read_counter(connection, slug)
        return _members(connection, counter, require(connection, counter, by, "admit"))


def _members(connection: Connection, counter: CounterRow, grant: Grant | None) -> tuple[list[Member], str | None]:
    rows = connection.execute(
        select(ACCOUNTS.c.id, ACCOUNTS.c.name, MEMBERS.c.role)
        .join_from(MEMBERS, ACCOUNTS, ACCOUNTS.c.id == MEMBERS.c.account_id)
        .where(MEMBERS.c.counter_id == counter.id)
        .order_by(MEMBERS.c.role != OWNER, MEMBERS.c.created_at, ACCOUNTS.c.id)
        .limit(MAX_MEMBERS)
    )
    token = connection.execute(select(INVITATIONS.c.token).where(INVITATIONS.c.counter_id == counter.id)).scalar()
    own_account = grant.account if grant else None
    return [Member(row.id, row.name, row.role, row.id == own_account) for row in rows], token


def set_role(connection: Connection, slug: str, account: int, role: str | None, by: Caller) -> Snapshot:
    """Change a member's role; None removes the member. Anybody may leave. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    own = _account_of(connection, counter, by) == account
    member = (MEMBERS.c.counter_id == counter.id, MEMBERS.c.account_id == account)
    old_role = connection.execute(select(MEMBERS.c.role).where(*member)).scalar()
    if own and old_role == role:  # an earlier run of this call may have taken the right to ask again
        return rounds.snapshot_of(connection, counter)
    require(connection, counter, by, "view" if own and role is None else "admit")
    if old_role is None and role is not None:
        raise Refused("no_member")
    if old_role == OWNER and role != OWNER and len(_owners(connection, counter.id)) == 1:
        raise Refused("last_owner")
    if role is None:
        connection.execute(delete(MEMBERS).where(*member))
    else:
        connection.execute(update(MEMBERS).where(*member).values(role=role))
    return touch(connection, counter)


def invite(connection: Connection, slug: str, new_token: str, by: Caller) -> tuple[Snapshot, str]:
    """The token of the counter's invitation, which is created with `new_token` if there is none.

    Raises CounterNotFound, Refused.
    """
    counter = lock(connection, slug)
    grant = require(connection, counter, by, "admit")
    if grant and grant.principal.device_owns:
        raise Refused("needs_account")
    known = connection.execute(select(INVITATIONS.c.token).where(INVITATIONS.c.counter_id == counter.id)).scalar()
    if known is None:
        row = {"counter_id": counter.id, "token": new_token, "role": COUNTER, "created_at": now_ms()}
        connection.execute(insert(INVITATIONS), row)
    return touch(connection, counter), known or new_token


def revoke(connection: Connection, slug: str, by: Caller) -> Snapshot:
    """Revoke the invitation and remove the members it brought, unless they have another role.

    Raises CounterNotFound, Refused.
    """
    counter = lock(connection, slug)
    require(connection, counter, by, "admit")
    created = select(INVITATIONS.c.created_at).where(INVITATIONS.c.counter_id == counter.id)
    created_at = connection.execute(created).scalar()
    if created_at is not None:
        invited = (MEMBERS.c.counter_id == counter.id, MEMBERS.c.role == COUNTER, MEMBERS.c.created_at > created_at)
        connection.execute(delete(MEMBERS).where(*invited))
        connection.execute(delete(INVITATIONS).where(INVITATIONS.c.counter_id == counter.id))
    return touch(connection, counter)


def accept(connection: Connection, slug: str, token: str, by: Caller) -> Snapshot:
    """Become a member by the invitation link; a member keeps their role. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    account = _account_of(connection, counter, by)
    if account is None:
        raise Refused("needs_account")
    invitation = connection.execute(select(INVITATIONS).where(INVITATIONS.c.counter_id == counter.id)).first()
    if invitation is None or not secrets.compare_digest(invitation.token.encode(), token.encode()):
        raise Refused("invitation")
    add_member(connection, counter.id, account, invitation.role)
    return touch(connection, counter)


def claim(connection: Connection, slug: str, by: Caller) -> Snapshot:
    """Make the account the owner of a counter that its browser owns. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    [grant] = grants(connection, [(counter, by)], now_ms())
    if grant.account is None:
        raise Refused("needs_account")
    if grant.principal.role != OWNER:  # otherwise an earlier run of this call claimed it
        require(connection, counter, by, "claim")
        set_owner(connection, counter.id, grant.account)
    return touch(connection, counter)


def _owners(connection: Connection, counter_id: int) -> list[int]:
    owners = select(MEMBERS.c.account_id).where(MEMBERS.c.counter_id == counter_id, MEMBERS.c.role == OWNER)
    return list(connection.execute(owners).scalars())


def _account_of(connection: Connection, counter: CounterRow, by: Caller) -> int | None:
    [grant] = grants(connection, [(counter, by)], now_ms())
    return grant.account
