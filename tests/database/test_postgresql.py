"""What happens only on PostgreSQL: deadlocks, lost connections, commits of unknown outcome."""

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from clickcounter.database import postgresql
from clickcounter.domain.clicks import Outcome
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_postgresql
from tests.postgres import LostAnswerProxy, PostgreSQL
from tests.raw import new_key
from tests.server import wait_for
from tests.writing import consistent, order, until_saved

Query = Callable[[str], list[tuple]]
pytestmark = only_postgresql


def together(*works: Callable[[], None]) -> None:
    """Run at the same time; the first error of any is raised."""
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


def pid_of(ledger: Ledger) -> int:
    """The server's process for this ledger's pooled connection."""
    with ledger._engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_competing_writers_count_each_key_once(db_url: str, query: Query):
    counters = ["counter", "east", "west"]
    makers = [Ledger(db_url) for _ in range(4)]
    together(*(lambda m=m: [m.create(c) for c in counters] for m in makers))
    keys = [[new_key() for _ in range(6)] for _ in range(40)]
    devices = [f"{turn // 2:064x}" for turn in range(40)]

    def write(ledger: Ledger, step: int) -> None:
        for turn in range(40):
            some = devices[turn : turn + 3][::-step]
            until_saved(ledger, [order(*keys[turn], counter=c, device=d) for c in counters[::step] for d in some])
            if turn % 10 == 9:
                ledger.adopt("counter")  # like another worker that starts meanwhile

    together(*(lambda m=m, s=s: write(m, s) for m, s in zip(makers, (1, -1, 1, -1), strict=True)))
    assert query("SELECT slug, value FROM counter ORDER BY slug") == [("counter", 240), ("east", 240), ("west", 240)]
    consistent(db_url, 720)
    for maker in makers:
        maker.close()


def test_competing_writers_create_each_device_once(db_url: str, query: Query):
    makers = [Ledger(db_url) for _ in range(3)]
    begin = threading.Barrier(3, timeout=60)

    def write(ledger: Ledger, slug: str, step: int) -> None:
        ledger.create(slug)
        for turn in range(40):
            begin.wait()
            ledger.write([order(counter=slug, device=f"{turn * 20 + n:064x}") for n in range(20)[::step]])

    together(*(lambda m=m, n=n: write(m, f"c{n}", (-1) ** n) for n, m in enumerate(makers)))
    assert query("SELECT count(*) FROM device") == [(800,)]
    consistent(db_url, 2400)
    for maker in makers:
        maker.close()


def test_a_transactions_reads_do_not_grow_with_the_history(ledger: Ledger, query: Query):
    for turn in range(30):
        ledger.write([order(*(f"{turn:016x}{n:016x}" for n in range(200)))])
    ledger.close()  # its server process reports its statistics when it ends
    read = "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'click'"
    written = "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'click'"
    wait_for(lambda: query(written) == [(6000,)], "the statistics are told")
    assert query(read)[0][0] < 200


def test_a_locked_counter_means_later_in_time_and_loses_nothing(ledger: Ledger, db_url: str):
    ledger.write([order("a" * 32)])
    with psycopg.connect(db_url.replace("+psycopg", "")) as other:
        other.execute("SELECT * FROM counter FOR UPDATE")
        began = time.monotonic()
        with pytest.raises(Later):  # while the other holds its lock
            ledger.write([order("b" * 32)])
        assert time.monotonic() - began > 1.5
        other.rollback()
    [outcome] = ledger.write([order("b" * 32)])
    assert outcome.snapshot.value == 2


