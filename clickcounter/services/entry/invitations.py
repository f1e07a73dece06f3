"""What superusers do with invitations to register; the terminal makes them by the same rules. All raise Refused and Later.

`session` is the superuser's own; each transaction checks again that it still is one.
"""

from sqlalchemy import Connection

from clickcounter.access import administration, sessions
from clickcounter.access.entry import invitations
from clickcounter.access.entry.invitations import Listed, Wanted
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Refused
from clickcounter.services import publishing
from clickcounter.services.accounts import DATABASE
from clickcounter.services.forms import read_label
from clickcounter.settings import base_path

MOST_PEOPLE, MOST_DAYS = 1_000, 365


def wanted_of(token: str, note: str, most: int, days: int, now: int) -> Wanted:
    """A new invitation, as somebody wants it. Raises Refused."""
    token_sha256 = sessions.sha256_of(token)
    if not (1 <= most <= MOST_PEOPLE and 1 <= days <= MOST_DAYS) or token_sha256 is None:
        raise Refused("invitation_numbers")
    return Wanted(token_sha256, read_label(note), most, now + days * sessions.DAY)


def link(origin: str, token: str) -> str:
    """What an invited person opens. Browsers send nothing behind the # to a server; the page takes it out of the address."""
    return f"{origin.rstrip('/')}{base_path()}/account#invite={token}"


async def make(session: str, key: str, note: str, most: int, days: int) -> None:
    """Make an invitation; asked for again with the same key, it is the same one."""
    now = now_ms()
    wanted = wanted_of(_token(session, key), note, most, days, now)

    def work(connection: Connection) -> None:
        user = administration.require_superuser(connection, session, now)
        invitations.make(connection, wanted, user.account_id, now)

    await publishing.commit(work)


async def made(session: str, key: str) -> tuple[str, Listed]:
    """The token of an invitation that this very session made with this key, and what is known of it."""
    token = _token(session, key)
    found = await DATABASE.read(lambda c: invitations.find(c, sessions.sha256_of(token), now_ms()))
    if found is None:
        raise Refused("no_invitation")
    return token, found


async def listed(before: int | None) -> list[Listed]:
    """A page of those that were not revoked and one more, the newest first."""
    return await DATABASE.read(lambda connection: invitations.listed(connection, now_ms(), before))


async def revoke(session: str, invitation_id: int) -> None:
    """Let nobody else in with an invitation."""

    def work(connection: Connection) -> None:
        administration.require_superuser(connection, session, now_ms())
        invitations.revoke(connection, invitation_id, now_ms())

    await publishing.commit(work)


def _token(session: str, key: str) -> str:
    """The same for the same form in the same session, so that one sent twice makes one invitation; nobody else finds it."""
    return sessions.next_token(session, f"invitation {key}")
