"""The counters behind the names of Abacus and CountAPI, each function inside a transaction.

They belong to PROGRAMS, a device whose secret nobody knows: whoever has the address sees them, and only programs press them.
api/compat/ decides what a program may do, and then acts as that device. A superuser may do with them as with any counter:
one that is made members-only is told and pressed no more without its admin key.
"""

import hashlib

from sqlalchemy import Connection, Engine, delete, insert, select, update

from clickcounter.database import statements as sql
from clickcounter.database.engines import read_only
from clickcounter.database.tables import COMPAT_COUNTERS, COUNTERS, DEVICES
from clickcounter.domain.clicks import CORRECTION, Caller, Click, Order, Snapshot, now_ms
from clickcounter.domain.compat import CompatCounterState, CompatName, Terms
from clickcounter.domain.counter_settings import LONGEST_NAME
from clickcounter.domain.rights import LINK, MEMBERS
from clickcounter.ledger import counters, ownership, rounds
from clickcounter.ledger.devices import device_ids
from clickcounter.ledger.presses import transaction

# No device's secret has this hash: a secret is 32 hexadecimal digits.
PROGRAMS = Caller(device=hashlib.sha256(b"programs that count by a namespace and a key").hexdigest())
LABEL = "programs"
SETTINGS = {"visibility": LINK, "press": MEMBERS, "lower": None, "tells_who": False}

READ = select(
    COUNTERS.c.slug,
    COUNTERS.c.value,
    COUNTERS.c.created_at,
    COUNTERS.c.visibility,
    COMPAT_COUNTERS.c.admin_sha256,
    COMPAT_COUNTERS.c.may_set,
    COMPAT_COUNTERS.c.least,
    COMPAT_COUNTERS.c.most,
).join_from(COMPAT_COUNTERS, COUNTERS, COUNTERS.c.id == COMPAT_COUNTERS.c.counter_id)


def find(engine: Engine, name: CompatName) -> CompatCounterState | None:
    """The counter behind a name; None where there is none."""
    with read_only(engine).begin() as connection:
        return _read(connection, name)


def create(connection: Connection, name: CompatName, terms: Terms, first_round: int, key: str) -> tuple[Snapshot, bool]:
    """Create the counter behind a name, unless there is one. Returns its snapshot, and whether this call created it.

    The ids `first_round` and `key`, of the click that sets its first value, are also this call's: run again, it finds them.
    """
    stale = select(COUNTERS.c.id).where(COUNTERS.c.deleted_at.is_not(None))
    here = (COMPAT_COUNTERS.c.namespace == name.namespace, COMPAT_COUNTERS.c.key == name.key)
    connection.execute(delete(COMPAT_COUNTERS).where(*here, COMPAT_COUNTERS.c.counter_id.in_(stale)))  # by a superuser
    if found := _read(connection, name):
        return _snapshot(connection, found.slug, first_round)
    slug = counters.create(connection, SETTINGS | {"name": str(name)[:LONGEST_NAME]}, first_round, None)
    counter = counters.lock(connection, slug)
    programs = str(PROGRAMS.device)
    device = device_ids(connection, {programs}, now_ms())[programs]
    connection.execute(update(DEVICES).where(DEVICES.c.id == device, DEVICES.c.label == "").values(label=LABEL))
    ownership.set_owner_device(connection, counter.id, device)
    row = {"namespace": name.namespace, "key": name.key, "counter_id": counter.id, "admin_sha256": terms.admin_sha256}
    bounds = {"may_set": terms.may_set, "least": terms.least, "most": terms.most}
    connection.execute(insert(COMPAT_COUNTERS), row | bounds)
    if terms.value:
        first = Click(key, terms.value, now_ms(), first_round, kind=CORRECTION, reason="initial value")
        transaction.record(connection, [Order(slug, programs, (first,))])
    return _snapshot(connection, slug, first_round)


def forget(connection: Connection, slug: str) -> None:
    """Delete a counter; its name is free again, its ledger stays."""
    counter = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        return  # by an earlier run of this call, or by somebody else
    counters.delete(connection, slug, counter.name, PROGRAMS)
    connection.execute(delete(COMPAT_COUNTERS).where(COMPAT_COUNTERS.c.counter_id == counter.id))


def _read(connection: Connection, name: CompatName) -> CompatCounterState | None:
    wanted = (COMPAT_COUNTERS.c.namespace == name.namespace, COMPAT_COUNTERS.c.key == name.key)
    row = connection.execute(READ.where(*wanted, COUNTERS.c.deleted_at.is_(None))).first()
    if row is None:
        return None
    terms = Terms(0, row.admin_sha256, bool(row.may_set), row.least, row.most)
    return CompatCounterState(row.slug, row.value, row.created_at, terms, row.visibility == MEMBERS)


def _snapshot(connection: Connection, slug: str, first_round: int) -> tuple[Snapshot, bool]:
    snapshot = rounds.snapshot_of(connection, counters.lock(connection, slug))
    return snapshot, snapshot.round == first_round
