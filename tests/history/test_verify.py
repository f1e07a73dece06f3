"""Verify finds and names every wrong total; repair rebuilds it from the ledger."""

from collections.abc import Callable

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Click, Order
from clickcounter.history import snapshots
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key
from tests.terminal import terminal
from tests.writing import consistent

Query = Callable[[str], list[tuple]]

CORRUPTIONS = (
    "UPDATE counter SET value = value + 1000 WHERE slug = 'counter'",
    "UPDATE round SET total = 5 WHERE number = 1",
    "UPDATE round SET counted = FALSE WHERE number = 1",
    "UPDATE tally SET up = up + 1",
    "DELETE FROM activity WHERE width = 60000",
    "UPDATE activity SET clicks = 0",
    "UPDATE device_activity SET start = start + width",
)


def test_verify_names_and_repair_fixes_every_wrong_total(db_url: str, ledger: Ledger, query: Query):
    engine = open_engine(db_url)
    first = snapshots.snapshot_of(engine, "counter").round
    ledger.write([Order("counter", letter * 64, (Click(new_key(), 7, 0, first),)) for letter in "ab"])
    second, _ = ledger.reset("counter")
    [outcome] = ledger.write([Order("counter", "a" * 64, (Click(new_key(), 3, 0, second.round),))])
    for statement in CORRUPTIONS:
        query(statement)
    checked = terminal(db_url, "verify")
    assert checked.returncode == 1
    assert "counter, value: stored 1003, the ledger says 3" in checked.stdout
    assert "counter, round 1: stored 5, the ledger says 14" in checked.stdout
    assert "counter, round 2, device 1, up: stored 4, the ledger says 3" in checked.stdout
    assert "counter, round 1, shown clicks: stored 0, the ledger says 2" in checked.stdout
    assert ", 15 min from " in checked.stdout
    assert ", 1 min from " in checked.stdout
    assert ", 240 min from " in checked.stdout
    repaired = terminal(db_url, "verify", "--repair")
    assert (repaired.returncode, repaired.stdout.splitlines()[-1].endswith("differences, repaired")) == (0, True)
    assert repaired.stdout.splitlines()[:-1] == checked.stdout.splitlines()[:-1]
    consistent(db_url, 3)
    now = snapshots.snapshot_of(engine, "counter")
    assert outcome.snapshot is not None
    assert (now.value, now.revision > outcome.snapshot.revision) == (3, True)
    engine.dispose()


def test_repairing_correct_totals_changes_nothing(db_url: str, ledger: Ledger, query: Query):
    ledger.write([Order("counter", "a" * 64, (Click(new_key(), 7, 0, 0),))])
    before = query("SELECT * FROM counter")
    done = terminal(db_url, "verify", "--repair")
    assert (done.returncode, done.stdout) == (0, "1 clicks read, 0 differences\n")
    assert query("SELECT * FROM counter") == before
