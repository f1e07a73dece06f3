"""The one writer of counters: many orders, one transaction.

Lock the counters in id order, read what stands, let rules.py decide, write it with a few bulk statements. The increment is
SQL's own, under the lock, so several processes may write the same database.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from clickcounter.counting import rounds
from clickcounter.counting import statements as sql
from clickcounter.counting.clicks import Click, Order, Outcome, Snapshot, now_ms
from clickcounter.counting.database import SameFile, open_engine, sqlite_path
from clickcounter.counting.postgresql import CommitInDoubt, Patience, passes, warnings_of
from clickcounter.counting.rules import Entry, Standing, decide
from clickcounter.errors import CounterNotFound, Later

T = TypeVar("T")


class Ledger:
    """Writes orders. Used by one thread at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open()

    def _open(self) -> None:
        self._file = SameFile(sqlite_path(self._url))
        self._engine = open_engine(self._url, writing=True)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def adopt(self, default_counter: str) -> None:
        """Take over whatever database the path holds now; its counters become newer than what tabs remember.

        Every other connection of this process to an older file must be closed before: SQLite's last one deletes the
        write-ahead log by its name, which is the new file's by then.
        """
        self.close()
        self._open()
        self.create(default_counter)
        self._transact(rounds.renew)

    def write(self, orders: Sequence[Order]) -> list[Outcome]:
        """Write the orders in one transaction and return an outcome for each.

        Raises Later when the database cannot write now; any other exception is a fault of an order. Nothing is saved in
        either case, unless the connection broke during COMMIT itself, and stayed broken: writing the same keys again settles
        that.
        """
        return self._transact(lambda connection: _write(connection, orders))

    def reset(self, slug: str, round_id: int | None = None) -> tuple[Snapshot, bool]:
        """Close the current round and open the next. Returns what the counter shows now, and whether that is news.

        With `round_id` only that round is closed, so that two resets at once make one. Raises CounterNotFound, Later.
        """
        fresh = rounds.new_round_id()
        return self._transact(lambda connection: rounds.reset(connection, slug, round_id, fresh))

    def create(self, slug: str, name: str = "") -> None:
        """Make a counter with its first round, unless there is one of this slug. Raises Later."""
        self._transact(lambda connection: rounds.create(connection, slug, name))

    def durability(self) -> dict[str, Any]:
        """What the writer's own connection says of its durability."""
        with self._engine.connect() as connection:
            if sqlite_path(self._url) is None:
                names, command = ("synchronous_commit", "fsync", "transaction_isolation"), "SHOW"
            else:
                names, command = ("journal_mode", "synchronous", "foreign_keys"), "PRAGMA"
            return {name: connection.exec_driver_sql(f"{command} {name}").scalar() for name in names}

    def _transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, again where that helps; it must come to the same whether it was committed or not."""
        patience, passing = Patience(), False
        while True:
            try:
                return self._attempt(work)
            except (IntegrityError, DataError):
                raise  # a fault of what was to be written
            except SQLAlchemyError as error:
                self._engine.dispose()  # what was read-only or broken when it was opened stays so for that connection
                passing = passing or passes(error)
                if not passing or not patience.wait():
                    raise Later(str(getattr(error, "orig", error))) from error

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            result = work(connection)
            self._check_file()
            warnings = warnings_of(connection)
            warnings.clear()
        self._check_file()  # it may have been replaced while COMMIT waited for the disk
        if warnings:
            raise CommitInDoubt(warnings[0])
        return result

    def _check_file(self) -> None:
        if not self._file.holds():
            raise Later("the database file was moved or replaced")


def _write(connection: Connection, orders: Sequence[Order]) -> list[Outcome]:
    counters = {
        row.slug: row for row in connection.execute(sql.LOCK_COUNTERS, {"slugs": sorted({o.counter for o in orders})})
    }
    now = now_ms()
    standings = {slug: _standing(connection, row, orders) for slug, row in counters.items()}
    decided = [decide(standings[o.counter], o.clicks, now) if o.counter in counters else None for o in orders]

    writing = [(order, entry) for order, d in zip(orders, decided, strict=True) if d for entry in d[1]]
    devices = _devices(connection, {order.device_sha256 for order, _ in writing}, now)
    if writing:
        connection.execute(
            insert(sql.CLICKS),
            [_row(counters[o.counter].id, devices[o.device_sha256], entry, now) for o, entry in writing],
        )
    added: dict[str, Tally[int]] = {}
    for order, entry in writing:
        added.setdefault(order.counter, Tally())[entry.round] += entry.click.amount
    snapshots = {slug: _raise(connection, row, added.get(slug)) for slug, row in counters.items()}
    return [
        Outcome(d[0], snapshots[order.counter], changed=order.counter in added)
        if d
        else Outcome({}, error=CounterNotFound.code)
        for order, d in zip(orders, decided, strict=True)
    ]


def _standing(connection: Connection, counter: Any, orders: Iterable[Order]) -> Standing:
    clicks: list[Click] = list(chain.from_iterable(o.clicks for o in orders if o.counter == counter.slug))
    ids = {counter.round_id, *(c.round for c in clicks)}
    rounds = connection.execute(sql.READ_ROUNDS, {"counter_id": counter.id, "ids": sorted(ids)}).all()
    keys = sorted({c.key for c in clicks})
    known = connection.execute(sql.read_keys(connection), {"counter_id": counter.id, "keys": keys})
    return Standing(
        round=counter.round_id,
        totals={r.id: r.total for r in rounds},
        started={r.id: r.started_at for r in rounds},
        known=set(known.scalars()),
    )


def _devices(connection: Connection, secrets_sha256: set[str], now: int) -> dict[str, int]:
    """The ids of these devices, made where they are new; in sorted order, or two processes deadlock.

    Another process may make the same one at the same time: its row is taken then.
    """
    read = {"secrets": sorted(secrets_sha256)}
    known = {r.secret_sha256: r.id for r in connection.execute(sql.READ_DEVICES, read)} if secrets_sha256 else {}
    new = sorted(secrets_sha256 - known.keys())
    if new:
        connection.execute(
            sql.insert_new(connection, sql.DEVICES), [{"secret_sha256": s, "label": "", "created_at": now} for s in new]
        )
        known = {r.secret_sha256: r.id for r in connection.execute(sql.READ_DEVICES, read)}
    return known


def _row(counter_id: int, device_id: int, entry: Entry, now: int) -> dict[str, object]:
    return {
        "counter_id": counter_id,
        "round_id": entry.round,
        "device_id": device_id,
        "key": entry.click.key,
        "amount": entry.click.amount,
        "total": entry.total,
        "pressed_at": entry.pressed_at,
        "saved_at": now,
        "time_adjusted": entry.time_adjusted,
        "round_unknown": entry.round_unknown,
    }


def _raise(connection: Connection, counter: Any, added: Tally[int] | None) -> Snapshot:
    """Add to the rounds and to the counter; the snapshot is what stands then."""
    if not added:
        return Snapshot(counter.slug, counter.value, counter.revision, counter.round_id)
    for round_id, amount in sorted(added.items()):
        connection.execute(sql.RAISE_ROUND, {"which": round_id, "added": amount})
    current, revision = added[counter.round_id], rounds.next_revision(counter.revision)
    connection.execute(sql.RAISE_COUNTER, {"which": counter.id, "added": current, "next_revision": revision})
    return Snapshot(counter.slug, counter.value + current, revision, counter.round_id)
