"""What somebody may do with a counter, read within the very transaction that does it.

Nothing of it is remembered: a role, a session or a browser's claim that was good a moment ago is asked for again. A press
on a counter that is open to anyone, by somebody who is not signed in, costs nothing of this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, or_, select

from clickcounter.access.sessions import READ_USERS, User
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import execute
from clickcounter.database.engines import read_only
from clickcounter.database.tables import MEMBERS as ROLES
from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO, Caller, Order, now_ms
from clickcounter.domain.rights import ANYONE, MEMBERS, OWNER, AccessPolicy, Principal, Rights, rights_of
from clickcounter.errors import CounterNotFound, Refused

# What these accounts are on these counters, and whether any account owns them.
READ_ROLES = select(ROLES.c.counter_id, ROLES.c.account_id, ROLES.c.role).where(
    ROLES.c.counter_id.in_(bindparam("counters", expanding=True)),
    or_(ROLES.c.account_id.in_(bindparam("accounts", expanding=True)), ROLES.c.role == bindparam("owner")),
)
NONE: frozenset[str] = frozenset()
PRESSING, CORRECTING = frozenset({CLICK, UNDO}), frozenset({CORRECTION})
ERROR_CODES = {"view": "members_only", "manage": "not_owner", "admit": "not_owner", "claim": "not_yours"}


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody as the database knows them now, and what they may."""

    account: int | None
    person: Principal
    rights: Rights


def signed_in_users(connection: Connection, sessions: set[str], now: int) -> dict[str, User]:
    """Who is signed in, by session: as the database has it now, so that a session that ended is nobody's."""
    rows = execute(connection, READ_USERS, {"tokens": sorted(sessions), "now": now}) if sessions else ()
    return {row.token_sha256: User(row.id, row.name, bool(row.superuser)) for row in rows}


def grants(
    connection: Connection, pairs: Sequence[tuple[Any, Caller]], now: int, known: Mapping[str, User] | None = None
) -> list[Grant]:
    """For each pair of a counter's row and somebody who asks: who they are to that counter, and what they may.

    `known` is what `signed_in` has just said of their sessions.
    """
    if known is None:
        known = signed_in_users(connection, {caller.session for _, caller in pairs if caller.session}, now)
    ids = sorted({counter.id for counter, _ in pairs})
    accounts = sorted({who.account_id for who in known.values()})
    named = execute(connection, READ_ROLES, {"counters": ids, "accounts": accounts, "owner": OWNER})
    roles = {(row.counter_id, row.account_id): row.role for row in named}
    claimed = {row.counter_id for row in named if row.role == OWNER}
    made = _makers(connection, pairs)
    return [_asked(counter, caller, known, roles, claimed, made) for counter, caller in pairs]


def require(connection: Connection, counter: Any, caller: Caller | None, right: str) -> Grant | None:
    """Return who asks where they have this right, None for the terminal, which has all of them. Raises Refused."""
    if caller is None:
        return None
    [asked] = grants(connection, [(counter, caller)], now_ms())
    if not asked.rights.view:
        raise Refused(ERROR_CODES["view"])
    if not getattr(asked.rights, right):
        raise Refused(ERROR_CODES[right])
    return asked


def rights_by_order(
    connection: Connection, counters: Mapping[str, Any], orders: Sequence[Order], now: int, known: Mapping[str, User]
) -> dict[int, Rights]:
    """What those may who sent the orders, by place; nothing of orders that anybody might have sent."""
    places = [i for i, order in enumerate(orders) if order.counter in counters and _matters(counters[order.counter], order)]
    if not places:
        return {}
    asked = grants(connection, [(counters[orders[i].counter], orders[i].caller) for i in places], now, known)
    return {i: found.rights for i, found in zip(places, asked, strict=True)}


def forbidden_kinds(may: Rights | None) -> frozenset[str]:
    """The kinds of entries that somebody with these rights may not make."""
    if may is None:
        return NONE
    return (NONE if may.press else PRESSING) | (NONE if may.manage else CORRECTING)


def require_view(engine: Engine, slug: str, caller: Caller) -> None:
    """Return where they may look at the counter. Raises CounterNotFound, Refused."""
    with read_only(engine).begin() as connection:
        require(connection, read_counter(connection, slug), caller, "view")


def read_counter(connection: Connection, slug: str) -> Any:
    """The counter's row. Raises CounterNotFound."""
    counter = connection.execute(sql.READ_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    return counter


def visible_to(engine: Engine, lookers: Mapping[str, Iterable[Caller]]) -> dict[tuple[str, Caller], bool]:
    """Which of those who ask at each counter may look on. A counter that is gone is nobody's concern here."""
    with read_only(engine).begin() as connection:
        rows = {row.slug: row for row in connection.execute(sql.READ_COUNTERS, {"slugs": sorted(lookers)})}
        pairs = [(slug, caller) for slug, callers in lookers.items() if slug in rows for caller in callers]
        asked = grants(connection, [(rows[slug], caller) for slug, caller in pairs], now_ms()) if pairs else []
    return {pair: found.rights.view for pair, found in zip(pairs, asked, strict=True)}


def _matters(counter: Any, order: Order) -> bool:
    """Whether it has to be asked who sent an order."""
    open_to_anyone = counter.press == ANYONE and counter.visibility != MEMBERS
    return not open_to_anyone or order.session is not None or order.clicks[0].kind == CORRECTION


def _makers(connection: Connection, pairs: Sequence[tuple[Any, Caller]]) -> dict[str, int]:
    """The ids of the devices that ask, where that matters."""
    devices = {caller.device for counter, caller in pairs if counter.owner_device is not None and caller.device}
    found = execute(connection, sql.READ_DEVICES, {"secrets": sorted(devices)}) if devices else ()
    return {row.secret_sha256: row.id for row in found}


def _asked(
    counter: Any,
    caller: Caller,
    known: Mapping[str, User],
    roles: Mapping[tuple[int, int], str],
    claimed: set[int],
    made: Mapping[str, int],
) -> Grant:
    who = known.get(caller.session or "")
    unclaimed = counter.owner_device is not None and counter.id not in claimed
    person = Principal(
        account=who.account_id if who else None,
        superuser=who is not None and who.superuser,
        role=roles.get((counter.id, who.account_id)) if who else None,
        made_it=unclaimed and made.get(caller.device or "") == counter.owner_device,
    )
    door = AccessPolicy(counter.visibility, counter.press, counter.owner_device is not None or counter.id in claimed)
    return Grant(person.account, person, rights_of(door, person))
