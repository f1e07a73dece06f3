"""Refuses a pooler, such as PgBouncer, that gives each transaction another of its connections to PostgreSQL.

The ledger sets on its connection that commits are durable and how long they may wait, and psycopg prepares statements on it.
Behind such a pooler both would land on connections of others. With session pooling a connection stays the client's own.
"""

import secrets

from sqlalchemy import Connection, Engine, text

from clickcounter.errors import SettingInvalid

WRITE_TOKEN = text("SELECT set_config('clickcounter.session', :token, false)")
READ_TOKEN = text("SELECT current_setting('clickcounter.session', true)")


def require_own_connections(engine: Engine) -> None:
    """Raises SettingInvalid if a setting made on one connection is found on another, or lost."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as ours:
        driver = ours.connection.driver_connection
        # A pooler makes up the process number that it tells at login. Without one, nothing needs to be tried.
        if driver is None or driver.info.backend_pid == ours.scalar(text("SELECT pg_backend_pid()")):
            return
        token = secrets.token_hex(8)
        ours.execute(WRITE_TOKEN, {"token": token})
        if _is_kept(token, ours, engine):
            return
    raise SettingInvalid(
        "REFLEX_DB_URL leads to a pooler, such as PgBouncer, that gives each transaction another connection. "
        "Use session pooling (pool_mode = session), or PostgreSQL's own port."
    )


def _is_kept(token: str, ours: Connection, engine: Engine) -> bool:
    if ours.scalar(READ_TOKEN) != token:
        return False  # the pooler resets what each transaction has set
    with engine.connect() as other:  # its transaction keeps the connection that was used last, so that ours needs another
        return bool(other.scalar(READ_TOKEN) != token and ours.scalar(READ_TOKEN) == token)
