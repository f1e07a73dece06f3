"""PostgreSQL through psycopg 3: the settings of each connection, and which of its errors are transient.

The timeouts fit into the five seconds after which a click is answered "later". If the outcome of a COMMIT is unknown,
writing the same keys again settles it: that locks the counter, so its own COMMIT waits for the disk and for a synchronous
standby, even if every key was saved already.
"""

import logging
import time
from typing import Any

import sqlalchemy
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from clickcounter.errors import SettingInvalid

log = logging.getLogger(__name__)

CONNECT_DEFAULTS = {  # libpq's parameters; those in the URL take precedence
    "application_name": "clickcounter",
    "connect_timeout": 2,  # seconds, for each host
    "tcp_user_timeout": 3_000,  # ms that sent data may stay unacknowledged
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
# The idle timeout releases the locks of a frozen process; its commit is retried by key. Cached plans outlive the growth of a
# table, so they must use an index from the beginning: hence no sequential scans. A statement without an index then seems
# so expensive that PostgreSQL would compile it first, which takes a tenth of a second: hence no JIT.
WRITER_SETTINGS = """
SELECT set_config('lock_timeout', '2s', false),
       set_config('statement_timeout', '4s', false),
       set_config('idle_in_transaction_session_timeout', '5s', false),
       set_config('enable_seqscan', 'off', false),
       set_config('jit', 'off', false),
       set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
       current_setting('fsync')
"""
TRANSIENT_STATES = {
    "40P01",  # deadlock
    "40001",  # serialization failure
    "25006",  # the server has become a standby; another connection may find the new primary
}
RETRY_FOR = 2.0  # seconds in which a transaction may start again
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)  # seconds
WARNINGS = "warnings"


class CommitInDoubt(SQLAlchemyError):
    """The server warned at COMMIT that its wait for the synchronous standby was cancelled."""


def open_postgresql(url: str, *, writing: bool) -> Engine:
    """A pooled engine. Readers' connections are checked before use; the writer retries a dead one (see is_transient)."""
    parsed = make_url(url)
    engine = sqlalchemy.create_engine(
        parsed,
        isolation_level="READ COMMITTED",
        pool_pre_ping=not writing,
        connect_args={name: value for name, value in CONNECT_DEFAULTS.items() if name not in parsed.query},
    )
    event.listen(engine, "connect", _require_utf8, insert=True)  # before SQLAlchemy's own first queries
    if writing:
        event.listen(engine, "connect", _prepare_writer)
    return engine


def _require_utf8(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Raises SettingInvalid where names in some alphabet could not be saved."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in (None, "UTF8"):
        raise SettingInvalid(
            f"The database has the encoding {encoding}, but names in all alphabets need UTF8. "
            "Create another one: createdb --encoding UTF8 --template template0 NAME"
        )


def _prepare_writer(connection: Any, record: ConnectionPoolEntry) -> None:
    settings = connection.execute(WRITER_SETTINGS).fetchone()
    connection.commit()
    if settings[-1] == "off":
        log.warning("PostgreSQL runs with fsync = off: a power cut may lose clicks that were shown as saved")
    warnings: list[str] = record.info.setdefault(WARNINGS, [])
    warnings.clear()

    def collect(diagnostic: Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            warnings.append(diagnostic.message_primary or "")

    connection.add_notice_handler(collect)


def warnings_of(connection: Connection) -> list[str]:
    """The warnings this connection has received; a live list. Always empty on SQLite."""
    warnings: list[str] = connection.info.get(WARNINGS, [])
    return warnings


def is_transient(error: SQLAlchemyError) -> bool:
    """Whether running the transaction again is likely to help: it lost a conflict, or the connection broke."""
    if isinstance(error, CommitInDoubt):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in TRANSIENT_STATES


class Retry:
    """Growing pauses between attempts, bounded in number and in total time."""

    def __init__(self) -> None:
        self._give_up_at = time.monotonic() + RETRY_FOR
        self._pauses = iter(PAUSES)

    def wait(self) -> bool:
        """Pause before another attempt. False if there should be none."""
        pause = next(self._pauses, None)
        if pause is None or time.monotonic() + pause > self._give_up_at:
            return False
        time.sleep(pause)
        return True
