"""Invitations to register: links that work for a number of people, until a time.

The database holds a token's SHA-256 alone, so the link is shown only where it was made. A superuser's invitations hold as
long as its maker is one: whoever loses that right lets nobody else in.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from clickcounter.database.tables import ACCOUNTS, REGISTRATION_INVITATIONS
from clickcounter.errors import Refused

PAGE = 50  # rows
_i, _a = REGISTRATION_INVITATIONS.c, ACCOUNTS.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new invitation is to be."""

    token_sha256: str
    note: str  # for whom
    most: int  # how many may register with it
    expires_at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An invitation, without its token."""

    id: int
    note: str
    account_id: int | None  # who made it, if not the terminal
    maker: str | None
    most: int
    used: int
    created_at: int
    expires_at: int
    valid: bool


def make(connection: Connection, wanted: Wanted, account_id: int | None, now: int) -> None:
    """Make an invitation; made again with the same token, it is the same one."""
    if find(connection, wanted.token_sha256, now) is None:
        row = {"token_sha256": wanted.token_sha256, "note": wanted.note, "most": wanted.most, "account_id": account_id}
        row |= {"used": 0, "created_at": now, "expires_at": wanted.expires_at}
        connection.execute(insert(REGISTRATION_INVITATIONS), row)


def require_known(connection: Connection, token_sha256: str | None) -> None:
    """Check that there is such an invitation, used up or not, before anything expensive is done. Raises Refused."""
    if connection.execute(select(_i.id).where(_i.token_sha256 == token_sha256)).first() is None:
        raise Refused("invitation")


def use(connection: Connection, token_sha256: str, now: int) -> None:
    """Let one person in. The row's own condition decides, so that no two take the last place. Raises Refused."""
    using = update(REGISTRATION_INVITATIONS).where(_i.token_sha256 == token_sha256, *_open(now))
    if not connection.execute(using.values(used=_i.used + 1)).rowcount:
        raise Refused("invitation")


def revoke(connection: Connection, invitation_id: int, now: int) -> None:
    """Let nobody else in with it; one that is revoked already stays so. Raises Refused."""
    if connection.execute(select(_i.id).where(_i.id == invitation_id)).first() is None:
        raise Refused("no_invitation")
    revoking = update(REGISTRATION_INVITATIONS).where(_i.id == invitation_id, _i.revoked_at.is_(None))
    connection.execute(revoking.values(revoked_at=now))


def find(connection: Connection, token_sha256: str | None, now: int) -> Listed | None:
    """The invitation with this token."""
    return next(iter(_listed(connection, now, _i.token_sha256 == token_sha256)), None)


def listed(connection: Connection, now: int, before: int | None = None) -> list[Listed]:
    """A page of those that were not revoked and one more, the newest first."""
    older = () if before is None else (_i.id < before,)
    return _listed(connection, now, _i.revoked_at.is_(None), *older)


def _listed(connection: Connection, now: int, *conditions: ColumnElement[bool]) -> list[Listed]:
    valid = select(_i.id).where(*_open(now))
    columns = (_i.id, _i.note, _i.account_id, _a.name, _i.most, _i.used, _i.created_at, _i.expires_at, _i.id.in_(valid))
    chosen = select(*columns).join_from(REGISTRATION_INVITATIONS, ACCOUNTS, _a.id == _i.account_id, isouter=True)
    rows = connection.execute(chosen.where(*conditions).order_by(_i.id.desc()).limit(PAGE + 1))
    return [Listed(*row) for row in rows]


def _open(now: int) -> tuple[ColumnElement[bool], ...]:
    """What holds for an invitation with which somebody may register."""
    superusers = select(_a.id).where(_a.superuser.is_(True), _a.blocked_at.is_(None), _a.deleted_at.is_(None))
    made_by = or_(_i.account_id.is_(None), _i.account_id.in_(superusers))
    return (_i.used < _i.most, _i.expires_at > now, _i.revoked_at.is_(None), made_by)
