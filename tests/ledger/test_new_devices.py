"""How many new devices an address may bring, decided where the transaction finds that they are new; on both databases."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clickcounter.access.new_devices import NewDevices
from clickcounter.domain.clicks import Caller, Order
from clickcounter.errors import CounterNotFound, Later, TooMany
from clickcounter.ledger.ledger import Ledger
from tests.writing import order

Query = Callable[[str], list[tuple]]
CLASSROOM, ELSEWHERE = "192.0.2.1", "192.0.2.2"


def from_address(address: str, device: int, slug: str = "counter") -> Order:
    return replace(order(device=f"{device:064x}", counter=slug), address=address)


def codes(ledger: Ledger, *orders: Order) -> list[str | None]:
    """ "saved", or the error, of each order."""
    return [outcome.error or next(iter(outcome.codes.values())) for outcome in ledger.write(orders)]


def test_past_the_limit_only_new_devices_of_that_address_wait(db_url: str, query: Query):
    ledger = Ledger(db_url, NewDevices(3))
    assert codes(ledger, *(from_address(CLASSROOM, n) for n in (1, 2, 2, 3))) == ["saved"] * 4
    late = from_address(CLASSROOM, 4)
    [outcome] = ledger.write([late])
    assert (outcome.error, outcome.codes, outcome.snapshot) == (Later.code, {}, None)
    assert 1190 < outcome.wait <= 1200
    assert codes(ledger, from_address(CLASSROOM, 1), late, from_address(ELSEWHERE, 4)) == ["saved", "later", "saved"]
    assert codes(ledger, late) == ["saved"], "it is known now"
    assert query("SELECT value FROM counter") == [(7,)]
    ledger.close()


def test_devices_that_are_known_need_no_allowance_after_a_restart(db_url: str):
    ledger = Ledger(db_url)
    assert set(codes(ledger, *(from_address(CLASSROOM, n) for n in range(50)))) == {"saved"}
    ledger.close()
    restarted = Ledger(db_url, NewDevices(1))
    assert set(codes(restarted, *(from_address(CLASSROOM, n) for n in range(50)))) == {"saved"}
    assert codes(restarted, from_address(CLASSROOM, 50), from_address(CLASSROOM, 51)) == ["saved", "later"]
    restarted.close()


def test_a_device_may_appear_by_a_reset_or_label_too(db_url: str, query: Query):
    ledger = Ledger(db_url, NewDevices(2))
    ledger.reset("counter", None, Caller(device=f"{1:064x}"), None, CLASSROOM)
    ledger.transact(lambda connection: ledger.device(connection, f"{2:064x}", CLASSROOM))
    for n in (1, 2):
        ledger.reset("counter", None, Caller(device=f"{n:064x}"), None, CLASSROOM)
    with pytest.raises(TooMany):
        ledger.reset("counter", None, Caller(device=f"{3:064x}"), None, CLASSROOM)
    with pytest.raises(CounterNotFound):
        ledger.reset("nothing", None, Caller(device=f"{3:064x}"), None, ELSEWHERE)
    assert codes(ledger, from_address(CLASSROOM, 3), from_address(CLASSROOM, 2)) == ["later", "saved"]
    assert query("SELECT count(*) FROM device") == [(2,)]
    assert query("SELECT count(*) FROM round") == [(4,)]
    ledger.close()


def test_a_refused_press_uses_up_no_allowance(db_url: str, query: Query):
    query("UPDATE counter SET upper = 0")
    ledger = Ledger(db_url, NewDevices(1))
    assert codes(ledger, *(from_address(CLASSROOM, n) for n in range(5))) == ["full"] * 5
    assert codes(ledger, from_address(CLASSROOM, 1, "nothing")) == ["no_counter"]
    query("UPDATE counter SET upper = NULL")
    assert codes(ledger, from_address(CLASSROOM, 1)) == ["saved"]
    ledger.close()
