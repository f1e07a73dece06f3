"""Pages, charts, rounds, leaders and exports agree with the ledger, on both databases."""

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clickcounter.database.engines import open_engine
from clickcounter.domain import calendar
from clickcounter.domain import clicks as facts
from clickcounter.domain.clicks import CORRECTION, UNDO, Caller, Click, Order, now_ms
from clickcounter.errors import CounterNotFound
from clickcounter.history import ledger_pages, timeseries, verify
from clickcounter.history.history_view import MAX_BARS, HistoryQuery, history_view
from clickcounter.history.leaders import leaders, leaders_between
from clickcounter.history.ledger_pages import PAGE, LedgerQuery
from clickcounter.history.timeseries import ChartQuery
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportSource, import_file
from tests.domain.test_calendar import DAY, ZONES, ms
from tests.moved_clock import Clock
from tests.raw import new_key
from tests.sql import ask

Query = Callable[[str], list[tuple]]
DEVICES = ["a" * 64, "b" * 64, "c" * 64]
CHANGES = ["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-04-04T15:00Z", "2026-10-03T15:30Z"]
EPOCH = ms("2026-01-01T00:00Z")


def start_rounds_at(url: str, moment: int) -> None:
    ask(url, f"UPDATE round SET started_at = {moment}")


def fill(url: str, seed: int, around: int) -> None:
    """Three rounds of clicks, undos and corrections, pressed within a day of a moment."""
    rng, ledger = random.Random(seed), Ledger(url)
    rounds = [ask(url, "SELECT round_id FROM counter WHERE slug = 'counter'")[0][0]]
    for _ in range(3):
        start_rounds_at(url, EPOCH)
        for _ in range(6):
            device = rng.choice(DEVICES)
            times = [around + rng.randint(-DAY, DAY) for _ in range(rng.randint(1, 6))]
            clicks = [Click(new_key(), rng.choice([1, 1, 5]), at, rng.choice(rounds)) for at in times]
            undo = Click(new_key(), 0, around + rng.randint(0, DAY), clicks[0].round, kind=UNDO, of=clicks[0].key)
            correction = Click(new_key(), rng.randint(0, 99), times[0], rounds[-1], kind=CORRECTION, reason="counted")
            ledger.write([Order("counter", device, (*clicks, undo, correction))])
        rounds.append(ledger.reset("counter", None, Caller(None, DEVICES[0]))[0].round)
    ledger.close()


UP = "(amount > 0) = (kind = 'click')"  # an undo is subtracted from what its press added
MOVED = f"""
SELECT device_id FROM click WHERE pressed_at >= {{}} AND pressed_at < {{}} AND kind != 'correction' GROUP BY device_id
HAVING sum(CASE WHEN {UP} THEN amount ELSE 0 END) != 0 OR sum(CASE WHEN {UP} THEN 0 ELSE amount END) != 0
"""


@pytest.fixture
def fresh(db_url: str) -> Callable[[], str]:
    """Empties the database and returns its URL."""

    def empty() -> str:
        for table in ("device_activity", "activity", "tally", "click", "imported_rows"):
            ask(db_url, f"DELETE FROM {table}")
        ask(db_url, "DELETE FROM round WHERE id NOT IN (SELECT round_id FROM counter)")
        ask(db_url, "UPDATE round SET id = id % 1000000 + 1, number = 1, total = 0")  # none of the ids in the file
        ask(db_url, "UPDATE counter SET round_id = (SELECT id FROM round), value = 0, lower = NULL")
        ask(db_url, f"UPDATE counter SET created_at = {EPOCH}")
        start_rounds_at(db_url, EPOCH)
        return db_url

    return empty


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The ledger's clock: by the real one, all these presses would one day be too late to keep their times."""
    found = Clock()
    monkeypatch.setattr(facts, "time", found)
    return found


