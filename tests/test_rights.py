"""Every event and request, tried by each kind of person and compared with the tables of docs/rights.md."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import reflex as rx
from fastapi import FastAPI
from starlette.routing import Mount, Route

from clickcounter.access import accounts
from clickcounter.clickcounter import app
from clickcounter.domain.clicks import now_ms
from tests.raw import STATE as COUNTER
from tests.raw import RawClient, new_key
from tests.rights_actions import ACCESS, OTHERS, UPKEEP, calls
from tests.rights_api import API_ACTIONS
from tests.rights_world import ALONE, KINDS, MEMBERS, OPEN, Tab, world_of
from tests.server import ROOT, BackEnd, answers, free_port, wait_for

DOCUMENT = (ROOT / "docs" / "rights.md").read_text()
ACTIONS = OTHERS | API_ACTIONS
HARMLESS = "What touches nothing"


@pytest.fixture(scope="module")
def back_end_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """With metrics: without them, what pages report about their presses is dropped."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("rights"), CLICKCOUNTER_METRICS=str(free_port()))
    server.start()
    wait_for(lambda: answers(f"{server.url}/readyz"), "it has looked at the database")
    yield server
    server.kill()


def section(title: str) -> str:
    return next(part for part in DOCUMENT.split("\n## ") if part.startswith(title))


def table(title: str) -> dict[str, dict[str, bool]]:
    """Whether each kind of person has the right: {what: {kind: right}}."""
    lines = [line.strip("| ").split(" | ") for line in section(title).splitlines() if line.startswith("| ")]
    assert tuple(lines[0][1:]) == KINDS
    assert {cell for line in lines[1:] for cell in line[1:]} == {"yes", "no"}
    return {line[0]: dict(zip(KINDS, (cell == "yes" for cell in line[1:]), strict=True)) for line in lines[1:]}


def states(state: type = rx.State) -> AsyncIterator[type]:
    yield state
    for below in state.__subclasses__():
        yield from states(below)


PAGES = ""  # where Reflex mounts the built pages, in a process that has made the whole app


def events() -> dict[str, str]:
    """The name of each event handler in the document: its name on the wire."""
    return {
        f"{state.__name__}.{name}": f"{state.get_full_name()}.{name}" for state in states() for name in state.event_handlers
    }


def below(api: FastAPI) -> Iterator[tuple[str, str]]:
    """The methods and paths of an app of FastAPI, which keeps the routes of each router by themselves."""
    for each in api.routes:
        for route in each.original_router.routes if hasattr(each, "original_router") else [each]:
            yield from ((method, route.path) for method in route.methods - {"HEAD"})


def addresses() -> set[str]:
    """Each address of the back end with its method."""
    found = set()
    for route in (*app._api.routes, *app.api_transformer.routes):
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            found |= {f"{method} {route.path}{path}" for method, path in below(route.app)}
        elif isinstance(route, Mount):
            found.add(route.path)
        elif isinstance(route, Route):
            found |= {f"{method} {route.path}" for method in (route.methods or {"GET"}) - {"HEAD"}}
    return found


def test_the_document_lists_every_event_and_address():
    named = set(re.findall(r"\w+\.\w+", section(HARMLESS).partition("- ")[2]))
    named |= {what for title in (MEMBERS, OPEN, ALONE) for what in table(title)}
    assert named == {*events(), *addresses()} - {"/_event", PAGES}


@pytest.mark.parametrize("title", [MEMBERS, OPEN])
async def test_rights_on_a_counter_are_what_the_table_says(back_end_for_all: BackEnd, title: str):
    async with world_of(back_end_for_all) as world:
        for what, kinds in table(title).items():
            do = ACTIONS[what]
            slug, token = world.counter(title)
            before = world.everything()
            for kind in (kind for kind in KINDS if not kinds[kind]):
                assert not await do(world, world.persons[kind], slug, token), f"{kind} may {what}"
            assert world.everything() == before, what
            version = world.version
            for kind in (kind for kind in KINDS if kinds[kind]):
                if world.version != version:  # something was written: this person needs a counter that is as it was
                    slug, token = world.counter(title)
                    version = world.version
                assert await do(world, world.persons[kind], slug, token), f"{kind} may not {what}"
    assert "Traceback" not in back_end_for_all.printed()


