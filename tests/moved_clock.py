"""A server's clock that a test sets, and a counter whose rounds end by a schedule."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from clickcounter.domain.clicks import ANY_ROUND, Click, Order, Snapshot
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.scheduled import ends
from tests.raw import new_key

Query = Callable[[str], list[tuple]]
HOUR = 3_600_000
DAY = 24 * HOUR


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def far_hour() -> int:
    """An hour of the day, in UTC, that does not come while a test runs."""
    return (datetime.now(UTC) + timedelta(hours=12)).hour


def zone_at_noon() -> str:
    """A time zone in which it is noon: no day ends there while a test runs."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def rounds_of(query: Query, counter: str = "counter") -> list[tuple]:
    """Its rounds' totals, and when each ended."""
    of_counter = f"(SELECT id FROM counter WHERE slug = '{counter}')"
    return query(f"SELECT total, ended_at FROM round WHERE counter_id = {of_counter} ORDER BY number")


class Clock:
    """Stands in for the module `time` where the server asks what time it is; `now` is in ms."""

    def __init__(self) -> None:
        self.now = 0

    def set(self, text: str) -> None:
        self.now = ms(text)

    def time_ns(self) -> int:
        return self.now * 1_000_000


def schedule(ledger: Ledger, text: str, counter: str = "counter") -> Snapshot:
    return ledger.transact(lambda c: counters.update_settings(c, counter, {"schedule": text}, None))


def start(ledger: Ledger, query: Query, clock: Clock, began: str, text: str, counter: str = "counter") -> int:
    """Give the counter this schedule, its first round having begun then. Returns the round's id."""
    clock.set(began)
    query(f"UPDATE round SET started_at = {clock.now}")
    return schedule(ledger, text, counter).round


def end(ledger: Ledger, counter: str = "counter") -> Snapshot:
    """What the process does that looks whether a round is due."""
    found = ledger.transact(lambda c: ends.end_due(c, counter))
    assert found is not None
    return found


def press(ledger: Ledger, at: int, round_id: int = ANY_ROUND, amount: int = 1, counter: str = "counter") -> Snapshot:
    [outcome] = ledger.write([Order(counter, "d" * 64, (Click(new_key(), amount, at, round_id),))])
    assert set(outcome.codes.values()) == {"saved"}, outcome
    assert outcome.snapshot is not None
    return outcome.snapshot
