"""Rate limits for what is expensive: per tab, device, browser, address or account name.

Many people may share one address, such as a school class, so an address may do many times what a single browser may. State
is in memory and bounded. Each worker counts separately, so with several workers the effective limits are that much higher.
"""

import contextlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator

from clickcounter.errors import ClickCounterError, Later, Refused, SecondFactorNeeded, SecondFactorWrong, TooMany
from clickcounter.settings import Settings

MAX_KEYS = 50_000  # remembered for each limit; the least recently used is forgotten first
BURST_SECONDS = 10.0  # a tab may send at once what its rate allows within this time
EVENT_COST = 5  # presses; any other event goes through Reflex's queue, and usually to the database
REFUSED_COST = 100  # presses; no page sends what is refused, and a page of another version sends little of it
LARGEST_IMPORT = 100_000_000  # bytes without an account; a year's table, or what a whole class has pressed
IMPORT_BYTES_PER_HOUR = 2 * LARGEST_IMPORT  # per device without an account: to look at such a file, and to import it
CHALLENGES_PER_HOUR = 600  # to sign in with passkeys, of an address: a school in which everybody does
KEYS_PER_HOUR = 60  # API keys that an address may make
ENTRIES_PER_HOUR = 600  # past entries and notes of a device: an hour of typing, or every hour of three weeks from a script
BROWSERS_PER_ADDRESS = 10  # that may share one address, such as a school class
TRIES_PER_ACCOUNT = 10  # registrations that an address may try for each account that it may create
LONGEST_FOR_NAME = 60.0  # seconds; short, because anybody can make somebody else's name wait
LONGEST_FOR_BROWSER = 900.0
LONGEST_FOR_CODES = 900.0  # wrong codes of a name whose password was right each time: only who knows it makes it wait
FORGET_AFTER = 86_400.0  # seconds without an attempt; failures are forgotten then

_current: "Limits | None" = None


def current() -> "Limits":
    """This process's limits."""
    if _current is None:
        raise RuntimeError("there are no limits before the app is created")
    return _current


class RateLimiter:
    """A rate for each key: a burst of `burst`, then `per_second`."""

    __slots__ = ("_due", "_gap", "_max_keys", "_slack")

    def __init__(self, burst: float, per_second: float, max_keys: int = MAX_KEYS) -> None:
        self._gap, self._max_keys = 1 / per_second, max_keys
        self._slack = (burst - 1) / per_second
        self._due: OrderedDict[Hashable, float] = OrderedDict()  # when everything so far would be done at the steady rate

    def left(self, key: Hashable, now: float, count: int = 1) -> float:
        """The seconds until so many are allowed."""
        return max(0.0, self._due.get(key, now) - now - self._slack + (count - 1) * self._gap)

    def wait(self, key: Hashable, now: float, count: int = 1) -> float:
        """0 if so many are allowed now, which counts them; otherwise the seconds to wait."""
        if left := self.left(key, now, count):
            return left
        self.charge(key, now, count)
        return 0.0

    def charge(self, key: Hashable, now: float, count: int) -> None:
        """Count so many, whether they are allowed or not."""
        self._due[key] = max(self._due.get(key, now), now) + count * self._gap
        self._due.move_to_end(key)
        if len(self._due) > self._max_keys:
            self._due.popitem(last=False)

    def behind(self, key: Hashable, now: float) -> float:
        """The seconds until nothing is used up."""
        return max(0.0, self._due.get(key, now) - now)

    def give_back(self, key: Hashable) -> None:
        """What was counted last did not happen."""
        if key in self._due:
            self._due[key] -= self._gap


class AttemptLimiter:
    """Attempts for each key: the first `free` cost nothing, then each failure doubles the wait, up to `longest` seconds."""

    def __init__(self, free: int, longest: float, max_keys: int = MAX_KEYS) -> None:
        self._free, self._longest, self._max_keys = free, longest, max_keys
        self._failed: OrderedDict[Hashable, tuple[int, float, float]] = OrderedDict()  # how many, wait until, last attempt

    def wait(self, key: Hashable, now: float) -> float:
        """The seconds until the next attempt is allowed."""
        return max(0.0, self._failed.get(key, (0, 0.0, now))[1] - now)

    def count(self, key: Hashable, now: float) -> None:
        """Count an attempt as failed until `forget`, so that parallel attempts do not bypass the limit."""
        failed, _, last = self._failed.get(key, (0, 0.0, now))
        failed = 1 if now - last > FORGET_AFTER else failed + 1
        self._failed[key] = (failed, now + self._penalty(failed), now)
        self._failed.move_to_end(key)
        if len(self._failed) > self._max_keys:
            self._failed.popitem(last=False)

    def give_back(self, key: Hashable, counted_at: float) -> None:
        """An attempt, counted then, was never decided. Attempts counted since keep their wait."""
        failed, _, last = self._failed.pop(key, (0, 0.0, counted_at))
        if failed > 1:
            until = last if last == counted_at else last + self._penalty(failed - 1)
            self._failed[key] = (failed - 1, until, last)

    def forget(self, key: Hashable) -> None:
        """The attempt succeeded."""
        self._failed.pop(key, None)

    def _penalty(self, failed: int) -> float:
        over = failed - self._free
        return min(2.0 ** min(over, 20), self._longest) if over >= 0 else 0.0


