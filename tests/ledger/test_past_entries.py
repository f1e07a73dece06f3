"""Past entries, opening amounts and notes, on both databases, with a moved clock."""

from collections import defaultdict
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clickcounter.api.v1.answers import STATUS
from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import ENTRY, NOTE, OPENING, Caller
from clickcounter.domain.past import MOST_ENTRIES, MOST_NOTES, PastEntry, shares
from clickcounter.errors import Refused
from clickcounter.history import history_view, ledger_pages, timeseries, verify
from clickcounter.history.history_view import HistoryQuery
from clickcounter.history.ledger_pages import LedgerQuery
from clickcounter.i18n.errors import SENTENCES
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.devices import device_ids
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from clickcounter.ledger.taking_back import Selection, take_back
from tests.conftest import only_sqlite
from tests.ledger.test_group_limits import make_group, press
from tests.moved_clock import HOUR, Clock, Query, ms
from tests.raw import new_key

MINUTE, QUARTER, DAY = 60_000, 15 * 60_000, 24 * HOUR
OWNER, PRESSER = "a" * 64, "b" * 64
NOON = "2026-11-20T12:00Z"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clicks, "time", found)
    found.set(NOON)
    return found


def add(ledger: Ledger, amount: int = 14, since: int = 0, until: int | None = None, **more: Any) -> Any:
    """Add an entry by a device, or by the terminal."""
    by, counter, key = more.pop("by", None), more.pop("counter", "counter"), more.pop("key", None) or new_key()
    kind = more.pop("kind", ENTRY)
    entry = PastEntry(key, kind, amount, since, since if until is None else until, **more)
    who, device = (Caller(None, by) if by else None), by or OWNER
    return ledger.transact(
        lambda c: entries.add(c, counter, entry, lambda c: device_ids(c, {device}, clicks.now_ms())[device], who)
    )


def remove(ledger: Ledger, key: str, by: str | None = None, counter: str = "counter") -> Any:
    return ledger.transact(lambda c: entries.remove(c, counter, key, Caller(None, by) if by else None))


def consistent(db_url: str) -> None:
    """Totals follow from the ledger, and rebuilding them from it changes none."""
    engine = open_engine(db_url)
    assert verify.verify(engine)[1] == []
    assert verify.repair(engine)[1] == []
    engine.dispose()


def began(query: Query, at: str) -> None:
    query(f"UPDATE round SET started_at = {ms(at)}")
    query(f"UPDATE counter SET created_at = {ms(at)}")


