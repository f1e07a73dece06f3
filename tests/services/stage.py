"""One counter with people of each kind, their open tabs on two workers, and somebody who makes a call."""

import asyncio
import contextlib
import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from sqlalchemy import Connection

from clickcounter.access import accounts, passwords, sessions
from clickcounter.access.keys import caller_with, new_text
from clickcounter.domain.clicks import Caller, Click, Order, now_ms
from clickcounter.ledger import api_keys, counters, membership, ownership, rounds
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.ledger import Ledger
from clickcounter.services.validation import secret_sha256
from clickcounter.transfer.importer import ImportSource, import_file
from tests.api.test_account import PASSWORD
from tests.cluster import Cluster
from tests.open_tabs import BoardPage, CounterTab, ListTab
from tests.raw import RawClient, new_key
from tests.rights_actions import ACCESS, UPKEEP
from tests.server import until
from tests.writing import add_note

KINDS = ("owner", "member", "stranger", "superuser")  # besides nobody
HASH = passwords.hashed_now(PASSWORD)
STATES = {"Upkeep": UPKEEP, "Access": ACCESS}
WITHOUT_COUNTER = ("Upkeep.make", "Upkeep.name_device")
SOON = """
clickcounter.web.visit_pacing GAP 0
clickcounter.live.change_watcher EVERY 0.1
clickcounter.live.watching.session_watcher CHECK_EVERY 0.1
clickcounter.live.watching.session_watcher SESSIONS_EVERY 0.2
clickcounter.socket.fanout LAST_EVERY 0.1
"""  # so many tabs of one address would open at a pace, and then wait for the next poll
numbers = itertools.count(1)
turns = itertools.cycle((1, -1))
Open = BoardPage | CounterTab | ListTab


class Person:
    """A device, and an account with one session for the tabs and one for what is done elsewhere; `nobody` has no account."""

    def __init__(self, connection: Connection, kind: str) -> None:
        self.kind, self.name = kind, f"{kind} {next(numbers)}"
        self.device, self.account, self.tokens = new_key(), 0, [sessions.new_token() for _ in range(2)]
        if kind != "nobody":
            self.account = accounts.create(connection, self.name, HASH, now_ms(), superuser=kind == "superuser")
            for token in self.tokens:
                sessions.create(connection, self.account, str(sessions.sha256_of(token)), "", now_ms())

    def cookie(self, where: int = 0) -> str:
        return f"clickcounter_session={self.tokens[where]}" if self.account else ""

    @property
    def caller(self) -> Caller:
        return Caller(sessions.sha256_of(self.tokens[0]) if self.account else None, secret_sha256(self.device))


