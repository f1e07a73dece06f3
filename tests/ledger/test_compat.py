"""Counters by namespace and key, on both databases."""

from concurrent.futures import ThreadPoolExecutor

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CLICK, SAVED, Click, Order, now_ms
from clickcounter.domain.compat import CompatName, Terms
from clickcounter.history import verify
from clickcounter.ledger import compat, counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key

NAME = CompatName("site", "visits")


def make(ledger: Ledger) -> tuple[str, bool]:
    round_id, key = rounds.new_round_id(), new_key()
    snapshot, new = ledger.transact(lambda c: compat.create(c, NAME, Terms(), round_id, key))
    return snapshot.counter, new


def press(ledger: Ledger, slug: str, device: str) -> str:
    click = Click(new_key(), 1, now_ms(), 0, kind=CLICK)
    return ledger.write([Order(slug, device, (click,))])[0].codes[click.key]


def test_creating_runs_again_to_the_same_counter(ledger: Ledger, db_url: str):
    round_id, key, terms = rounds.new_round_id(), new_key(), Terms(7, "a" * 64, True, -5, 9)
    for _ in range(2):
        snapshot, new = ledger.transact(lambda c: compat.create(c, NAME, terms, round_id, key))
        assert (snapshot.value, new) == (7, True)
    found = compat.find(open_engine(db_url), NAME)
    assert found is not None
    assert (found.slug, found.value, found.terms) == (snapshot.counter, 7, Terms(0, "a" * 64, True, -5, 9))
    assert make(ledger) == (snapshot.counter, False)
    assert verify.verify(open_engine(db_url))[1] == []


def test_only_programs_press_what_they_created(ledger: Ledger):
    slug, _ = make(ledger)
    assert press(ledger, slug, str(compat.PROGRAMS.device)) == SAVED
    assert press(ledger, slug, "b" * 64) == "not_allowed"


def test_servers_that_create_at_once_make_one_counter(db_url: str):
    ledgers = [Ledger(db_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, ledgers))
    for ledger in ledgers:
        ledger.close()
    assert len({slug for slug, _ in made}) == 1
    assert sorted(new for _, new in made) == [False, False, False, True]


def test_a_deleted_counter_frees_its_name(ledger: Ledger, db_url: str):
    slug, _ = make(ledger)
    for _ in range(2):  # a commit of unknown outcome is run again
        ledger.transact(lambda c: compat.forget(c, slug))
    assert compat.find(open_engine(db_url), NAME) is None
    another, new = make(ledger)
    assert new
    assert another != slug
    ledger.transact(lambda c: counters.delete(c, another, str(NAME), None))  # by a superuser
    assert compat.find(open_engine(db_url), NAME) is None
    assert make(ledger)[1]
