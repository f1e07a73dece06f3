"""Checks that the database can be written, the way a click would, without changing anything."""

from sqlalchemy import Engine, false, update
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.database import tables
from clickcounter.errors import Later

_UPDATE_NOTHING = update(tables.COUNTERS).where(false()).values(value=tables.COUNTERS.c.value)


def check_writable(engine: Engine) -> None:
    """Take the write lock, update no row, roll back. Raises Later if a click could not be saved now."""
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            connection.execute(_UPDATE_NOTHING)
            transaction.rollback()
    except SQLAlchemyError as error:
        raise Later(str(getattr(error, "orig", error))) from error
