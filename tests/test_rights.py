"""Everything that a browser can ask of the server, asked by each kind of person, against the tables of docs/rights.md."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import reflex as rx
from sqlalchemy import Connection, update
from starlette.routing import Mount, Route

from clickcounter.accounts import people, sessions
from clickcounter.accounts.tables import SESSIONS
from clickcounter.clickcounter import app
from clickcounter.counting import membership, ownership, rounds, upkeep
from clickcounter.counting.clicks import Asker, now_ms
from clickcounter.counting.ledger import Ledger
from tests.lists import STATE as LISTS
from tests.raw import STATE as COUNTER
from tests.raw import RawClient, new_key
from tests.server import ROOT, BackEnd
from tests.states.test_history import RawHistory

DOCUMENT = (ROOT / "docs" / "rights.md").read_text()
KINDS = ("nobody", "viewer", "counter", "owner", "another's owner", "superuser", "signed out", "expired")
MEMBERS, OPEN, ALONE = "A counter for its members only", "A counter that is on the list", "What concerns no counter"
HARMLESS = "What touches nothing"
ACCESS = COUNTER.replace("counter____counter_state", "access____access_state")
UPKEEP = COUNTER.replace("counter____counter_state", "upkeep____upkeep_state")
PASSWORD = "a password that is right"


def section(title: str) -> str:
    return next(part for part in DOCUMENT.split("\n## ") if part.startswith(title))


def table(title: str) -> dict[str, dict[str, bool]]:
    """{what: {kind: whether they may}}."""
    lines = [line.strip("| ").split(" | ") for line in section(title).splitlines() if line.startswith("| ")]
    assert tuple(lines[0][1:]) == KINDS
    assert {cell for line in lines[1:] for cell in line[1:]} == {"yes", "no"}
    return {line[0]: dict(zip(KINDS, (cell == "yes" for cell in line[1:]), strict=True)) for line in lines[1:]}


def states(state: type = rx.State) -> AsyncIterator[type]:
    yield state
    for below in state.__subclasses__():
        yield from states(below)


def events() -> dict[str, str]:
    """Each event handler of the app as the document names it: the name that goes over the wire."""
    return {
        f"{state.__name__}.{name}": f"{state.get_full_name()}.{name}" for state in states() for name in state.event_handlers
    }


def addresses() -> set[str]:
    """Each address of the back end with its method."""
    found = set()
    for route in (*app._api.routes, *app.api_transformer.routes):
        if isinstance(route, Mount):
            found.add(route.path)
        elif isinstance(route, Route):
            found |= {f"{method} {route.path}" for method in (route.methods or {"GET"}) - {"HEAD"}}
    return found


def test_the_document_names_everything_that_can_be_asked_and_nothing_else():
    named = set(re.findall(r"\w+\.\w+", section(HARMLESS).partition("- ")[2]))
    named |= {what for title in (MEMBERS, OPEN, ALONE) for what in table(title)}
    assert named == {*events(), *addresses()} - {"/_event"}


@dataclass
class Person:
    """One of the kinds: its cookie and its tab."""

    kind: str
    token: str | None
    account: int | None
    tab: RawHistory = field(init=False)
    boards: list[dict[str, Any]] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        return f"clickcounter_session={self.token}" if self.token else ""

    @property
    def asker(self) -> Asker:
        return Asker(sessions.sha256_of(self.token), None)


class Tab(RawHistory):
    """A tab that also keeps the list."""

    def _take_upkeep(self, delta: dict) -> None:
        super()._take_upkeep(delta)
        if board := delta.get(LISTS, {}).get("board_rx_state_"):
            self.board = board

    async def moves_to(self, path: str) -> None:
        self.router_data = {"pathname": path, "asPath": path}


class World:
    """A back end with one person of each kind."""

    def __init__(self, back_end: BackEnd) -> None:
        self.back_end = back_end
        self.ledger = Ledger(back_end.db_url)
        self.persons: dict[str, Person] = {}
        self.http = aiohttp.ClientSession()

    def populate(self, connection: Connection) -> None:
        now = now_ms()
        for kind in KINDS:
            of_owner = kind in ("signed out", "expired")
            account = None if kind == "nobody" else self.persons["owner"].account if of_owner else None
            if account is None and kind != "nobody":
                account = people.make(
                    connection, kind, f"no password has the hash of {kind}", now, superuser=kind == "superuser"
                )
            person = self.persons[kind] = Person(kind, sessions.new_token() if account else None, account)
            if person.token:
                sessions.begin(connection, account, str(person.asker.session), "", now)
        sessions.end(connection, self.persons["signed out"].asker.session)
        gone = update(SESSIONS).where(SESSIONS.c.token_sha256 == self.persons["expired"].asker.session)
        connection.execute(gone.values(expires_at=now - 1))
        upkeep.make(connection, {"name": "Another"}, rounds.new_round_id(), self.persons["another's owner"].asker)

    def counter(self, title: str) -> tuple[str, str]:
        """A fresh one with its members and an invitation: its slug and the invitation's token."""
        access = {"visibility": "members", "press": "members"} if title == MEMBERS else {}
        first = rounds.new_round_id()

        def make(connection: Connection) -> tuple[str, str]:
            owner = self.persons["owner"].asker
            slug = upkeep.make(connection, {"name": "Door"} | access, first, owner)
            counter = upkeep.locked(connection, slug)
            for role in ("viewer", "counter"):
                ownership.join(connection, counter.id, self.persons[role].account, role)
            return slug, membership.invite(connection, slug, sessions.new_token(), owner)[1]

        return self.ledger.perform(make)

    def everything(self) -> dict[str, list[tuple]]:
        names = self.back_end.query("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name: self.back_end.query(f"SELECT * FROM {name}") for (name,) in names}


@contextlib.asynccontextmanager
async def world_of(back_end: BackEnd) -> AsyncIterator[World]:
    world = World(back_end)
    world.ledger.perform(world.populate)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(world.http)
        for person in world.persons.values():
            person.tab = await stack.enter_async_context(Tab(back_end.port, "/counters", person.cookie))
        yield world
    world.ledger.close()


Doing = Callable[[World, Person, str, str], Awaitable[bool]]


def said(told: dict[str, Any] | None) -> bool:
    """Whether it was done; where it was not, a sentence says why."""
    assert told is not None
    if told.get("error"):
        assert set(told["sentences"]) == {"en", "ru"}
    return not told.get("error")


def asks(state: str, what: str, **arguments: Any) -> Doing:
    """A question of a dialog."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        known = {"token": token, "account": world.persons["viewer"].account, "key": new_key()}
        given = {name: known[name] if value is known else value for name, value in arguments.items()}
        given |= {name: known[name] for name, value in arguments.items() if value is ...}
        if what == "end_round":
            [(given["round"],)] = world.back_end.query(f"SELECT round_id FROM counter WHERE slug = '{slug}'")
        question = new_key()
        named = {"ask": question, "device": person.tab.device} | ({"counter": slug} if slug else {})
        if what in ("devices", "share"):
            del named["device"]
        return said(await person.tab.ask(f"{state}.{what}", named | given, question))

    return do


def arrives(name: str) -> Doing:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        tab = person.tab
        tab.frame = {}
        await tab.moves_to(f"/c/{slug}")
        await tab.event(f"{name}", {})
        frame = await tab.until(lambda: tab.frame if tab.frame.get("counter") == slug else None)
        await tab.moves_to("/counters")
        await tab.event(f"{COUNTER}.introduce", {})  # any event; it leaves the room
        assert "count" in frame or frame["error"] == "members_only"
        return "count" in frame

    return do


async def record(world: World, person: Person, slug: str, token: str) -> bool:
    answer = await person.tab.record(person.tab.click(round=0), counter=slug)
    if answer["error"]:
        assert answer["sentences"][answer["error"]]
        assert answer["value"] is None, "whoever may not look on is told no number"
        return False
    [code] = answer["codes"].values()
    assert code == "saved" or answer["sentences"][code]["en"]
    return code == "saved"


async def introduce(world: World, person: Person, slug: str, token: str) -> bool:
    person.tab.mine = {}
    await person.tab.event(f"{COUNTER}.introduce", {"counter": slug, "device": person.tab.device})
    mine = await person.tab.until(lambda: person.tab.mine)
    assert mine["rights"]["view"] == bool(mine["round"])
    return bool(mine["round"])


async def looks_at_list(world: World, person: Person, slug: str, token: str) -> bool:
    person.tab.board = {}
    await person.tab.event(f"{LISTS}.look", {"search": "Door", "archived": False, "before": None})
    board = await person.tab.until(lambda: person.tab.board)
    return slug in [row["slug"] for row in board["rows"]]


def reads_history(what: str) -> Doing:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        return said(await getattr(person.tab, what)(counter=slug))

    return do


async def export(world: World, person: Person, slug: str, token: str) -> bool:
    url = f"{world.back_end.url}/export/{slug}.csv"
    async with world.http.get(url, headers={"Cookie": person.cookie}) as answer:
        text = await answer.text()
    assert answer.status == 200 or (answer.status == 403 and "members" in text)
    return answer.status == 200


async def bring_in(world: World, person: Person, slug: str, token: str) -> bool:
    headers = {"Cookie": person.cookie, "X-Click-Counter": person.tab.device}
    url = f"{world.back_end.url}/import?counter={slug}"
    async with world.http.post(url, data=b"when,amount\n2026-03-01 09:00,5\n", headers=headers) as answer:
        return said(json.loads((await answer.text()).splitlines()[-1]))


def gets(path: str) -> Doing:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        async with world.http.get(world.back_end.url + path, headers={"Cookie": person.cookie}) as answer:
            return answer.status == 200

    return do


def posts(what: str, **fields: str) -> Doing:
    """A wish that comes to nothing for another reason where it is allowed, so that the next one finds the same."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        headers, body = {"Cookie": person.cookie}, {name: text.format(kind=person.kind) for name, text in fields.items()}
        async with world.http.post(f"{world.back_end.url}/account/{what}", json=body, headers=headers) as answer:
            told = await answer.json()
        said(told)
        return told.get("error") != "signed_out"

    return do


async def administers(world: World, person: Person, slug: str, token: str) -> bool:
    """Every page and every change is tried in tests/api/test_admin.py."""
    headers = {"Cookie": person.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    url = f"{world.back_end.url}/admin/counters/counter/rename"
    async with world.http.post(url, data="name=Everybodys", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303 or 'data-code="superusers_only"' in await answer.text()
    return answer.status == 303


DOING: dict[str, Doing] = {
    "State.hydrate": arrives("reflex___state____state.hydrate"),
    "State.hydrate_and_load": arrives("reflex___state____state.hydrate_and_load"),
    "OnLoadInternalState.on_load_internal": arrives(
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
    ),
    "CounterState.record": record,
    "CounterState.introduce": introduce,
    "CountersState.look": looks_at_list,
    "HistoryState.look": reads_history("look"),
    "HistoryState.page": reads_history("page"),
    "GET /export/{counter}.{ending}": export,
    "POST /import": bring_in,
    "UpkeepState.devices": asks(UPKEEP, "devices"),
    "UpkeepState.share": asks(UPKEEP, "share", origin="http://localhost:3000"),
    "UpkeepState.change": asks(UPKEEP, "change", fields={"name": "Another door", "press": "signed_in"}),
    "UpkeepState.archive": asks(UPKEEP, "archive"),
    "UpkeepState.restore": asks(UPKEEP, "restore"),
    "UpkeepState.end_round": asks(UPKEEP, "end_round"),
    "UpkeepState.correct": asks(UPKEEP, "correct", round=0, key=..., value=7, reason="counted again"),
    "UpkeepState.delete": asks(UPKEEP, "delete", name="Door"),
    "AccessState.members": asks(ACCESS, "members"),
    "AccessState.set_role": asks(ACCESS, "set_role", account=..., role="counter"),
    "AccessState.invite": asks(ACCESS, "invite"),
    "AccessState.revoke": asks(ACCESS, "revoke"),
    "AccessState.accept": asks(ACCESS, "accept", token=...),
    "AccessState.claim": asks(ACCESS, "claim"),
    "UpkeepState.make": asks(UPKEEP, "make", fields={"name": "Mine"}),
    "UpkeepState.name_device": asks(UPKEEP, "name_device", label="North"),
    "GET /healthz": gets("/healthz"),
    "GET /readyz": gets("/readyz"),
    "GET /ping": gets("/ping"),
    "GET /_health": gets("/_health"),
    "GET /account/me": gets("/account/me"),
    "POST /account/register": posts("register", name="owner", password=PASSWORD),
    "POST /account/sign-in": posts("sign-in", name="nobody is called so", password=PASSWORD),
    "POST /account/name": posts("name", name="{kind}"),
    "POST /account/password": posts("password", old=PASSWORD, new=PASSWORD),
    "POST /account/delete": posts("delete", password=PASSWORD),
    "POST /account/sign-out": posts("sign-out"),
    "POST /account/sign-out-everywhere": posts("sign-out-everywhere"),
    "GET /admin": gets("/admin"),
    "/admin": administers,
}


@pytest.mark.parametrize("title", [MEMBERS, OPEN])
async def test_each_may_with_a_counter_what_the_table_says_and_otherwise_changes_nothing(
    back_end_for_all: BackEnd, title: str
):
    async with world_of(back_end_for_all) as world:
        for what, kinds in table(title).items():
            do = DOING[what]
            slug, token = world.counter(title)
            before = world.everything()
            for kind in (kind for kind in KINDS if not kinds[kind]):
                assert not await do(world, world.persons[kind], slug, token), f"{kind} may {what}"
            assert world.everything() == before, what
            for kind in (kind for kind in KINDS if kinds[kind]):
                slug, token = world.counter(title)
                assert await do(world, world.persons[kind], slug, token), f"{kind} may not {what}"
    assert "Traceback" not in back_end_for_all.printed()


async def test_each_may_without_a_counter_what_the_table_says_and_otherwise_changes_nothing(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        for what, kinds in table(ALONE).items():
            before = world.everything()
            for kind in sorted(KINDS, key=lambda kind: kinds[kind]):
                assert await DOING[what](world, world.persons[kind], "", "") == kinds[kind], f"{kind}: {what}"
                assert kinds[kind] or world.everything() == before, what


async def test_what_is_said_to_touch_only_the_own_tab_changes_nothing(back_end_for_all: BackEnd):
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


async def test_a_browser_owns_what_it_made_without_an_account_until_somebody_claims_it(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        nobody, owner, other = (world.persons[kind] for kind in ("nobody", "owner", "another's owner"))
        question = new_key()
        payload = {"ask": question, "device": nobody.tab.device, "fields": {"name": "Ours"}}
        slug = (await nobody.tab.ask(f"{UPKEEP}.make", payload, question))["result"]["slug"]
        rename = asks(UPKEEP, "change", fields={"name": "Renamed"})
        assert await rename(world, nobody, slug, "")
        assert not await rename(world, other, slug, "")
        assert not await asks(UPKEEP, "change", fields={"press": "members"})(world, nobody, slug, ""), "nobody could be one"
        claim = asks(ACCESS, "claim")
        assert not await claim(world, nobody, slug, "")
        assert not await claim(world, owner, slug, ""), "it is another browser"
        owner.tab.device = nobody.tab.device
        assert await claim(world, owner, slug, "")
        assert not await rename(world, nobody, slug, "")
        owner.tab.device = new_key()
        assert await rename(world, owner, slug, "")
        world.ledger.perform(lambda connection: people.delete_account(connection, owner.account, now_ms()))
        for person in (nobody, owner, other):
            assert not await rename(world, person, slug, ""), "what a person leaves behind is not everybody's"
        assert await rename(world, world.persons["superuser"], slug, "")


async def test_the_last_owner_stays_and_a_revoked_role_or_link_empties_open_tabs_within_a_second(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        owner, counter, guest = (world.persons[kind] for kind in ("owner", "counter", "another's owner"))
        slug, token = world.counter(MEMBERS)
        assert not await asks(ACCESS, "set_role", account=owner.account, role=None)(world, owner, slug, "")
        assert await asks(ACCESS, "accept", token=...)(world, guest, slug, token)
        port = back_end_for_all.port
        async with (
            Tab(port, f"/c/{slug}", counter.cookie) as one,
            Tab(port, f"/c/{slug}", guest.cookie) as two,
            Tab(port, f"/c/{slug}", owner.cookie) as three,
        ):
            assert one.frame["count"] == two.frame["count"] == 0
            assert await asks(ACCESS, "revoke")(world, owner, slug, "")
            async with asyncio.timeout(1):
                await two.hears({"counter": slug, "error": "members_only"})
            assert (await two.record(two.click(round=0), counter=slug))["error"] == "members_only"
            assert await asks(ACCESS, "set_role", account=counter.account, role=None)(world, owner, slug, "")
            async with asyncio.timeout(1):
                await one.hears({"counter": slug, "error": "members_only"})
            await three.record(three.click(), counter=slug)
            await three.sees(1)
            assert "count" not in one.frame
            assert not await asks(ACCESS, "accept", token=...)(world, guest, slug, token)
