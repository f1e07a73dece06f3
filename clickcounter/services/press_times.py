"""How long presses took until their page showed them saved; pages report it once a minute where metrics are on.

A report names no counter and no device, and is added to a distribution of fixed size, so nothing grows with reports.
"""

from clickcounter.errors import Malformed
from clickcounter.measures import PRESS_SEEN
from clickcounter.services.validation import is_whole

EVERY = 60.0  # seconds between two reports of a page
LEAST = EVERY * 0.9  # seconds; a report that comes sooner is no page's
MOST = 30  # times in a report; of more presses a page reports some at random
LONGEST = 60_000  # ms; a page reports a longer time as this one

_wanted = False


def want() -> None:
    """From now on pages are asked for reports."""
    global _wanted
    _wanted = True


def wanted() -> bool:
    """Whether pages shall report."""
    return _wanted


def count(times: object) -> None:
    """Count a report: times in ms. Raises Malformed, and then nothing of it counts."""
    if not isinstance(times, list) or not 1 <= len(times) <= MOST:
        raise Malformed(f"times must be a list of 1 to {MOST}")
    if not all(is_whole(time) and 0 <= time <= LONGEST for time in times):
        raise Malformed(f"a time must be a whole number of ms up to {LONGEST}")
    for time in times:
        PRESS_SEEN.observe(time / 1000)
