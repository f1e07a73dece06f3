"""One transaction of clicks, in four steps: lock, decide, write, outcomes.

Lock the counters in id order and read what the clicks meet; let domain/rules.py decide each click; write what was accepted
with a few bulk statements; return an outcome for each order. The database itself increments the counter, under its lock, so
several processes may write to the same database. ledger.py begins, commits and retries it; committer.py fills it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from clickcounter.access import authorization
from clickcounter.access.grants import Grant, Identities
from clickcounter.access.new_devices import NewDevices
from clickcounter.access.sessions import User
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import execute, execute_many
from clickcounter.database.rows import CounterRow, LedgerRow
from clickcounter.domain import rules
from clickcounter.domain.clicks import CLICK, UNDO, Order, Outcome, Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.domain.rules import Entry, Groups, RoundState, Target
from clickcounter.errors import CounterNotFound, Later
from clickcounter.ledger import rollups, rounds
from clickcounter.ledger.devices import create_devices, read_devices
from clickcounter.ledger.groups import LockedGroups, lock_groups
from clickcounter.ledger.presses import lone_press
from clickcounter.ledger.rollups import Totals
from clickcounter.ledger.scheduled import due, ends


@dataclass(frozen=True, slots=True)
class Locked:
    """What the orders meet. Nobody else changes these counters until the transaction ends."""

    now: int
    counters: Mapping[str, CounterRow]  # by slug
    states: Mapping[str, RoundState]  # by slug; deciding updates them click by click
    known: Identities
    grants: Mapping[int, Grant]  # by the order's index; an order that anyone may send has none
    devices: Mapping[str, Presser]  # those that are known, by the SHA-256 of their secret
    groups: LockedGroups


@dataclass(frozen=True, slots=True)
class Decision:
    """An order's codes, by key, and the rows it writes; or the error that refuses it as a whole."""

    order: Order
    user: User | None
    codes: dict[str, str]
    entries: list[Entry]
    error: str | None = None
    wait: int = 0  # seconds, if it was put off


@dataclass(frozen=True, slots=True)
class Written:
    """What the database holds after the write."""

    snapshots: Mapping[str, Snapshot]  # by slug
    changed: frozenset[str]  # slugs
    devices: Mapping[str, Presser]  # those that wrote something, by the SHA-256 of their secret
    groups: Mapping[str, tuple[Snapshot, ...]]  # those that have changed, by their part's slug
    device_totals: Mapping[tuple[int, int], Totals]  # by round and device
    account_totals: Mapping[tuple[int, int], Totals]  # by round and account


def record(connection: Connection, orders: Sequence[Order], new_devices: NewDevices | None = None) -> list[Outcome]:
    """Decide all orders and write what was accepted. Returns an outcome for each, in their order."""
    found = lone_press.record(connection, orders, new_devices)
    if rest := orders[len(found) :]:
        decisions = decide(locked := lock(connection, rest), rest, new_devices)
        found += outcomes(decisions, write(connection, locked, decisions))
    return found


def lock(connection: Connection, orders: Sequence[Order]) -> Locked:
    """Lock the orders' counters in id order, then read what `decide` needs."""
    slugs = sorted({order.counter for order in orders})
    counters: dict[str, CounterRow] = {row.slug: row for row in execute(connection, sql.LOCK_PRESSED, {"slugs": slugs})}
    groups = lock_groups(connection, counters.values())
    now = now_ms()  # not before: waiting for the locks may have taken a while
    due.check([*counters.values(), *groups.rows.values()], now)
    if missing := [slug for slug in slugs if slug not in counters]:  # a group needs no lock: it is never pressed
        counters |= {row.slug: row for row in execute(connection, sql.READ_COUNTERS, {"slugs": missing}) if row.is_group}
    states = {slug: _read_state(connection, row, orders, groups.groups(row.id), now) for slug, row in counters.items()}
    known = authorization.identify(connection, orders, now)
    grants = authorization.grants_by_order(connection, counters, orders, now, known)
    devices = read_devices(connection, sorted({order.device_sha256 for order in orders}))
    return Locked(now, counters, states, known, grants, devices, groups)


