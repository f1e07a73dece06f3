"""Tables of other apps: each row counts once, wherever it stands, in the counters that the table names."""

import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickcounter.domain.clicks import Caller
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer.import_errors import BadFile
from clickcounter.transfer.importer import ImportResult, ImportSource, import_file
from clickcounter.transfer.tables import recognize, summary
from tests.conftest import only_sqlite
from tests.sql import ask
from tests.transfer.tables.grown_files import grown, grown_file
from tests.transfer.tables.reading import BERLIN, FILES
from tests.transfer.tables.test_known_apps import APPS, SPREADSHEETS
from tests.transfer.tables.test_known_apps import at as when
from tests.writing import consistent, order

UTC = ZoneInfo("UTC")
OWNER, STRANGER = Caller(None, "a" * 64), Caller(None, "b" * 64)
ROWS = [
    "Coffee,2026-03-01T09:00:00Z,2",
    "Tea,2026-03-01T09:05:00Z,1",
    "Coffee,2026-03-01T09:00:00Z,2",  # the same once more
    "Coffee,2026-03-02T08:00:00Z,-1",
    "Зелёный чай,2026-03-02T10:00:00Z,4",
]
HEAD = "counter,time,amount"
AFTER = "SELECT name, amount, pressed_at FROM click JOIN counter ON counter.id = counter_id ORDER BY click.id LIMIT 9 OFFSET"
examples = itertools.count()
Bring = Callable[..., ImportResult]


@pytest.fixture
def bring(db_url: str, tmp_path: Path) -> Bring:
    """Imports a table."""

    def imported(*lines: str, head: str = HEAD, by: Caller | None = None, **answers: str) -> ImportResult:
        path = tmp_path / "table.csv"
        path.write_text("\n".join([head, *lines] if head else lines) + "\n", encoding="utf-8")
        return import_file(db_url, ImportSource(path, "counter", UTC, answers), lambda progress: None, by)

    return imported


def values(url: str) -> dict[str, int]:
    return dict(ask(url, "SELECT slug, value FROM counter WHERE slug != 'counter' ORDER BY slug"))


def ledger_of(url: str) -> list[tuple]:
    rows = "SELECT slug, key, kind, amount, pressed_at, click.total FROM click JOIN counter ON counter.id = counter_id"
    return sorted(ask(url, rows))


def test_a_table_of_several_counters_makes_each_of_them(db_url: str, bring: Bring):
    assert bring(*ROWS) == ImportResult(5, 0)
    assert values(db_url) == {"coffee": 3, "tea": 1, "zelenyy-chay": 4}
    assert dict(ask(db_url, "SELECT slug, name FROM counter"))["zelenyy-chay"] == "Зелёный чай"
    started = ask(db_url, "SELECT started_at FROM round JOIN counter ON counter.id = counter_id WHERE slug = 'tea'")
    assert started == [(1_772_355_900_000,)], "it begins with its first row"
    consistent(db_url, 5)


def test_a_grown_and_sorted_table_adds_only_its_new_row(db_url: str, bring: Bring):
    bring(*ROWS)
    assert bring(*ROWS) == ImportResult(0, 5)
    assert bring("Tea,2026-03-03T09:00:00Z,7", *ROWS) == ImportResult(1, 5)
    assert bring(*sorted(ROWS)) == ImportResult(0, 5)
    assert bring(*ROWS, ROWS[0]) == ImportResult(1, 5), "a third equal one is new"
    assert values(db_url) == {"coffee": 5, "tea": 8, "zelenyy-chay": 4}
    consistent(db_url, 7)


def test_any_order_comes_to_the_same_ledger(db_url: str, other_url: str, tmp_path: Path, bring: Bring):
    bring(*ROWS)
    shuffled = random.Random(7).sample(ROWS, len(ROWS))
    path = tmp_path / "other.csv"
    path.write_text("\n".join([HEAD, *shuffled]))
    import_file(other_url, ImportSource(path, "counter", UTC), lambda progress: None)
    assert ledger_of(other_url) == ledger_of(db_url)


