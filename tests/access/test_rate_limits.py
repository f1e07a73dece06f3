"""How often somebody may ask: one script waits, a class of thirty does not."""

import pytest

from clickcounter.access.rate_limits import CLASS, LONGEST_FOR_BROWSER, LONGEST_FOR_NAME, Attempts, Limits, Pace
from clickcounter.errors import TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.settings import from_environment
from clickcounter.web import client_address

SETTINGS = from_environment({})


class Clock:
    """Stands still until it is put forward."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def of_process(clock: Clock) -> Limits:
    return Limits(SETTINGS, clock)


def test_so_many_at_once_and_then_at_an_even_pace():
    pace = Pace(at_once=3, a_second=0.5)
    assert [pace.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, 2]
    assert pace.wait("b", 0.0) == 0
    assert pace.wait("a", 1.5) == 0.5
    assert pace.wait("a", 2.0) == 0
    assert pace.wait("a", 2.0) == 2
    assert [pace.wait("a", 1e6) for _ in range(4)] == [0, 0, 0, 2]


def test_each_failure_past_the_free_ones_doubles_the_wait_up_to_an_end():
    attempts, now, waits = Attempts(free=3, longest=60), 0.0, []
    for _ in range(11):
        attempts.count("a", now)
        waits.append(attempts.wait("a", now))
        now += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    attempts.forget("a")
    attempts.count("a", now)
    assert attempts.wait("a", now) == 0


def test_what_is_remembered_is_bounded():
    pace, attempts = Pace(1, 1, most=100), Attempts(1, 60, most=100)
    for key in range(1000):
        pace.wait(key, 0.0)
        attempts.count(key, 0.0)
    assert len(pace._due) == len(attempts._failed) == 100


def tried(of_process: Limits, name: str, browser: str, address: str) -> int:
    """The seconds to wait; 0 where it may be tried."""
    try:
        of_process.sign_in(name, browser, address)
    except TooMany as error:
        return error.seconds
    return 0


def test_a_class_behind_one_address_signs_in_at_once(of_process: Limits):
    for n in range(30):
        for _ in range(3):  # two typing errors each
            assert tried(of_process, f"student {n}", "", "192.0.2.1") == 0
        of_process.signed_in(f"student {n}", "", "192.0.2.1")


def test_of_ten_thousand_guesses_at_a_name_from_everywhere_few_are_tried(of_process: Limits, clock: Clock):
    went = 0
    for n in range(10_000):
        went += tried(of_process, "anna", f"browser {n}", f"2001:db8::{n:x}") == 0
        clock.now += 0.1
    assert went < SETTINGS.sign_in_tries + 10 + 1000 / LONGEST_FOR_NAME


def test_of_ten_thousand_guesses_of_one_script_at_many_names_few_are_tried(of_process: Limits, clock: Clock):
    one, changing = 0, 0
    for n in range(10_000):
        one += tried(of_process, f"name {n}", "script", "192.0.2.1") == 0
        changing += tried(of_process, f"another {n}", f"script {n}", "192.0.2.2") == 0
        clock.now += 0.1
    assert one < SETTINGS.sign_in_tries + 15 + 1000 / LONGEST_FOR_BROWSER
    assert changing <= 2 * CLASS * SETTINGS.sign_in_tries * (1 + 1000 / 600) + 1


def test_a_device_makes_so_many_counters_an_hour_and_an_address_ten_times_as_many(of_process: Limits, clock: Clock):
    each = int(SETTINGS.counters_an_hour)
    for device in range(CLASS):
        for _ in range(each):
            of_process.new_counter(f"device {device}", "192.0.2.1")
    with pytest.raises(TooMany) as device_waits:
        of_process.new_counter("device 0", "192.0.2.2")
    with pytest.raises(TooMany):
        of_process.new_counter("device 11", "192.0.2.1")
    clock.now += device_waits.value.seconds
    of_process.new_counter("device 0", "192.0.2.2")


def test_a_refusal_says_in_both_languages_for_how_long():
    assert "again in 40 s." in sentences_of(TooMany(40)).en
    assert "через 40 с." in sentences_of(TooMany(40)).ru
    assert "again in 2 min." in sentences_of(TooMany(61)).en
    assert "через 15 мин." in sentences_of(TooMany(900)).ru


@pytest.mark.parametrize(
    ("proxies", "forwarded", "told"),
    [
        (0, "9.9.9.9", "192.0.2.1"),
        (1, "9.9.9.9, 203.0.113.5", "203.0.113.5"),
        (2, "9.9.9.9, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (1, "", "192.0.2.1"),
    ],
)
def test_an_address_is_believed_from_our_own_proxies_alone(proxies: int, forwarded: str, told: str):
    scope = {"client": ("192.0.2.1", 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert client_address.address(scope, proxies) == told