def charts(zone: str, day_start: int, around: int, device: int) -> list[ChartQuery]:
    """One chart of each kind."""
    base = ChartQuery("counter", "day", ZoneInfo(zone), around - 3 * DAY, around + 3 * DAY, day_start)
    return [
        *(replace(base, width=width) for width in ("quarter", "hour", "day", "week", "month", "year")),
        replace(base, width="minute", first=around - DAY // 4, last=around + DAY // 4),
        *(replace(base, width=width, round=2) for width in ("hour", "week")),
        *(replace(base, round=number) for number in (1, 2, 3, 4)),
        replace(base, width="hour", round=1, device=device),
    ]


def visible(engine, queries: list[ChartQuery], day: list[int]) -> tuple:
    """Everything that people see of the counter: charts, rounds, leaders ever and on a day."""
    return (
        [timeseries.buckets(engine, query) for query in queries],
        ledger_pages.read_rounds(engine, "counter"),
        leaders(engine, "counter"),
        leaders_between(engine, "counter", *day),
    )


def exported(engine, rows: list[tuple]) -> str:
    """The counter as JSON Lines. Checks that they, and the CSV, hold the ledger's rows."""
    text = "".join(exporter.json_lines(engine, ExportRequest("counter", with_hashes=True)))
    lines = [json.loads(line) for line in text.splitlines()]
    numbers = {line["id"]: line["number"] for line in lines if line["type"] == "round"}
    clicks = [line for line in lines if line["type"] == "click"]
    csv_text = "".join(exporter.csv_lines(engine, ExportRequest("counter"))).removeprefix("\ufeff")
    table = list(csv.DictReader(io.StringIO(csv_text)))
    from_json = [(numbers[c["round"]], c["device"], ms(c["pressed_at"]), c["amount"]) for c in clicks]
    from_csv = [(int(r["round"]), int(r["device"]), ms(r["pressed_local"]), int(r["amount"])) for r in table]
    assert sorted(from_json) == sorted(from_csv) == sorted(rows)
    return text


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.sampled_from(CHANGES), st.sampled_from(ZONES), st.integers(0, 23))
@example(683, CHANGES[0], "UTC", 0)  # one device has undone all of its presses
def test_charts_leaders_and_exports_agree_with_the_ledger(fresh, clock, tmp_path, seed, change, zone, day_start):
    url, around = fresh(), ms(change)
    clock.now = around + 2 * DAY
    fill(url, seed, around)
    engine = open_engine(url)
    rows = ask(url, "SELECT r.number, c.device_id, c.pressed_at, c.amount FROM click c JOIN round r ON r.id = c.round_id")
    assert max(abs(at - around) for _, _, at, _ in rows) <= DAY
    queries = charts(zone, day_start, around, rows[0][1])
    day = calendar.edges(ZoneInfo(zone), "day", around, around, day_start)
    before = all_buckets, rounds, leaders_ever, leaders_of_day = visible(engine, queries, day)
    for query, buckets in zip(queries, all_buckets, strict=True):
        selected = [r for r in rows if query.round in (None, r[0]) and query.device in (None, r[1])]
        for bucket in buckets:
            within = [amount for _, _, at, amount in selected if bucket.start <= at < bucket.end]
            assert (bucket.amount, bucket.clicks) == (sum(within), len(within))
            assert bucket.total == sum(amount for _, _, at, amount in selected if at < bucket.end)
    assert [summary.number for summary in rounds] == [4, 3, 2, 1]
    for summary in rounds:
        of_round = [amount for number, _, _, amount in rows if number == summary.number]
        assert (summary.total, summary.clicks) == (sum(of_round), len(of_round))
    for found, (first, end) in ((leaders_ever, (0, clock.now)), (leaders_of_day, day)):
        clicks = Counter(device for _, device, at, _ in rows if first <= at < end)
        moved = {device for (device,) in ask(url, MOVED.format(first, end))}
        assert {leader.number: leader.clicks for leader in found} == {one: clicks[one] for one in moved}
    path = tmp_path / "counter.jsonl"
    path.write_text(exported(engine, rows))
    import_file(fresh(), ImportSource(path, "counter", ZoneInfo("UTC")), lambda _: None)
    assert visible(engine, queries, day) == before
    assert verify.verify(engine) == (len(rows), [])
    engine.dispose()


def pages(engine, query: LedgerQuery) -> list[ledger_pages.LedgerEntry]:
    """All entries, page by page."""
    entries = []
    while True:
        page = ledger_pages.read_page(engine, query)
        entries += page.rows
        if page.next is None:
            return entries
        assert len(page.rows) == PAGE
        query = replace(query, after=page.next)


