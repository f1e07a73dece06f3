"""The state behind the dialog in which owners say who else may look on and press."""

import secrets
from dataclasses import asdict
from typing import Any

import reflex as rx

from clickcounter.domain.clicks import Caller
from clickcounter.domain.rights import ROLES
from clickcounter.errors import Malformed, Refused
from clickcounter.ledger import membership
from clickcounter.live.pipeline import running
from clickcounter.services.changes import Result, commit, show
from clickcounter.services.validation import is_clean_text, is_whole, slug_of
from clickcounter.states.rpc import caller, reply_to


class AccessState(rx.State):
    """Answers one question at a time, see rpc.py."""

    reply: dict[str, Any] = {}

    @rx.event(background=True)
    async def members(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Who belongs to the counter, and the invitation's token."""
        await reply_to(self, ask, lambda: _members(caller(self, device), counter))

    @rx.event(background=True)
    async def set_role(
        self, ask: Any = None, device: Any = None, counter: Any = None, account: Any = None, role: Any = None
    ) -> None:
        """Give a member another role; null takes it away."""
        await reply_to(self, ask, lambda: _set_role(caller(self, device), counter, account, role))

    @rx.event(background=True)
    async def invite(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Make the link that invites to count; the result is its token."""
        await reply_to(self, ask, lambda: _invite(caller(self, device), counter))

    @rx.event(background=True)
    async def revoke(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """End the link, and the role of those who came by it."""
        await reply_to(self, ask, lambda: _revoke(caller(self, device), counter))

    @rx.event(background=True)
    async def accept(self, ask: Any = None, device: Any = None, counter: Any = None, token: Any = None) -> None:
        """Become a member by the link's token."""
        await reply_to(self, ask, lambda: _accept(caller(self, device), counter, token))

    @rx.event(background=True)
    async def claim(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Make the account's own what this browser made without one."""
        await reply_to(self, ask, lambda: _claim(caller(self, device), counter))


async def _members(who: Caller, counter: Any) -> Result:
    slug = slug_of(counter)
    found, token = await running().read(lambda engine: membership.members(engine, slug, who))
    return {"members": [asdict(member) for member in found], "token": token}


async def _set_role(who: Caller, counter: Any, account: Any, role: Any) -> Result:
    slug = slug_of(counter)
    if not is_whole(account) or (role is not None and role not in ROLES):
        raise Malformed("account must be a number, role one of the roles, or null")
    await show(lambda c: membership.set_role(c, slug, account, role, who))
    return {}


async def _invite(who: Caller, counter: Any) -> Result:
    slug, fresh = slug_of(counter), secrets.token_urlsafe(32)
    snapshot, token = await commit(lambda c: membership.invite(c, slug, fresh, who))
    running().publish(snapshot)
    return {"token": token}


async def _revoke(who: Caller, counter: Any) -> Result:
    slug = slug_of(counter)
    await show(lambda c: membership.revoke(c, slug, who))
    return {}


async def _accept(who: Caller, counter: Any, token: Any) -> Result:
    slug = slug_of(counter)
    if not is_clean_text(token, 64):
        raise Refused("invitation")
    await show(lambda c: membership.accept(c, slug, token, who))
    return {}


async def _claim(who: Caller, counter: Any) -> Result:
    slug = slug_of(counter)
    await show(lambda c: membership.claim(c, slug, who))
    return {}
