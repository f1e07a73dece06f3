"""Orders decided and written, within a transaction of the ledger's.

Lock the counters in id order, read what stands, let rules.py decide, write it with a few bulk statements. The increment is
SQL's own, under the lock, so several processes may write the same database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from clickcounter.access import authorization, sessions
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute, execute_many
from clickcounter.domain.clicks import UNDO, Click, Order, Outcome, Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.domain.rights import Rights
from clickcounter.domain.rules import Entry, RoundState, Target, decide
from clickcounter.errors import CounterNotFound
from clickcounter.ledger import rollups, rounds


def record(connection: Connection, orders: Sequence[Order]) -> list[Outcome]:
    """Decide all orders and write what was accepted. Returns an outcome for each."""
    counters = {
        row.slug: row for row in execute(connection, sql.LOCK_COUNTERS, {"slugs": sorted({o.counter for o in orders})})
    }
    now = now_ms()
    standings = {slug: _standing(connection, row, orders) for slug, row in counters.items()}
    signed_in = authorization.signed_in_users(connection, {order.session for order in orders if order.session}, now)
    accounts = {token: who.account_id for token, who in signed_in.items()}
    may = authorization.rights_by_order(connection, counters, orders, now, signed_in)
    errors = [_error(counters, order, may.get(i)) for i, order in enumerate(orders)]
    decided = [
        decide(
            standings[o.counter],
            o.clicks,
            now,
            o.device_sha256,
            accounts.get(o.session or ""),
            authorization.forbidden_kinds(may.get(i)),
        )
        if errors[i] is None
        else None
        for i, o in enumerate(orders)
    ]

    writing = [(order, entry) for order, d in zip(orders, decided, strict=True) if d for entry in d[1]]
    devices = find_or_create_devices(connection, {order.device_sha256 for order, _ in writing}, now)
    rows = [_row(counters[o.counter].id, devices[o.device_sha256].number, entry, now) for o, entry in writing]
    if rows:
        execute_many(connection, sql.INSERT_CLICKS, rows)
    mine = rollups.add(connection, rows, now)
    persons = rollups.add_for_accounts(connection, rows, now)
    added: dict[str, Counter[int]] = {}
    last: dict[str, tuple[Presser, int | None]] = {}
    for order, entry in writing:
        added.setdefault(order.counter, Counter())[entry.round] += entry.amount
        if entry.round == counters[order.counter].round_id:
            last[order.counter] = _last(devices[order.device_sha256], signed_in.get(order.session or ""))
    snapshots = {slug: _raise(connection, row, added.get(slug), last.get(slug)) for slug, row in counters.items()}
    numbers = {secret: device.number for secret, device in devices.items()}
    return [
        Outcome(
            d[0],
            snapshots[order.counter],
            changed=order.counter in added,
            mine=mine.get((counters[order.counter].round_id, numbers.get(order.device_sha256))),
            account=persons.get((counters[order.counter].round_id, accounts.get(order.session or "", 0))),
        )
        if d
        else Outcome({}, error=error)
        for order, d, error in zip(orders, decided, errors, strict=True)
    ]


def _last(device: Presser, who: sessions.User | None) -> tuple[Presser, int | None]:
    """Who pressed, as it is told, and the account; a person's name stands in the label's place."""
    return (device, None) if who is None else (replace(device, label=who.name), who.account_id)


def _error(counters: Mapping[str, Any], order: Order, may: Rights | None) -> str | None:
    """Why nothing of an order is decided; whoever may not see the counter is not told its number either."""
    if order.counter not in counters:
        return CounterNotFound.code
    return authorization.ERROR_CODES["view"] if may and not may.view else None


def _standing(connection: Connection, counter: Any, orders: Iterable[Order]) -> RoundState:
    clicks: list[Click] = list(chain.from_iterable(o.clicks for o in orders if o.counter == counter.slug))
    ids = {counter.round_id, *(c.round for c in clicks)}
    rounds = execute(connection, sql.READ_ROUNDS, {"counter_id": counter.id, "ids": sorted(ids)})
    keys = sorted({c.key for c in clicks})
    known = execute(connection, sql.read_keys(connection), {"counter_id": counter.id, "keys": keys})
    return RoundState(
        round=counter.round_id,
        totals={r.id: r.total for r in rounds},
        started={r.id: r.started_at for r in rounds},
        known={r.key for r in known},
        settings=settings_from_row(counter),
        targets=_targets(connection, counter.id, {c.of for c in clicks if c.kind == UNDO and c.of}),
    )


def _targets(connection: Connection, counter_id: int, keys: set[str]) -> dict[str, Target | None]:
    """The entries that undos name; None where there is none, or not yet."""
    targets: dict[str, Target | None] = dict.fromkeys(keys)
    if keys:
        for r in connection.execute(sql.READ_TARGETS, {"counter_id": counter_id, "keys": sorted(keys)}):
            targets[r.key] = Target(r.amount, r.round_id, r.secret_sha256, r.kind, r.taken_back, r.account_id)
    return targets


def device_ids(connection: Connection, secrets_sha256: set[str], now: int) -> dict[str, int]:
    """The ids of these devices, made where they are new."""
    return {secret: device.number for secret, device in find_or_create_devices(connection, secrets_sha256, now).items()}


def find_or_create_devices(connection: Connection, secrets_sha256: set[str], now: int) -> dict[str, Presser]:
    """These devices, made where they are new; in sorted order, or two processes deadlock.

    Another process may make the same one at the same time: its row is taken then.
    """
    read = {"secrets": sorted(secrets_sha256)}
    known = _known(connection, read) if secrets_sha256 else {}
    new = sorted(secrets_sha256 - known.keys())
    if new:
        connection.execute(
            sql.insert_new(connection, tables.DEVICES), [{"secret_sha256": s, "label": "", "created_at": now} for s in new]
        )
        known = _known(connection, read)
    return known


def _known(connection: Connection, read: dict[str, Any]) -> dict[str, Presser]:
    return {r.secret_sha256: Presser(r.id, r.label) for r in execute(connection, sql.READ_DEVICES, read)}


def _row(counter_id: int, device_id: int, entry: Entry, now: int) -> dict[str, Any]:
    return {
        "counter_id": counter_id,
        "round_id": entry.round,
        "device_id": device_id,
        "key": entry.click.key,
        "amount": entry.amount,
        "total": entry.total,
        "pressed_at": entry.pressed_at,
        "saved_at": now,
        "time_adjusted": entry.time_adjusted,
        "round_unknown": entry.round_unknown,
        "kind": entry.click.kind,
        "takes_back": entry.click.of,
        "reason": entry.click.reason,
        "account_id": entry.account_id,
    }


def _raise(
    connection: Connection, counter: Any, added: Counter[int] | None, last: tuple[Presser, int | None] | None
) -> Snapshot:
    """Add to the rounds and to the counter; the snapshot is what stands then."""
    about, who = settings_from_row(counter), last[0] if last else rounds.last_presser(connection, counter)
    if added is None:
        return Snapshot(counter.slug, counter.value, counter.revision, counter.round_id, about, who)
    for round_id, amount in sorted(added.items()):
        execute(connection, sql.RAISE_ROUND, {"which": round_id, "added": amount})
    current, revision = added[counter.round_id], rounds.next_revision(counter.revision)
    by, account = (last[0].number, last[1]) if last else (None, None)
    raising = {"which": counter.id, "added": current, "next_revision": revision, "by": by, "account": account}
    execute(connection, sql.RAISE_COUNTER, raising)
    return Snapshot(counter.slug, counter.value + current, revision, counter.round_id, about, who)
