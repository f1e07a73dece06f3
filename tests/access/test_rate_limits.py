"""Rate limits: a script has to wait, a class of thirty does not."""

import contextlib
from collections.abc import Iterator

import pytest

from clickcounter.access.new_devices import NewDevices
from clickcounter.access.rate_limits import (
    BROWSERS_PER_ADDRESS,
    ENTRIES_PER_HOUR,
    LARGEST_IMPORT,
    LONGEST_FOR_BROWSER,
    LONGEST_FOR_NAME,
    TRIES_PER_ACCOUNT,
    AttemptLimiter,
    Limits,
    RateLimiter,
)
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Later, Refused, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.past import entries
from clickcounter.settings import from_environment
from clickcounter.web import client_address

SETTINGS = from_environment({})


class Clock:
    """Stands still until a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(SETTINGS, clock)


def test_a_burst_then_a_steady_rate():
    rate = RateLimiter(burst=3, per_second=0.5)
    assert [rate.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, 2]
    assert rate.wait("b", 0.0) == 0
    assert rate.wait("a", 1.5) == 0.5
    assert rate.wait("a", 2.0) == 0
    assert rate.wait("a", 2.0) == 2
    assert [rate.wait("a", 1e6) for _ in range(4)] == [0, 0, 0, 2]


def test_several_at_once_count_as_often_and_refused_ones_not_at_all():
    rate = RateLimiter(burst=10, per_second=0.5)
    assert rate.wait("a", 0.0, 11) == 2
    assert rate.wait("a", 0.0, 7) == 0
    assert rate.wait("a", 0.0, 4) == 2
    assert rate.wait("a", 0.0, 3) == 0
    assert rate.wait("a", 0.0) == 2


def test_a_year_of_a_whole_class_can_be_imported_without_an_account(clock: Clock, limits: Limits):
    for pupil in range(10):
        for _ in ("a look", "the import"):
            limits.import_bytes(f"device {pupil}", "school", LARGEST_IMPORT)
    with pytest.raises(TooMany) as refused:
        limits.import_bytes("device 10", "school", 10_000_000)
    assert "Sign in, or try again in 18 s" in sentences_of(refused.value).en
    with pytest.raises(TooMany):
        limits.import_bytes("device 0", "elsewhere", 1)
    with pytest.raises(Refused, match="import_account"):
        limits.import_bytes("new", "elsewhere", LARGEST_IMPORT + 1)
    clock.now += 3_600
    limits.import_bytes("device 0", "school", LARGEST_IMPORT)


def test_failures_past_the_free_ones_double_the_wait_to_a_limit():
    attempts, now, waits = AttemptLimiter(free=3, longest=60), 0.0, []
    for _ in range(11):
        attempts.count("a", now)
        waits.append(attempts.wait("a", now))
        now += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    attempts.forget("a")
    attempts.count("a", now)
    assert attempts.wait("a", now) == 0


def test_remembered_keys_are_bounded():
    rate, attempts = RateLimiter(1, 1, max_keys=100), AttemptLimiter(1, 60, max_keys=100)
    for key in range(1000):
        rate.wait(key, 0.0)
        attempts.count(key, 0.0)
    assert len(rate._due) == len(attempts._failed) == 100


WRONG = Refused("sign_in")


def tried(limits: Limits, name: str, browser: str, address: str, error: ClickCounterError | None = WRONG) -> int:
    """The seconds to wait; 0 if the attempt is allowed, which then ends in this error."""
    try:
        with limits.trying(name, browser, address):
            if error:
                raise error
    except TooMany as too_many:
        return too_many.seconds
    except (Refused, Later):
        return 0
    return 0


def test_a_class_behind_one_address_can_sign_in_at_once(limits: Limits):
    for n in range(30):
        for _ in range(3):  # two typing errors each
            assert tried(limits, f"student {n}", "", "192.0.2.1") == 0
        assert tried(limits, f"student {n}", "", "192.0.2.1", None) == 0


def test_distributed_guesses_at_one_name_are_mostly_refused(limits: Limits, clock: Clock):
    went = 0
    for n in range(10_000):
        went += tried(limits, "anna", f"browser {n}", f"2001:db8::{n:x}") == 0
        clock.now += 0.1
    assert went < SETTINGS.sign_in_tries + 10 + 1000 / LONGEST_FOR_NAME


def test_one_scripts_guesses_at_many_names_are_mostly_refused(limits: Limits, clock: Clock):
    one, changing = 0, 0
    for n in range(10_000):
        one += tried(limits, f"name {n}", "script", "192.0.2.1") == 0
        changing += tried(limits, f"another {n}", f"script {n}", "192.0.2.2") == 0
        clock.now += 0.1
    assert one < SETTINGS.sign_in_tries + 15 + 1000 / LONGEST_FOR_BROWSER
    assert changing <= 2 * BROWSERS_PER_ADDRESS * SETTINGS.sign_in_tries * (1 + 1000 / 600) + 1


def test_a_password_that_nobody_could_check_is_not_counted(limits: Limits, clock: Clock):
    away = Later("the database is away")
    for _ in range(10 * BROWSERS_PER_ADDRESS * SETTINGS.sign_in_tries):
        assert tried(limits, "anna", "browser", "192.0.2.1", away) == 0
    while not (wait := tried(limits, "anna", "browser", "192.0.2.1")):  # wrong ones wait as ever
        pass
    clock.now += wait
    for _ in range(3):
        assert tried(limits, "anna", "browser", "192.0.2.1", away) == 0
    assert (tried(limits, "anna", "browser", "192.0.2.1"), tried(limits, "anna", "browser", "192.0.2.1")) == (0, 2 * wait)


def test_parallel_guesses_count_while_they_are_checked(limits: Limits, clock: Clock):
    with contextlib.suppress(Later), contextlib.ExitStack() as stack:
        for _ in range(SETTINGS.sign_in_tries):
            stack.enter_context(limits.trying("anna", "", "192.0.2.1"))
        clock.now += 0.5
        assert tried(limits, "anna", "", "192.0.2.1") > 0, "the others are not decided yet"
        raise Later
    assert tried(limits, "anna", "", "192.0.2.1") == 0


def test_an_undecided_guess_takes_no_wait_off_a_later_one(limits: Limits, clock: Clock):
    with contextlib.suppress(Later), limits.trying("anna", "", "192.0.2.1"):
        for _ in range(SETTINGS.sign_in_tries + 3):
            clock.now += LONGEST_FOR_NAME
            assert tried(limits, "anna", "", "192.0.2.1") == 0
        raise Later
    assert tried(limits, "anna", "", "192.0.2.1") > 0


@contextlib.contextmanager
def failing(code: str) -> Iterator[None]:
    with pytest.raises(ClickCounterError) as caught:
        yield
    assert caught.value.code == code


def made(limit: contextlib.AbstractContextManager[None]) -> None:
    with limit:
        pass


def test_new_counters_are_limited_per_device_and_address(limits: Limits, clock: Clock):
    each = int(SETTINGS.counters_an_hour)
    for device in range(BROWSERS_PER_ADDRESS):
        for _ in range(each):
            made(limits.new_counter(f"device {device}", "192.0.2.1"))
    with pytest.raises(TooMany) as device_waits:
        made(limits.new_counter("device 0", "192.0.2.2"))
    with failing("too_many"):
        made(limits.new_counter("device 11", "192.0.2.1"))
    clock.now += device_waits.value.seconds
    made(limits.new_counter("device 0", "192.0.2.2"))
    for _ in range(2 * each):
        with failing("later"), limits.new_counter("device 12", "192.0.2.3"):
            raise Later
    made(limits.new_counter("device 12", "192.0.2.3"))


async def test_past_entries_are_limited_per_device_and_address(limits: Limits, clock: Clock):
    def added(count: int, device: str, address: str = "192.0.2.1") -> None:
        for _ in range(count):
            with limits.new_entry(device, address):
                pass

    secret = "d" * 64
    added(ENTRIES_PER_HOUR, secret)
    with failing("later"), limits.new_entry("device 1", "192.0.2.1"):
        raise Later(1)
    with pytest.raises(TooMany) as refused:
        await entries.add(Caller(None, secret), "192.0.2.1", "counter", {"amount": 1}, "e" * 32)
    assert refused.value.seconds == 3600 / ENTRIES_PER_HOUR
    for device in range(1, BROWSERS_PER_ADDRESS):
        added(ENTRIES_PER_HOUR, f"device {device}")
    with pytest.raises(TooMany):
        added(1, "device 11")
    added(1, "device 11", "192.0.2.2")
    clock.now += 3600
    added(ENTRIES_PER_HOUR, secret)


def test_a_class_with_typing_errors_can_still_register(limits: Limits):
    for _ in range(3 * int(SETTINGS.accounts_an_hour)):
        with failing("password_length"), limits.new_account("192.0.2.1"):
            raise Refused("password_length")
    for _ in range(int(SETTINGS.accounts_an_hour)):
        made(limits.new_account("192.0.2.1"))
    with failing("too_many"):
        made(limits.new_account("192.0.2.1"))
    made(limits.new_account("192.0.2.2"))


def test_failed_registrations_are_bounded_too(limits: Limits):
    went = 0
    with failing("too_many"):
        while went < 10**5:
            with contextlib.suppress(Refused), limits.new_account("192.0.2.1"):
                went += 1
                raise Refused("account_taken")
    assert went == TRIES_PER_ACCOUNT * SETTINGS.accounts_an_hour


def test_a_refusal_says_how_long_to_wait_in_both_languages():
    assert "again in 40 s." in sentences_of(TooMany(40)).en
    assert "через 40 с." in sentences_of(TooMany(40)).ru
    assert "again in 2 min." in sentences_of(TooMany(61)).en
    assert "через 15 мин." in sentences_of(TooMany(900)).ru


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "9.9.9.9", "192.0.2.1"),
        (1, "9.9.9.9, 203.0.113.5", "203.0.113.5"),
        (2, "9.9.9.9, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_may_state_the_address(proxies: int, forwarded: str, expected: str):
    scope = {"client": ("192.0.2.1", 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert client_address.address(scope, proxies) == expected


def test_a_class_behind_one_address_appears_at_once_and_a_script_waits(clock: Clock):
    devices = NewDevices(60, clock)
    for _ in range(60):
        assert devices.wait("192.0.2.1") == 0
        devices.count("192.0.2.1")
    assert devices.wait("192.0.2.1") == 60
    assert devices.wait("192.0.2.2") == 0
    assert devices.wait("") == 0, "the terminal has no address"
    clock.now += 60
    assert devices.wait("192.0.2.1") == 0


def test_one_ipv6_network_is_one_address(clock: Clock):
    devices = NewDevices(1, clock)
    devices.count("2001:db8::1")
    assert devices.wait("2001:db8::ffff") > 0
    assert devices.wait("2001:db8:0:1::1") == 0
    assert devices.wait("fe80::1%eth0") == 0
