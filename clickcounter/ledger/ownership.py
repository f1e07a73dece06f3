"""Whose a counter is: an account's that is signed in when it is made, else the browser's, until an account claims it."""

from typing import Any

from sqlalchemy import Connection, update

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.tables import MEMBERS as ROLES
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.rights import MEMBERS, OWNER
from clickcounter.errors import Refused
from clickcounter.ledger import transaction


def set_first_owner(connection: Connection, counter: Any, by: Caller, about: CounterSettings) -> None:
    """A counter was made by this person. Raises Refused where it is only for members and nobody can be one."""
    [asked] = authorization.grants(connection, [(counter, by)], now_ms())
    if asked.account is not None:
        set_owner(connection, counter.id, asked.account)
    elif MEMBERS in (about.visibility, about.press):
        raise Refused("needs_account")
    elif by.device is not None:
        device = transaction.device_ids(connection, {by.device}, now_ms())[by.device]
        _set_device(connection, counter.id, device)


def set_owner(connection: Connection, counter_id: int, account: int) -> None:
    """An account owns the counter from now on, and no browser any more."""
    add_member(connection, counter_id, account, OWNER)
    of_member = (ROLES.c.counter_id == counter_id, ROLES.c.account_id == account)
    connection.execute(update(ROLES).where(*of_member).values(role=OWNER))
    _set_device(connection, counter_id, None)


def add_member(connection: Connection, counter_id: int, account: int, role: str) -> None:
    """An account has this role on the counter; one that has a role keeps it."""
    row = {"counter_id": counter_id, "account_id": account, "role": role, "created_at": now_ms()}
    connection.execute(sql.insert_new(connection, ROLES), row)


def _set_device(connection: Connection, counter_id: int, device: int | None) -> None:
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter_id).values(owner_device=device))
