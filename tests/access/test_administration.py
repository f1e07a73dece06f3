"""Superusers who change each other's rights, on two workers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from clickcounter.access import accounts, administration, sessions
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import Refused
from clickcounter.ledger.ledger import Ledger


def test_of_two_superusers_demoting_each_other_one_remains(db_url: str, query: Callable[[str], list[tuple]]):
    workers, tokens = [Ledger(db_url), Ledger(db_url)], [sessions.sha256_of(sessions.new_token()) for _ in range(2)]
    ids = [
        workers[0].transact(lambda c, n=n: accounts.create(c, n, f"the hash of {n}", now_ms(), superuser=True)) for n in "AB"
    ]
    for account, token in zip(ids, tokens, strict=True):
        workers[0].transact(lambda c, a=account, t=token: sessions.create(c, a, str(t), "", now_ms()))
    barrier = Barrier(2)

    def demote_other(own: int) -> str:
        barrier.wait(60)
        other = ids[1 - own]
        try:
            workers[own].transact(lambda c: administration.set_superuser(c, tokens[own], other, False, now_ms()))
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        for _ in range(20):
            query("UPDATE account SET superuser = true")
            assert sorted(threads.map(demote_other, (0, 1))) == ["done", "superusers_only"]
            assert query("SELECT count(*) FROM account WHERE superuser") == [(1,)]
    for worker in workers:
        worker.close()
