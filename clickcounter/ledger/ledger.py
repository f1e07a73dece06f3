"""The only writer of counters. Each call is one transaction, on disk when it returns."""

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from clickcounter.access import authorization
from clickcounter.access.new_devices import NewDevices
from clickcounter.database.compiled_sqlite import execute_raw
from clickcounter.database.engines import FileIdentity, begin, end, open_engine, sqlite_path
from clickcounter.database.postgresql import CommitInDoubt, Retry, is_transient, warnings_of
from clickcounter.domain.clicks import Caller, Click, Order, Outcome, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.errors import Later, TooMany
from clickcounter.ledger import groups, rounds
from clickcounter.ledger.devices import create_devices, read_devices
from clickcounter.ledger.presses import lone_press, transaction
from clickcounter.ledger.scheduled import ends
from clickcounter.ledger.scheduled.due import Due

log = logging.getLogger(__name__)

T = TypeVar("T")

PAGES_PER_TRANSACTION = 12  # of the write-ahead log, besides one for each click
CHECKPOINT_PAGES = 1000  # SQLite's own default
CHECKPOINT_PAGES_BUSY = 4000  # while clicks are waiting
LOG_BYTES = 4_200_000  # of that many pages, each with its header
CACHE_BYTES = 2_048_000  # SQLite's own default
WARM_UP = "warm-up"  # not a real device, session or key: those are hexadecimal


