"""The state behind the dialog in which owners decide who else can see the counter and who can press."""

from typing import Any

import reflex as rx

from clickcounter.services import membership
from clickcounter.socket.admission import question
from clickcounter.states.rpc import caller, reply_to


class AccessState(rx.State):
    """Answers one call at a time, see rpc.py."""

    reply: dict[str, Any] = {}

    @rx.event(background=True)
    @question
    async def members(self, ask: Any = None, device: Any = None, counter: Any = None, after: Any = None) -> None:
        """List the counter's members after a cursor, and the invitation's token."""
        await reply_to(self, ask, lambda: membership.members(caller(self, device), counter, after))

    @rx.event(background=True)
    async def set_role(
        self, ask: Any = None, device: Any = None, counter: Any = None, account: Any = None, role: Any = None
    ) -> None:
        """Give a member another role; null takes it away."""
        await reply_to(self, ask, lambda: membership.set_role(caller(self, device), counter, account, role))

    @rx.event(background=True)
    async def invite(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Create the link that invites people; the result is its token."""
        await reply_to(self, ask, lambda: membership.invite(caller(self, device), counter))

    @rx.event(background=True)
    async def revoke(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """End the link, and the role of everybody who came by it."""
        await reply_to(self, ask, lambda: membership.revoke(caller(self, device), counter))

    @rx.event(background=True)
    async def accept(self, ask: Any = None, device: Any = None, counter: Any = None, token: Any = None) -> None:
        """Become a member by the link's token."""
        await reply_to(self, ask, lambda: membership.accept(caller(self, device), counter, token))

    @rx.event(background=True)
    async def claim(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take over, for an account, a counter that this browser created without one."""
        await reply_to(self, ask, lambda: membership.claim(caller(self, device), counter))
