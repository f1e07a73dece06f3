"""What somebody may do with a counter, read within the very transaction that does it.

Nothing of it is remembered: a role, a session or a browser's claim that was good a moment ago is asked for again. A press
on a counter that is open to anyone, by somebody who is not signed in, costs nothing of this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, or_, select

from clickcounter.access.sessions import READ_WHO, Who
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import run
from clickcounter.database.tables import MEMBERS as ROLES
from clickcounter.domain.clicks import CLICK, CORRECTION, UNDO, Asker, Order, now_ms
from clickcounter.domain.rights import ANYONE, MEMBERS, OWNER, Door, Person, Rights, rights
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.history.queries import reading

# What these accounts are on these counters, and whether any account owns them.
READ_ROLES = select(ROLES.c.counter_id, ROLES.c.account_id, ROLES.c.role).where(
    ROLES.c.counter_id.in_(bindparam("counters", expanding=True)),
    or_(ROLES.c.account_id.in_(bindparam("accounts", expanding=True)), ROLES.c.role == bindparam("owner")),
)
NONE: frozenset[str] = frozenset()
PRESSING, CORRECTING = frozenset({CLICK, UNDO}), frozenset({CORRECTION})
REFUSALS = {"view": "members_only", "manage": "not_owner", "admit": "not_owner", "claim": "not_yours"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody as the database knows them now, and what they may."""

    account: int | None
    person: Person
    rights: Rights


def signed_in(connection: Connection, sessions: set[str], now: int) -> dict[str, Who]:
    """Who is signed in, by session: as the database has it now, so that a session that ended is nobody's."""
    rows = run(connection, READ_WHO, {"tokens": sorted(sessions), "now": now}) if sessions else ()
    return {row.token_sha256: Who(row.id, row.name, bool(row.superuser)) for row in rows}


def ask(
    connection: Connection, pairs: Sequence[tuple[Any, Asker]], now: int, known: Mapping[str, Who] | None = None
) -> list[Asked]:
    """For each pair of a counter's row and somebody who asks: who they are to that counter, and what they may.

    `known` is what `signed_in` has just said of their sessions.
    """
    if known is None:
        known = signed_in(connection, {asker.session for _, asker in pairs if asker.session}, now)
    ids = sorted({counter.id for counter, _ in pairs})
    accounts = sorted({who.account_id for who in known.values()})
    named = run(connection, READ_ROLES, {"counters": ids, "accounts": accounts, "owner": OWNER})
    roles = {(row.counter_id, row.account_id): row.role for row in named}
    claimed = {row.counter_id for row in named if row.role == OWNER}
    made = _makers(connection, pairs)
    return [_asked(counter, asker, known, roles, claimed, made) for counter, asker in pairs]


def allow(connection: Connection, counter: Any, asker: Asker | None, right: str) -> Asked | None:
    """Return who asks where they have this right, None for the terminal, which has all of them. Raises Refused."""
    if asker is None:
        return None
    [asked] = ask(connection, [(counter, asker)], now_ms())
    if not asked.rights.view:
        raise Refused(REFUSALS["view"])
    if not getattr(asked.rights, right):
        raise Refused(REFUSALS[right])
    return asked


def limits(
    connection: Connection, counters: Mapping[str, Any], orders: Sequence[Order], now: int, known: Mapping[str, Who]
) -> dict[int, Rights]:
    """What those may who sent the orders, by place; nothing of orders that anybody might have sent."""
    places = [i for i, order in enumerate(orders) if order.counter in counters and _matters(counters[order.counter], order)]
    if not places:
        return {}
    asked = ask(connection, [(counters[orders[i].counter], orders[i].asker) for i in places], now, known)
    return {i: found.rights for i, found in zip(places, asked, strict=True)}


def barred(may: Rights | None) -> frozenset[str]:
    """The kinds of entries that somebody with these rights may not make."""
    if may is None:
        return NONE
    return (NONE if may.press else PRESSING) | (NONE if may.manage else CORRECTING)


def check_view(engine: Engine, slug: str, asker: Asker) -> None:
    """Return where they may look at the counter. Raises CounterNotFound, Refused."""
    with reading(engine).begin() as connection:
        allow(connection, standing(connection, slug), asker, "view")


def standing(connection: Connection, slug: str) -> Any:
    """The counter's row. Raises CounterNotFound."""
    counter = connection.execute(sql.READ_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    return counter


def sighted(engine: Engine, lookers: Mapping[str, Iterable[Asker]]) -> dict[tuple[str, Asker], bool]:
    """Which of those who ask at each counter may look on. A counter that is gone is nobody's concern here."""
    with reading(engine).begin() as connection:
        rows = {row.slug: row for row in connection.execute(sql.READ_COUNTERS, {"slugs": sorted(lookers)})}
        pairs = [(slug, asker) for slug, askers in lookers.items() if slug in rows for asker in askers]
        asked = ask(connection, [(rows[slug], asker) for slug, asker in pairs], now_ms()) if pairs else []
    return {pair: found.rights.view for pair, found in zip(pairs, asked, strict=True)}


def _matters(counter: Any, order: Order) -> bool:
    """Whether it has to be asked who sent an order."""
    open_to_anyone = counter.press == ANYONE and counter.visibility != MEMBERS
    return not open_to_anyone or order.session is not None or order.clicks[0].kind == CORRECTION


def _makers(connection: Connection, pairs: Sequence[tuple[Any, Asker]]) -> dict[str, int]:
    """The ids of the devices that ask, where that matters."""
    devices = {asker.device for counter, asker in pairs if counter.owner_device is not None and asker.device}
    found = run(connection, sql.READ_DEVICES, {"secrets": sorted(devices)}) if devices else ()
    return {row.secret_sha256: row.id for row in found}


def _asked(
    counter: Any,
    asker: Asker,
    known: Mapping[str, Who],
    roles: Mapping[tuple[int, int], str],
    claimed: set[int],
    made: Mapping[str, int],
) -> Asked:
    who = known.get(asker.session or "")
    unclaimed = counter.owner_device is not None and counter.id not in claimed
    person = Person(
        account=who.account_id if who else None,
        superuser=who is not None and who.superuser,
        role=roles.get((counter.id, who.account_id)) if who else None,
        made_it=unclaimed and made.get(asker.device or "") == counter.owner_device,
    )
    door = Door(counter.visibility, counter.press, counter.owner_device is not None or counter.id in claimed)
    return Asked(person.account, person, rights(door, person))