class _RolledBack(Exception):
    """Rolls a transaction back that was made for its side effects."""


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Leave checkpoints to `Ledger.checkpoint`; only at this size does SQLite make one by itself."""
    connection.execute("PRAGMA wal_autocheckpoint=20000").close()
    lone_press.prepare(connection)


def _lengthen_log(connection: Connection) -> None:
    """Give SQLite's write-ahead log the length that it has between two checkpoints.

    Where its file grows, each commit waits for the file system's journal, too: twice as long on a busy disk. What the cache
    cannot hold is written to the log, though it is never committed.
    """
    execute_raw(connection, "CREATE TABLE filling (bytes)")
    execute_raw(connection, "INSERT INTO filling VALUES (zeroblob(?))", (LOG_BYTES + CACHE_BYTES,))


class Ledger:
    """Writes orders. For one thread at a time. `new_devices` limits how many devices may appear at an address."""

    def __init__(self, url: str, new_devices: NewDevices | None = None) -> None:
        self._url, self._new_devices = url, new_devices
        self.committed_at = float("-inf")  # on time.monotonic()
        self._open()

    def _open(self) -> None:
        self._file = FileIdentity(sqlite_path(self._url))
        self._engine = open_engine(self._url, writing=True)
        if self._file.path is not None:
            event.listen(self._engine, "connect", _prepare_sqlite)
        # Kept open: taking it from the pool and returning it is a tenth of a lone click's cost.
        self._connection: Connection | None = None
        self._wal_pages = 0  # since the last checkpoint, roughly

    def close(self) -> None:
        """Close the connection. The next call opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        self._engine.dispose()

    def adopt(self, default_counter: str) -> None:
        """Take over the database that is at the path now, and raise all revisions above what open tabs remember.

        Close every other connection of this process to an older file first: the last one to close deletes the write-ahead
        log by name, and that would be the new file's. Raises Later.
        """
        self.close()
        self._open()
        if self._file.path is not None:
            self._roll_back(_lengthen_log)
        self.create(default_counter)
        self.transact(rounds.renew)
        if self._file.path is not None:
            self._warm_up(default_counter)

    def _warm_up(self, slug: str) -> None:
        """Write two clicks and roll them back. Compiling the statements takes 10 ms, which no real click should pay."""
        new = Order(slug, WARM_UP, (Click(WARM_UP, 1, now_ms(), 0),), WARM_UP)

        def work(connection: Connection) -> None:
            [outcome] = transaction.record(connection, [new])
            plain = Click(f"{WARM_UP} 2", 1, now_ms(), outcome.snapshot.round if outcome.snapshot else 0)
            transaction.record(connection, [Order(slug, WARM_UP, (plain,))])

        self._roll_back(work)

    def _roll_back(self, work: Callable[[Connection], None]) -> None:
        """Do what makes later clicks quicker in a transaction, and roll that back."""

        def transaction(connection: Connection) -> None:
            work(connection)
            raise _RolledBack

        try:
            self.transact(transaction)
        except _RolledBack:
            pass
        except Exception as error:  # only costs the next clicks a few milliseconds
            log.debug("preparing for clicks failed: %s", error)

    def write(
        self, orders: Sequence[Order], decided: Callable[[list[Outcome]], None] = lambda outcomes: None
    ) -> list[Outcome]:
        """Write the orders in one transaction and return an outcome for each. `decided` gets the same right before COMMIT.

        Raises Later if the database cannot be written now; any other exception means that an order is at fault. In both
        cases nothing is saved. One exception: if the connection broke during COMMIT and stayed broken, the clicks may be
        saved; writing the same keys again is safe and settles it. So what is decided may never be saved, or once more.
        """
        self._wal_pages += sum(len(order.clicks) for order in orders)
        return self.transact(lambda connection: transaction.record(connection, orders, self._new_devices), decided)

    def checkpoint_due(self, *, idle: bool) -> bool:
        """Whether SQLite's write-ahead log is long enough to be copied into the database; longer unless `idle`."""
        return self._file.path is not None and self._wal_pages >= (CHECKPOINT_PAGES if idle else CHECKPOINT_PAGES_BUSY)

    def checkpoint(self, *, idle: bool) -> None:
        """Copy SQLite's write-ahead log into the database, if that is due.

        SQLite would do this inside a commit, which then takes 20 ms longer.
        """
        if self._connection is None or not self.checkpoint_due(idle=idle):
            return
        self._wal_pages = 0
        with contextlib.suppress(Exception):  # the log grows until the next attempt
            execute_raw(self._connection, "PRAGMA wal_checkpoint(PASSIVE)")

    def reset(
        self,
        slug: str,
        round_id: int | None = None,
        by: Caller | None = None,
        new_round: int | None = None,
        address: str = "",
    ) -> tuple[Snapshot, bool]:
        """Close the current round and open the next; a group's with those of its parts.

        Returns the counter's snapshot, and whether this reset changed it.

        With `round_id`, only that round is closed, so that two resets at once make one; with `new_round`, this reset is done
        once. Without `by`, the terminal asks. Raises CounterNotFound, Refused, TooMany, Later.
        """
        new = new_round or rounds.new_round_id()

        def work(connection: Connection) -> tuple[Snapshot, bool]:
            # Locked before the device is created, in the same order as a click.
            counter, _ = groups.lock_with_parts(connection, slug)
            authorization.require(connection, counter, by, "manage")
            device = self.device(connection, by.device, address) if by and by.device else None
            return groups.end_round(connection, slug, round_id, new, device, by)

        return self.transact(work)

    def device(self, connection: Connection, secret_sha256: str, address: str) -> int:
        """The id of a device, which is created if it is unknown. Raises TooMany if the address has brought too many."""
        if known := read_devices(connection, [secret_sha256]):
            return known[secret_sha256].number
        if self._new_devices:
            if wait := self._new_devices.wait(address):
                raise TooMany(wait, "new_devices")
            self._new_devices.count(address)
        return create_devices(connection, [secret_sha256], now_ms())[secret_sha256].number

    def create(self, slug: str, name: str = "") -> None:
        """Create a counter with its first round, unless the slug is taken or ever was. Raises Later."""
        first_round = rounds.new_round_id()
        self.transact(lambda connection: rounds.create(connection, slug, CounterSettings(name), first_round))

    def transact(self, work: Callable[[Connection], T], decided: Callable[[T], None] = lambda result: None) -> T:
        """Run `work` in a transaction, and again after a transient error, even if COMMIT may have succeeded.

        So `work` must be idempotent. Also again, once, if a row of its exists already: another process may have written it
        in the same moment, and now `work` finds it. And again after it met rounds that were due. Raises Later.
        """
        retry, transient, clashed = Retry(), False, False
        self._wal_pages += PAGES_PER_TRANSACTION
        while True:
            try:
                return self._attempt(work, decided)
            except Due as due:
                self._end(due)
            except (IntegrityError, DataError) as error:
                if clashed or isinstance(error, DataError):
                    raise  # the data is at fault
                clashed = True
            except SQLAlchemyError as error:
                self._invalidate()  # a connection that is broken, or was opened read-only, stays so
                transient = transient or is_transient(error)
                if not transient or not retry.wait():
                    raise Later(str(getattr(error, "orig", error))) from error

    def _end(self, due: Due) -> None:
        if self.transact(partial(ends.end_due, slug=due.counter)) is None:
            raise due  # the counter was deleted meanwhile

    def _invalidate(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
        self.close()

    def _attempt(self, work: Callable[[Connection], T], decided: Callable[[T], None]) -> T:
        connection = self._connection = self._connection or self._engine.connect()
        begin(connection)
        try:
            result = work(connection)
            self._check_file()
            warnings = warnings_of(connection) if self._file.path is None else []
            warnings.clear()
            decided(result)
            end(connection, commit=True)
        except BaseException:
            end(connection, commit=False)
            raise
        self._check_file()  # it may have been replaced during COMMIT
        if warnings:
            raise CommitInDoubt(warnings[0])
        self.committed_at = time.monotonic()
        return result

    def _check_file(self) -> None:
        if not self._file.holds():
            raise Later("the database file was moved or replaced")
