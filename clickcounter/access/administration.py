"""What superusers do with accounts and sessions. Each function checks the caller again, inside its transaction."""

from sqlalchemy import Connection, delete, select

from clickcounter.access import accounts, sessions
from clickcounter.access.accounts import Account
from clickcounter.access.credentials import fold, read_name
from clickcounter.access.sessions import User
from clickcounter.database.tables import ACCOUNTS, SESSIONS
from clickcounter.errors import Refused


def require_superuser(connection: Connection, session: str | None, now: int) -> User:
    """Return the signed-in user if it is a superuser. Raises Refused."""
    user = sessions.user_of(connection, session, now)
    if user is None or not user.superuser:
        raise Refused("superusers_only")
    return user


def rename(connection: Connection, session: str | None, account_id: int, name: str, now: int) -> None:
    """Rename an account. Raises Refused."""
    require_superuser(connection, session, now)
    _existing(connection, account_id)
    accounts.rename(connection, account_id, read_name(name))


def set_superuser(connection: Connection, session: str | None, account_id: int, superuser: bool, now: int) -> None:
    """Grant or remove superuser rights. Raises Refused."""
    _other(connection, session, account_id, now)
    accounts.set_superuser(connection, account_id, superuser)


def block(connection: Connection, session: str | None, account_id: int, blocked: bool, now: int) -> list[str]:
    """Block or unblock an account. Returns the token hashes of the ended sessions. Raises Refused."""
    _other(connection, session, account_id, now)
    return accounts.block(connection, account_id, now if blocked else None)


def delete_account(connection: Connection, session: str | None, account_id: int, typed: str, now: int) -> list[str]:
    """Delete an account, whose name was `typed` to confirm. Returns the token hashes of its sessions. Raises Refused."""
    deleted = select(ACCOUNTS.c.deleted_at).where(ACCOUNTS.c.id == account_id)
    if connection.execute(deleted).scalar() is not None:
        require_superuser(connection, session, now)
        return []  # by an earlier run of this call, or by another superuser
    if fold(_other(connection, session, account_id, now).name) != fold(typed):
        raise Refused("delete_person")
    return accounts.delete_account(connection, account_id, now)


def sign_out(connection: Connection, session: str | None, account_id: int, now: int) -> list[str]:
    """End all sessions of an account. Returns their token hashes. Raises Refused."""
    require_superuser(connection, session, now)
    _existing(connection, account_id)
    return sessions.end_all(connection, account_id)


def end_session(connection: Connection, session: str | None, session_id: int, now: int) -> list[str]:
    """End one session. Returns its token hash; nothing if it has ended already. Raises Refused."""
    require_superuser(connection, session, now)
    ending = delete(SESSIONS).where(SESSIONS.c.id == session_id).returning(SESSIONS.c.token_sha256)
    return list(connection.execute(ending).scalars())


def _other(connection: Connection, session: str | None, account_id: int, now: int) -> Account:
    """Another person's account: superusers cannot change their own, so one superuser always remains.

    All superusers' rows are locked first, so two who remove each other's rights do so one after the other.
    """
    superusers = select(ACCOUNTS.c.id).where(ACCOUNTS.c.superuser.is_(True)).order_by(ACCOUNTS.c.id)
    connection.execute(superusers.with_for_update()).all()
    if require_superuser(connection, session, now).account_id == account_id:
        raise Refused("own_account")
    return _existing(connection, account_id)


def _existing(connection: Connection, account_id: int) -> Account:
    found = accounts.by_id(connection, account_id)
    if found is None:
        raise Refused("no_account")
    return found
