"""Owners of counters: the account signed in at creation; otherwise the browser, until an account claims the counter."""

from sqlalchemy import Connection, update

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import MEMBERS as ROLES
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.rights import MEMBERS, OWNER
from clickcounter.errors import Refused
from clickcounter.ledger.devices import device_ids


def set_first_owner(connection: Connection, counter: CounterRow, by: Caller, settings: CounterSettings) -> None:
    """Make the creator the owner. Raises Refused if that is nobody, or a browser and the counter is for members only.

    Of keys, only an account's that may manage creates counters.
    """
    [grant] = authorization.grants(connection, [(counter, by)], now_ms())
    if not grant.rights.manage:
        raise Refused(grant.refusal or "key_scope")
    if grant.account is not None:
        set_owner(connection, counter.id, grant.account)
    elif MEMBERS in (settings.visibility, settings.press):
        raise Refused("needs_account")
    elif by.device is None:
        raise Refused("needs_account")  # otherwise it would be everybody's
    else:
        device = device_ids(connection, {by.device}, now_ms())[by.device]
        set_owner_device(connection, counter.id, device)


def set_owner(connection: Connection, counter_id: int, account: int) -> None:
    """Make an account the owner, instead of a browser."""
    add_member(connection, counter_id, account, OWNER)
    of_member = (ROLES.c.counter_id == counter_id, ROLES.c.account_id == account)
    connection.execute(update(ROLES).where(*of_member).values(role=OWNER))
    set_owner_device(connection, counter_id, None)


def add_member(connection: Connection, counter_id: int, account: int, role: str) -> None:
    """Give an account a role on the counter. An account that has one keeps it."""
    row = {"counter_id": counter_id, "account_id": account, "role": role, "created_at": now_ms()}
    connection.execute(sql.insert_new(connection.dialect.name, ROLES), row)


def set_owner_device(connection: Connection, counter_id: int, device: int | None) -> None:
    """Make a device the owner, until an account is; None where an account is."""
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter_id).values(owner_device=device))
