"""The one writer of counters: each of its calls is one transaction, on disk when it returns."""

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import execute_raw
from clickcounter.database.engines import FileIdentity, open_engine, sqlite_path
from clickcounter.database.postgresql import CommitInDoubt, Retry, is_transient, warnings_of
from clickcounter.domain.clicks import Caller, Click, Order, Outcome, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.errors import Later
from clickcounter.ledger import rounds, transaction

log = logging.getLogger(__name__)

T = TypeVar("T")

PAGES = 12  # of the write-ahead log that a transaction takes, besides one for each click
ENOUGH = 1000  # pages; as SQLite has it
LONG = 4000  # pages
REHEARSAL = "rehearsal"  # nobody's device, session or key: these are hexadecimal


class _Rehearsed(Exception):
    """It went well, and nothing of it stays."""


def _checkpoint_seldom(connection: Any, _record: object) -> None:
    """Not within a commit: `tidy` does it. This is for the case that it cannot."""
    connection.execute("PRAGMA wal_autocheckpoint=20000").close()


class Ledger:
    """Writes orders. Used by one thread at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open()

    def _open(self) -> None:
        self._file = FileIdentity(sqlite_path(self._url))
        self._engine = open_engine(self._url, writing=True)
        if self._file.path is not None:
            event.listen(self._engine, "connect", _checkpoint_seldom)
        # It is kept: to take one from the pool and give it back is a tenth of what a lone click costs.
        self._connection: Connection | None = None
        self._logged = 0  # pages since the last `tidy`, roughly

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
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
        if self._file.path is not None:
            self._rehearse(default_counter)

    def _rehearse(self, slug: str) -> None:
        """Write a click and take it back: putting each statement into words takes 10 ms, which no real one should pay."""
        order = Order(slug, REHEARSAL, (Click(REHEARSAL, 1, now_ms(), 0),), REHEARSAL)

        def work(connection: Connection) -> None:
            transaction.record(connection, [order])
            raise _Rehearsed

        try:
            self._transact(work)
        except _Rehearsed:
            pass
        except Exception as error:  # what it is for is a few milliseconds
            log.debug("a click could not be rehearsed: %s", error)

    def write(self, orders: Sequence[Order]) -> list[Outcome]:
        """Write the orders in one transaction and return an outcome for each.

        Raises Later when the database cannot write now; any other exception is a fault of an order. Nothing is saved in
        either case, unless the connection broke during COMMIT itself, and stayed broken: writing the same keys again settles
        that.
        """
        self._logged += sum(len(order.clicks) for order in orders)
        return self._transact(lambda connection: transaction.record(connection, orders))

    def tidy(self, *, at_leisure: bool) -> None:
        """Bring SQLite's write-ahead log into its file, once it is long enough; while clicks wait it may grow longer.

        SQLite itself would do that within some commit, which then takes 20 ms longer.
        """
        if self._logged < (ENOUGH if at_leisure else LONG) or self._file.path is None or self._connection is None:
            return
        self._logged = 0
        with contextlib.suppress(Exception):  # then it grows until the next time
            execute_raw(self._connection, "PRAGMA wal_checkpoint(PASSIVE)")

    def reset(self, slug: str, round_id: int | None = None, by: Caller | None = None) -> tuple[Snapshot, bool]:
        """Close the current round and open the next. Returns what the counter shows now, and whether that is news.

        With `round_id` only that round is closed, so that two resets at once make one; without `by` the terminal asks.
        Raises CounterNotFound, Refused, Later.
        """
        fresh = rounds.new_round_id()

        def work(connection: Connection) -> tuple[Snapshot, bool]:
            counter = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()  # before a device, as a click does
            if counter is not None:
                authorization.require(connection, counter, by, "manage")
            device = transaction.device_ids(connection, {by.device}, now_ms())[by.device] if by and by.device else None
            return rounds.reset(connection, slug, round_id, fresh, device)

        return self._transact(work)

    def perform(self, work: Callable[[Connection], T]) -> T:
        """Do something else in a transaction. It may be run again, and must come to the same then. Raises Later."""
        return self._transact(work)

    def create(self, slug: str, name: str = "") -> None:
        """Make a counter with its first round, unless there is or was one of this slug. Raises Later."""
        first = rounds.new_round_id()
        self._transact(lambda connection: rounds.create(connection, slug, CounterSettings(name), first))

    def _transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, again where that helps; it must come to the same whether it was committed or not."""
        patience, passing = Retry(), False
        self._logged += PAGES
        while True:
            try:
                return self._attempt(work)
            except (IntegrityError, DataError):
                raise  # a fault of what was to be written
            except SQLAlchemyError as error:
                self._drop()  # what was read-only or broken when it was opened stays so for that connection
                passing = passing or is_transient(error)
                if not passing or not patience.wait():
                    raise Later(str(getattr(error, "orig", error))) from error

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
        self.close()

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        connection = self._connection = self._connection or self._engine.connect()
        with connection.begin():
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
