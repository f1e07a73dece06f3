"""A group's history is that of all its counters together."""

from zoneinfo import ZoneInfo

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.history import ledger_pages
from clickcounter.history.history_view import HistoryQuery, history_view
from clickcounter.ledger.ledger import Ledger
from tests.ledger.test_group_limits import make_group, press
from tests.moved_clock import Clock
from tests.raw import new_key

DEVICES = ["a" * 64, "b" * 64]
UTC = ZoneInfo("UTC")


def test_a_groups_history_adds_up_that_of_its_counters(db_url: str, monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    monkeypatch.setattr(clicks, "time", clock)
    clock.set("2026-11-20T12:00Z")  # the day must not end meanwhile
    ledger, engine, now = Ledger(db_url), open_engine(db_url), now_ms()
    house, (way_in, way_out) = make_group(ledger, {"in": 1, "out": -1})
    for door, device, amount in ((way_in, 0, 5), (way_out, 1, 2), (way_in, 1, -1)):
        ledger.write([Order(door, DEVICES[device], (Click(new_key(), amount, now, -1),))])
    ledger.reset(way_in)
    press(ledger, way_in, 10)
    view = history_view(engine, HistoryQuery(house, "all", UTC), now_ms())
    assert (view["amount"], sum(bar[3] for bar in view["bars"]), view["bars"][-1][4]) == (12, 4, 12)
    assert [(leader["up"], leader["down"]) for leader in view["leaders"]] == [(12, -1), (5, 0)]
    assert view["pace"]["peak"] >= 2
    split = history_view(engine, HistoryQuery(house, "day", UTC, by_device=True), now_ms())
    assert sum(sum(amounts) for *_, amounts in split["parts"]) == split["amount"] == 12
    ledger.close()
    engine.dispose()


def test_a_groups_ended_round_keeps_what_it_showed(db_url: str):
    ledger, engine = Ledger(db_url), open_engine(db_url)
    house, (way_in, way_out) = make_group(ledger, {"in": 1, "out": -1})
    press(ledger, way_in, 7)
    press(ledger, way_out, 3)
    ledger.reset(house)
    press(ledger, way_in, 2)
    assert [(one.number, one.total) for one in ledger_pages.read_rounds(engine, house)] == [(2, 2), (1, 4)]
    before = history_view(engine, HistoryQuery(house, "round", UTC, round=1), now_ms())
    assert [row["amount"] for row in before["rows"]] == [3, 7]
    ledger.close()
    engine.dispose()
