"""Accounts and sessions, on both databases, without a server."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from clickcounter.access import accounts, authentication, passwords, sessions
from clickcounter.access.authentication import Browser, Database
from clickcounter.access.credentials import fold
from clickcounter.access.sessions import LIFETIME, User, sha256_of
from clickcounter.database.tables import ACCOUNTS
from clickcounter.errors import Refused
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite

Query = Callable[[str], list[tuple]]
NOW = 1_800_000_000_000
PASSWORD = "correct horse battery"


@pytest.fixture
def db(ledger: Ledger) -> Database:
    async def run(work: Callable[..., Any]) -> Any:
        return await asyncio.to_thread(ledger.transact, work)

    return Database(run, run)


def signed_in_user(ledger: Ledger, token: str, now: int = NOW) -> User | None:
    return ledger.transact(lambda connection: sessions.user_of(connection, sha256_of(token), now))


async def refusal(doing: Any) -> str:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.code


async def test_registering_signs_in_and_stores_no_secret(db: Database, ledger: Ledger, query: Query):
    token, ann = await authentication.register(db, Browser(about="Fire\nfox" + "x" * 200), "  Ann   Lee ", PASSWORD, NOW)
    assert ann == signed_in_user(ledger, token) == User(ann.account_id, "Ann Lee", False)
    [(stored, about)] = query("SELECT token_sha256, about FROM session")
    assert (stored, about.startswith("Firefoxxx"), len(about)) == (sha256_of(token), True, 119)
    [(name, password_hash)] = query("SELECT name_folded, password_hash FROM account")
    assert (name, password_hash[:10]) == ("annlee", "$argon2id$")


async def test_all_spellings_of_a_name_are_one_account(db: Database, ledger: Ledger):
    await authentication.register(db, Browser(), "Straße", PASSWORD, NOW)
    for same in ("STRASSE", "straße", "Stra\u200dße", "\uff33trasse"):
        assert await refusal(authentication.register(db, Browser(), same, PASSWORD, NOW)) == "account_taken"
        token, _ = await authentication.sign_in(db, Browser(), same, PASSWORD, NOW)
        assert signed_in_user(ledger, token).name == "Straße"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "a" * 41, "a\0b", "a\u202eb", "\ud800", 7, None, ["a"]])
async def test_an_invalid_name_is_refused(db: Database, name: Any):
    assert await refusal(authentication.register(db, Browser(), name, PASSWORD, NOW)) == "account_name"


@pytest.mark.parametrize(
    "name", ["Ann\u200b", "Ann\u2800Lee", "Ann\U000e0041", "\u3164Ann", "A\u00adnn", "\u0410nn", "An\u03bd", "Ann\u034f"]
)
async def test_a_name_has_nothing_invisible_and_one_alphabet_a_word(db: Database, name: str):
    assert await refusal(authentication.register(db, Browser(), name, PASSWORD, NOW)) == "account_name_letters"


@pytest.mark.parametrize("name", ["Анна Smith", "Ильич", "Jean-Łuc", "IT-отдел", "علی‌رضا", "我們 2026", "❤️ Ann", "Ω"])
async def test_honest_names_of_any_alphabet_are_accepted(db: Database, name: str):
    _, user = await authentication.register(db, Browser(), name, PASSWORD, NOW)
    assert user.name == name


async def test_a_name_that_looks_like_anothers_is_refused(db: Database):
    for known in ("Ilya", "Анна", "COP 10", "Léo"):
        await authentication.register(db, Browser(), known, PASSWORD, NOW)
    for same in ("llya", "1lya", "Ilya.", "I1ya", "\u0421\u041e\u0420 1O", "(Léo)"):
        assert await refusal(authentication.register(db, Browser(), same, PASSWORD, NOW)) == "account_similar"
    for other in ("Ulya", "Anna", "COP 11", "Leo"):
        await authentication.register(db, Browser(), other, PASSWORD, NOW)


async def test_an_older_account_keeps_a_name_that_is_refused_today(db: Database, ledger: Ledger):
    for old in ("\u0410nn", "Bob\u2800"):
        password_hash = await passwords.hashed(PASSWORD)
        row = {"name": old, "name_folded": fold(old), "password_hash": password_hash, "created_at": NOW, "superuser": False}
        ledger.transact(lambda connection, row=row: connection.execute(insert(ACCOUNTS), row))
        _, user = await authentication.sign_in(db, Browser(), old, PASSWORD, NOW)
        assert user.name == old


@pytest.mark.parametrize("password", ["short", "🦊" * 200, "x" * 10_000, "\ufdfa" * 60, "\ud800" * 9, None, 12345678])
async def test_an_invalid_password_is_refused(db: Database, password: Any, query: Query):
    assert await refusal(authentication.register(db, Browser(), "Ann", password, NOW)) == "password_length"
    assert query("SELECT count(*) FROM account") == [(0,)]


FOXES = "🦊🐺🐱🐶🦁🐯🦒🦓🐴🐗🐭🐹🐰🐻🐼🐨" * 8  # the longest password


async def test_names_may_contain_markup_and_passwords_emoji(db: Database, ledger: Ledger):
    token, _ = await authentication.register(db, Browser(), "<script>", FOXES, NOW)
    assert signed_in_user(ledger, token).name == "<script>"
    await authentication.sign_in(db, Browser(), "<script>", FOXES, NOW)


async def test_a_wrong_name_and_a_wrong_password_get_the_same_error(db: Database):
    await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    for name, password in (("Ann", "wrong horse"), ("Bob", PASSWORD), (None, None), ("Ann", "x" * 10_000), ("\0", PASSWORD)):
        assert await refusal(authentication.sign_in(db, Browser(), name, password, NOW)) == "sign_in"


@only_sqlite
async def test_sign_in_time_does_not_reveal_whether_a_name_exists(db: Database):
    await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    ratios: list[float] = []
    # Noise from other programs differs between attempts; a real difference would appear in all of them.
    while not ratios or (ratios[-1] >= 1.2 and len(ratios) < 4):
        ratios.append(await _time_ratio(db, ("Ann", "Bob")))
    assert ratios[-1] < 1.2, ratios


async def _time_ratio(db: Database, names: tuple[str, str]) -> float:
    """How many times more CPU time one name takes than the other: medians of interleaved attempts.

    The time on the clock would also show what other programs do.
    """
    took: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(30):
        for name in names if turn % 2 else reversed(names):
            started = time.process_time()
            await refusal(authentication.sign_in(db, Browser(), name, f"wrong horse {turn}", NOW))
            took[name].append(time.process_time() - started)
    shorter, longer = sorted(sorted(times)[len(times) // 2] for times in took.values())
    return longer / shorter


async def test_signing_in_again_replaces_the_browsers_session(db: Database, ledger: Ledger):
    old, _ = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    fresh, _ = await authentication.sign_in(db, Browser(sha256_of(old)), "Ann", PASSWORD, NOW)
    assert (signed_in_user(ledger, old), signed_in_user(ledger, fresh) is None) == (None, False)


async def test_signing_out_here_or_everywhere_takes_effect_immediately(db: Database, ledger: Ledger):
    one, _ = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    two, three = [(await authentication.sign_in(db, Browser(), "Ann", PASSWORD, NOW))[0] for _ in range(2)]
    await authentication.sign_out(db, Browser(sha256_of(one)), NOW)
    assert [signed_in_user(ledger, token) is not None for token in (one, two, three)] == [False, True, True]
    await authentication.sign_out(db, Browser(sha256_of(two)), NOW, everywhere=True)
    assert [signed_in_user(ledger, token) is not None for token in (one, two, three)] == [False, False, False]


async def test_a_session_expires_unless_it_is_renewed(db: Database, ledger: Ledger):
    token, _ = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    later = NOW + LIFETIME - 1
    assert signed_in_user(ledger, token, later) is not None
    assert signed_in_user(ledger, token, later + 1) is None
    sha256 = sha256_of(token)
    assert not ledger.transact(lambda c: sessions.needs_renewal(c, sha256, NOW + 1))
    assert ledger.transact(lambda c: sessions.needs_renewal(c, sha256, later))
    ledger.transact(lambda c: sessions.renew(c, sha256, later))
    assert signed_in_user(ledger, token, later + 1) is not None


async def test_a_session_in_use_ends_after_half_a_year(db: Database, ledger: Ledger):
    token, _ = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    sha256 = sha256_of(token)
    for day in range(0, 200, 20):
        ledger.transact(lambda c, now=NOW + day * sessions.DAY: sessions.renew(c, sha256, now))
    assert signed_in_user(ledger, token, NOW + sessions.LONGEST - 1) is not None
    assert signed_in_user(ledger, token, NOW + sessions.LONGEST) is None


async def test_a_new_password_ends_all_older_sessions(db: Database, ledger: Ledger):
    one, _ = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    two, _ = await authentication.sign_in(db, Browser(), "Ann", PASSWORD, NOW)
    here = Browser(sha256_of(one))
    assert (
        await refusal(authentication.change_password(db, here, "wrong horse", "another horse here", NOW)) == "password_wrong"
    )
    assert await refusal(authentication.change_password(db, here, PASSWORD, "short", NOW)) == "password_length"
    assert (
        await refusal(authentication.change_password(db, Browser("0" * 64), PASSWORD, "another horse here", NOW))
        == "signed_out"
    )
    assert signed_in_user(ledger, two) is not None
    fresh, _, ended = await authentication.change_password(db, here, PASSWORD, "another horse here", NOW)
    assert sorted(ended) == sorted([sha256_of(one), sha256_of(two)])
    assert [signed_in_user(ledger, token) is not None for token in (one, two, fresh)] == [False, False, True]
    assert await refusal(authentication.sign_in(db, Browser(), "Ann", PASSWORD, NOW)) == "sign_in"
    await authentication.sign_in(db, Browser(), "Ann", "another horse here", NOW)


async def test_a_user_can_change_their_name_or_its_spelling(db: Database, ledger: Ledger):
    token, _ = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    await authentication.register(db, Browser(), "Bob", PASSWORD, NOW)
    here = Browser(sha256_of(token))
    assert (await authentication.change_name(db, here, "ANN", NOW)).name == "ANN"
    assert await refusal(authentication.change_name(db, here, "bob", NOW)) == "account_taken"
    assert await refusal(authentication.change_name(db, Browser(), "Eve", NOW)) == "signed_out"
    assert signed_in_user(ledger, token).name == "ANN"


async def test_a_deleted_account_leaves_a_row_without_a_name(db: Database, ledger: Ledger, query: Query):
    token, ann = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    here = Browser(sha256_of(token))
    assert await refusal(authentication.delete(db, here, "wrong horse", NOW)) == "password_wrong"
    await authentication.delete(db, here, PASSWORD, NOW + 1)
    assert query("SELECT id, name, name_folded, password_hash, deleted_at FROM account") == [
        (ann.account_id, "", None, "", NOW + 1)
    ]
    assert query("SELECT count(*) FROM session") == [(0,)]
    assert await refusal(authentication.sign_in(db, Browser(), "Ann", PASSWORD, NOW)) == "sign_in"
    _, another = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)  # the name is free again
    assert another.account_id != ann.account_id


async def test_a_blocked_account_is_signed_out_and_only_its_owner_learns_why(db: Database, ledger: Ledger):
    token, ann = await authentication.register(db, Browser(), "Ann", PASSWORD, NOW)
    ledger.transact(lambda c: accounts.block(c, ann.account_id, NOW))
    assert signed_in_user(ledger, token) is None
    assert await refusal(authentication.sign_in(db, Browser(), "Ann", PASSWORD, NOW)) == "account_blocked"
    assert await refusal(authentication.sign_in(db, Browser(), "Ann", "wrong horse", NOW)) == "sign_in"


async def test_two_processes_cannot_register_the_same_name(db: Database, db_url: str, query: Query):
    other = Ledger(db_url)

    async def run(work: Callable[..., Any]) -> Any:
        return await asyncio.to_thread(other.transact, work)

    both = [authentication.register(one, Browser(), "Ann", PASSWORD, NOW) for one in (db, Database(run, run))]
    done = await asyncio.gather(*both, return_exceptions=True)
    other.close()
    assert sorted(type(one).__name__ for one in done) == ["Refused", "tuple"]
    assert query("SELECT count(*) FROM account") == [(1,)]
