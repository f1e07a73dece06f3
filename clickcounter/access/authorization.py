"""What a caller may do with a counter, read inside the transaction that does it.

Nothing is cached: sessions, roles and device ownership are read each time. An anonymous press on a counter that is open to
anyone skips all of this.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Engine, bindparam, or_, select

from clickcounter.access import keys
from clickcounter.access.grants import Grant, Granting, Identities
from clickcounter.access.sessions import READ_USERS, User
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import execute, parts
from clickcounter.database.engines import read_only
from clickcounter.database.rows import AccessRow, CounterRow
from clickcounter.database.tables import MEMBERS as ROLES
from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO, Caller, Order, now_ms
from clickcounter.domain.rights import ANYONE, MEMBERS, OWNER
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


def signed_in_users(connection: Connection, sessions: set[str], now: int) -> dict[str, User]:
    """The signed-in users, by the hash of their session's token; ended sessions have none."""
    found: dict[str, User] = {}
    for tokens in parts(sorted(sessions)) if sessions else ():
        rows = execute(connection, READ_USERS, {"tokens": tokens, "now": now})
        found |= {row.token_sha256: User(row.id, row.name, bool(row.superuser)) for row in rows}
    return found


def identify(connection: Connection, callers: Iterable[Caller | Order], now: int) -> Identities:
    """Who is behind these credentials. Where there is a key, it alone counts."""
    sessions, named = set(), set()
    for caller in callers:
        if caller.key is not None:
            named.add(caller.key)
        elif caller.session:
            sessions.add(caller.session)
    return Identities(signed_in_users(connection, sessions, now), keys.valid_keys(connection, named, now))


def grants(
    connection: Connection, pairs: Sequence[tuple[AccessRow, Caller]], now: int, known: Identities | None = None
) -> list[Grant]:
    """A grant for each pair of a counter and a caller. `known` is what `identify` returned, if it was called."""
    known = known or identify(connection, [caller for _, caller in pairs], now)
    ids = sorted({counter.id for counter, _ in pairs})
    makers = {key.maker.account_id for key in known.keys.values() if key.maker}
    accounts = sorted({user.account_id for user in known.users.values()} | makers)
    rows = [
        row
        for counters in parts(ids)
        for some in parts(accounts)
        for row in execute(connection, READ_ROLES, {"counters": counters, "accounts": some, "owner": OWNER})
    ]
    roles = {(row.counter_id, row.account_id): row.role for row in rows}
    claimed = {row.counter_id for row in rows if row.role == OWNER}
    devices = _device_ids(connection, pairs)
    granting = Granting(known, roles, claimed, devices)
    return [granting.to_key(*pair) if pair[1].key else granting.to_person(*pair) for pair in pairs]


def require(connection: Connection, counter: CounterRow, caller: Caller | None, right: str) -> Grant | None:
    """The caller's grant, if it includes this right; None for the terminal, which may do everything. Raises Refused."""
    if caller is None:
        return None
    [grant] = grants(connection, [(counter, caller)], now_ms())
    if (error := grant.error(right)) is not None:
        raise Refused(error)
    return grant


def refuse_key(caller: Caller | None) -> None:
    """Members, accounts and keys are a person's to decide about, not a program's. Raises Refused."""
    if caller is not None and caller.key is not None:
        raise Refused("key_scope")


def grants_by_order(
    connection: Connection,
    counters: Mapping[str, CounterRow],
    orders: Sequence[Order],
    now: int,
    known: Identities,
) -> dict[int, Grant]:
    """The grant of each order's sender, keyed by the order's index; orders open to anyone are left out."""
    indexes = [
        i for i, order in enumerate(orders) if order.counter in counters and is_restricted(counters[order.counter], order)
    ]
    if not indexes:
        return {}
    pairs = [(counters[orders[i].counter], orders[i].caller) for i in indexes]
    return dict(zip(indexes, grants(connection, pairs, now, known), strict=True))


def forbidden_kinds(grant: Grant | None) -> frozenset[str]:
    """The kinds of clicks that this grant does not allow; None allows all."""
    if grant is None:
        return NONE
    rights = grant.rights
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


def is_restricted(counter: CounterRow, order: Order) -> bool:
    """Whether the order's sender matters: not for an anonymous press on a counter that is open to anyone."""
    open_to_anyone = counter.press == ANYONE and counter.visibility != MEMBERS
    correcting = order.clicks[0].kind == CORRECTION
    restricted = not open_to_anyone or order.session is not None or order.key is not None or correcting
    return restricted and order.device_sha256 != TERMINAL


def _device_ids(connection: Connection, pairs: Sequence[tuple[AccessRow, Caller]]) -> dict[str, int]:
    """The ids of the callers' devices, for counters that a device owns."""
    owned = (caller for counter, caller in pairs if counter.owner_device is not None and caller.key is None)
    devices = {caller.device for caller in owned if caller.device}
    secrets = parts(sorted(devices)) if devices else ()
    rows = (row for some in secrets for row in execute(connection, sql.READ_DEVICES, {"secrets": some}))
    return {row.secret_sha256: row.id for row in rows}
