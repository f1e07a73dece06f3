"""Taking back what a device, a person or a stretch of time added, on both databases."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from clickcounter.access import accounts, sessions
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, UNDO, Caller, Click, Order, now_ms
from clickcounter.errors import Refused
from clickcounter.history import leaders, participants, snapshots, verify
from clickcounter.ledger import counters, taking_back
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.taking_back import Selection
from tests.raw import new_key
from tests.writing import consistent

Query = Callable[[str], list[tuple]]
FORGER, HONEST, OTHER = "f" * 64, "a" * 64, "b" * 64


def press(ledger: Ledger, device: str, *amounts: int, session: str | None = None, round_id: int = 0) -> list[Click]:
    clicks = tuple(Click(new_key(), amount, now_ms(), round_id) for amount in amounts)
    [outcome] = ledger.write([Order("counter", device, clicks, session)])
    assert set(outcome.codes.values()) == {"saved"}
    return list(clicks)


def number(query: Query, device: str) -> int:
    return int(query(f"SELECT id FROM device WHERE secret_sha256 = '{device}'")[0][0])


def take_back(ledger: Ledger, selection: Selection, by: Caller | None = None, slices: int | None = None) -> int:
    """Take back all, or only some slices. Returns how many presses."""
    bounded, after, presses = selection.until_now(), None, 0
    while slices is None or slices > 0:
        part = ledger.transact(lambda c: taking_back.take_back(c, "counter", bounded, "forged", by, after))  # noqa: B023
        presses, after = presses + part.presses, part.next
        slices = None if slices is None else slices - 1
        if after is None:
            break
    return presses


def later() -> None:
    """Wait for the next millisecond: presses saved in the one in which taking back begins are yet to come."""
    began = now_ms()
    while now_ms() == began:
        pass


def test_a_device_taken_back_leaves_no_trace_in_any_total(db_url: str, ledger: Ledger, query: Query):
    press(ledger, HONEST, 3, -1)
    press(ledger, FORGER, *[5] * 20, -2)
    press(ledger, OTHER, 4)
    later()
    engine, forger = open_engine(db_url), number(query, FORGER)
    assert taking_back.count(engine, "counter", Selection(device=forger), None) == taking_back.Found(21, 98, more=False)
    assert taking_back.count(engine, "counter", Selection(device=forger), None, 20).more
    assert take_back(ledger, Selection(device=forger)) == 21
    assert snapshots.snapshot_of(engine, "counter").value == 6
    devices = {number(query, HONEST), number(query, OTHER)}
    shown, more, _ = participants.participants(engine, "counter", Caller(None, HONEST))
    assert ({one.number for one in shown}, more) == (devices, 0)
    assert {one.number for one in leaders.leaders(engine, "counter")} == devices
    assert query("SELECT SUM(up), SUM(down), SUM(clicks) FROM activity WHERE width = 60000") == [(7, -1, 3)]
    assert participants.own_totals(engine, "counter", Caller(None, FORGER)).last is None
    consistent(db_url, 45)
    assert verify.repair(engine)[1] == []
    engine.dispose()


def test_taking_back_twice_or_after_a_cut_takes_back_once(db_url: str, ledger: Ledger, query: Query, monkeypatch: Any):
    monkeypatch.setattr(taking_back, "SLICE", 7)
    for _ in range(3):
        press(ledger, FORGER, *[2] * 10)
        press(ledger, HONEST, 1)
    later()
    everything = Selection(device=number(query, FORGER))
    assert take_back(ledger, everything, slices=2) == 14
    assert take_back(ledger, everything) == 16
    assert take_back(ledger, everything) == 0
    assert query("SELECT value FROM counter") == [(3,)]
    assert query("SELECT COUNT(*), COUNT(DISTINCT takes_back) FROM click WHERE kind = 'take_back'") == [(30, 30)]
    consistent(db_url, 63)


def test_a_taken_back_press_sent_again_stays_taken_back(db_url: str, ledger: Ledger, query: Query):
    sent = press(ledger, FORGER, 5, 5)
    later()
    take_back(ledger, Selection(device=number(query, FORGER)))
    again = ledger.write([Order("counter", FORGER, tuple(sent))])[0]
    assert (set(again.codes.values()), again.snapshot.value) == ({"saved"}, 0)
    undo = Click(new_key(), -5, now_ms(), sent[0].round, kind=UNDO, of=sent[0].key)
    assert list(ledger.write([Order("counter", FORGER, (undo,))])[0].codes.values()) == ["undone"]


def test_what_was_undone_or_corrected_is_left_alone(db_url: str, ledger: Ledger, query: Query):
    [first, _] = press(ledger, FORGER, 5, 7)
    ledger.write([Order("counter", FORGER, (Click(new_key(), -5, now_ms(), 0, kind=UNDO, of=first.key),))])
    ledger.write([Order("counter", FORGER, (Click(new_key(), 100, now_ms(), 0, kind=CORRECTION, reason="seen"),))])
    later()
    assert take_back(ledger, Selection(device=number(query, FORGER))) == 1
    assert query("SELECT value FROM counter") == [(93,)]
    consistent(db_url, 5)


def test_a_stretch_of_time_narrows_what_a_device_loses(db_url: str, ledger: Ledger, query: Query):
    press(ledger, FORGER, 1)
    press(ledger, HONEST, 10)
    later()
    since = now_ms()
    press(ledger, FORGER, 100)
    press(ledger, HONEST, 1000)
    later()
    until = now_ms()
    press(ledger, FORGER, 10_000)
    later()
    forger = number(query, FORGER)
    assert take_back(ledger, Selection(device=forger, since=since, until=until)) == 1
    assert query("SELECT value FROM counter") == [(11_011,)]
    assert take_back(ledger, Selection(since=since, until=until)) == 1
    assert query("SELECT value FROM counter") == [(10_011,)]
    consistent(db_url, 7)


def test_closed_rounds_and_limits_are_no_obstacle(db_url: str, ledger: Ledger, query: Query):
    old = snapshots.snapshot_of(open_engine(db_url), "counter").round
    press(ledger, FORGER, 30, round_id=old)
    ledger.reset("counter")
    press(ledger, FORGER, 20)
    press(ledger, HONEST, -15)
    later()
    assert take_back(ledger, Selection(device=number(query, FORGER))) == 2
    assert query("SELECT total FROM round ORDER BY number") == [(0,), (-15,)], "below the lower limit of 0"
    assert query("SELECT value FROM counter") == [(-15,)]
    consistent(db_url, 5)


def test_a_person_is_taken_back_on_all_their_devices(db_url: str, ledger: Ledger, query: Query):
    def sign_in(connection: Connection) -> int:
        account = accounts.create(connection, "Mallory", "hash", now_ms())
        sessions.create(connection, account, "1" * 64, "", now_ms())
        return account

    account = ledger.transact(sign_in)
    press(ledger, FORGER, 5, session="1" * 64)
    press(ledger, OTHER, 1)
    press(ledger, OTHER, 7, session="1" * 64)
    later()
    assert take_back(ledger, Selection(account=account)) == 2
    assert query("SELECT value, last_by, last_account FROM counter") == [(1, number(query, OTHER), None)]
    assert query("SELECT up, clicks FROM account_tally") == [(0, 0)]
    consistent(db_url, 5)


def test_nobody_is_last_whose_presses_were_all_taken_back(ledger: Ledger, query: Query):
    press(ledger, OTHER, 1)
    later()
    press(ledger, HONEST, 1)
    later()
    press(ledger, FORGER, 1, 1)
    later()
    take_back(ledger, Selection(device=number(query, FORGER)))
    assert query("SELECT last_by FROM counter") == [(number(query, HONEST),)]


def test_an_undo_or_a_correction_makes_nobody_the_last_presser(ledger: Ledger, query: Query):
    [mine] = press(ledger, OTHER, 1)
    press(ledger, HONEST, 1)
    undo = Click(new_key(), -1, now_ms(), 0, kind=UNDO, of=mine.key)
    correction = Click(new_key(), 50, now_ms(), 0, kind=CORRECTION, reason="seen")
    for click, device in ((undo, OTHER), (correction, FORGER)):
        [outcome] = ledger.write([Order("counter", device, (click,))])
        assert outcome.codes == {click.key: "saved"}
        assert outcome.snapshot.last.number == number(query, HONEST)
    assert query("SELECT last_by FROM counter") == [(number(query, HONEST),)]


def test_only_owners_take_back_and_never_without_a_selection(ledger: Ledger, query: Query):
    owner = Caller(None, OTHER)
    slug = ledger.transact(lambda c: counters.create(c, {"name": "Ours"}, 1234, owner))
    clicks = (Click(new_key(), 5, now_ms(), 0),)
    ledger.write([Order(slug, FORGER, clicks)])
    later()
    chosen = Selection(device=number(query, FORGER)).until_now()
    with pytest.raises(Refused, match="take_back_nothing"):
        Selection().until_now()
    for who, which in ((Caller(None, FORGER), slug), (owner, "counter"), (Caller(), "counter")):
        with pytest.raises(Refused, match="not_owner"):
            ledger.transact(lambda c: taking_back.take_back(c, which, chosen, "mine", who))  # noqa: B023
    ledger.transact(lambda c: counters.archive(c, slug, True, owner))
    with pytest.raises(Refused, match="archived"):
        ledger.transact(lambda c: taking_back.take_back(c, slug, chosen, "forged", owner))
    ledger.transact(lambda c: counters.archive(c, slug, False, owner))
    assert ledger.transact(lambda c: taking_back.take_back(c, slug, chosen, "forged", owner)).presses == 1
    assert query("SELECT by_account, by_device FROM click WHERE kind = 'take_back'") == [(None, number(query, OTHER))]


def test_any_mix_taken_back_leaves_what_the_others_did(db_url: str, ledger: Ledger, query: Query, monkeypatch: Any):
    rng = random.Random(7)
    monkeypatch.setattr(taking_back, "SLICE", 11)
    query("UPDATE counter SET lower = NULL")
    kept = 0
    for n in range(60):
        device = rng.choice([FORGER, HONEST, OTHER])
        amounts = [rng.choice([1, -1, 5, -7]) for _ in range(rng.randint(1, 4))]
        press(ledger, device, *amounts)
        kept += sum(amounts) if device != FORGER else 0
        if n % 20 == 19:
            ledger.reset("counter")
    later()
    take_back(ledger, Selection(device=number(query, FORGER)))
    assert query("SELECT SUM(total) FROM round") == [(kept,)]
    engine = open_engine(db_url)
    assert sum(row.up + row.down for row in leaders.leaders(engine, "counter")) == kept
    assert verify.verify(engine)[1] == []
    engine.dispose()
