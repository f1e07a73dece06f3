"""A group's limits hold at the doors of all its counters, and only as long as those are its parts."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import ANY_ROUND, Click, Order, Outcome
from clickcounter.errors import Refused
from clickcounter.history import verify
from clickcounter.ledger import counters, groups, rounds
from clickcounter.ledger.ledger import Ledger
from tests.conftest import only_sqlite
from tests.raw import new_key
from tests.sql import ask

DEVICES = ["a" * 64, "b" * 64]


def make_group(ledger: Ledger, parts: dict[str, int], **fields: Any) -> tuple[str, list[str]]:
    """A group and its counters, by name, each with its sign there."""

    def create(name: str, **more: Any) -> str:
        wanted = {"name": name, "lower": None} | more
        return ledger.transact(lambda c: counters.create(c, wanted, rounds.new_round_id(), None))

    group, slugs = create("House", group=True, **fields), [create(name) for name in parts]
    signs = dict(zip(slugs, parts.values(), strict=True))
    ledger.transact(lambda c: groups.change_parts(c, group, signs, None))
    return group, slugs


def press(ledger: Ledger, counter: str, amount: int = 1) -> Outcome:
    [outcome] = ledger.write([Order(counter, DEVICES[1], (Click(new_key(), amount, 0, ANY_ROUND),))])
    return outcome


def test_whoever_leaves_has_come_if_the_group_says_so(db_url: str):
    ledger, engine = Ledger(db_url), open_engine(db_url)
    house, (way_in, way_out) = make_group(ledger, {"in": 1, "out": -1}, lower=0)
    assert list(press(ledger, way_out).codes.values()) == ["group_floor"]
    ledger.transact(lambda c: counters.update_settings(c, house, {"lets_leave": True}, None))
    left = press(ledger, way_out)
    assert (list(left.codes.values()), left.groups[0].value) == (["saved"], -1)
    assert press(ledger, way_in).groups[0].value == 0, "the press that was still to arrive"
    ledger.transact(lambda c: counters.update_settings(c, way_in, {"lower": 0, "lets_leave": True}, None))
    assert list(press(ledger, way_in, -5).codes.values()) == ["saved"]
    assert verify.verify(engine)[1] == []
    ledger.close()
    engine.dispose()


def test_groups_have_no_presses_and_no_groups(db_url: str):
    ledger = Ledger(db_url)
    house, [door, _] = make_group(ledger, {"North": 1, "South": 1})
    other, _ = make_group(ledger, {"East": 1})
    assert list(press(ledger, house).codes.values()) == ["group"]
    for part in (house, other):
        with pytest.raises(Refused, match="group_in_group"):
            ledger.transact(lambda c, part=part: groups.change_parts(c, house, {part: 1}, None))
    with pytest.raises(Refused, match="group_none"):
        ledger.transact(lambda c: groups.change_parts(c, door, {house: 1}, None))
    ledger.close()


@only_sqlite
def test_a_press_asks_of_groups_only_where_its_counter_has_some(db_url: str):
    asked: list[str] = []

    def trace(connection: Any, _record: object) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(Engine, "connect", trace)
    ledger, counts = Ledger(db_url), {}
    _, [door] = make_group(ledger, {"North": 1})
    for counter in ("counter", door):
        press(ledger, counter)  # its round, day and device are known from now on
        asked.clear()
        press(ledger, counter)
        counts[counter] = len(asked)
    event.remove(Engine, "connect", trace)
    assert counts[door] == counts["counter"] + 2, "it locks the groups, and adds to one"
    ledger.close()


def test_a_deleted_counter_leaves_its_groups(db_url: str):
    ledger, engine = Ledger(db_url), open_engine(db_url)
    house, doors = make_group(ledger, {"North": 1, "South": 1})
    [press(ledger, door) for door in doors]
    ledger.transact(lambda c: counters.delete(c, doors[0], "North", None))
    assert ask(db_url, f"SELECT value FROM counter WHERE slug = '{house}'") == [(1,)]
    ledger.transact(lambda c: counters.delete(c, house, "House", None))
    assert ask(db_url, "SELECT slug FROM counter WHERE in_groups") == []
    outcome = press(ledger, doors[1])
    assert (list(outcome.codes.values()), outcome.groups) == (["saved"], ())
    assert verify.verify(engine)[1] == []
    ledger.close()
    engine.dispose()


def test_verify_finds_a_wrong_sum_and_repair_corrects_it(db_url: str):
    ledger, engine = Ledger(db_url), open_engine(db_url)
    house, [door] = make_group(ledger, {"North": 1})
    press(ledger, door, 4)
    ask(db_url, f"UPDATE counter SET value = 7, in_groups = NOT in_groups WHERE slug IN ('{house}')")
    found = [(one.counter, one.what, one.stored, one.ledger) for one in verify.verify(engine)[1]]
    assert found == [(house, "the sum of its counters", 7, 4), (house, "being a part of groups", True, False)]
    verify.repair(engine)
    assert verify.verify(engine)[1] == []
    assert press(ledger, door).groups[0].value == 5
    ledger.close()
    engine.dispose()