def test_a_past_entry_counts_once_and_is_spread_over_its_stretch(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    began(query, "2026-11-01T00:00Z")
    key, since = new_key(), ms("2026-11-19T15:00Z")
    for _ in range(2):
        shown = add(ledger, 14, since, since + HOUR, key=key, text="Forgotten", by=PRESSER)
    assert (shown.value, shown.last) == (14, None)
    row = "SELECT amount, total, kind, reason, pressed_at, until, saved_at FROM click"
    assert query(row) == [(14, 14, ENTRY, "Forgotten", since, since + HOUR, ms(NOON))]
    assert query("SELECT sum(corrected), sum(clicks), count(*) FROM activity WHERE width = 900000") == [(14, 0, 4)]
    engine = open_engine(db_url)
    view = history_view.history_view(engine, HistoryQuery("counter", "all", ZoneInfo("UTC")), ms(NOON))
    assert [(bar[0], bar[2], bar[3]) for bar in view["bars"] if bar[2]] == [(ms("2026-11-19T12:00Z") + 3 * HOUR, 14, 0)]
    assert timeseries.rate(engine, "counter", ms(NOON)).peak == 0, "it is nobody's pace"
    [entry] = ledger_pages.read_page(engine, LedgerQuery("counter")).rows
    assert (entry.kind, entry.until, entry.taken_back) == (ENTRY, since + HOUR, False)
    assert remove(ledger, key, PRESSER).value == remove(ledger, key, PRESSER).value == 0
    assert [row.taken_back for row in ledger_pages.read_page(engine, LedgerQuery("counter")).rows] == [False, True]
    assert query("SELECT count(*) FROM activity WHERE corrected <> 0") == [(0,)]
    engine.dispose()
    consistent(db_url)


def test_shares_of_a_stretch_add_up_within_it():
    lengths = (0, 1, MINUTE, 17 * MINUTE + 1, HOUR, HOUR + 1, 25 * HOUR)
    for amount, length in product((1, 7, -25, 1_000_000), lengths):
        found = shares(1_000_007, 1_000_007 + length, amount)
        assert sum(share for _, share in found) == amount
        assert all(0 <= at - 1_000_007 <= max(length - 1, 0) and share for at, share in found)
        assert max(abs(share) for _, share in found) - min(abs(share) for _, share in found) <= 1


def test_roll_ups_of_any_stretches_are_those_of_the_ledger(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    """Python spreads an entry when it is added, SQL when it is verified: both the same."""
    began(query, "2026-11-01T00:00Z")
    query("UPDATE counter SET lower = NULL")
    keys = [new_key() for _ in range(9)]
    expected: dict[int, int] = defaultdict(int)
    for n, key in enumerate(keys):
        since, length, amount = ms("2026-11-18T10:07Z") + n, n * n * 23 * MINUTE + n, (-1) ** n * (3 + 40 * n)
        add(ledger, amount, since, since + length, key=key, by=PRESSER)
        for at, share in shares(since, since + length, amount):
            expected[at - at % QUARTER] += share
    stored = query("SELECT start, corrected FROM activity WHERE width = 900000 AND corrected <> 0")
    assert dict(stored) == {start: amount for start, amount in expected.items() if amount}
    consistent(db_url)
    for key in keys[::2]:
        remove(ledger, key)
    consistent(db_url)


def test_an_entry_belongs_to_the_round_of_its_time(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    began(query, "2026-11-01T00:00Z")
    query("UPDATE counter SET upper = 20")
    for day in ("2026-11-10T04:00Z", "2026-11-11T04:00Z"):
        clock.set(day)
        ledger.reset("counter")
    clock.set(NOON)
    assert add(ledger, 15, ms("2026-10-31T00:00Z")).value == 0, "before the first round: in the first"
    assert add(ledger, 30, ms("2026-11-10T05:00Z"), ms("2026-11-11T04:00Z")).value == 0, "past limits, as a late press"
    assert add(ledger, 15, ms("2026-11-11T04:00Z")).value == 15
    with pytest.raises(Refused, match="full"):
        add(ledger, 15, ms("2026-11-12T04:00Z"))
    with pytest.raises(Refused, match="past_rounds"):
        add(ledger, 1, ms("2026-11-10T03:00Z"), ms("2026-11-10T05:00Z"))
    assert query("SELECT total FROM round ORDER BY number") == [(15,), (30,), (15,)]
    consistent(db_url)


@only_sqlite
def test_what_cannot_be_is_refused_with_a_sentence(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    now = ms(NOON)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("past_future", {"since": now + 2 * MINUTE}),
        ("past_future", {"since": now - HOUR, "until": now + 2 * MINUTE}),
        ("past_old", {"since": now - 90 * DAY - 1}),
        ("past_order", {"since": now - HOUR, "until": now - 2 * HOUR}),
        ("past_long", {"since": now - 26 * HOUR, "until": now - HOUR + 1}),
        ("amount", {"amount": 0, "since": now}),
        ("amount", {"amount": 1_000_001, "since": now}),
        ("floor", {"amount": -1, "since": now}),
        ("opening_amount", {"amount": 2**53, "kind": OPENING}),
        ("note", {"kind": NOTE, "since": now}),
    ]
    for code, entry in wrong:
        with pytest.raises(Refused, match=rf"^{code}$"):
            add(ledger, **entry)
    assert add(ledger, 1, now + 30_000).value == 1, "a clock that is a little ahead"
    assert query("SELECT pressed_at FROM click") == [(now,)]
    ledger.transact(lambda c: counters.archive(c, "counter", True, None))
    with pytest.raises(Refused, match="archived"):
        add(ledger, 1, now - HOUR)
    consistent(db_url)


@only_sqlite
def test_a_groups_limits_hold_for_entries_too(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    house, [north, south] = make_group(ledger, {"North": 1, "South": 1}, upper=20)
    add(ledger, 12, ms(NOON) - HOUR, counter=north)
    with pytest.raises(Refused, match="group_full"):
        add(ledger, 9, ms(NOON) - HOUR, counter=south)
    with pytest.raises(Refused, match=r"^group$"):
        add(ledger, 1, ms(NOON), counter=house)
    add(ledger, 8, kind=OPENING, counter=south)
    assert query(f"SELECT value FROM counter WHERE slug = '{house}'") == [(20,)]
    assert list(press(ledger, north).codes.values()) == ["group_full"]
    consistent(db_url)


@only_sqlite
def test_only_owners_add_unless_the_counter_lets_others(clock: Clock, ledger: Ledger, query: Query):
    owner = Caller(None, OWNER)
    slug = ledger.transact(lambda c: counters.create(c, {"name": "Ours"}, rounds.new_round_id(), owner))
    keys = [new_key(), new_key()]
    add(ledger, 5, ms(NOON), counter=slug, by=OWNER, key=keys[0])
    with pytest.raises(Refused, match="not_owner"):
        add(ledger, 5, ms(NOON), counter=slug, by=PRESSER)
    ledger.transact(lambda c: counters.update_settings(c, slug, {"lets_add": True}, owner))
    add(ledger, 7, ms(NOON), counter=slug, by=PRESSER, key=keys[1])
    with pytest.raises(Refused, match="not_owner"):
        remove(ledger, keys[0], PRESSER, slug)
    assert remove(ledger, keys[1], PRESSER, slug).value == 5
    assert remove(ledger, keys[0], OWNER, slug).value == 0
    with pytest.raises(Refused, match="past_unknown"):
        remove(ledger, new_key(), OWNER, slug)


def test_an_opening_amount_is_in_the_value_and_in_no_chart(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    key = new_key()
    add(ledger, 5_000_000, kind=OPENING, key=key, by=PRESSER)
    press(ledger, "counter", 3)
    engine = open_engine(db_url)
    for span in ("day", "all"):
        view = history_view.history_view(engine, HistoryQuery("counter", span, ZoneInfo("UTC")), ms(NOON))
        assert (view["amount"], view["bars"][-1][4]) == (3, 5_000_003), span
        assert [leader["up"] for leader in view["leaders"]] == [3]
        assert view["pace"]["peak"] == 1
    engine.dispose()
    consistent(db_url)
    assert remove(ledger, key).value == 3
    consistent(db_url)


def test_a_note_stands_at_its_time_and_is_deleted_for_good(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    began(query, "2026-11-01T00:00Z")
    for hour in (8, 10):
        clock.set(f"2026-11-20T{hour:02}:00Z")
        press(ledger, "counter", hour)
    clock.set(NOON)
    key, revision = new_key(), query("SELECT revision FROM counter")[0][0]
    shown = add(ledger, 0, ms("2026-11-20T09:00Z"), kind=NOTE, key=key, text="Rain")
    assert (shown.value, shown.revision > revision) == (18, True)
    engine = open_engine(db_url)
    rows = ledger_pages.read_page(engine, LedgerQuery("counter")).rows
    assert [(row.amount, row.total, row.reason) for row in rows] == [(10, 18, ""), (0, 8, "Rain"), (8, 8, "")]
    consistent(db_url)
    assert query("SELECT sum(clicks) FROM tally") == [(2,)]
    remove(ledger, key)
    assert query("SELECT count(*) FROM click WHERE reason = 'Rain'") == [(0,)]
    engine.dispose()
    consistent(db_url)


def test_what_was_deleted_or_taken_back_is_not_added_by_the_same_request_again(clock: Clock, ledger: Ledger, query: Query):
    keys = {ENTRY: new_key(), OPENING: new_key(), NOTE: new_key()}
    for kind, key in keys.items():
        wanted = {"kind": kind, "key": key, "since": ms(NOON), "text": "Rain"}
        amount = 0 if kind == NOTE else 5
        add(ledger, amount, **wanted)
        for _ in range(2):
            assert remove(ledger, key).value == 0
            rows = query("SELECT count(*) FROM click")
            assert add(ledger, amount, **wanted).value == 0, kind
            assert query("SELECT count(*) FROM click") == rows, kind
    assert query("SELECT count(*) FROM click WHERE kind = 'note'") == [(0,)]
    other = ledger.transact(lambda c: counters.create(c, {"name": "East"}, rounds.new_round_id(), None))
    add(ledger, kind=NOTE, key=keys[NOTE], since=ms(NOON), text="Rain", counter=other)  # each counter has its own keys
    assert query("SELECT count(*) FROM click WHERE kind = 'note'") == [(1,)]


@only_sqlite
def test_notes_are_bounded_in_number(clock: Clock, ledger: Ledger, query: Query, monkeypatch: pytest.MonkeyPatch):
    assert MOST_NOTES == 1_000
    monkeypatch.setattr(entries, "MOST_NOTES", 2)
    for _ in range(2):
        add(ledger, kind=NOTE, text="Rain", since=ms(NOON))
    with pytest.raises(Refused, match="notes_many"):
        add(ledger, kind=NOTE, text="Rain", since=ms(NOON))


@only_sqlite
def test_past_entries_are_bounded_in_number(clock: Clock, ledger: Ledger, query: Query, monkeypatch: pytest.MonkeyPatch):
    assert MOST_ENTRIES == 10_000
    monkeypatch.setattr(entries, "MOST_ENTRIES", 2)
    keys = [new_key() for _ in range(2)]
    for key in keys:
        add(ledger, 5, ms(NOON), key=key)
    remove(ledger, keys[0])
    with pytest.raises(Refused, match="past_many"):
        add(ledger, 5, ms(NOON))
    assert (STATUS["past_many"], SENTENCES["past_many"].en[:30]) == (409, "A counter holds 10,000 past en")
    assert add(ledger, 5, ms(NOON), key=keys[1]).value == 5, "what is there already is not refused"
    add(ledger, 0, ms(NOON), kind=NOTE, text="Rain")
    add(ledger, 7, kind=OPENING)


@only_sqlite
def test_taking_back_a_device_takes_back_its_entries(clock: Clock, db_url: str, ledger: Ledger, query: Query):
    press(ledger, "counter", 3)
    add(ledger, 14, ms(NOON) - 3 * HOUR, ms(NOON) - HOUR, by=PRESSER)
    [(number,)] = query(f"SELECT id FROM device WHERE secret_sha256 = '{PRESSER}'")
    clock.set("2026-11-20T12:01Z")
    chosen = Selection(device=number).until_now()
    taken = ledger.transact(lambda c: take_back(c, "counter", chosen, "forged", None))
    assert (taken.presses, taken.amount, taken.snapshot.value) == (2, 17, 0)
    assert query("SELECT count(*) FROM activity WHERE corrected <> 0 OR up <> 0 OR clicks <> 0") == [(0,)]
    consistent(db_url)