class Stage:
    """`prepare` changes what the tabs find; a call is made by `ask`, `post`, `admin` or `upload` once they are open."""

    def __init__(self, cluster: Cluster, ledger: Ledger, http: aiohttp.ClientSession) -> None:
        self.cluster, self.ledger, self.http = cluster, ledger, http
        self.here, self.there = cluster.workers
        self.people: dict[str, Person] = {}
        self.address_key = ""
        ledger.transact(self._populate)
        self.round, self.key = self.counter.round_id, f"{self.counter.id:032x}"
        for person in self.people.values():
            self.press(person)

    def _populate(self, connection: Connection) -> None:
        self.people = {kind: Person(connection, kind) for kind in ("nobody", *KINDS)}
        self.name, first = f"Door {next(numbers)}", rounds.new_round_id()
        self.slug = counters.create(connection, {"name": self.name}, first, self.people["owner"].caller)
        self.counter = counters.lock(connection, self.slug)
        ownership.add_member(connection, self.counter.id, self.people["member"].account, "counter")
        self.token = membership.invite(connection, self.slug, sessions.new_token(), self.people["owner"].caller)[1]

    def change(self, work: Any, *arguments: Any) -> Any:
        return self.ledger.transact(lambda connection: work(connection, *arguments))

    def press(self, person: Person) -> None:
        click = Click(new_key(), 1, now_ms(), 0)
        self.ledger.write([Order(self.slug, str(person.caller.device), (click,), person.caller.session)])

    def tabs(self) -> Iterator[Open]:
        """The same tabs each time: a counter's page of each kind of person, and some lists, on both workers."""
        places = [("nobody", self.here), ("nobody", self.there), ("owner", self.there), ("member", self.there)]
        for kind, worker in (*places, ("member", self.here), ("stranger", self.there), ("superuser", self.here)):
            person = self.people[kind]
            yield CounterTab(kind, worker.port, self.slug, person.cookie(), person.device)
        for kind, worker in (("nobody", self.here), ("owner", self.there), ("member", self.there)):
            yield ListTab(kind, worker.port, self.people[kind].cookie(), self.people[kind].device)
        for kind, worker in (("nobody", self.there), ("member", self.here), ("stranger", self.here)):
            yield BoardPage(kind, worker.port, self.slug, self.people[kind].cookie(), self.people[kind].device)

    def new_tabs(self) -> dict[tuple[type, str], Open]:
        """One for each page of each kind of person, by turns on the one and on the other worker."""
        return {tab.what: tab for tab in [*self.tabs()][:: next(turns)]}

    async def ask(self, kind: str, event: str, **payload: Any) -> dict[str, Any]:
        """Call an event of a dialog, from another browser of this person."""
        state, _, name = event.partition(".")
        person, question = self.people[kind], new_key()
        named = {"ask": question, "device": person.device} | ({} if event in WITHOUT_COUNTER else {"counter": self.slug})
        async with RawClient(self.here.port, "/counters", person.cookie(1)) as tab:
            return await tab.ask(f"{STATES[state]}.{name}", named | payload, question)

    async def post(self, kind: str, path: str, **fields: Any) -> dict[str, Any]:
        headers = {"Cookie": self.people[kind].cookie(1)}
        async with self.http.post(f"{self.here.url}/account/{path}", json=fields, headers=headers) as answer:
            return dict(await answer.json())

    async def dialog(self, path: str, **fields: Any) -> dict[str, Any]:
        """A request of one of the owner's dialogs for keys and sites."""
        headers = {"Cookie": self.people["owner"].cookie(1)}
        async with self.http.post(self.here.url + path, json=fields, headers=headers) as answer:
            return dict(await answer.json())

    def has_note(self) -> None:
        self.note = self.change(add_note, self.slug)

    async def program(self, path: str, method: str, key: str | None) -> dict[str, Any]:
        """A request of a program."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with self.http.request(method, self.here.url + path, headers=headers) as answer:
            return {"error": None if answer.status < 300 else await answer.text()}

    def has_key(self) -> int:
        """The number of a key with which a program has pressed last."""
        text = new_text("press")
        self.change(api_keys.make_for_counter, self.slug, Wanted(text, "Sensor", "press"), self.people["owner"].caller)
        program, click = caller_with(text), Click(new_key(), 1, now_ms(), 0)
        self.ledger.write([Order(self.slug, str(program.device), (click,), key=program.key)])
        [(number,)] = self.cluster.query(f"SELECT max(id) FROM api_key WHERE counter_id = {self.counter.id}")
        return int(number)

    async def admin(self, path: str, **form: Any) -> dict[str, Any]:
        headers = {"Cookie": self.people["superuser"].cookie(1)}
        url = f"{self.here.url}/admin/{path}"
        async with self.http.post(url, data=form or {"": ""}, headers=headers, allow_redirects=False) as answer:
            return {"error": None if answer.status == 303 else await answer.text()}

    async def upload(self, kind: str, text: str) -> dict[str, Any]:
        person = self.people[kind]
        headers = {"Cookie": person.cookie(1), "X-Click-Counter": person.device}
        url = f"{self.here.url}/import?counter={self.slug}"
        async with self.http.post(url, data=text.encode(), headers=headers) as answer:
            return dict(json.loads((await answer.text()).splitlines()[-1]))

    def has_import(self) -> int:
        """The number of a table that the owner has imported."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.csv"
            path.write_text(
                f"when,amount\n2026-03-01 09:00,5\n2026-03-01 09:{self.counter.id % 60:02}:07,{self.counter.id}\n"
            )
            source = ImportSource(path, self.slug, ZoneInfo("UTC"))
            number = import_file(self.cluster.db_url, source, lambda progress: None, self.people["owner"].caller).number
        assert number is not None
        return number

    async def undo(self, kind: str) -> dict[str, Any]:
        """Undo the newest import."""
        [(number,)] = self.cluster.query("SELECT max(id) FROM table_import")
        person = self.people[kind]
        headers = {"Cookie": person.cookie(1), "X-Click-Counter": person.device}
        async with self.http.post(f"{self.here.url}/import/undo", json={"import": number}, headers=headers) as answer:
            return dict(json.loads((await answer.text()).splitlines()[-1]))

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """What a call that is repeated must leave as it is: all but sessions, revisions and when things were changed."""
        columns = {
            "account": "id, name, password_hash, superuser, blocked_at IS NULL, deleted_at IS NULL",
            "counter": "id, slug, name, value, round_id, archived_at, deleted_at, visibility, press, owner_device",
            **dict.fromkeys(
                ("round", "click", "device", "tally", "site", "compat_counter", "table_import", "imported_rows"), "*"
            ),
            "webhook": "id, counter_id, url, events, secret",
            "api_key": "id, name, revoked_at IS NULL",
            "member": "counter_id, account_id, role",
            "invitation": "counter_id, token",
            "registration_invitation": "note, most, used, revoked_at IS NULL",
            "second_factor": "account_id, secret",
            "recovery_code": "account_id, code_sha256, used_at IS NULL",
        }

        def read(connection: Connection, names: str, table: str) -> list[tuple[Any, ...]]:
            return sorted(map(tuple, connection.exec_driver_sql(f"SELECT {names} FROM {table}")), key=str)

        return self.ledger.transact(
            lambda connection: {table: read(connection, names, table) for table, names in columns.items()}
        )


