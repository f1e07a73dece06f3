"""Clicks of people who are signed in: totals, names, leaders and charts, on both databases."""

import random
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine

from clickcounter.access import accounts, sessions
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import UNDO, Caller, Click, Order, Outcome, now_ms
from clickcounter.history import leaders, ledger_pages, participants, snapshots, timeseries, verify
from clickcounter.history.participants import AccountTotals
from clickcounter.history.timeseries import ChartQuery
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import copy, exporter
from tests.raw import new_key
from tests.writing import consistent

Query = Callable[[str], list[tuple]]
DAY = 86_400_000  # milliseconds
PHONE, LAPTOP = "a" * 64, "b" * 64


@pytest.fixture
def ann(ledger: Ledger) -> str:
    """The hash of Ann's session."""
    return signed_in(ledger, "Ann", "1" * 64)


@pytest.fixture
def engine(db_url: str) -> Engine:
    made = open_engine(db_url)
    yield made
    made.dispose()


def signed_in(ledger: Ledger, name: str, session: str) -> str:
    def work(connection: Connection) -> None:
        account_id = accounts.create(connection, name, f"hash of {name}", now_ms())
        sessions.create(connection, account_id, session, "", now_ms())

    ledger.transact(work)
    return session


def press(ledger: Ledger, device: str, *amounts: int, session: str | None = None) -> Outcome:
    clicks = tuple(Click(new_key(), amount, now_ms(), 0) for amount in amounts)
    [outcome] = ledger.write([Order("counter", device, clicks, session)])
    return outcome


def test_a_persons_totals_span_all_their_devices(db_url: str, ledger: Ledger, engine: Engine, ann: str):
    assert press(ledger, PHONE, 5, -2).account_totals is None
    assert press(ledger, PHONE, 1, 2, session=ann).account_totals == (3, 0)
    outcome = press(ledger, LAPTOP, 10, -4, session=ann)
    assert (outcome.device_totals, outcome.account_totals) == ((10, -4), (13, -4))
    assert participants.own_totals(engine, "counter", Caller(ann, PHONE)).account == AccountTotals("Ann", 13, -4)
    assert participants.own_totals(engine, "counter", Caller(ann, "e" * 64)).account == AccountTotals("Ann", 13, -4)
    assert participants.own_totals(engine, "counter", Caller(None, PHONE)).account is None
    consistent(db_url, 6)


def test_clicks_of_an_ended_session_count_anonymously(ledger: Ledger, query: Query, ann: str):
    ledger.transact(lambda c: sessions.end(c, ann))
    outcome = press(ledger, PHONE, 5, session=ann)
    assert (outcome.snapshot.value, outcome.device_totals, outcome.account_totals) == (5, (5, 0), None)
    query(f"UPDATE session SET expires_at = {now_ms()}")
    bob = signed_in(ledger, "Bob", "2" * 64)
    query(f"UPDATE session SET expires_at = {now_ms() - 1}")
    press(ledger, PHONE, 5, session=bob)
    assert query("SELECT DISTINCT account_id FROM click") == [(None,)]


def test_each_person_in_one_commit_gets_their_own_totals(db_url: str, ledger: Ledger, ann: str):
    bob = signed_in(ledger, "Bob", "2" * 64)
    orders = [
        Order("counter", device, (Click(new_key(), amount, now_ms(), 0),), session)
        for device, amount, session in ((PHONE, 1, ann), (LAPTOP, 2, bob), (LAPTOP, 4, None), (PHONE, 8, ann))
    ]
    assert [outcome.account_totals for outcome in ledger.write(orders)] == [(9, 0), (2, 0), None, (9, 0)]
    consistent(db_url, 4)


def test_an_undo_reduces_the_totals_of_who_pressed(db_url: str, ledger: Ledger, engine: Engine, ann: str):
    bob = signed_in(ledger, "Bob", "2" * 64)
    key, both = new_key(), new_key()
    round_id = snapshots.snapshot_of(engine, "counter").round
    ledger.write([Order("counter", PHONE, (Click(key, 7, now_ms(), round_id),), ann)])
    undo = Click(new_key(), -7, now_ms(), round_id, kind=UNDO, of=key)
    ledger.write([Order("counter", PHONE, (undo,), bob)])
    again = (Click(both, 3, now_ms(), round_id), Click(new_key(), -3, now_ms(), round_id, kind=UNDO, of=both))
    [outcome] = ledger.write([Order("counter", PHONE, again, bob)])
    assert outcome.account_totals == (0, 0)
    assert participants.own_totals(engine, "counter", Caller(ann, PHONE)).account == AccountTotals("Ann", 0, 0)
    consistent(db_url, 4)


