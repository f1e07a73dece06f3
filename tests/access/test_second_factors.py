"""The second factor, on both databases, without a server."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clickcounter.access import accounts, authentication, sessions
from clickcounter.access.authentication import Browser, Database
from clickcounter.access.entry import recovery_codes, second_factors, totp
from clickcounter.access.entry.totp import STEP
from clickcounter.access.rate_limits import Limits
from clickcounter.errors import Refused, SecondFactorNeeded, SecondFactorWrong, TooMany
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import from_environment
from tests.access.test_authentication import NOW, PASSWORD, db, refusal  # noqa: F401  a fixture

Query = Callable[[str], list[tuple]]
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B
SECRET = "A" * 32


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str):
    assert totp.code_at(RFC_SECRET, seconds * 1000 // STEP) == code
    assert totp.step_of(RFC_SECRET, code, seconds * 1000 + STEP) == seconds * 1000 // STEP
    assert totp.step_of(RFC_SECRET, code, seconds * 1000 + 2 * STEP) is None


def test_secrets_and_recovery_codes_are_what_they_have_to_be():
    assert totp.is_secret(totp.new_secret())
    assert not any(map(totp.is_secret, ("", "A" * 31, "A" * 40, "a" * 32, "1" * 32, "é" * 32, None, 7)))
    codes = recovery_codes.new_codes(SECRET, "a" * 32)
    assert codes == recovery_codes.new_codes(SECRET, "a" * 32)
    assert len({*codes, *recovery_codes.new_codes(SECRET, "b" * 32), *recovery_codes.new_codes(SECRET, "")}) == 30
    typed = codes[0].lower().replace("-", "  ")
    assert recovery_codes.read_code(typed) == recovery_codes.read_code(codes[0]) != recovery_codes.read_code(codes[1])
    assert recovery_codes.read_code("123456") is None


class World:
    """An account with a second factor, whose time goes on by itself."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.codes = ledger, recovery_codes.new_codes(SECRET, "a" * 32)
        self.account = ledger.transact(lambda c: accounts.create(c, "Root", "hash", NOW, superuser=True))
        self.do(second_factors.set_up, SECRET, self.code(NOW), self.codes, NOW)

    def do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self.ledger.transact(lambda connection: work(connection, self.account, *arguments))

    @staticmethod
    def code(now: int) -> str:
        return totp.code_at(SECRET, now // STEP)

    def enters(self, code: object, now: int) -> str:
        try:
            assert self.do(second_factors.require, code, now)
        except (SecondFactorNeeded, SecondFactorWrong) as refused:
            return refused.code
        return "entered"


@pytest.fixture
def world(ledger: Ledger) -> World:
    return World(ledger)


def test_no_code_is_accepted_twice(world: World):
    later, last = NOW + STEP, NOW + 3 * STEP
    assert world.enters(world.code(NOW), NOW) == "second_factor_used", "it was given to set this up"
    shown = world.code(later)
    assert world.enters(f"{shown[:3]} {shown[3:]}", later) == "entered"
    assert [world.enters(shown, now) for now in (later, later + STEP)] == ["second_factor_used"] * 2
    assert world.enters(world.code(NOW), later) == "second_factor_used", "an older one"
    assert world.enters(world.code(last), last) == "entered"
    assert world.enters(world.codes[0].lower(), NOW) == "entered"
    assert world.enters(world.codes[0], NOW) == "second_factor_wrong"
    assert world.do(second_factors.codes_left) == 9
    for nothing in ("", None, 7, "  "):
        assert world.enters(nothing, NOW) == "second_factor"
    for wrong in ("000000", "12345", "\ud800" * 6, "é" * 6, "1" * 100_000, world.codes[1][:-1]):
        assert world.enters(wrong, NOW) == "second_factor_wrong"


def test_of_many_who_use_one_code_at_once_one_enters(world: World, db_url: str):
    def tries(code: str) -> bool:
        own = Ledger(db_url)
        try:
            return bool(own.transact(lambda c: second_factors.require(c, world.account, code, NOW + STEP)))
        except SecondFactorWrong:
            return False
        finally:
            own.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tries, [world.code(NOW + STEP)] * 8)) == 1
        assert sum(pool.map(tries, [world.codes[3]] * 8)) == 1