def decide(locked: Locked, orders: Sequence[Order], new_devices: NewDevices | None = None) -> list[Decision]:
    """Decide the orders one after another, each click on top of those accepted before it. No I/O."""
    decisions: list[Decision] = []
    appeared: set[str] = set()  # devices that press for the first time
    for index, order in enumerate(orders):
        device = order.device_sha256
        is_new = new_devices is not None and device not in locked.devices and device not in appeared
        wait = new_devices.wait(order.address) if new_devices and is_new else 0
        decision = _decide_order(locked, order, locked.grants.get(index), wait)
        if new_devices and is_new and decision.entries:
            appeared.add(device)
            new_devices.count(order.address)
        decisions.append(decision)
    return decisions


def write(connection: Connection, locked: Locked, decisions: Sequence[Decision]) -> Written:
    """Write the accepted clicks to the ledger, the roll-ups, the rounds and the counters."""
    accepted = [(decision, entry) for decision in decisions for entry in decision.entries]
    devices = _with_new_devices(connection, locked, {decision.order.device_sha256 for decision, _ in accepted})
    rows = [_ledger_row(locked, devices, decision.order, entry) for decision, entry in accepted]
    if rows:
        execute_many(connection, sql.INSERT_CLICKS, rows)
    device_totals = rollups.add(connection, rows, locked.now)
    account_totals = rollups.add_for_accounts(connection, rows, locked.now)
    added: dict[str, Counter[int]] = {}  # by slug and round
    last: dict[str, Decision] = {}  # that pressed, of each current round, by slug
    for decision, entry in accepted:
        slug = decision.order.counter
        added.setdefault(slug, Counter())[entry.round] += entry.amount
        if entry.round == locked.counters[slug].round_id and entry.click.kind == CLICK:
            last[slug] = decision
    snapshots = {
        slug: _add_totals(connection, counter, added.get(slug), last.get(slug), devices)
        for slug, counter in locked.counters.items()
    }
    changed = locked.groups.write(connection)
    groups = {slug: locked.groups.among(changed, locked.counters[slug].id) for slug in added} if changed else {}
    return Written(snapshots, frozenset(added), devices, groups, device_totals, account_totals)


def outcomes(decisions: Iterable[Decision], written: Written) -> list[Outcome]:
    """What each order is answered, with the snapshot that includes all of them."""
    return [_outcome(decision, written) for decision in decisions]


def _read_state(
    connection: Connection, counter: CounterRow, orders: Sequence[Order], groups: Groups, now: int
) -> RoundState:
    clicks = [click for order in orders if order.counter == counter.slug for click in order.clicks]
    ids = {counter.round_id, *(click.round for click in clicks)}
    named = execute(connection, sql.READ_ROUNDS, {"counter_id": counter.id, "ids": sorted(ids)})
    keys = sorted({click.key for click in clicks})
    known = execute(connection, sql.read_keys(connection), {"counter_id": counter.id, "keys": keys})
    state = RoundState(
        round=counter.round_id,
        totals={row.id: row.total for row in named},
        started={row.id: row.started_at for row in named},
        ended={row.id: row.ended_at for row in named if row.ended_at is not None},
        known={row.key for row in known},
        settings=settings_from_row(counter),
        targets=_read_targets(connection, counter.id, {click.of for click in clicks if click.kind == UNDO and click.of}),
        groups=groups,
    )
    ends.add_scheduled_rounds(connection, counter, state, clicks, now)
    return state


def _read_targets(connection: Connection, counter_id: int, keys: set[str]) -> dict[str, Target | None]:
    """The entries that undos name, by key; None where there is none, or not yet."""
    targets: dict[str, Target | None] = dict.fromkeys(keys)
    if keys:
        for row in connection.execute(sql.READ_TARGETS, {"counter_id": counter_id, "keys": sorted(keys)}):
            targets[row.key] = Target(row.amount, row.round_id, row.secret_sha256, row.kind, row.taken_back, row.account_id)
    return targets