def test_names_appear_everywhere_until_the_account_is_deleted(db_url: str, ledger: Ledger, engine: Engine, ann: str):
    press(ledger, LAPTOP, 20)
    press(ledger, PHONE, 3)
    assert press(ledger, PHONE, 4, session=ann).snapshot.last.label == "Ann"

    def named() -> tuple[str, list[str], list[str], list[str], list[str]]:
        last = snapshots.snapshot_of(engine, "counter").last
        assert last is not None
        rows = ledger_pages.read_page(engine, ledger_pages.LedgerQuery("counter")).rows
        csv = "".join(exporter.csv_lines(engine, exporter.ExportRequest("counter"))).splitlines()[1:]
        return (
            last.label,
            [part.person for part in participants.participants(engine, "counter", Caller())[0]],
            [leader.person for leader in leaders.leaders(engine, "counter")],
            [row.person for row in rows],
            [line.split(",")[8] for line in csv],
        )

    assert named() == ("Ann", ["Ann", "", ""], ["", "Ann", ""], ["Ann", "", ""], ["", "", "Ann"])
    assert '"person": "Ann"' in "".join(exporter.json_lines(engine, exporter.ExportRequest("counter")))
    ledger.transact(lambda c: accounts.delete_account(c, 1, now_ms()))
    assert named() == ("", ["", ""], ["", ""], ["", "", ""], ["", "", ""])
    consistent(db_url, 3)


