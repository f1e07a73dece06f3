"""How much programs may ask over HTTP: as much as a tab may send, and an address as much as ten of them.

A press counts as one, anything else as five, as with a tab. What is left is told with every answer. Badges and other numbers
that anybody may see are not counted, because the database is read for them once a second at most; except that somebody could
ask for names that do not exist, or for pictures of ever more counters.
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clickcounter.access.rate_limits import BROWSERS_PER_ADDRESS, BURST_SECONDS, RateLimiter
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, CounterNotFound, TooMany

UNKNOWN_AT_ONCE, UNKNOWN_A_SECOND = 50, 10.0  # names of an address that lead to no counter, or not yet
PICTURES_AT_ONCE, PICTURES_A_SECOND = 20, 2.0  # that are drawn for an address

_current: "ProgramLimits | None" = None


def current() -> "ProgramLimits":
    """This process's limits."""
    if _current is None:
        raise RuntimeError("there are no limits before the app is created")
    return _current


@dataclass(frozen=True, slots=True)
class Allowance:
    """Which limit applies: so many within so many seconds; how many are `left`, and when all of them are back."""

    name: str
    quota: int
    seconds: int
    left: int
    back_in: int


class ProgramLimits:
    """The limits of one process."""

    def __init__(self, events_a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        global _current
        _current = self
        self._clock = clock
        self._rates = {"program": events_a_second, "address": BROWSERS_PER_ADDRESS * events_a_second}
        self._limits = {name: RateLimiter(BURST_SECONDS * rate, rate) for name, rate in self._rates.items()}
        self._unknown = RateLimiter(UNKNOWN_AT_ONCE, UNKNOWN_A_SECOND)
        self._pictures = RateLimiter(PICTURES_AT_ONCE, PICTURES_A_SECOND)

    def take(self, who: Caller, address: str, cost: int) -> Allowance:
        """Count a request. Raises TooMany if nothing is left; what costs more than is left makes the next one wait longer.

        Whoever names neither key, device nor session is known by the address alone.
        """
        now = self._clock()
        for name, key in _counted(who, address):
            if wait := self._limits[name].left(key, now):
                raise TooMany(math.ceil(wait))
        return self.charge(who, address, cost)

    def charge(self, who: Caller, address: str, cost: int) -> Allowance:
        """Count more for a request that was let in."""
        now = self._clock()
        for name, key in _counted(who, address):
            self._limits[name].charge(key, now, cost)
        return self._allowance(name, key, now)

    @contextlib.contextmanager
    def looking_up(self, address: str) -> Iterator[None]:
        """Wrap the search for a counter by its name, which counts unless there is one. Raises TooMany.

        It counts from the start, so that an address never has more searches under way than it may have unknown names.
        """
        if wait := self._unknown.wait(address, self._clock()):
            raise TooMany(math.ceil(wait))
        try:
            yield
        except CounterNotFound:
            raise
        except ClickCounterError:
            self._unknown.give_back(address)
            raise
        self._unknown.give_back(address)

    def draw(self, address: str) -> None:
        """Count a picture that has to be drawn. Raises TooMany."""
        if wait := self._pictures.wait(address, self._clock()):
            raise TooMany(math.ceil(wait))

    def _allowance(self, name: str, key: str, now: float) -> Allowance:
        rate = self._rates[name]
        quota = max(1, round(rate * BURST_SECONDS))
        behind = self._limits[name].behind(key, now)
        return Allowance(name, quota, round(BURST_SECONDS), max(0, int(quota - behind * rate + 1e-6)), math.ceil(behind))


def _counted(who: Caller, address: str) -> list[tuple[str, str]]:
    """The limits that apply, the closest one last."""
    program = who.key or who.device or who.session
    return [("address", address), *([("program", program)] if program else [])]
