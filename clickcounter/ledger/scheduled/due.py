"""Ends that have come: nothing else happens to a counter before its rounds have ended, nor to one of a group's counters
before the group's have."""

from collections.abc import Iterable

from clickcounter.database.rows import CounterRow


class Due(Exception):
    """Rounds of this counter, or group, have to end first. `Ledger.transact` ends them, and then begins again.

    That takes a transaction of its own: the end of a group locks counters that stand before those locked already.
    """

    def __init__(self, counter: str) -> None:
        super().__init__(f"rounds of {counter!r} are due")
        self.counter = counter


def check(rows: Iterable[CounterRow], now: int) -> None:
    """Raises Due for the one of these counters and groups whose end has come first."""
    due = [(row.ends_at, row.slug) for row in rows if row.ends_at is not None and row.ends_at <= now]
    if due:
        raise Due(min(due)[1])