def _decide_order(locked: Locked, order: Order, grant: Grant | None, wait: int) -> Decision:
    if wait:
        return Decision(order, None, {}, [], Later.code, wait)
    user = locked.known.user(order.session, order.key)
    if order.counter not in locked.counters:
        return Decision(order, user, {}, [], CounterNotFound.code)
    if grant is not None and not grant.rights.view:  # no codes and no snapshot either: they would reveal the counter
        return Decision(order, user, {}, [], grant.error("view"))
    state, account = locked.states[order.counter], user.account_id if user else None
    forbidden = authorization.forbidden_kinds(grant)
    codes, entries = rules.decide(state, order.clicks, locked.now, order.device_sha256, account, forbidden)
    return Decision(order, user, codes, entries)


def _with_new_devices(connection: Connection, locked: Locked, secrets_sha256: set[str]) -> Mapping[str, Presser]:
    """The devices that wrote something; those that were not known are created."""
    new = sorted(secrets_sha256 - locked.devices.keys())
    return {**locked.devices, **create_devices(connection, new, locked.now)} if new else locked.devices


def _ledger_row(locked: Locked, devices: Mapping[str, Presser], order: Order, entry: Entry) -> LedgerRow:
    return {
        "counter_id": locked.counters[order.counter].id,
        "round_id": entry.round,
        "device_id": devices[order.device_sha256].number,
        "key": entry.click.key,
        "amount": entry.amount,
        "total": entry.total,
        "pressed_at": entry.pressed_at,
        "saved_at": locked.now,
        "time_adjusted": entry.time_adjusted,
        "round_unknown": entry.round_unknown,
        "kind": entry.click.kind,
        "takes_back": entry.click.of,
        "reason": entry.click.reason,
        "account_id": entry.account_id,
    }


def _add_totals(
    connection: Connection,
    counter: CounterRow,
    added: Counter[int] | None,
    last: Decision | None,
    devices: Mapping[str, Presser],
) -> Snapshot:
    """Add what was accepted, by round, to the counter's rounds and to the counter. Returns what it shows then."""
    settings = settings_from_row(counter)
    presser = rounds.last_presser(connection, counter) if last is None else devices[last.order.device_sha256]
    if added is None:
        return Snapshot(counter.slug, counter.value, counter.revision, counter.round_id, settings, presser)
    for round_id, amount in sorted(added.items()):
        execute(connection, sql.ADD_TO_ROUND, {"which": round_id, "added": amount})
    current, revision = added[counter.round_id], rounds.next_revision(counter.revision)
    change = {"which": counter.id, "added": current, "next_revision": revision, "by": None, "account": None}
    if last is not None and presser is not None:
        change |= {"by": presser.number, "account": last.user.account_id if last.user else None}
        if last.user is not None:
            presser = replace(presser, label=last.user.name)  # a person's name stands in for the device's label
    execute(connection, sql.ADD_TO_COUNTER, change)
    return Snapshot(counter.slug, counter.value + current, revision, counter.round_id, settings, presser)


def _outcome(decision: Decision, written: Written) -> Outcome:
    order, user = decision.order, decision.user
    if decision.error is not None:
        return Outcome({}, error=decision.error, wait=decision.wait)
    snapshot = written.snapshots[order.counter]
    device = written.devices.get(order.device_sha256)
    return Outcome(
        decision.codes,
        snapshot,
        changed=order.counter in written.changed,
        device_totals=written.device_totals.get((snapshot.round, device.number)) if device else None,
        account_totals=written.account_totals.get((snapshot.round, user.account_id)) if user else None,
        total=decision.entries[-1].total if decision.entries else None,
        groups=written.groups.get(order.counter, ()),
    )
