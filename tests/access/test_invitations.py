"""Invitations to register, on both databases, without a server."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from clickcounter.access import accounts, authentication, sessions
from clickcounter.access.authentication import Browser, Database
from clickcounter.access.entry import invitations
from clickcounter.access.entry.invitations import Wanted
from clickcounter.errors import Refused
from clickcounter.ledger.ledger import Ledger
from tests.access.test_authentication import NOW, PASSWORD, refusal

Query = Callable[[str], list[tuple]]
SOON = NOW + 1_000


def invite(ledger: Ledger, most: int = 1, account_id: int | None = None) -> str:
    """The hash of a new invitation's token."""
    token_sha256 = str(sessions.sha256_of(sessions.new_token()))
    wanted = Wanted(token_sha256, "Ann", most, SOON)
    for _ in range(2):  # the second time it is there already
        ledger.transact(lambda connection: invitations.make(connection, wanted, account_id, NOW))
    return token_sha256


def enters(ledger: Ledger, token_sha256: str, now: int = NOW) -> bool:
    try:
        ledger.transact(lambda connection: invitations.use(connection, token_sha256, now))
    except Refused:
        return False
    return True


def test_as_many_enter_as_were_invited_however_many_try_at_once(ledger: Ledger, db_url: str, query: Query):
    token = invite(ledger, most=3)

    def tries(_: int) -> bool:
        own = Ledger(db_url)
        try:
            return enters(own, token)
        finally:
            own.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tries, range(8))) == 3
    assert query("SELECT used, most FROM registration_invitation") == [(3, 3)]


def test_an_invitation_ends_when_it_is_over_or_revoked_or_its_maker_loses_the_right(ledger: Ledger):
    root = ledger.transact(lambda connection: accounts.create(connection, "Root", "hash", NOW, superuser=True))
    of_root, token = invite(ledger, 9, root), invite(ledger, 9)
    assert enters(ledger, of_root)
    assert enters(ledger, token)
    assert not enters(ledger, token, SOON)
    assert not enters(ledger, "0" * 64)
    ledger.transact(lambda connection: accounts.set_superuser(connection, root, False))
    assert not enters(ledger, of_root)
    newest, first = ledger.transact(lambda connection: invitations.listed(connection, NOW))
    assert (newest.valid, newest.maker, first.valid, first.maker) == (True, None, False, "Root")
    for _ in range(2):
        ledger.transact(lambda connection: invitations.revoke(connection, newest.id, NOW))
    assert not enters(ledger, token)
    assert [row.id for row in ledger.transact(lambda connection: invitations.listed(connection, NOW))] == [first.id]
    with pytest.raises(Refused):
        ledger.transact(lambda connection: invitations.revoke(connection, 7777, NOW))


async def test_a_registration_that_is_sent_again_uses_one_place(db_url: str, ledger: Ledger, query: Query):
    async def register(name: str, key: str, token: str) -> Any:
        own = Ledger(db_url)  # as in another worker
        run = partial(asyncio.to_thread, own.transact)
        try:
            return await authentication.register(Database(run, run), Browser(), name, PASSWORD, NOW, key, token)
        finally:
            own.close()

    once, twice = invite(ledger), invite(ledger, 2)
    for _ in range(3):
        await register("Ann", "a" * 32, once)
    assert await refusal(register("Bob", "b" * 32, once)) == "invitation"
    assert await refusal(register("Bob", "b" * 32, "0" * 64)) == "invitation"
    assert await refusal(register("ANN", "c" * 32, twice)) == "account_taken"
    assert query("SELECT name FROM account") == [("Ann",)]
    tries = (register(f"Person {number}", f"{number:032x}", twice) for number in range(6))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, Refused) for one in done) == 2
    assert query("SELECT used FROM registration_invitation ORDER BY id") == [(1,), (2,)]
    assert query("SELECT count(*) FROM account") == [(3,)]
