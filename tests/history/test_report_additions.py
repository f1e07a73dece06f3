"""A report of a day to which something was added afterwards."""

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain import clicks
from clickcounter.domain.clicks import ENTRY, NOTE, OPENING
from clickcounter.history.report.asking import query_of
from clickcounter.history.report.facts import Report
from clickcounter.history.report.read import read_report
from clickcounter.ledger.ledger import Ledger
from clickcounter.paper import page
from clickcounter.paper.table import csv_report
from tests.ledger.test_group_limits import press
from tests.ledger.test_past_entries import HOUR, NOON, Clock, add, ms, remove
from tests.lists import create_counter


@pytest.fixture
def report(db_url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Report:
    """From a quarter past eleven; the entry begins before that."""
    clock = Clock()
    monkeypatch.setattr(clicks, "time", clock)
    clock.set(NOON)
    noon = ms(NOON)
    press(ledger, "counter", 3)
    add(ledger, 40, kind=OPENING)
    add(ledger, 8, noon - HOUR, noon - 1)
    add(ledger, 0, noon - HOUR // 2, kind=NOTE, text="Rain")
    removed = "e" * 32
    add(ledger, 5, noon - HOUR // 4, key=removed)
    remove(ledger, removed)
    clock.now += 60
    engine = open_engine(db_url)
    asked = {"since": "2026-11-20T11:15", "until": "2026-11-20T13:00", "day": None, "round": None}
    return read_report(engine, query_of("counter", None, asked), None, clicks.now_ms())


def test_what_was_added_later_counts_at_its_time_and_what_was_carried_over_before_it(report: Report):
    assert (report.step, report.at_start, report.at_end) == (0, 40 + 2, 40 + 8 + 3)
    assert report.peak.value == max(value for _, value in report.curve)
    assert (report.sums.corrected, report.sums.up) == (6, 3)


def test_each_addition_is_a_line_with_its_time_and_note(report: Report):
    lines = {(line.kind, line.amount, line.reason): line.last_at - line.first_at for line in report.changes.listed}
    assert lines == {
        (ENTRY, 8, ""): HOUR - 1,
        (ENTRY, 5, ""): 0,
        ("take_back", -5, ""): 0,
        (NOTE, 0, "Rain"): 0,
        (OPENING, 40, ""): 0,
    }


def test_what_a_round_opened_with_counts_in_no_report_of_the_time_before_it(
    db_url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    clock = Clock()
    monkeypatch.setattr(clicks, "time", clock)
    clock.set("2026-11-20T10:00Z")
    shop = create_counter(ledger, "Shop")
    press(ledger, shop, 3)
    clock.set(NOON)
    ledger.reset(shop)
    add(ledger, 40, kind=OPENING, counter=shop)
    clock.now += 60_000
    press(ledger, shop, 5)
    engine = open_engine(db_url)

    def of(since: str, until: str) -> tuple[int, int, int]:
        asked = {"since": f"2026-11-20T{since}", "until": f"2026-11-20T{until}", "day": None, "round": None}
        found = read_report(engine, query_of(shop, None, asked), None, clicks.now_ms())
        return found.at_start, found.peak.value, found.at_end

    assert of("10:15", "11:45") == (3, 3, 3)
    assert of("10:15", "12:30") == (3, 45, 45)
    assert of("12:00", "12:30") == (40, 45, 45)
    engine.dispose()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_and_the_table_name_what_was_added(report: Report, language: str):
    document = str(page.document(report, page.Setting(language)))
    assert "Rain" in document
    assert {"en": "added later", "ru": "добавлено позже"}[language] in document
    assert "note" in csv_report(report, ",")
