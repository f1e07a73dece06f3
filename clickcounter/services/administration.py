"""What superusers do with accounts, sessions, devices and API keys; counters they change by the same services as everybody.

`session` is the superuser's own; each transaction checks again that it still is one. All of them raise Refused and Later.
They say how things are to be, so that each may be asked for again after a Later and comes to the same.
"""

from collections.abc import Callable

from sqlalchemy import Connection, select

from clickcounter.access import administration
from clickcounter.access.sessions import User
from clickcounter.database.tables import DEVICES
from clickcounter.domain.clicks import Snapshot, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger import api_keys, counters, membership
from clickcounter.services import publishing
from clickcounter.services.accounts import DATABASE
from clickcounter.services.forms import read_label


async def require_superuser(session: str | None) -> User:
    """Who is signed in, where that is a superuser. Raises Refused."""
    return await DATABASE.read(lambda c: administration.require_superuser(c, session, now_ms()))


async def rename_account(session: str, account_id: int, name: str) -> None:
    """Give an account another name; counters that show it follow."""
    await publishing.commit(lambda c: administration.rename(c, session, account_id, name, now_ms()))
    await publishing.publish_name(account=account_id, most=None)


async def make_superuser(session: str, account_id: int) -> None:
    """Give somebody else full access."""
    await publishing.commit(lambda c: administration.set_superuser(c, session, account_id, True, now_ms()))
    publishing.reread()


async def unmake_superuser(session: str, account_id: int) -> None:
    """Take full access from somebody else; counters that they may no longer see close in their open tabs."""
    await publishing.commit(lambda c: administration.set_superuser(c, session, account_id, False, now_ms()))
    publishing.reread()


async def block_account(session: str, account_id: int) -> None:
    """Block somebody else's account and sign it out everywhere."""
    await _end(lambda c: administration.block(c, session, account_id, True, now_ms()))


async def unblock_account(session: str, account_id: int) -> None:
    """Let a blocked account sign in again."""
    await _end(lambda c: administration.block(c, session, account_id, False, now_ms()))


async def sign_out_account(session: str, account_id: int) -> None:
    """Sign an account out everywhere."""
    await _end(lambda c: administration.sign_out(c, session, account_id, now_ms()))


async def delete_account(session: str, account_id: int, typed_name: str) -> None:
    """Delete somebody else's account, whose name was typed to confirm; counters that show the name drop it."""
    await _end(lambda c: administration.delete_account(c, session, account_id, typed_name, now_ms()))
    await publishing.publish_name(account=account_id, most=None)


async def end_session(session: str, session_id: int) -> None:
    """Sign out one browser; nothing happens where its session has ended already."""
    await _end(lambda c: administration.end_session(c, session, session_id, now_ms()))


async def label_device(session: str, device_id: int, label: str) -> None:
    """Give any device another label; counters that show it follow."""
    text = read_label(label)

    def work(connection: Connection) -> None:
        administration.require_superuser(connection, session, now_ms())
        if connection.execute(select(DEVICES.c.id).where(DEVICES.c.id == device_id)).first() is None:
            raise Refused("no_device")
        counters.label_device(connection, device_id, text)

    await publishing.commit(work)
    await publishing.publish_name(device=device_id, most=None)


async def revoke_key(session: str, key: int) -> None:
    """Revoke anybody's API key: the next request with it is refused, and what is open with it ends within a second."""

    def work(connection: Connection) -> None:
        administration.require_superuser(connection, session, now_ms())
        api_keys.revoke(connection, key, None)

    await publishing.commit(work)
    publishing.reread()


async def give_counter(session: str, slug: str, name: str) -> None:
    """Make the account with this name an owner of a counter. Raises CounterNotFound, too."""

    def work(connection: Connection) -> Snapshot:
        administration.require_superuser(connection, session, now_ms())
        return membership.give(connection, slug, name)

    await publishing.commit_and_publish(work)


async def _end(work: Callable[[Connection], list[str]]) -> None:
    """Commit work that ends sessions, and sign out their open tabs."""
    publishing.end_sessions(await publishing.commit(work))