@pytest.fixture
def patient(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger that waits for locks as long as the test needs."""
    settings = postgresql.WRITER_SETTINGS.replace("'2s'", "'2min'").replace("'4s'", "'2min'")
    monkeypatch.setattr(postgresql, "WRITER_SETTINGS", settings)
    monkeypatch.setattr(postgresql, "RETRY_FOR", 120.0)
    ledger = Ledger(db_url)
    yield ledger
    ledger.close()


def test_a_deadlock_is_retried_and_counts_once(patient: Ledger, db_url: str, query: Query):
    patient.create("middle")
    patient.create("east")
    patient.write([order()])
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    lock = "SELECT * FROM counter WHERE slug = '{}' FOR UPDATE"
    url = db_url.replace("+psycopg", "")
    with psycopg.connect(url) as gate, psycopg.connect(url) as other:
        gate.execute(lock.format("middle"))
        other.execute("SET deadlock_timeout = '1min'")  # so that the ledger detects it, and gives way
        other.execute(lock.format("east"))
        writing = threading.Thread(target=patient.write, args=([order(), order(counter="middle"), order(counter="east")],))
        writing.start()
        wait_for(lambda: query(waits) == [(1,)], "the ledger holds the first counter and waits for the second")
        locking = threading.Thread(target=other.execute, args=(lock.format("counter"),))
        locking.start()
        wait_for(lambda: query(waits) == [(2,)], "the other holds the third and waits for the first")
        gate.rollback()  # the ledger goes on to the third
        locking.join()  # once the ledger gave way
        other.rollback()
    writing.join()
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    wait_for(lambda: query(deadlocks) == [(1,)], "PostgreSQL tells of the deadlock")
    assert sorted(query("SELECT slug, value FROM counter")) == [("counter", 2), ("east", 1), ("middle", 1)]
    consistent(db_url, 4)


def test_a_killed_connection_is_replaced_and_the_click_counts_once(ledger: Ledger, db_url: str, query: Query):
    ledger.write([order()])
    query(f"SELECT pg_terminate_backend({pid_of(ledger)})")  # while idle
    [outcome] = ledger.write([order("a" * 32)])
    assert outcome.snapshot.value == 2
    with psycopg.connect(db_url.replace("+psycopg", "")) as other:
        other.execute("SELECT * FROM counter FOR UPDATE")
        outcomes: list[Outcome] = []
        writing = threading.Thread(target=lambda: outcomes.extend(ledger.write([order("b" * 32)])))
        writing.start()
        waits = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        [(pid,)] = wait_for(lambda: query(waits), "the ledger waits within its transaction")
        query(f"SELECT pg_terminate_backend({pid})")
        other.rollback()
    writing.join()
    assert outcomes[0].snapshot.value == 3
    consistent(db_url, 3)


@pytest.fixture
def proxy(postgres: PostgreSQL) -> Iterator[LostAnswerProxy]:
    made = LostAnswerProxy(postgres.port)
    yield made
    made.close()


def test_a_commit_with_a_lost_answer_is_settled_by_key(
    db_url: str, postgres: PostgreSQL, proxy: LostAnswerProxy, query: Query
):
    ledger = Ledger(db_url.replace(f":{postgres.port}/", f":{proxy.port}/"))
    ledger.write([order()])
    proxy.cut_commits = 1
    [outcome] = ledger.write([order("a" * 32, "b" * 32)])
    assert proxy.cut_commits == 0
    assert outcome.codes == {"a" * 32: "saved", "b" * 32: "saved"}
    assert outcome.snapshot.value == 3
    round_id = outcome.snapshot.round
    proxy.cut_commits = 1
    snapshot, news = ledger.reset("counter")
    assert (snapshot.value, news, proxy.cut_commits) == (0, True, 0)
    assert query("SELECT count(*) FROM round") == [(2,)]  # one reset is one reset
    assert snapshot.round != round_id
    consistent(db_url, 3)
    ledger.close()


def test_a_commit_that_cannot_be_settled_means_later_not_saved(
    db_url: str, postgres: PostgreSQL, proxy: LostAnswerProxy, query: Query
):
    ledger = Ledger(db_url.replace(f":{postgres.port}/", f":{proxy.port}/"))
    ledger.write([order()])
    proxy.cut_commits, proxy.refusing_after = 1, True
    with pytest.raises(Later):
        ledger.write([order("a" * 32)])
    assert query("SELECT value FROM counter") == [(2,)]  # it was saved, and nobody could know
    proxy.accept_again()
    [outcome] = ledger.write([order("a" * 32)])
    assert (outcome.codes, outcome.snapshot.value) == ({"a" * 32: "saved"}, 2)
    ledger.close()


def test_a_frozen_writer_does_not_block_others_for_long(ledger: Ledger, db_url: str):
    ledger.write([order()])
    other = Ledger(db_url)
    with other._engine.connect() as connection:  # begins, locks, then freezes
        connection.exec_driver_sql("SELECT * FROM counter FOR NO KEY UPDATE")
        until_saved(ledger, [order()])
        connection.invalidate()
    other.close()


def test_no_statement_of_the_ledger_is_compiled_first(ledger: Ledger):
    analyze = "EXPLAIN (ANALYZE) DELETE FROM session WHERE expires_at <= 0"  # as each sign-in does
    plan = ledger.transact(lambda connection: connection.exec_driver_sql(analyze).scalars().all())
    assert any("Seq Scan" in line for line in plan)
    assert not any("JIT" in line for line in plan)
