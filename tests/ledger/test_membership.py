"""Members of a counter, whose rights are read inside the transaction that saves a press."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from clickcounter.access import accounts, sessions
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, Caller, Click, Order, now_ms
from clickcounter.errors import Refused
from clickcounter.history.counter_list import ListQuery, owns_a_counter, read_page
from clickcounter.ledger import counters, membership, rounds
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key

TOKEN = "t" * 43


@pytest.fixture
def perform(ledger: Ledger) -> Callable[..., Any]:
    """Runs a function of the core in a transaction: its arguments follow the connection."""
    return lambda work, *arguments: ledger.transact(lambda connection: work(connection, *arguments))


@pytest.fixture
def signed_in(perform: Callable[..., Any]) -> Callable[[str], Caller]:
    def sign_in(name: str) -> Caller:
        session, device = new_key() * 2, new_key() * 2
        account = perform(accounts.create, name, f"no hash of {name}", now_ms())
        perform(sessions.create, account, session, "", now_ms())
        return Caller(session, device)

    return sign_in


def code(ledger: Ledger, slug: str, who: Caller, kind: str = "click") -> str:
    """The code of one press."""
    click = Click(new_key(), 1, now_ms(), 0, kind=kind)
    [outcome] = ledger.write([Order(slug, str(who.device), (click,), who.session)])
    return outcome.error or outcome.codes[click.key]


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.code


def test_a_changed_role_takes_effect_with_the_next_press(ledger: Ledger, perform, signed_in):
    ann, bob, nobody = signed_in("Ann"), signed_in("Bob"), Caller(None, "d" * 64)
    slug = perform(counters.create, {"name": "Door", "press": "members"}, rounds.new_round_id(), ann)
    change = partial(perform, counters.update_settings, slug)
    assert [code(ledger, slug, who) for who in (ann, bob, nobody)] == ["saved", "not_allowed", "not_allowed"]
    assert refused(lambda: perform(membership.accept, slug, TOKEN, bob)) == "invitation"
    _, token = perform(membership.invite, slug, TOKEN, ann)
    assert perform(membership.invite, slug, "another", ann)[1] == token == TOKEN
    assert refused(lambda: perform(membership.accept, slug, "another", bob)) == "invitation"
    assert refused(lambda: perform(membership.accept, slug, TOKEN, nobody)) == "needs_account"
    perform(membership.accept, slug, TOKEN, bob)
    assert code(ledger, slug, bob) == "saved"
    assert code(ledger, slug, bob, CORRECTION) == "not_allowed"
    change({"press": "anyone"}, ann)
    assert code(ledger, slug, nobody) == "saved"
    account = ledger.transact(lambda c: accounts.by_name(c, "Bob")).id
    perform(membership.set_role, slug, account, "viewer", ann)
    assert [code(ledger, slug, who) for who in (bob, nobody)] == ["not_allowed", "saved"]
    before = perform(counters.lock, slug).revision
    left = perform(membership.set_role, slug, account, None, bob)
    assert left.revision > before, "anybody may leave"
    assert perform(membership.set_role, slug, account, None, bob) == left, "and again, if no answer came"
    assert code(ledger, slug, bob) == "saved"
    change({"visibility": "members"}, ann)
    assert [code(ledger, slug, who) for who in (ann, bob, nobody)] == ["saved", "members_only", "members_only"]
    assert refused(lambda: change({"name": "Theirs"}, bob)) == "members_only"


def test_only_members_find_an_unlisted_counter(ledger: Ledger, perform, signed_in):
    ann, bob = signed_in("Ann"), signed_in("Bob")
    for visibility in ("link", "members"):
        perform(counters.create, {"name": f"Door {visibility}", "visibility": visibility}, rounds.new_round_id(), ann)
    totals = [perform(read_page, ListQuery("door", session=who.session)).total for who in (ann, bob, Caller())]
    assert totals == [2, 0, 0]


def test_an_anonymous_browser_finds_its_counters_until_they_are_claimed(db_url: str, ledger: Ledger, perform, signed_in):
    ann, browser, other = signed_in("Ann"), Caller(None, "d" * 64), Caller(None, "e" * 64)
    engine = open_engine(db_url)

    def found(who: Caller) -> list[str]:
        return [row.name for row in perform(read_page, ListQuery("door", session=who.session, device=who.device)).rows]

    assert not owns_a_counter(engine, "d" * 64)
    slug = perform(counters.create, {"name": "Door", "visibility": "link"}, rounds.new_round_id(), browser)
    perform(counters.create, {"name": "Door of Ann", "visibility": "link"}, rounds.new_round_id(), ann)
    assert (found(browser), found(other), found(Caller())) == (["Door"], [], [])
    assert [owns_a_counter(engine, device) for device in ("d" * 64, "e" * 64)] == [True, False]
    perform(membership.claim, slug, Caller(ann.session, browser.device))
    assert (found(browser), found(ann), owns_a_counter(engine, "d" * 64)) == ([], ["Door of Ann", "Door"], False)
    engine.dispose()


def test_the_list_shows_who_may_change_which_counter(ledger: Ledger, perform, signed_in):
    ann, bob, browser = signed_in("Ann"), signed_in("Bob"), Caller(None, "d" * 64)

    def may(who: Caller) -> dict[str, bool]:
        page = perform(read_page, ListQuery(session=who.session, device=who.device))
        return {row.slug: row.manage for row in page.rows}

    perform(counters.create, {"name": "Ann"}, rounds.new_round_id(), ann)
    perform(counters.create, {"name": "Browser"}, rounds.new_round_id(), browser)
    perform(counters.create, {"name": "Terminal"}, rounds.new_round_id(), None)
    everybodys = {"counter": True, "terminal": True}
    assert may(ann) == everybodys | {"ann": True, "browser": False}
    assert may(bob) == may(Caller()) == everybodys | {"ann": False, "browser": False}
    assert may(browser) == everybodys | {"ann": False, "browser": True}
    perform(accounts.set_superuser, perform(accounts.by_name, "Bob").id, True)
    assert set(may(bob).values()) == {True}


def test_public_counters_stay_open_and_owned_ones_keep_an_owner(ledger: Ledger, perform, signed_in):
    ann = signed_in("Ann")
    perform(counters.update_settings, "counter", {"name": "Ours"}, ann)
    assert refused(lambda: perform(counters.update_settings, "counter", {"press": "members"}, ann)) == "not_owner"
    slug = perform(counters.create, {"name": "Door"}, rounds.new_round_id(), ann)
    account = ledger.transact(lambda c: accounts.by_name(c, "Ann")).id
    for role in ("viewer", None):
        assert refused(lambda role=role: perform(membership.set_role, slug, account, role, ann)) == "last_owner"
    assert refused(lambda: perform(membership.set_role, slug, account + 1000, "viewer", ann)) == "no_member"


def test_members_beyond_the_first_page_are_listed_once(db_url, ledger: Ledger, perform, signed_in, monkeypatch):
    monkeypatch.setattr(membership, "MAX_MEMBERS", 3)
    owner = signed_in("Ann")
    slug = perform(counters.create, {"name": "Door"}, rounds.new_round_id(), owner)
    perform(membership.invite, slug, TOKEN, owner)
    for n in range(7):
        perform(membership.accept, slug, TOKEN, signed_in(f"Member {n}"))
    perform(membership.give, slug, "Member 5")
    engine, after, found = open_engine(db_url), None, []
    while after is not None or not found:
        page = membership.members(engine, slug, owner, after)
        found, after = [*found, *page.members], page.next
    assert [one.name for one in found][:2] == ["Ann", "Member 5"], "owners come first"
    assert len({one.account for one in found}) == len(found) == 8
    engine.dispose()