def test_ledger_pages_miss_no_click_while_others_press(db_url: str, ledger: Ledger, query: Query):
    engine = open_engine(db_url)
    for _ in range(3):
        for device in DEVICES:
            ledger.write([Order("counter", device, tuple(Click(new_key(), 1, 0, 0) for _ in range(PAGE // 2)))])
        ledger.reset("counter", None, Caller(None, DEVICES[0]))
    rows = query("SELECT r.number, c.saved_at, c.id, c.device_id FROM click c JOIN round r ON r.id = c.round_id")
    newest_first = sorted(rows, reverse=True)
    first = ledger_pages.read_page(engine, LedgerQuery("counter"))
    ledger.write([Order("counter", DEVICES[0], (Click(new_key(), 1, 0, 0),))])
    rest = pages(engine, LedgerQuery("counter", after=first.next))
    assert [(r.round, r.saved_at, r.id) for r in (*first.rows, *rest)] == [row[:3] for row in newest_first]
    of_round = pages(engine, LedgerQuery("counter", round=2))
    assert [r.id for r in of_round] == [row[2] for row in newest_first if row[0] == 2]
    device = rows[0][3]
    of_device = pages(engine, LedgerQuery("counter", device=device, round=2))
    assert [r.id for r in of_device] == [row[2] for row in newest_first if (row[0], row[3]) == (2, device)]
    middle = newest_first[100][1]
    before = pages(engine, LedgerQuery("counter", until=middle))
    since = pages(engine, LedgerQuery("counter", since=middle))
    assert [r.id for r in before] == [row[2] for row in newest_first if row[1] < middle]
    assert len(since) + len(before) == len(rows) + 1
    with pytest.raises(CounterNotFound):
        ledger_pages.read_page(engine, LedgerQuery("nowhere"))
    engine.dispose()


def test_entries_and_rounds_carry_totals_and_labels(db_url: str, ledger: Ledger, query: Query):
    engine = open_engine(db_url)
    key, round_id = new_key(), query("SELECT round_id FROM counter")[0][0]
    undo = Click(new_key(), 0, 0, round_id, kind=UNDO, of=key)
    ledger.write([Order("counter", DEVICES[0], (Click(key, 3, 5, round_id), undo))])
    query("UPDATE device SET label = 'North door'")
    ledger.reset("counter", None, Caller(None, DEVICES[0]))
    newest, first = ledger_pages.read_page(engine, LedgerQuery("counter")).rows
    assert (newest.kind, newest.takes_back, newest.amount, newest.total) == (UNDO, key, -3, 0)
    assert (first.key, first.amount, first.total, first.label, first.round) == (key, 3, 3, "North door", 1)
    assert (first.time_adjusted, first.round_unknown) == (True, False)
    current, past = ledger_pages.read_rounds(engine, "counter")
    assert (past.number, past.total, past.clicks, past.ended_by_label) == (1, 0, 2, "North door")
    assert (current.number, current.ended_at) == (2, None)
    assert [summary.number for summary in ledger_pages.read_rounds(engine, "counter", before=2)] == [1]
    engine.dispose()


@pytest.mark.parametrize(
    ("first", "width"), [("2026-01-01", "week"), ("2023-03-01", "month"), ("2003-05-01", "year"), ("1970-01-02", "year")]
)
def test_history_draws_a_past_of_any_length(db_url: str, tmp_path: Path, first: str, width: str):
    (tmp_path / "tally.csv").write_text(f"when,amount\n{first} 12:00,3\n2026-11-20 12:00,-1\n")
    zone = ZoneInfo("America/New_York")
    import_file(db_url, ImportSource(tmp_path / "tally.csv", "old", zone), print)
    engine = open_engine(db_url)
    now = ms("2026-11-28T12:00Z")
    between = {"since": ms(f"{first}T00:00Z"), "until": now}
    for query in (
        HistoryQuery("old", "all", zone),
        HistoryQuery("old", "round", zone),
        HistoryQuery("old", "between", zone, **between),
        HistoryQuery("old", "all", zone, by_device=True),
    ):
        view = history_view(engine, query, now)
        assert (view["width"], view["amount"], view["bars"][-1][4]) == (width, 2, 2)
        assert len(view["bars"]) <= MAX_BARS + 2
        starts = [datetime.fromtimestamp(bar[0] / 1000, zone) for bar in view["bars"][1:]]
        assert all(start.weekday() == 0 if width == "week" else start.day == 1 for start in starts)
        assert width != "year" or all(start.month == 1 for start in starts)
    engine.dispose()


def test_history_survives_a_click_of_the_last_year(db_url: str, ledger: Ledger, query: Query):
    """No import takes one any more, but an older version did."""
    ledger.write([Order("counter", DEVICES[0], (Click(new_key(), 1, 0, 0),))])
    late = 253_402_300_799_999
    query(f"UPDATE click SET pressed_at = {late}")
    engine = open_engine(db_url)
    verify.repair(engine)
    zone = ZoneInfo("UTC")
    for span in ("round", "all"):
        view = history_view(engine, HistoryQuery("counter", span, zone), now_ms())
        assert (view["amount"], view["leaders"][0]["clicks"]) == (0, 1)
    engine.dispose()


def test_the_rate_covers_a_minute_and_keeps_its_peak(db_url: str, ledger: Ledger, query: Query):
    engine = open_engine(db_url)
    start_rounds_at(db_url, EPOCH)
    round_id = query("SELECT round_id FROM counter")[0][0]
    minute = now_ms() // 60_000 * 60_000 - 600_000
    times = [minute - 3_600_000] * 9 + [minute - 60_000] * 4 + [minute] * 2
    ledger.write([Order("counter", DEVICES[0], tuple(Click(new_key(), 1, at, round_id) for at in times))])
    rate = timeseries.rate(engine, "counter", minute + 15_000)
    assert (rate.now, rate.peak, rate.peak_at) == (2 + 0.75 * 4, 9, minute - 3_600_000)
    assert timeseries.rate(engine, "counter", minute + 600_000).now == 0
    ledger.write([Order("counter", DEVICES[0], tuple(Click(new_key(), 1, minute, round_id) for _ in range(7)))])
    rate = timeseries.rate(engine, "counter", minute + 15_000)
    assert (rate.now, rate.peak, rate.peak_at) == (9 + 0.75 * 4, 12, minute)  # more than any minute of the clock
    engine.dispose()