def differences(new: Any, old: Any) -> Any:
    if not (isinstance(new, dict) and isinstance(old, dict)):
        return new, old
    return {key: differences(new.get(key), old.get(key)) for key in {*new, *old} if new.get(key) != old.get(key)}


def any_heard(tabs: Iterable[Open]) -> bool:
    """Whether something has arrived in one of these tabs since this was asked last; a new tab has heard how it begins."""
    heard = [tab for tab in tabs if tab.heard.is_set()]
    for tab in heard:
        tab.heard.clear()
    return bool(heard)


async def settle(tabs: list[Open]) -> None:
    """Wait until these tabs have introduced themselves."""

    async def settled() -> bool:
        if not any_heard(tabs):
            return False
        await asyncio.gather(*(tab.follow() for tab in tabs))
        return all(tab.settled() for tab in tabs)

    await until(settled)


async def agree(stage: Stage, opened: list[Open]) -> None:
    """Wait until every open tab shows what a new one of the same person shows."""
    async with contextlib.AsyncExitStack() as stack:
        fresh = stage.new_tabs()
        await asyncio.gather(*(stack.enter_async_context(tab) for tab in fresh.values()))
        tabs, different = (*opened, *fresh.values()), []

        async def agreed() -> bool:
            if not any_heard(tabs):
                return False
            await asyncio.gather(*(tab.follow() for tab in tabs))
            shown = {what: new.shows() for what, new in fresh.items()}
            pairs = [(tab, shown[tab.what], tab.shows()) for tab in opened]
            different[:] = [f"{tab}: (new, old) = {differences(new, old)}" for tab, new, old in pairs if new != old]
            return not different and all(tab.settled() for tab in tabs)

        try:
            await until(agreed)
        except TimeoutError:
            raise AssertionError("\n".join(different) or "not settled") from None