class Limits:
    """All limits of one process except those of tabs, which socket/intake.py keeps."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        global _current
        _current = self
        self._clock = clock
        per_hour = settings.counters_an_hour
        self._counters = RateLimiter(per_hour, per_hour / 3600)
        self._counters_of_address = RateLimiter(BROWSERS_PER_ADDRESS * per_hour, BROWSERS_PER_ADDRESS * per_hour / 3600)
        self.counters_per_hour = per_hour
        per_hour = IMPORT_BYTES_PER_HOUR
        self._import_bytes = RateLimiter(per_hour, per_hour / 3600)
        self._import_bytes_of_address = RateLimiter(BROWSERS_PER_ADDRESS * per_hour, BROWSERS_PER_ADDRESS * per_hour / 3600)
        self._challenges = RateLimiter(CHALLENGES_PER_HOUR, CHALLENGES_PER_HOUR / 3600)
        self._keys_of_address = RateLimiter(KEYS_PER_HOUR, KEYS_PER_HOUR / 3600)
        per_hour = ENTRIES_PER_HOUR
        self._entries = RateLimiter(per_hour, per_hour / 3600)
        self._entries_of_address = RateLimiter(BROWSERS_PER_ADDRESS * per_hour, BROWSERS_PER_ADDRESS * per_hour / 3600)
        per_hour = settings.accounts_an_hour
        self._accounts = RateLimiter(per_hour, per_hour / 3600)
        self._registrations = RateLimiter(TRIES_PER_ACCOUNT * per_hour, TRIES_PER_ACCOUNT * per_hour / 3600)
        free = settings.sign_in_tries
        self._names, self._browsers = AttemptLimiter(free, LONGEST_FOR_NAME), AttemptLimiter(free, LONGEST_FOR_BROWSER)
        self._codes = AttemptLimiter(free, LONGEST_FOR_CODES)
        burst = BROWSERS_PER_ADDRESS * 2 * free
        self._addresses = RateLimiter(burst, burst / 600)

    @contextlib.contextmanager
    def new_counter(self, scope: str, address: str) -> Iterator[None]:
        """Wrap the creation of a counter, which counts unless it fails. Raises TooMany."""
        with self._counted(self._counters, scope), self._counted(self._counters_of_address, address):
            yield

    def new_key(self, address: str) -> contextlib.AbstractContextManager[None]:
        """Wrap the making of an API key, which counts unless it fails. Raises TooMany."""
        return self._counted(self._keys_of_address, address)

    def new_challenge(self, address: str) -> contextlib.AbstractContextManager[None]:
        """Wrap the making of a challenge for passkeys, which counts unless it fails. Raises TooMany."""
        return self._counted(self._challenges, address)

    @contextlib.contextmanager
    def new_entry(self, scope: str, address: str) -> Iterator[None]:
        """Wrap what is added afterwards, which counts unless it fails. Raises TooMany."""
        with self._counted(self._entries, scope), self._counted(self._entries_of_address, address):
            yield

    def imported_counters(self, device: str, address: str, count: int) -> None:
        """Count the new counters of a file. Raises TooMany."""
        now = self._clock()
        _raise_if_waiting(self._counters.wait(device, now, count))
        _raise_if_waiting(self._counters_of_address.wait(address, now, count))

    def import_bytes(self, device: str, address: str, count: int) -> None:
        """Count so many bytes of a file that comes without an account. Raises TooMany, Refused."""
        if count > LARGEST_IMPORT:
            raise Refused("import_account")
        now = self._clock()
        _raise_if_waiting(self._import_bytes.wait(device, now, count), "import_much")
        _raise_if_waiting(self._import_bytes_of_address.wait(address, now, count), "import_much")

    @contextlib.contextmanager
    def new_account(self, address: str) -> Iterator[None]:
        """Wrap a registration. Only an account that is created counts as one; each try costs a hash. Raises TooMany."""
        _raise_if_waiting(self._registrations.wait(address, self._clock()))
        with self._counted(self._accounts, address):
            yield

    @contextlib.contextmanager
    def trying(self, name: str, browser: str, address: str) -> Iterator[None]:
        """Wrap a check of a password. Raises TooMany.

        If the block raises nothing, the password was right. It counts as wrong from the start, so that parallel guesses do
        not pass; after a Later nobody knows, and it does not count, nor where only the code was missing.

        `name` is the folded name, whether it exists or not. `browser` is the hash of its session's token; "" counts the name
        and the address alone, because otherwise a whole class would count as one browser.
        """
        now, browser_key = self._clock(), (address, browser)
        waits = (self._names.wait(name, now), self._browsers.wait(browser_key, now), self._codes.wait(name, now))
        _raise_if_waiting(max(waits))
        _raise_if_waiting(self._addresses.wait(address, now))
        counted = [(self._names, name), *([(self._browsers, browser_key)] if browser else [])]
        for limiter, key in counted:
            limiter.count(key, now)
        try:
            yield
        except (Later, SecondFactorNeeded):
            self._addresses.give_back(address)
            for limiter, key in counted:
                limiter.give_back(key, now)
            raise
        except SecondFactorWrong:
            self._codes.count(name, now)
            raise
        for limiter, key in (*counted, (self._codes, name)):
            limiter.forget(key)

    @contextlib.contextmanager
    def _counted(self, limiter: RateLimiter, key: Hashable) -> Iterator[None]:
        """Counts what is done inside unless it fails. Raises TooMany."""
        _raise_if_waiting(limiter.wait(key, self._clock()))
        try:
            yield
        except ClickCounterError:
            limiter.give_back(key)
            raise


def _raise_if_waiting(wait: float, code: str = "too_many") -> None:
    if wait > 0:
        raise TooMany(math.ceil(wait), code)
