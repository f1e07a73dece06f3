"""What the core refuses to programs, tried with each kind of key and compared with the table of docs/rights.md."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from clickcounter.access import accounts, authorization, keys
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, NOTE, UNDO, Caller, now_ms
from clickcounter.domain.past import PastEntry
from clickcounter.errors import Refused
from clickcounter.ledger import api_keys, counters, membership, rounds, taking_back
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from clickcounter.ledger.taking_back import Selection
from clickcounter.webhooks import registry
from tests.keys_world import World, listed_keys
from tests.raw import new_key
from tests.server import ROOT
from tests.writing import terminal

WEBHOOK = "http://127.0.0.1:1024/"
REFUSALS = ("key_invalid", "key_scope", "not_allowed", "members_only")


def table() -> dict[str, dict[str, bool]]:
    """Whether each kind of key has a right: {what: {kind: right}}."""
    section = (ROOT / "docs" / "rights.md").read_text().split("## Programs with a key")[1].split("\n## ")[0]
    head, _, *rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(head[1:], (cell == "yes" for cell in row[1:]), strict=True)) for row in rows}


def key_of_kind(world: World, kind: str) -> Caller:
    """A new key of this kind for the Door."""
    if kind in keys.SCOPES:
        return world.key(kind, world.ann, world.door)
    if kind == "expired":
        return world.key("manage", world.ann, world.door, expires_at=now_ms() - 1)
    if kind == "another's":
        other = world.do(counters.create, {"name": "Gate"}, rounds.new_round_id(), world.ann)
        return world.key("manage", world.ann, other)
    made = world.key("manage", world.ann, world.door)
    if kind == "revoked":
        world.do(api_keys.revoke, listed_keys(world, world.door, world.ann)[0].id, world.ann)
    else:
        assert kind == "ownerless"
        world.do(accounts.block, world.account("Ann"), 1)
    return made


def presses(world: World, who: Caller, **more: Any) -> None:
    code = world.press(who, **more)
    if code != "saved":
        raise Refused(code)


def undoes(world: World, who: Caller) -> None:
    """A press that it made, if it may press; otherwise one that it says it made."""
    pressed = new_key()
    presses(world, who, key=pressed)
    presses(world, who, kind=UNDO, of=pressed)


def views(world: World, who: Caller) -> None:
    engine = open_engine(world.ledger._url)
    try:
        authorization.require_view(engine, world.door, who)
    finally:
        engine.dispose()


def lists_members(world: World, who: Caller) -> None:
    engine = open_engine(world.ledger._url)
    try:
        membership.members(engine, world.door, who)
    finally:
        engine.dispose()


def does(work: Callable[..., Any], *arguments: Any, by: str = "by") -> Callable[[World, Caller], None]:
    """Work of the ledger on the Door."""
    return lambda world, who: world.do(partial(work, **{by: who}), world.door, *arguments)


def changes(**fields: str) -> Callable[[World, Caller], None]:
    return does(counters.update_settings, fields)


def revokes(world: World, who: Caller) -> None:
    root = world.signs_in("Root")
    world.key("read", root, world.door)
    world.do(api_keys.revoke, listed_keys(world, world.door, root)[0].id, who)


def on_webhook(work: Callable[..., Any]) -> Callable[[World, Caller], None]:
    """Work on a webhook that an owner has added."""

    def do(world: World, who: Caller) -> None:
        webhook = rounds.new_round_id()
        world.do(registry.add, world.door, WEBHOOK, ["goal"], registry.new_secret(), webhook, world.ann)
        world.do(work, world.door, webhook, who)

    return do


def lists_webhooks(world: World, who: Caller) -> None:
    engine = open_engine(world.ledger._url)
    try:
        registry.registered(engine, world.door, who)
    finally:
        engine.dispose()


ACTIONS: Mapping[str, Callable[[World, Caller], Any]] = {
    "view": views,
    "press": presses,
    "undo its own press": undoes,
    "correct": partial(presses, kind=CORRECTION),
    "add a past entry": does(entries.add, PastEntry(new_key(), NOTE, 0, now_ms(), now_ms(), "Rain"), terminal),
    "reset": lambda world, who: world.ledger.reset(world.door, None, who),
    "change its settings": changes(name="Gate"),
    "change who may see and press": changes(press="anyone"),
    "take back presses": lambda world, who: world.do(
        taking_back.take_back, world.door, Selection(until=now_ms() + 1), "forged", who, None
    ),
    "archive": does(counters.archive, True),
    "delete": does(counters.delete, "Door"),
    "list its members": lists_members,
    "change a role": lambda world, who: world.do(membership.set_role, world.door, world.account("Bob"), "owner", who),
    "invite": does(membership.invite, "t" * 43),
    "make a key": does(api_keys.make_for_counter, Wanted(keys.new_text("read"), "Another", "read")),
    "list its keys": lambda world, who: listed_keys(world, world.door, who),
    "revoke a key": revokes,
    "list its webhooks": lists_webhooks,
    "add a webhook": does(registry.add, WEBHOOK, ["goal"], "whsec_x", 1),
    "test a webhook": on_webhook(registry.test),
    "remove a webhook": on_webhook(registry.remove),
}


def test_the_table_of_keys_lists_every_action():
    assert table().keys() == ACTIONS.keys()


@pytest.mark.parametrize("kind", [*keys.SCOPES, "revoked", "expired", "another's", "ownerless"])
def test_rights_of_a_key_are_what_the_table_says(ledger: Ledger, kind: str):
    for what, kinds in table().items():
        world = World(ledger)
        who = key_of_kind(world, kind)
        if kinds[kind]:
            ACTIONS[what](world, who)
            continue
        before = world.do(counters.lock, world.door)
        with pytest.raises(Refused) as refused:
            ACTIONS[what](world, who)
        assert refused.value.code in REFUSALS, what
        assert world.do(counters.lock, world.door) == before, what