def test_asked_for_again_with_the_same_key_nothing_changes(world: World):
    world.do(second_factors.set_up, SECRET, "000000", world.codes, NOW)
    with pytest.raises(Refused, match="second_factor_set"):
        world.do(second_factors.set_up, "B" * 32, world.code(NOW), world.codes, NOW)
    codes = world.do(second_factors.renew_codes, world.code(NOW + STEP), "b" * 32, NOW + STEP)
    assert world.do(second_factors.renew_codes, world.code(NOW + STEP), "b" * 32, NOW + STEP) == codes
    with pytest.raises(SecondFactorWrong):
        world.do(second_factors.renew_codes, world.code(NOW + STEP), "c" * 32, NOW + STEP)
    assert world.enters(world.codes[0], NOW) == "second_factor_wrong", "it was replaced"
    world.do(second_factors.remove)
    world.do(second_factors.remove)
    assert not world.do(second_factors.require, None, NOW)
    with pytest.raises(Refused, match="second_factor_off"):
        world.do(second_factors.renew_codes, world.code(NOW), "", NOW)


async def test_signing_in_takes_the_password_and_a_code(db: Database, ledger: Ledger, query: Query):  # noqa: F811
    _, ann = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    codes = recovery_codes.new_codes(SECRET, "")
    code, later = totp.code_at(SECRET, NOW // STEP), NOW + STEP
    ledger.transact(lambda c: second_factors.set_up(c, ann.account_id, SECRET, code, codes, NOW))

    def sign_in(password: str, code: object, now: int = later) -> Any:
        return authentication.sign_in(db, Browser(), "Ann", password, now, code)

    shown = totp.code_at(SECRET, later // STEP)
    assert await refusal(sign_in("wrong horse battery", shown)) == "sign_in", "nobody else learns that a code is needed"
    assert await refusal(sign_in(PASSWORD, None)) == "second_factor"
    assert await refusal(sign_in(PASSWORD, "000000")) == "second_factor_wrong"
    token, _ = await sign_in(PASSWORD, shown)
    assert await refusal(sign_in(PASSWORD, shown)) == "second_factor_used"
    session = sessions.sha256_of(token)
    fresh = [ledger.transact(lambda c: second_factors.is_fresh(c, session, later + ms)) for ms in (0, second_factors.LASTS)]  # noqa: B023
    assert fresh == [True, False]
    await sign_in(PASSWORD, codes[0])
    await authentication.change_password(db, Browser(session), PASSWORD, "tram 17 b", NOW + 2 * STEP)
    await authentication.delete(db, Browser(sessions.sha256_of((await sign_in("tram 17 b", codes[1]))[0])), "tram 17 b", NOW)
    assert query("SELECT count(*) FROM second_factor") == query("SELECT count(*) FROM recovery_code") == [(0,)]


def test_wrong_codes_make_the_name_wait_and_a_missing_one_does_not():
    clock = [0.0]
    limits = Limits(from_environment({"CLICKCOUNTER_SIGN_IN_TRIES": "3"}), lambda: clock[0])

    def tries(error: Refused) -> float:
        """The seconds to wait before the password and the code are looked at."""
        try:
            with limits.trying("ann", "", "10.0.0.1"):
                raise error
        except TooMany as too_many:
            clock[0] += too_many.seconds
            return too_many.seconds
        except Refused:
            return 0

    assert [tries(SecondFactorNeeded()) for _ in range(20)] == [0] * 20
    waits = [(tries(SecondFactorWrong()), tries(SecondFactorNeeded()))[1] for _ in range(14)]
    assert (waits[:3], waits[-1]) == ([0, 0, 1], 900)
    with limits.trying("ann", "", "10.0.0.1"):
        pass  # the right code
    assert [tries(SecondFactorWrong()), tries(SecondFactorNeeded())] == [0, 0]
