"""What a program may do with a key, read inside the transaction that does it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from clickcounter.access import accounts, authorization, keys, sessions
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, UNDO, Caller, Click, Order, now_ms
from clickcounter.history.counter_list import ListQuery, read_page
from clickcounter.ledger import api_keys, counters, membership, ownership, rounds, taking_back
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.taking_back import Selection
from tests.keys_world import BROWSER, World, listed_keys, refused
from tests.raw import new_key
from tests.writing import consistent


@pytest.fixture
def world(ledger: Ledger) -> World:
    return World(ledger)


def test_a_key_may_do_what_its_scope_says_and_no_more(world: World):
    for owner in (world.door, None):
        read, press, manage = (world.key(scope, world.ann, owner) for scope in keys.SCOPES)
        assert [world.may(who) for who in (read, press, manage)] == ["v", "vp", "vpma"]
        assert [world.press(who) for who in (read, press, manage)] == ["not_allowed", "saved", "saved"]
        assert [world.press(who, kind=CORRECTION) for who in (read, press, manage)] == [*["not_allowed"] * 2, "saved"]
        rename = partial(world.do, counters.update_settings, world.door, {"name": "Gate"})
        assert [refused(rename, who) for who in (read, press)] == ["key_scope"] * 2
        rename(manage)
    assert world.may(world.ann) == "vpma"


def test_a_key_is_refused_whole_where_it_counts_for_nothing(world: World):
    stranger, unknown = world.key("manage", world.bob), keys.caller_with(keys.new_text("manage"))
    other = world.do(counters.create, {"name": "Open"}, rounds.new_round_id(), world.ann)
    of_other, expired = world.key("manage", world.ann, other), world.key("manage", world.ann, world.door, expires_at=1)
    for who, code in (
        (stranger, "members_only"),
        (unknown, "key_invalid"),
        (of_other, "key_scope"),
        (expired, "key_invalid"),
    ):
        assert (world.may(who), world.press(who)) == (code, code)
    of_door = world.key("manage", world.ann, world.door)
    assert (world.may(of_door, other), world.press(of_door, other)) == ("key_scope", "key_scope"), "although it is open"
    assert world.may(unknown, other) == world.press(unknown, other) == "key_invalid", "although it is open"
    with_session = replace(unknown, session=world.ann.session)
    assert world.press(with_session) == "key_invalid", "a key alone counts"


@pytest.mark.parametrize("of_counter", [True, False])
def test_a_key_stops_with_the_next_press(world: World, of_counter: bool):
    counter = world.door if of_counter else None
    ann = world.account("Ann")

    def stopped_by(work: Callable[..., Any], *arguments: Any, code: str = "key_invalid") -> None:
        world.do(work, *arguments)
        assert (world.press(key), world.may(key)) == (code, code)

    key = world.key("press", world.ann, counter)
    assert world.press(key) == "saved"
    stopped_by(accounts.block, ann, 1)
    world.do(accounts.block, ann, None)
    assert world.press(key) == "saved"
    world.do(membership.give, world.door, world.names["Bob"])
    session = new_key() * 2
    world.do(sessions.create, ann, session, "", now_ms())
    ann_again = Caller(session, world.ann.device)
    no_owner = "key_invalid" if of_counter else "members_only"
    stopped_by(membership.set_role, world.door, ann, None, ann_again, code=no_owner)
    world.do(ownership.set_owner, world.do(counters.lock, world.door).id, ann)
    assert world.press(key) == "saved"
    [listed] = listed_keys(world, counter, ann_again)
    stopped_by(api_keys.revoke, listed.id, ann_again)
    assert listed_keys(world, counter, ann_again) == []
    world.do(api_keys.revoke, listed.id, ann_again)
    key = world.key("press", ann_again, counter)
    stopped_by(accounts.delete_account, ann, 1)


def test_a_programs_presses_are_its_own_and_its_accounts(db_url: str, world: World):
    own, of_account = world.key("press", world.ann, world.door), world.key("press", world.ann)
    pressed = [new_key() for _ in range(2)]
    assert [world.press(who, key=key) for who, key in zip((own, of_account), pressed, strict=True)] == ["saved"] * 2
    engine = open_engine(db_url)
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT device.label, click.account_id FROM click JOIN device ON device.id = device_id ORDER BY click.id"
        ).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("press key", None), ("press key", world.account("Ann"))]
    assert world.press(of_account, kind=UNDO, of=pressed[0]) == "undo", "it is another program's"
    assert [world.press(who, kind=UNDO, of=key) for who, key in zip((own, of_account), pressed, strict=True)] == [
        "saved"
    ] * 2
    assert world.do(counters.lock, world.door).value == 0
    consistent(db_url, 4)


def test_programs_decide_nothing_about_people(world: World):
    everything = [world.key("manage", world.ann, world.door), world.key("manage", world.ann)]
    account, wanted = world.account("Bob"), Wanted(keys.new_text("read"), "Another", "read")
    for who in everything:
        for work in (
            partial(membership.set_role, slug=world.door, account=account, role="owner", by=who),
            partial(membership.set_role, slug=world.door, account=world.account("Ann"), role=None, by=who),
            partial(membership.invite, slug=world.door, new_token="t" * 43, by=who),
            partial(membership.revoke, slug=world.door, by=who),
            partial(membership.accept, slug=world.door, token="t" * 43, by=who),
            partial(membership.claim, slug=world.door, by=who),
            partial(api_keys.make_for_counter, slug=world.door, wanted=wanted, by=who),
            partial(api_keys.account_of, by=who),
        ):
            assert refused(world.do, work) == "key_scope"
        assert refused(listed_keys, world, world.door, who) == "key_scope"
    world.press(world.ann)
    world.do(taking_back.take_back, world.door, Selection(until=now_ms() + 1), "forged", everything[1], None)
    assert world.do(counters.lock, world.door).value == 0


def test_a_superusers_key_has_no_power_over_others(world: World):
    world.do(accounts.set_superuser, world.account("Bob"), True)
    assert world.may(world.bob) == "vpma"
    assert world.may(world.key("manage", world.bob)) == "members_only"
    made = world.key("manage", world.bob, world.door)
    assert world.may(made) == "vpma"
    world.do(accounts.set_superuser, world.account("Bob"), False)
    assert world.may(made) == "key_invalid"


def test_only_an_accounts_key_that_manages_creates_counters(world: World):
    create = partial(world.do, counters.create, {"name": "New", "visibility": "members"}, rounds.new_round_id())
    for who in (world.key("press", world.ann), world.key("manage", world.ann, world.door)):
        assert refused(create, who) == "key_scope"
    assert refused(create, keys.caller_with(keys.new_text("manage"))) == "key_invalid"
    slug = create(world.key("manage", world.ann))
    assert world.may(world.ann, slug) == "vpma"


def test_a_browsers_keys_go_to_the_account_that_claims_the_counter(world: World):
    slugs = [world.do(counters.create, {"name": "Tent"}, rounds.new_round_id(), BROWSER) for _ in range(2)]
    made = [world.key("press", BROWSER, slug) for slug in slugs]
    by_a_guest = world.key("press", Caller(world.ann.session, BROWSER.device), slugs[0])
    assert [world.press(key, slug) for key, slug in zip(made, slugs, strict=True)] == ["saved"] * 2
    assert refused(world.key, "press", world.ann, slugs[0]) == "not_owner"
    world.do(membership.claim, slugs[0], Caller(world.ann.session, BROWSER.device))
    assert [world.press(key, slugs[0]) for key in (made[0], by_a_guest)] == ["saved"] * 2
    assert {key.maker for key in listed_keys(world, slugs[0], world.ann)} == {world.names["Ann"]}
    world.do(membership.give, slugs[1], world.names["Ann"])
    assert world.press(made[1], slugs[1]) == "key_invalid", "its browser owns the counter no more"
    assert [key.valid for key in listed_keys(world, slugs[1], world.ann)] == [False]


def test_keys_are_limited_in_number_and_belong_to_somebody(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(api_keys, "MOST", 2)
    for counter in (world.door, None):
        for _ in range(2):
            world.key("read", world.ann, counter)
        assert refused(world.key, "read", world.ann, counter) == "keys_many"
        newest = listed_keys(world, counter, world.ann)[0]
        for work in (api_keys.revoke, partial(api_keys.rename, name="Mine")):
            assert refused(partial(world.do, work, newest.id, by=world.bob)) in ("members_only", "no_key")
            assert refused(partial(world.do, work, newest.id, by=Caller())) in ("members_only", "signed_out")
        for _ in range(5):
            world.do(api_keys.revoke, listed_keys(world, counter, world.ann)[0].id, world.ann)
            world.key("read", world.ann, counter)
    assert refused(lambda: world.do(api_keys.revoke, 10**9, world.ann)) == "no_key"
    assert refused(world.key, "read", Caller()) == "signed_out"
    assert refused(world.key, "read", world.ann, "counter") == "not_owner", "it is everybody's"
    terminals = world.key("manage", None, "counter")
    assert world.may(terminals, "counter") == "vpma"


def test_a_key_made_again_after_later_is_one_key(world: World):
    wanted = Wanted(keys.new_text("press", "seed"), "Twice", "press")
    for _ in range(2):
        world.do(api_keys.make_for_counter, world.door, wanted, world.ann)
    [listed] = listed_keys(world, world.door, world.ann)
    world.do(api_keys.revoke, listed.id, world.ann)
    world.do(api_keys.make_for_counter, world.door, wanted, world.ann)
    assert world.press(keys.caller_with(wanted.text)) == "key_invalid", "a revoked key stays revoked"


def test_a_keys_new_name_stands_by_its_past_presses(db_url: str, world: World):
    key = world.key("press", world.ann, world.door)
    world.press(key)
    world.do(api_keys.rename, listed_keys(world, world.door, world.ann)[0].id, "North door", world.ann)
    assert listed_keys(world, world.door, world.ann)[0].name == "North door"
    [outcome] = world.ledger.write([Order(world.door, str(key.device), (Click(new_key(), 1, now_ms(), 0),), key=key.key)])
    assert outcome.snapshot.last.label == "North door"


def test_a_list_shows_a_program_what_its_key_reaches(world: World):
    def listed(who: Caller) -> list[str]:
        return [row.slug for row in world.do(read_page, ListQuery(session=who.session, device=who.device, key=who.key)).rows]

    assert listed(world.key("read", world.ann)) == [world.door, "counter"]
    assert listed(world.key("read", world.ann, world.door)) == [world.door]
    assert listed(world.key("read", world.bob)) == ["counter"]
    assert refused(listed, keys.caller_with(keys.new_text("read"))) == "key_invalid"


def test_the_last_use_is_written_once_a_minute(world: World):
    key = world.key("press", world.ann, world.door)
    keys.take_uses()
    world.press(world.ann)
    assert keys.take_uses() == {}
    world.press(key)
    uses = keys.take_uses()
    assert [*uses] == [key.key]
    world.do(keys.write_uses, uses)
    [listed] = listed_keys(world, world.door, world.ann)
    assert listed.used_at == uses[str(key.key)]
    world.press(key)
    assert keys.take_uses() == {}, "within the same minute"
    world.do(keys.write_uses, {str(key.key): listed.used_at + 59_999})
    assert listed_keys(world, world.door, world.ann)[0].used_at == listed.used_at
    world.do(keys.write_uses, {str(key.key): listed.used_at + 60_000})
    assert listed_keys(world, world.door, world.ann)[0].used_at == listed.used_at + 60_000


async def test_an_open_reader_is_found_when_its_key_stops(db_url: str, world: World):
    key, of_bob = world.key("read", world.ann, world.door), world.key("read", world.bob)
    engine = open_engine(db_url)
    see = partial(asyncio.to_thread, authorization.visible_to, engine)
    watching = {world.door: {key, of_bob, world.ann}, "counter": {of_bob, Caller()}}
    assert {who for (_, who), visible in (await see(watching)).items() if visible} == {key, world.ann, of_bob, Caller()}
    world.do(api_keys.revoke, listed_keys(world, world.door, world.ann)[0].id, world.ann)
    assert {who for (_, who), visible in (await see(watching)).items() if visible} == {world.ann, of_bob, Caller()}
    engine.dispose()
