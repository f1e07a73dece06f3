"""Can the database be written? Asked the way a click asks, but changing nothing."""

from sqlalchemy import Engine, false, update
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.database import tables
from clickcounter.errors import Later

_NOTHING = update(tables.COUNTERS).where(false()).values(value=tables.COUNTERS.c.value)


def check_writable(engine: Engine) -> None:
    """Take the write lock, change no row, give it back. Raises Later where a click could not be saved."""
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            connection.execute(_NOTHING)
            transaction.rollback()
    except SQLAlchemyError as error:
        raise Later(str(getattr(error, "orig", error))) from error
