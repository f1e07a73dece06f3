"""How this process is doing: whether it can do its work, and how long presses took until their page showed them saved.

Pages report the latter once a minute where metrics are on. A report names no counter and no device, and is added to a
distribution of fixed size, so nothing grows with reports.
"""

from clickcounter.errors import Later, Malformed
from clickcounter.live.pipeline import running
from clickcounter.measures import PRESS_SEEN
from clickcounter.services.validation import is_whole

RELAY = {None: "off", True: "ok", False: "down"}
EVERY = 60.0  # seconds between two reports of a page
LEAST = EVERY * 0.9  # seconds; a report that comes sooner is no page's
MOST_TIMES = 30  # in a report; of more presses a page reports some at random
LONGEST_TIME = 60_000  # ms; a page reports a longer time as this one

_times_wanted = False


async def is_database_writable() -> bool:
    """Whether the database takes a write, which changes nothing."""
    try:
        await running().check_writable()
    except Later:
        return False
    return True


def relay_state() -> str:
    """The relay between processes: ok, down, or off where there is none."""
    try:
        return RELAY[running().relay_alive]
    except Later:
        return "down"


def want_times() -> None:
    """From now on pages are asked for reports."""
    global _times_wanted
    _times_wanted = True


def are_times_wanted() -> bool:
    """Whether pages shall report."""
    return _times_wanted


def count_times(times: object) -> None:
    """Count a report: times in ms. Raises Malformed, and then nothing of it counts."""
    if not isinstance(times, list) or not 1 <= len(times) <= MOST_TIMES:
        raise Malformed(f"times must be a list of 1 to {MOST_TIMES}")
    if not all(is_whole(time) and 0 <= time <= LONGEST_TIME for time in times):
        raise Malformed(f"a time must be a whole number of ms up to {LONGEST_TIME}")
    for time in times:
        PRESS_SEEN.observe(time / 1000)
