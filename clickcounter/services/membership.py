"""Who belongs to a counter: its members and their roles, the link that invites people, and who claims it.

All of them raise CounterNotFound, Refused, Malformed and Later. A role that was taken away closes the counter in open tabs
immediately. They say how things are to be, so that each may be asked for again after a Later and comes to the same.
"""

import secrets
from typing import TypedDict

from clickcounter.domain.clicks import Caller
from clickcounter.domain.rights import ROLES
from clickcounter.errors import Malformed, Refused
from clickcounter.ledger import membership
from clickcounter.live.pipeline import running
from clickcounter.services import publishing
from clickcounter.services.validation import cursor_of, is_clean_text, is_whole, slug_of

LONGEST_TOKEN = 64


class MemberAnswer(TypedDict):
    """A member; `me` where it is the caller."""

    account: int
    name: str
    role: str
    me: bool


class MembersAnswer(TypedDict):
    """Some of the members, the cursor of the others, and the invitation's token if there is one."""

    members: list[MemberAnswer]
    next: list[int] | None
    token: str | None


class InvitationAnswer(TypedDict):
    """The token of the link that invites people."""

    token: str


async def members(who: Caller, counter: object, after: object = None) -> MembersAnswer:
    """List the members after a cursor, and the invitation if there is one."""
    slug, cursor = slug_of(counter), cursor_of(after)
    page = await running().read(lambda engine: membership.members(engine, slug, who, cursor))
    listed: list[MemberAnswer] = [
        {"account": member.account, "name": member.name, "role": member.role, "me": member.me} for member in page.members
    ]
    return {"members": listed, "next": list(page.next) if page.next else None, "token": page.token}


async def set_role(who: Caller, counter: object, account: object, role: object) -> None:
    """Give a member another role; None takes it away."""
    slug = slug_of(counter)
    if not is_whole(account):
        raise Malformed("account must be a number")
    if role is not None and not (isinstance(role, str) and role in ROLES):
        raise Malformed("role must be one of the roles, or null")
    await publishing.commit_and_publish(lambda c: membership.set_role(c, slug, account, role, who))


async def invite(who: Caller, counter: object) -> InvitationAnswer:
    """Return the counter's invitation, created where there is none."""
    slug, fresh = slug_of(counter), secrets.token_urlsafe(32)
    snapshot, token = await publishing.commit(lambda c: membership.invite(c, slug, fresh, who))
    publishing.publish(snapshot)
    return {"token": token}


async def revoke(who: Caller, counter: object) -> None:
    """End the invitation, and the role of everybody who came by it."""
    slug = slug_of(counter)
    await publishing.commit_and_publish(lambda c: membership.revoke(c, slug, who))


async def accept(who: Caller, counter: object, token: object) -> None:
    """Become a member by an invitation's token."""
    slug = slug_of(counter)
    if not is_clean_text(token, LONGEST_TOKEN):
        raise Refused("invitation")
    await publishing.commit_and_publish(lambda c: membership.accept(c, slug, token, who))


async def claim(who: Caller, counter: object) -> None:
    """Take over, for an account, a counter that this browser created without one."""
    slug = slug_of(counter)
    await publishing.commit_and_publish(lambda c: membership.claim(c, slug, who))