async def test_rights_without_a_counter_are_what_the_table_says(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        for what, kinds in table(ALONE).items():
            before = world.everything()
            for kind in sorted(KINDS, key=lambda kind: kinds[kind]):
                assert await ACTIONS[what](world, world.persons[kind], "", "") == kinds[kind], f"{kind}: {what}"
                assert kinds[kind] or world.everything() == before, what


async def test_programs_may_not_ask_what_only_people_may(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(MEMBERS)
        for kind in ("read", "press", "manage", "revoked", "expired", "another's", "ownerless"):
            headers = world.bearer(kind, slug)
            before = world.everything()
            for what in ("list", "make", "rename", "revoke"):
                body = {"counter": slug, "name": "Mine", "scope": "manage", "id": world.key_of(slug)}
                async with world.http.post(f"{back_end_for_all.url}/keys/{what}", json=body, headers=headers) as answer:
                    assert answer.status == 403, (kind, what)
            async with world.http.get(f"{back_end_for_all.url}/account/me", headers=headers) as answer:
                assert (await answer.json())["account"] is None
            assert world.everything() == before


async def test_harmless_events_touch_only_their_own_tab(back_end_for_all: BackEnd):
    named = set(re.findall(r"\w+\.\w+", section(HARMLESS).partition("- ")[2]))
    async with world_of(back_end_for_all) as world, RawClient(back_end_for_all.port) as looker:
        before, seen = world.everything(), looker.frame["count"]
        tab = world.persons["nobody"].tab
        for name in named:
            for payload in ({}, {"value": True}, {"var_name": "frame", "value": {"count": 7}}, {"vars": {"x": 1}}):
                await tab.event(events()[name], payload)
        await tab.event(f"{COUNTER}.introduce", {"counter": "counter", "device": tab.device})
        await tab.until(lambda: tab.mine)
        assert world.everything() == before
        assert looker.frame["count"] == seen


async def test_an_unclaimed_counter_belongs_to_its_browser(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        nobody, owner, other = (world.persons[kind] for kind in ("nobody", "owner", "another's owner"))
        question = new_key()
        payload = {"ask": question, "device": nobody.tab.device, "fields": {"name": "Ours"}}
        slug = (await nobody.tab.ask(f"{UPKEEP}.make", payload, question))["result"]["slug"]
        rename = calls(UPKEEP, "change", fields={"name": "Renamed"})
        assert await rename(world, nobody, slug, "")
        assert not await rename(world, other, slug, "")
        assert not await calls(UPKEEP, "change", fields={"press": "members"})(world, nobody, slug, ""), "nobody could be one"
        claim = calls(ACCESS, "claim")
        assert not await claim(world, nobody, slug, "")
        assert not await claim(world, owner, slug, ""), "it is another browser"
        owner.tab.device = nobody.tab.device
        assert await claim(world, owner, slug, "")
        assert not await rename(world, nobody, slug, "")
        owner.tab.device = new_key()
        assert await rename(world, owner, slug, "")
        world.ledger.transact(lambda connection: accounts.delete_account(connection, owner.account, now_ms()))
        for person in (nobody, owner, other):
            assert not await rename(world, person, slug, ""), "what a person leaves behind is not everybody's"
        assert await rename(world, world.persons["superuser"], slug, "")


async def test_revoked_access_closes_open_tabs(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        owner, counter, guest = (world.persons[kind] for kind in ("owner", "counter", "another's owner"))
        slug, token = world.counter(MEMBERS)
        assert not await calls(ACCESS, "set_role", account=owner.account, role=None)(world, owner, slug, "")
        assert await calls(ACCESS, "accept", token=...)(world, guest, slug, token)
        port = back_end_for_all.port
        async with (
            Tab(port, f"/c/{slug}", counter.cookie) as one,
            Tab(port, f"/c/{slug}", guest.cookie) as two,
            Tab(port, f"/c/{slug}", owner.cookie) as three,
        ):
            assert one.frame["count"] == two.frame["count"] == 0
            assert await calls(ACCESS, "revoke")(world, owner, slug, "")
            await two.hears({"counter": slug, "error": "members_only"})
            assert (await two.record(two.click(round=0), counter=slug))["error"] == "members_only"
            assert await calls(ACCESS, "set_role", account=counter.account, role=None)(world, owner, slug, "")
            await one.hears({"counter": slug, "error": "members_only"})
            await three.record(three.click(), counter=slug)
            await three.sees(1)
            assert "count" not in one.frame
            assert not await calls(ACCESS, "accept", token=...)(world, guest, slug, token)
