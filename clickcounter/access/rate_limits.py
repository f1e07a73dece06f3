"""How often one tab, device, browser, address or name may ask for something that costs the server, or others, a lot.

An address is never the only measure: a class of thirty has one between them, so an address may do many times what one
browser may. Everything is kept in this process's memory, bounded: with several workers each counts for itself, so together
they let through as many times more.
"""

import contextlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator

from clickcounter.errors import TooMany
from clickcounter.settings import Settings

MOST = 50_000  # keys of one kind that are remembered; the one not heard of for longest goes first
AT_ONCE = 10.0  # seconds; what a tab may send within them, it may also send at once
DEAR = 5  # what is no press goes through Reflex's queue, and most of it to the database: it counts as so many presses
CLASS = 10  # browsers that an address may stand for
LONGEST_FOR_NAME = 60.0  # seconds; not longer, as anybody can make somebody else's name wait
LONGEST_FOR_BROWSER = 900.0
FORGOTTEN = 86_400.0  # seconds after its last attempt, what failed is forgotten

_here: "Limits | None" = None


def current() -> "Limits":
    """The limits of this process."""
    if _here is None:
        raise RuntimeError("there are no limits before the app is made")
    return _here


class Pace:
    """For each key so many at once, and then so many a second."""

    __slots__ = ("_due", "_gap", "_most", "_slack")

    def __init__(self, at_once: float, a_second: float, most: int = MOST) -> None:
        self._gap, self._most = 1 / a_second, most
        self._slack = (at_once - 1) / a_second
        self._due: OrderedDict[Hashable, float] = OrderedDict()  # when all that was asked for would be done at the even pace

    def wait(self, key: Hashable, now: float) -> float:
        """0 where this one may be done, and then it counts; else in how many seconds it may."""
        due = max(self._due.get(key, now), now)
        if due - now > self._slack:
            return due - now - self._slack
        self._due[key] = due + self._gap
        self._due.move_to_end(key)
        if len(self._due) > self._most:
            self._due.popitem(last=False)
        return 0.0


class Attempts:
    """For each key some attempts are free; after that, each that fails makes the next one wait twice as long."""

    def __init__(self, free: int, longest: float, most: int = MOST) -> None:
        self._free, self._longest, self._most = free, longest, most
        self._failed: OrderedDict[Hashable, tuple[int, float, float]] = OrderedDict()  # how many, until when, the last

    def wait(self, key: Hashable, now: float) -> float:
        """In how many seconds it may be tried."""
        return max(0.0, self._failed.get(key, (0, 0.0, now))[1] - now)

    def count(self, key: Hashable, now: float) -> None:
        """It is being tried. It counts as failed until `forget`, so that many at once are no way round."""
        failed, _, last = self._failed.get(key, (0, 0.0, now))
        failed = 1 if now - last > FORGOTTEN else failed + 1
        over = failed - self._free
        until = now + min(2.0 ** min(over, 20), self._longest) if over >= 0 else now
        self._failed[key] = (failed, until, now)
        self._failed.move_to_end(key)
        if len(self._failed) > self._most:
            self._failed.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """It went well."""
        self._failed.pop(key, None)


class Limits:
    """All limits of one process but those of tabs, whose socket keeps their own: intake.py."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        global _here
        _here = self
        self._clock = clock
        an_hour = settings.counters_an_hour
        self._counters = Pace(an_hour, an_hour / 3600)
        self._counters_of_address = Pace(CLASS * an_hour, CLASS * an_hour / 3600)
        self._accounts = Pace(settings.accounts_an_hour, settings.accounts_an_hour / 3600)
        free = settings.sign_in_tries
        self._names, self._browsers = Attempts(free, LONGEST_FOR_NAME), Attempts(free, LONGEST_FOR_BROWSER)
        self._addresses = Pace(CLASS * 2 * free, CLASS * 2 * free / 600)

    def new_counter(self, device: str, address: str) -> None:
        """A device is about to make a counter. Raises TooMany."""
        now = self._clock()
        _unless(self._counters.wait(device, now))
        _unless(self._counters_of_address.wait(address, now))

    def new_account(self, address: str) -> None:
        """Somebody is about to register. Raises TooMany."""
        _unless(self._accounts.wait(address, self._clock()))

    @contextlib.contextmanager
    def trying(self, name: str, browser: str, address: str) -> Iterator[None]:
        """A name and a password are tried within; where that raises nothing, the password was right. Raises TooMany.

        `name` is the folded one, whether there is such a name or not; `browser` is what the browser is known by here, its
        session's hash, or "": then the name and the address alone count, or a class would be one browser.
        """
        self.sign_in(name, browser, address)
        yield
        self.signed_in(name, browser, address)

    def sign_in(self, name: str, browser: str, address: str) -> None:
        """It is about to be tried, before any work is done. Raises TooMany."""
        now, of_browser = self._clock(), (address, browser)
        _unless(max(self._names.wait(name, now), self._browsers.wait(of_browser, now)))
        _unless(self._addresses.wait(address, now))
        self._names.count(name, now)
        if browser:
            self._browsers.count(of_browser, now)

    def signed_in(self, name: str, browser: str, address: str) -> None:
        """The password was right."""
        self._names.forget(name)
        self._browsers.forget((address, browser))


def _unless(wait: float) -> None:
    if wait > 0:
        raise TooMany(math.ceil(wait))
