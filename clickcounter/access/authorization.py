"""What a caller may do with a counter, read inside the transaction that does it.

Nothing is cached: sessions, roles and device ownership are read each time. An anonymous press on a counter that is open to
anyone skips all of this.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, or_, select

from clickcounter.access.sessions import READ_USERS, User
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import execute, parts
from clickcounter.database.engines import read_only
from clickcounter.database.rows import AccessRow, CounterRow
from clickcounter.database.tables import MEMBERS as ROLES
from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO, Caller, Order, now_ms
from clickcounter.domain.rights import ANYONE, MEMBERS, OWNER, AccessPolicy, Principal, Rights, rights_of
from clickcounter.errors import CounterNotFound, Refused

# The roles of these accounts on these counters, and all owners.
READ_ROLES = select(ROLES.c.counter_id, ROLES.c.account_id, ROLES.c.role).where(
    ROLES.c.counter_id.in_(bindparam("counters", expanding=True)),
    or_(ROLES.c.account_id.in_(bindparam("accounts", expanding=True)), ROLES.c.role == bindparam("owner")),
)
# The terminal's own device may press any counter. No secret has this hash: a secret is 32 hexadecimal digits.
TERMINAL = hashlib.sha256(b"the terminal").hexdigest()
NONE: frozenset[str] = frozenset()
PRESSING, CORRECTING = frozenset({CLICK, UNDO}), frozenset({CORRECTION})
_never_everybodys: set[str] = set()  # slugs
ERROR_CODES = {"view": "members_only", "manage": "not_owner", "admit": "not_owner", "claim": "not_yours"}


@dataclass(frozen=True, slots=True)
class Grant:
    """A caller's relation to a counter, and the rights that follow from it."""

    account: int | None
    principal: Principal
    rights: Rights


def keep_from_everybody(slug: str) -> None:
    """While nobody owns this counter, it belongs to superusers alone; other counters without an owner are everybody's."""
    _never_everybodys.add(slug)


def signed_in_users(connection: Connection, sessions: set[str], now: int) -> dict[str, User]:
    """The signed-in users, by the hash of their session's token; ended sessions have none."""
    found: dict[str, User] = {}
    for tokens in parts(sorted(sessions)) if sessions else ():
        rows = execute(connection, READ_USERS, {"tokens": tokens, "now": now})
        found |= {row.token_sha256: User(row.id, row.name, bool(row.superuser)) for row in rows}
    return found


def grants(
    connection: Connection, pairs: Sequence[tuple[AccessRow, Caller]], now: int, users: Mapping[str, User] | None = None
) -> list[Grant]:
    """A grant for each pair of a counter and a caller. `users` is what `signed_in_users` returned, if it was called."""
    if users is None:
        users = signed_in_users(connection, {caller.session for _, caller in pairs if caller.session}, now)
    ids = sorted({counter.id for counter, _ in pairs})
    accounts = sorted({user.account_id for user in users.values()})
    rows = [
        row
        for counters in parts(ids)
        for some in parts(accounts)
        for row in execute(connection, READ_ROLES, {"counters": counters, "accounts": some, "owner": OWNER})
    ]
    roles = {(row.counter_id, row.account_id): row.role for row in rows}
    claimed = {row.counter_id for row in rows if row.role == OWNER}
    devices = _device_ids(connection, pairs)
    return [_grant(counter, caller, users, roles, claimed, devices) for counter, caller in pairs]


def require(connection: Connection, counter: CounterRow, caller: Caller | None, right: str) -> Grant | None:
    """The caller's grant, if it includes this right; None for the terminal, which may do everything. Raises Refused."""
    if caller is None:
        return None
    [grant] = grants(connection, [(counter, caller)], now_ms())
    if not grant.rights.view:
        raise Refused(ERROR_CODES["view"])
    if not getattr(grant.rights, right):
        raise Refused(ERROR_CODES[right])
    return grant


def rights_by_order(
    connection: Connection,
    counters: Mapping[str, CounterRow],
    orders: Sequence[Order],
    now: int,
    users: Mapping[str, User],
) -> dict[int, Rights]:
    """Rights of each order's sender, keyed by the order's index; orders open to anyone are left out."""
    indexes = [
        i for i, order in enumerate(orders) if order.counter in counters and _is_restricted(counters[order.counter], order)
    ]
    if not indexes:
        return {}
    pairs = [(counters[orders[i].counter], orders[i].caller) for i in indexes]
    return {i: grant.rights for i, grant in zip(indexes, grants(connection, pairs, now, users), strict=True)}


def forbidden_kinds(rights: Rights | None) -> frozenset[str]:
    """The kinds of clicks that these rights do not allow; None allows all."""
    if rights is None:
        return NONE
    return (NONE if rights.press else PRESSING) | (NONE if rights.manage else CORRECTING)


def require_view(engine: Engine, slug: str, caller: Caller) -> None:
    """Return if the caller may view the counter. Raises CounterNotFound, Refused."""
    with read_only(engine).begin() as connection:
        require(connection, read_counter(connection, slug), caller, "view")


def read_counter(connection: Connection, slug: str) -> CounterRow:
    """The counter's row. Raises CounterNotFound."""
    counter: CounterRow | None = connection.execute(sql.READ_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    return counter


def visible_to(engine: Engine, callers: Mapping[str, Iterable[Caller]]) -> dict[tuple[str, Caller], bool]:
    """Which callers may view the counter they ask for, by (slug, caller). Deleted and unknown counters are left out."""
    with read_only(engine).begin() as connection:
        slugs = parts(sorted(callers))
        rows = {row.slug: row for some in slugs for row in execute(connection, sql.READ_COUNTERS, {"slugs": some})}
        asked = [(slug, caller) for slug, some in callers.items() if slug in rows for caller in some]
        found = grants(connection, [(rows[slug], caller) for slug, caller in asked], now_ms()) if asked else []
    return {pair: grant.rights.view for pair, grant in zip(asked, found, strict=True)}


def _is_restricted(counter: CounterRow, order: Order) -> bool:
    """Whether the order's sender matters: not for an anonymous press on a counter that is open to anyone."""
    open_to_anyone = counter.press == ANYONE and counter.visibility != MEMBERS
    restricted = not open_to_anyone or order.session is not None or order.clicks[0].kind == CORRECTION
    return restricted and order.device_sha256 != TERMINAL


def _device_ids(connection: Connection, pairs: Sequence[tuple[AccessRow, Caller]]) -> dict[str, int]:
    """The ids of the callers' devices, for counters that a device owns."""
    devices = {caller.device for counter, caller in pairs if counter.owner_device is not None and caller.device}
    secrets = parts(sorted(devices)) if devices else ()
    rows = (row for some in secrets for row in execute(connection, sql.READ_DEVICES, {"secrets": some}))
    return {row.secret_sha256: row.id for row in rows}


def _grant(
    counter: AccessRow,
    caller: Caller,
    users: Mapping[str, User],
    roles: Mapping[tuple[int, int], str],
    claimed: set[int],
    devices: Mapping[str, int],
) -> Grant:
    user = users.get(caller.session or "")
    unclaimed = counter.owner_device is not None and counter.id not in claimed
    principal = Principal(
        account=user.account_id if user else None,
        superuser=user is not None and user.superuser,
        role=roles.get((counter.id, user.account_id)) if user else None,
        device_owns=unclaimed and devices.get(caller.device or "") == counter.owner_device,
    )
    owned = counter.owner_device is not None or counter.id in claimed or counter.slug in _never_everybodys
    policy = AccessPolicy(counter.visibility, counter.press, owned)
    return Grant(principal.account, principal, rights_of(policy, principal))
