"""PostgreSQL killed, and PostgreSQL replaced by its standby."""

import threading
from collections.abc import Iterator

import pytest

from clickcounter.domain.clicks import Outcome
from clickcounter.errors import Later
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from tests.postgres import TEMPLATE, PostgreSQL
from tests.server import wait_for
from tests.writing import consistent, order, steady_writing, wait_for_more


@pytest.fixture
def own_cluster() -> Iterator[PostgreSQL]:
    """A PostgreSQL server that a test may kill."""
    cluster = PostgreSQL()
    cluster.make()
    cluster.start()
    yield cluster
    cluster.remove()


def made(cluster: PostgreSQL) -> str:
    url = database_url(cluster.create_database(TEMPLATE))
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.close()
    return url


def test_killing_postgresql_during_writes_loses_nothing(own_cluster: PostgreSQL):
    url = made(own_cluster)
    with steady_writing(url) as saved:
        for _ in range(3):
            wait_for_more(saved)
            own_cluster.kill()
            own_cluster.start()
        wait_for_more(saved)
    stored = {key for (key,) in own_cluster.ask(url.rpartition("/")[2], "SELECT key FROM click")}
    assert set(saved) == stored  # each was sent until saved, and counts once
    consistent(url, len(saved))


def test_a_failover_to_a_synchronous_standby_loses_no_answered_click(own_cluster: PostgreSQL):
    url = made(own_cluster)
    name = url.rpartition("/")[2]
    standby = own_cluster.standby()
    both = database_url(
        f"postgresql://{own_cluster.user}@{own_cluster.host},{standby.host}/{name}?target_session_attrs=read-write"
    )
    try:
        alone = Ledger(database_url(standby.url(name)))
        with pytest.raises(Later):  # a standby alone is no refusal
            alone.write([order()])
        alone.close()
        with steady_writing(both) as saved:
            wait_for_more(saved)
            own_cluster.kill()
            answered = list(saved)
            standby.promote()
            wait_for_more(saved)
        stored = {key for (key,) in standby.ask(name, "SELECT key FROM click")}
        assert set(answered) <= stored
        assert set(saved) == stored
        consistent(both, len(saved))
    finally:
        standby.remove()


def test_nothing_is_saved_before_the_synchronous_standby_has_it(own_cluster: PostgreSQL):
    url = made(own_cluster)
    standby = own_cluster.standby()
    try:
        ledger = Ledger(url)
        standby.stop()
        outcomes: list[Outcome | Later] = []

        def write() -> None:
            try:
                outcomes.extend(ledger.write([order("a" * 32)]))
            except Later as later:
                outcomes.append(later)

        writing = threading.Thread(target=write)
        writing.start()
        waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        wait_for(lambda: own_cluster.ask("postgres", waits), "COMMIT waits for the standby")
        own_cluster.ask("postgres", f"SELECT pg_cancel_backend(pid) FROM ({waits}) AS w")
        wait_for(lambda: own_cluster.ask("postgres", waits), "it waits again, by key")
        assert outcomes == []
        standby.start()
        writing.join()
        assert outcomes[0].codes == {"a" * 32: "saved"}
        assert outcomes[0].snapshot.value == 1
        ledger.close()
    finally:
        standby.remove()
