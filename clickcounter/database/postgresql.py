"""PostgreSQL, through psycopg 3: what each connection is told, and which of its errors pass by themselves.

The times fit into the five seconds after which a click is answered "later". A COMMIT whose outcome is unknown is settled by
writing the same keys again; that locks the counter, so its own COMMIT waits for the disk, and for a synchronous standby,
even where every key was saved already.
"""

import logging
import time
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

log = logging.getLogger(__name__)

CONNECTING = {  # libpq's own words; what the URL says goes before
    "application_name": "clickcounter",
    "connect_timeout": 2,  # seconds, for each host
    "tcp_user_timeout": 3_000,  # ms that what was sent may stay unacknowledged
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
# A frozen process gives its locks back after a while, and its commit is then tried again by key. A plan made while a table
# was small is kept when it has grown: it must go through an index from the beginning.
WRITING = """
SELECT set_config('lock_timeout', '2s', false),
       set_config('statement_timeout', '4s', false),
       set_config('idle_in_transaction_session_timeout', '5s', false),
       set_config('enable_seqscan', 'off', false),
       set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
       current_setting('fsync')
"""
PASSING = {
    "40P01",  # deadlock
    "40001",  # serialization failure
    "25006",  # the server has become a standby; another connection may find the new primary
}
TRYING = 2.0  # seconds in which a transaction may be begun again
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
WARNINGS = "warnings"


class CommitInDoubt(SQLAlchemyError):
    """The server warned at COMMIT: the wait for its synchronous standby was cancelled."""


def is_postgresql(url: str) -> bool:
    """True for a URL of PostgreSQL, or of what speaks its protocol."""
    return make_url(url).get_backend_name() == "postgresql"


def open_postgresql(url: str, *, writing: bool) -> Engine:
    """A pooled engine. A reader's connection is tried before use; the writer notices a dead one by itself, see `passes`."""
    given = make_url(url)
    engine = sqlalchemy.create_engine(
        given,
        isolation_level="READ COMMITTED",
        pool_pre_ping=not writing,
        connect_args={name: value for name, value in CONNECTING.items() if name not in given.query},
    )
    if writing:
        event.listen(engine, "connect", _prepare_writer)
    return engine


def _prepare_writer(connection: Any, record: Any) -> None:
    settings = connection.execute(WRITING).fetchone()
    connection.commit()
    if settings[-1] == "off":
        log.warning("PostgreSQL runs with fsync = off: a power cut may lose clicks that were shown as saved")
    warnings: list[str] = record.info.setdefault(WARNINGS, [])
    warnings.clear()

    def note(diagnostic: Any) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            warnings.append(diagnostic.message_primary)

    connection.add_notice_handler(note)


def warnings_of(connection: Connection) -> list[str]:
    """The warnings that this connection got; it grows. Always empty on SQLite."""
    found: list[str] = connection.info.get(WARNINGS, [])
    return found


def is_transient(error: SQLAlchemyError) -> bool:
    """True where running the transaction again is likely to help: somebody else was in the way, or the connection broke."""
    if isinstance(error, CommitInDoubt):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in PASSING


class Retry:
    """A bounded number of pauses, growing, within a bounded time."""

    def __init__(self) -> None:
        self._give_up_at = time.monotonic() + TRYING
        self._pauses = iter(PAUSES)

    def wait(self) -> bool:
        """Pause before another attempt; False when there is to be none."""
        pause = next(self._pauses, None)
        if pause is None or time.monotonic() + pause > self._give_up_at:
            return False
        time.sleep(pause)
        return True