def test_somebody_elses_counter_of_the_same_name_is_left_alone(db_url: str, ledger: Ledger, bring: Bring):
    ledger.transact(lambda c: counters.create(c, {"name": "Coffee"}, rounds.new_round_id(), STRANGER))
    bring(*ROWS, by=OWNER)
    assert values(db_url) == {"coffee": 0, "coffee-2": 3, "tea": 1, "zelenyy-chay": 4}
    assert bring(*ROWS, by=OWNER) == ImportResult(0, 5), "it is found again"
    consistent(db_url, 5)


def test_names_that_make_the_same_address_stay_apart(db_url: str, bring: Bring):
    lines = ["Sheep!,2026-03-01T09:00:00Z,1", "Sheep?,2026-03-01T09:00:00Z,2", "SHEEP!,2026-03-01T10:00:00Z,4"]
    bring(*lines)
    assert values(db_url) == {"sheep": 5, "sheep-2": 2}
    assert bring(*reversed(lines)) == ImportResult(0, 3)


def test_totals_of_a_later_file_add_what_is_more(db_url: str, bring: Bring):
    assert bring("Visitors,482", "Sheep,37", "Balance,-12", head="") == ImportResult(3, 0)
    assert values(db_url) == {"balance": -12, "sheep": 37, "visitors": 482}
    assert bring("Visitors,490", "Sheep,37", "Balance,-20", head="") == ImportResult(2, 1)
    assert values(db_url) == {"balance": -20, "sheep": 37, "visitors": 490}
    assert ask(db_url, "SELECT DISTINCT kind, reason FROM click") == [("correction", "opening amount")]
    consistent(db_url, 5)


def test_running_totals_of_another_stretch_go_on(db_url: str, bring: Bring):
    head, at = "entity_id,state,last_changed", "counter.visitors,{},2026-03-01T{:02}:00:00.000Z"
    first = [at.format(40 + n, 8 + n) for n in range(5)]
    later = [at.format(42 + n, 10 + n) for n in range(5)]
    bring(*first, head=head)
    [(_, value)] = values(db_url).items()
    assert value == 44
    assert bring(*later, head=head).written == 2
    [(_, value)] = values(db_url).items()
    assert value == 46
    assert bring(*first, head=head).written == bring(*later, head=head).written == 0


def test_a_counters_limits_keep_rows_out_in_the_order_of_time(db_url: str, ledger: Ledger, bring: Bring):
    ledger.transact(lambda c: counters.create(c, {"name": "Coffee", "upper": 3}, rounds.new_round_id(), None))
    lines = [f"Coffee,2026-03-0{day}T09:00:00Z,2" for day in (3, 2, 1)]
    assert bring(*lines, "Coffee,2026-03-04T09:00:00Z,1") == ImportResult(2, 0, 2)
    kept = "SELECT pressed_at FROM click ORDER BY pressed_at"
    assert ask(db_url, kept) == [(1_772_355_600_000,), (1_772_614_800_000,)], "the first and the last"
    ledger.transact(lambda c: counters.update_settings(c, "coffee", {"upper": None}, None))
    assert bring(*lines, "Coffee,2026-03-04T09:00:00Z,1") == ImportResult(2, 2)
    consistent(db_url, 4)


def test_what_was_counted_after_archiving_is_kept_out(db_url: str, ledger: Ledger, bring: Bring):
    ledger.transact(lambda c: counters.create(c, {"name": "Coffee"}, rounds.new_round_id(), None))
    ask(db_url, "UPDATE counter SET archived_at = 1772400000000 WHERE slug = 'coffee'")
    assert bring(ROWS[0], "Coffee,2026-03-05T09:00:00Z,2") == ImportResult(1, 0, 1)


