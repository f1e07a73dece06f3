"""Completes what a server of an earlier version wrote after the database had been upgraded under it.

Servers before schema 0007 go on saving clicks in a newer schema. They do not know two columns that charts are read by: to
which counter a row of activity belongs, and that a round holds clicks. Every server looks for such rows when it starts;
while back ends are replaced one by one, the last one starts when no older one is left.
"""

import logging

from sqlalchemy import Engine, exists, select, update
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.database import tables
from clickcounter.database.statements import LOCK_ALL_COUNTERS

log = logging.getLogger(__name__)

UNKNOWN = 0  # what the database writes where a server names no counter
_ACTIVITY, _ROUNDS, _TALLIES = tables.ACTIVITY.c, tables.ROUNDS.c, tables.TALLIES.c
_FIND = select(_ACTIVITY.round_id).where(_ACTIVITY.counter_id == UNKNOWN).limit(1)
_NAME_COUNTERS = (
    update(tables.ACTIVITY)
    .where(_ACTIVITY.counter_id == UNKNOWN)
    .values(counter_id=select(_ROUNDS.counter_id).where(_ROUNDS.id == _ACTIVITY.round_id).scalar_subquery())
)
_MARK_ROUNDS = (
    update(tables.ROUNDS).where(~_ROUNDS.counted, exists().where(_TALLIES.round_id == _ROUNDS.id)).values(counted=True)
)


def complete(engine: Engine) -> int:
    """Returns how many rows of activity were completed. A database that cannot be written now is left as it is."""
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.execute(_FIND).first() is None:
                return 0  # as a rule; nobody's lock was taken, or waited for
        with engine.begin() as connection:
            connection.execute(LOCK_ALL_COUNTERS).all()  # in the order of presses
            completed: int = connection.execute(_NAME_COUNTERS).rowcount
            connection.execute(_MARK_ROUNDS)
    except SQLAlchemyError as error:
        log.warning("what an earlier version wrote could not be completed: %s", getattr(error, "orig", error))
        return 0
    log.info("%d rows that a server of an earlier version wrote were completed", completed)
    return completed
