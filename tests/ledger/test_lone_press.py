"""A lone press: few statements, and the same rows as a press among others."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from clickcounter.access.new_devices import NewDevices
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import UNDO, Click, Order, Outcome, now_ms
from clickcounter.history import verify
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite
from tests.ledger.test_group_limits import make_group
from tests.raw import new_key

MOST_STATEMENTS = 6  # with BEGIN and COMMIT
NOWHERE = Order("nowhere", "e" * 64, (Click("f" * 32, 1, 0, 0),))
PRESSES = [  # device, amount, how long before now in ms
    ("a", 1, 0),
    ("a", 1, 0),
    ("b", 5, 120_000),
    ("a", -2, 3_600_000),
    ("b", -1, 0),
    ("c", 1, 15 * 3_600_000),  # before the round began
    ("c", 10**12, 0),  # more than a click may add
]

Query = Callable[[str], list[tuple]]


@pytest.fixture
def traced() -> Iterator[list[str]]:
    """The statements of every connection that is opened from now on."""
    found: list[str] = []

    def note(sql: str) -> None:
        if found[-1:] != [sql]:  # the driver names a statement again for each one inside its trigger
            found.append(sql)

    def listen(connection, _record) -> None:
        connection.set_trace_callback(note)

    event.listen(Pool, "connect", listen)
    yield found
    event.remove(Pool, "connect", listen)


def press(counter: str, device: str, amount: int, pressed_at: int, round_id: int) -> Order:
    return Order(counter, device * 64, (Click(new_key(), amount, pressed_at, round_id),), address="203.0.113.7")


def current(query: Query, counter: str) -> int:
    return query(f"SELECT round_id FROM counter WHERE slug = '{counter}'")[0][0]


@only_sqlite
def test_a_lone_press_takes_few_statements(traced: list[str], db_url: str, query: Query):
    ledger = Ledger(db_url)
    ledger.create("counter")
    for device in ("a", "a", "b"):  # a new one, a known one, another new one
        order = press("counter", device, 1, now_ms(), current(query, "counter"))
        traced.clear()
        [outcome] = ledger.write([order])
        assert set(outcome.codes.values()) == {"saved"}
        assert 4 <= len(traced) <= MOST_STATEMENTS, traced
    ledger.close()


@only_sqlite
def test_a_few_presses_take_two_statements_each(traced: list[str], db_url: str, query: Query):
    ledger = Ledger(db_url)
    ledger.create("counter")
    ledger.write([press("counter", device, 1, now_ms(), current(query, "counter")) for device in "ab"])
    orders = [
        press("counter", device, amount, now_ms(), current(query, "counter"))
        for device, amount in (("a", 1), ("b", 2), ("a", -1))
    ]
    traced.clear()
    outcomes = ledger.write(orders)
    ledger.close()
    assert len(traced) <= MOST_STATEMENTS + 2 * (MOST_STATEMENTS - 2), traced
    assert [outcome.snapshot and outcome.snapshot.value for outcome in outcomes] == [3, 5, 4]
    assert [outcome.device_totals for outcome in outcomes] == [(2, 0), (3, 0), (2, -1)]
    assert verify.verify(open_engine(db_url))[1] == []


def test_a_press_that_is_not_plain_may_come_among_a_few(ledger: Ledger, db_url: str, query: Query):
    now, round_id = now_ms(), current(query, "counter")
    first = press("counter", "a", 1, now, round_id)
    undo = Order("counter", "a" * 64, (Click(new_key(), 0, now, round_id, kind=UNDO, of=first.clicks[0].key),))
    again = Order("counter", "a" * 64, first.clicks)
    outcomes = ledger.write([first, undo, again, press("counter", "b", 5, now, round_id)])
    assert [list(outcome.codes.values()) for outcome in outcomes] == [["saved"]] * 4
    assert outcomes[-1].snapshot
    assert outcomes[-1].snapshot.value == 5
    assert query("SELECT amount FROM click ORDER BY total, amount") == [(-1,), (1,), (5,)]
    assert verify.verify(open_engine(db_url))[1] == []


@pytest.mark.parametrize("limit", [None, 6])
def test_alone_or_among_others_a_press_writes_the_same(ledger: Ledger, db_url: str, query: Query, limit: int | None):
    (_, [lone]), (_, [among]) = (make_group(ledger, {"Door": 1}, upper=limit) for _ in range(2))
    now = now_ms()
    for device, amount, before in PRESSES:
        orders = [press(counter, device, amount, now - before, current(query, counter)) for counter in (lone, among)]
        [first], [_, second] = ledger.write(orders[:1]), ledger.write([NOWHERE, orders[1]])
        assert seen(first) == seen(second)
    for table, columns in (
        ("click", "device_id, amount, total, time_adjusted, round_unknown, kind, takes_back, reason, account_id, until"),
        ("tally", "device_id, up, down, corrected, clicks"),
        ("activity", "width, start - start % 14400000, up, down, corrected, clicks"),
        ("device_activity", "device_id, width, start - start % 14400000, up, down, corrected, clicks"),
        ("round", "number, total, counted, ended_at"),
    ):
        by_round = "round_id" if table != "round" else "id"
        rows = [
            query(f"SELECT {columns} FROM {table} WHERE {by_round} = {current(query, counter)} ORDER BY {columns}")
            for counter in (lone, among)
        ]
        assert rows[0] == rows[1] != []
    shown = [
        query(f"SELECT value, last_by, last_account FROM counter WHERE slug = '{counter}'") for counter in (lone, among)
    ]
    assert shown[0] == shown[1]
    assert verify.verify(open_engine(db_url))[1] == []


def test_a_transaction_may_have_no_order(ledger: Ledger):
    assert ledger.write([]) == []


def test_a_new_device_that_has_to_wait_leaves_nothing(db_url: str, query: Query):
    ledger = Ledger(db_url, NewDevices(per_hour=1))
    ledger.create("counter")
    outcomes = [
        ledger.write([press("counter", device, 1, now_ms(), current(query, "counter"))])[0] for device in ("a", "b", "a")
    ]
    ledger.close()
    assert [outcome.error for outcome in outcomes] == [None, "later", None]
    assert outcomes[1].wait > 0
    assert query("SELECT secret_sha256 FROM device") == [("a" * 64,)]
    assert query("SELECT value FROM counter WHERE slug = 'counter'") == [(2,)]


def seen(outcome: Outcome) -> tuple:
    shown = outcome.snapshot
    return (
        list(outcome.codes.values()),
        (outcome.error, outcome.changed, outcome.device_totals, outcome.account_totals, outcome.total),
        [group.value for group in outcome.groups],
        shown and (shown.value, shown.last),
    )
