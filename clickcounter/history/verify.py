"""Makes every stored sum follow from the ledger again."""

from sqlalchemy import Connection, Engine, update

from clickcounter.database import statements as sql
from clickcounter.history import queries
from clickcounter.ledger import rollups
from clickcounter.ledger.rounds import next_revision


def repair(engine: Engine) -> tuple[int, list[queries.Difference]]:
    """Rebuild the roll-ups, the rounds' totals and the counters' values. Returns the clicks read and what had differed.

    One transaction, in which nobody else writes: clicks wait in the browsers for as long as it takes. The engine is not
    the ledger's: on PostgreSQL that one gives up after seconds.
    """
    with engine.begin() as connection:
        connection.execute(sql.LOCK_ALL_COUNTERS).all()
        read, found = queries.differences(connection)
        if found:
            _write_totals(connection)
            rollups.rebuild(connection)
        return read, found


def _write_totals(connection: Connection) -> None:
    for row in connection.execute(queries.totals()).all():
        if row.total != row.amount:
            connection.execute(update(sql.ROUNDS).where(sql.ROUNDS.c.id == row.round_id).values(total=row.amount))
        if row.current and row.value != row.amount:
            change = {"value": row.amount, "revision": next_revision(row.revision)}  # open tabs must follow
            connection.execute(update(sql.COUNTERS).where(sql.COUNTERS.c.id == row.counter_id).values(change))
