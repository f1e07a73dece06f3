"""What this process counts about itself, as plain numbers; metrics/ reads them when somebody asks.

Each of them is changed by one thread only, so that counting is an increment without a lock. No counter, device or person is
named in them.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Distribution:
    """How many values were observed up to each bound, and their sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)  # the last one is for values above all bounds
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


PRESSES = Counter(saved=0, later=0)  # answered, by outcome
PRESS_SEEN = Distribution(*SECONDS, 30.0)  # seconds until its page showed a press saved, as pages report it
COMMITS = Distribution(*SECONDS)  # seconds of a transaction of presses
BATCHES = Distribution(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # presses in such a transaction
RELAY = Counter(sent=0, received=0, missed=0)  # messages
REREADS = Counter(read=0, unchanged=0, failed=0)  # polls of the database for what other processes wrote
WEBHOOKS = Counter(accepted=0, failed=0)  # attempts to send a message
LOOP_LAG = Distribution(*SECONDS)  # seconds by which the event loop was late


def count_presses(codes: Mapping[str, str], error: str | None, presses: int) -> None:
    """An event with so many presses is answered: a code for each key, or one error for them all."""
    for code in codes.values():
        PRESSES[code] += 1
    if error and not codes:
        PRESSES[error] += presses