def test_people_and_anonymous_devices_are_counted_separately(
    db_url: str, ledger: Ledger, engine: Engine, query: Query, ann: str
):
    """In the leaders of a round, of a span of time and ever, in charts, in pages, and in the list of participants."""
    bob, rng, start = signed_in(ledger, "Bob", "2" * 64), random.Random(7), now_ms() - DAY
    query(f"UPDATE round SET started_at = {start}")
    query("UPDATE counter SET lower = NULL")
    rounds = [query("SELECT round_id FROM counter")[0][0]]
    for _ in range(2):
        for _ in range(25):
            clicks = tuple(
                Click(new_key(), rng.choice((1, 2, -1)), now_ms() - rng.randrange(DAY), rng.choice(rounds))
                for _ in range(rng.randrange(1, 4))
            )
            ledger.write([Order("counter", rng.choice((PHONE, LAPTOP)), clicks, rng.choice((None, ann, bob)))])
        rounds.append(ledger.reset("counter")[0].round)
        query(f"UPDATE round SET started_at = {start}")
    ledger.write([Order("counter", LAPTOP, (Click(new_key(), 3, now_ms(), rounds[0]),), ann)])
    rows = query(
        "SELECT r.number, c.pressed_at, a.name, c.account_id, c.device_id, c.amount FROM click c"
        " JOIN round r ON r.id = c.round_id LEFT JOIN account a ON a.id = c.account_id"
    )

    def expected(selected: list[tuple]) -> dict[tuple, tuple[int, int, int]]:
        """Up, down and clicks by (person, account, device)."""
        sums: dict[tuple, tuple[int, int, int]] = {}
        for _, _, name, account, device, amount in selected:
            who = (name, account, None) if name else ("", None, device)
            up, down, clicks = sums.get(who, (0, 0, 0))
            sums[who] = (up + max(amount, 0), down + min(amount, 0), clicks + 1)
        return sums

    def sums_of(found: list[leaders.Leader]) -> dict[tuple, tuple[int, int, int]]:
        moved = [leader.up - leader.down for leader in found]
        assert moved == sorted(moved, reverse=True)
        sums = {(one.person, one.account, one.number): (one.up, one.down, one.clicks) for one in found}
        assert len(sums) == len(found)
        return sums

    assert sums_of(leaders.leaders(engine, "counter")) == expected(rows)
    assert sums_of(leaders.leaders(engine, "counter", 1)) == expected([row for row in rows if row[0] == 1])
    first, last = (moment // 900_000 * 900_000 for moment in (start + DAY // 3, start + DAY * 2 // 3))
    between = [row for row in rows if first <= row[1] < last]
    assert sums_of(leaders.leaders_between(engine, "counter", first, last)) == expected(between)
    assert len(leaders.leaders(engine, "counter", limit=2)) == 2

    chart = ChartQuery("counter", "hour", ZoneInfo("UTC"), first, last - 1, clipped=True)
    pairs = [(leader.number, leader.account) for leader in leaders.leaders(engine, "counter")]
    sums = {("", None, device) if account is None else (account,): 0 for device, account in pairs}
    for (device, account), amounts in zip(pairs, timeseries.amounts_by_participant(engine, chart, pairs), strict=True):
        sums[("", None, device) if account is None else (account,)] = sum(amounts)
    assert sums == {(who[1],) if who[0] else who: up + down for who, (up, down, _) in expected(between).items()}
    bars = timeseries.buckets(engine, replace(chart, account=1))
    of_ann = [row for row in rows if row[2] == "Ann"]
    assert [bar.amount for bar in bars] == [sum(row[5] for row in of_ann if bar.start <= row[1] < bar.end) for bar in bars]
    assert bars[-1].total == sum(row[5] for row in of_ann if row[1] < last)
    page = ledger_pages.read_page(engine, ledger_pages.LedgerQuery("counter", account=1)).rows
    assert ({row.person for row in page}, len(page)) == ({"Ann"}, min(len(of_ann), ledger_pages.PAGE))

    press(ledger, PHONE, 5)
    press(ledger, PHONE, 1, session=ann)
    press(ledger, LAPTOP, 2, session=ann)
    press(ledger, LAPTOP, -2, session=bob)
    parts, more, exact = participants.participants(engine, "counter", Caller())
    assert {(part.person, part.number, part.up, part.down) for part in parts} == {
        ("Ann", None, 3, 0),
        ("Bob", None, 0, -2),
        ("", number_of(query, PHONE), 5, 0),
    }
    assert (len(parts), more, exact) == (3, 0, True)
    consistent(db_url, len(rows) + 4)


def number_of(query: Query, secret: str) -> int:
    """The number of the device with this hash."""
    return int(query(f"SELECT id FROM device WHERE secret_sha256 = '{secret}'")[0][0])


def test_a_copy_includes_accounts_sessions_and_members(
    db_url: str, ledger: Ledger, query: Query, ann: str, tmp_path, request: pytest.FixtureRequest
):
    press(ledger, PHONE, 4, session=ann)
    query("INSERT INTO member (counter_id, account_id, role, created_at) VALUES (1, 1, 'owner', 5)")
    query("INSERT INTO invitation (counter_id, token, role, created_at) VALUES (1, 'secret', 'counter', 5)")
    target = f"sqlite:///{tmp_path}/copy.db"
    if db_url.startswith("sqlite"):
        target = request.getfixturevalue("postgresql_url")
    for _ in range(2):
        assert copy.copy(db_url, target, lambda line: None) == []
    engine = open_engine(target)
    assert participants.own_totals(engine, "counter", Caller(ann, PHONE)).account == AccountTotals("Ann", 4, 0)
    assert [part.person for part in participants.participants(engine, "counter", Caller())[0]] == ["Ann"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT role FROM member").scalars().all() == ["owner"]
        assert connection.exec_driver_sql("SELECT token FROM invitation").scalars().all() == ["secret"]
    engine.dispose()
    other = Ledger(target)
    signed_in(other, "Bob", "2" * 64)
    other.close()


def test_repair_rebuilds_a_persons_wrong_totals(db_url: str, ledger: Ledger, engine: Engine, query: Query, ann: str):
    press(ledger, PHONE, 4, -1, session=ann)
    query("UPDATE account_tally SET up = 9, last_at = 0")
    [found] = verify.verify(engine)[1]
    assert (found.what, found.stored, found.ledger) == ("round 1, account 1, up", 9, 4)
    assert verify.repair(engine) == (2, [found])
    assert participants.own_totals(engine, "counter", Caller(ann, PHONE)).account == AccountTotals("Ann", 4, -1)
    assert query("SELECT last_at > 0 FROM account_tally")[0][0]
    consistent(db_url, 2)
