"""A counter's members (owners, counters and viewers) and its invitation link.

Each change runs inside a transaction of the ledger and raises the counter's revision, so that every process notices it.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, case, delete, insert, select, tuple_, update

from clickcounter.access import accounts
from clickcounter.access.authorization import grants, read_counter, refuse_key, require
from clickcounter.access.credentials import read_name
from clickcounter.access.grants import Grant
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import ACCOUNTS, INVITATIONS, MEMBERS
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.domain.rights import COUNTER, OWNER
from clickcounter.errors import Refused
from clickcounter.ledger import api_keys, rounds
from clickcounter.ledger.counters import lock, touch
from clickcounter.ledger.ownership import add_member, set_owner

MAX_MEMBERS = 200  # in one answer
Cursor = tuple[int, int, int]  # of an answer's last member: 0 for an owner, since when, and the account


@dataclass(frozen=True, slots=True)
class Member:
    """An account with a role; `me` if it is the caller's own."""

    account: int
    name: str
    role: str
    me: bool


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Some of the members, the cursor of the others, if there are more, and the invitation's token, if there is one."""

    members: list[Member]
    next: Cursor | None
    token: str | None


def members(engine: Engine, slug: str, by: Caller, after: Cursor | None = None) -> MemberPage:
    """The members after the cursor, owners first. Raises CounterNotFound, Refused."""
    refuse_key(by)
    with read_only(engine).begin() as connection:
        counter = read_counter(connection, slug)
        return _members(connection, counter, require(connection, counter, by, "admit"), after)


def _members(connection: Connection, counter: CounterRow, grant: Grant | None, after: Cursor | None) -> MemberPage:
    order = (case((MEMBERS.c.role == OWNER, 0), else_=1), MEMBERS.c.created_at, MEMBERS.c.account_id)
    query = select(ACCOUNTS.c.id, ACCOUNTS.c.name, MEMBERS.c.role, *order[:2])
    query = query.join_from(MEMBERS, ACCOUNTS, ACCOUNTS.c.id == MEMBERS.c.account_id)
    query = query.where(MEMBERS.c.counter_id == counter.id)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = connection.execute(query.order_by(*order).limit(MAX_MEMBERS + 1)).all()
    token = connection.execute(select(INVITATIONS.c.token).where(INVITATIONS.c.counter_id == counter.id)).scalar()
    own_account = grant.account if grant else None
    found = [Member(account, name, role, account == own_account) for account, name, role, _, _ in rows[:MAX_MEMBERS]]
    last = rows[MAX_MEMBERS - 1] if len(rows) > MAX_MEMBERS else None
    return MemberPage(found, (last[3], last[4], last[0]) if last else None, token)


def set_role(connection: Connection, slug: str, account: int, role: str | None, by: Caller) -> Snapshot:
    """Change a member's role; None removes the member. Anybody may leave. Raises CounterNotFound, Refused."""
    refuse_key(by)
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
    refuse_key(by)
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
    refuse_key(by)
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
    refuse_key(by)
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
    """Make the account the owner of a counter that its browser owns, and of that browser's keys.

    Raises CounterNotFound, Refused.
    """
    refuse_key(by)
    counter = lock(connection, slug)
    [grant] = grants(connection, [(counter, by)], now_ms())
    if grant.account is None:
        raise Refused("needs_account")
    if grant.principal.role != OWNER:  # otherwise an earlier run of this call claimed it
        require(connection, counter, by, "claim")
        api_keys.hand_over(connection, counter.id, grant.account)
        set_owner(connection, counter.id, grant.account)
    return touch(connection, counter)


def give(connection: Connection, slug: str, name: str) -> Snapshot:
    """Make the account with this name an owner; the terminal and superusers do. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    account = accounts.by_name(connection, read_name(name))
    if account is None:
        raise Refused("no_account")
    set_owner(connection, counter.id, account.id)
    return touch(connection, counter)


def _owners(connection: Connection, counter_id: int) -> list[int]:
    owners = select(MEMBERS.c.account_id).where(MEMBERS.c.counter_id == counter_id, MEMBERS.c.role == OWNER)
    return list(connection.execute(owners).scalars())


def _account_of(connection: Connection, counter: CounterRow, by: Caller) -> int | None:
    [grant] = grants(connection, [(counter, by)], now_ms())
    return grant.account