def test_a_table_of_an_older_version_counts_once(db_url: str, ledger: Ledger, bring: Bring):
    """Its keys came from line numbers."""
    lines = ["2026-03-01 09:00,5", "2026-03-01 09:00,5", "2026-03-01 09:30,1"]
    bring(*lines, head="when,amount")
    ask(db_url, "DELETE FROM table_import")
    ask(db_url, f"UPDATE device SET secret_sha256 = '{old_device('counter')}'")
    ask(db_url, "UPDATE click SET key = 'by line ' || id")
    ledger.reset("counter", None, Caller(None, "c" * 64))
    assert bring("2026-03-01 09:15,2", *lines, lines[0], head="when,amount") == ImportResult(2, 3)
    consistent(db_url, 5)


def old_device(slug: str) -> str:
    return hashlib.sha256(f"table for {slug}".encode()).hexdigest()


def test_a_table_of_too_many_names_is_refused(db_url: str, bring: Bring):
    with pytest.raises(BadFile, match="names more than 1000 counters"):
        bring(*(f"n{n},2026-03-01T09:00:00Z,1" for n in range(1_001)))
    assert values(db_url) == {}


def test_presses_in_between_stay_apart_from_rows(db_url: str, ledger: Ledger, bring: Bring):
    ledger.write([order()])
    assert bring("2026-03-01 09:00,5", head="when,amount") == ImportResult(1, 0)
    assert ask(db_url, "SELECT value FROM counter WHERE slug = 'counter'") == [(6,)]


@only_sqlite
@pytest.mark.parametrize("file", [*APPS, *SPREADSHEETS])
def test_each_apps_file_counts_once_and_its_next_row_adds_one(db_url: str, tmp_path: Path, file: str):
    source = ImportSource(FILES / file, "doors-of-a-file", BERLIN)
    with source.path.open("rb") as opened:
        found = summary(opened, recognize(opened, source.counter, BERLIN, {}).plan)
    done = import_file(db_url, source, lambda progress: None, OWNER)
    assert (done.written, done.refused) == (sum(counter.rows for counter in found.counters), 0)
    assert ask(db_url, "SELECT sum(amount) FROM click") == [(sum(counter.sum for counter in found.counters),)]
    names = {name for (name,) in ask(db_url, f"SELECT name FROM counter WHERE slug NOT IN ('counter', '{source.counter}')")}
    assert names == {counter.name for counter in found.counters if counter.name}
    assert import_file(db_url, source, lambda progress: None, OWNER) == ImportResult(0, done.written)
    later = replace(source, path=tmp_path / file)
    later.path.write_bytes(grown_file(file))
    assert [import_file(db_url, later, lambda progress: None, OWNER).written for _ in range(2)] == [1, 0]
    row = grown(file)
    [(name, amount, at)] = ask(db_url, f"{AFTER} {done.written}")
    assert (name, amount) == (row.counter or source.counter, row.amount)
    assert at == when(row.at) or not row.at
    consistent(db_url, done.written + 1)


@only_sqlite
@given(data=st.data())
@settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_a_table_that_grows_in_any_order_comes_to_the_same(db_url: str, bring: Bring, data: st.DataObject):
    """Each example has counters of its own."""
    name = f"Example {next(examples)}"
    row = st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(1, 2))
    drawn = data.draw(st.lists(row, min_size=1, max_size=12))
    lines = [f"{name} {counter},2026-03-01T09:00:0{second}Z,{amount}" for counter, second, amount in drawn]
    written = 0
    for end in sorted({*data.draw(st.lists(st.integers(1, len(lines)), max_size=3)), len(lines)}):
        written += bring(*data.draw(st.permutations(lines[:end]))).written
    assert written == len(lines)
    sums = Counter({counter: sum(amount for of, _, amount in drawn if of == counter) for counter, _, _ in drawn})
    here = ask(db_url, f"SELECT name, value FROM counter WHERE name LIKE '{name} %'")
    assert dict(here) == {f"{name} {counter}": value for counter, value in sums.items()}
