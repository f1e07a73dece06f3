"""One person of each kind, with a tab, and counters on which they have rights."""

import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import aiohttp
from sqlalchemy import Connection, update

from clickcounter.access import accounts, sessions
from clickcounter.access.keys import SCOPES, new_text, sha256_of
from clickcounter.database.tables import API_KEYS, SESSIONS
from clickcounter.domain.clicks import CLICK, Caller, now_ms
from clickcounter.ledger import api_keys, counters, imports, membership, ownership, rounds
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.devices import device_ids
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer.import_writer import ImportWriter
from clickcounter.webhooks import registry
from tests.lists import STATE as LISTS
from tests.raw import new_key
from tests.server import BackEnd
from tests.states.test_history import RawHistory
from tests.writing import add_note

KINDS = ("nobody", "viewer", "counter", "owner", "another's owner", "superuser", "signed out", "expired")
MEMBERS, OPEN, ALONE = "A counter for its members only", "A counter that is on the list", "What concerns no counter"
PASSWORD = "a password that is right"


@dataclass
class Person:
    """A person of one kind, with their cookie and tab."""

    kind: str
    token: str | None
    account: int | None
    tab: RawHistory = field(init=False)
    boards: list[dict[str, Any]] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        return f"clickcounter_session={self.token}" if self.token else ""

    @property
    def headers(self) -> dict[str, str]:
        """What tells a request of theirs from others; `World.bearer` has that of a program."""
        return {"Cookie": self.cookie}

    @property
    def caller(self) -> Caller:
        return Caller(sessions.sha256_of(self.token), None)


class Tab(RawHistory):
    """A tab that also receives the list of counters."""

    board: dict[str, Any] = {}

    def _receive_replies(self, delta: dict) -> None:
        super()._receive_replies(delta)
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
        self.spaces = itertools.count()
        self.groups: dict[str, str] = {}  # of the same owner, by their counter's slug
        self.imports: dict[str, int] = {}  # by their counter's slug
        self.notes: dict[str, str] = {}  # the keys of the terminal's, by their counter's slug
        self.reader = sqlite3.connect(back_end.db_url.removeprefix("sqlite:///"))

    def populate(self, connection: Connection) -> None:
        now = now_ms()
        for kind in KINDS:
            owners_cookie = kind in ("signed out", "expired")
            account = None if kind == "nobody" else self.persons["owner"].account if owners_cookie else None
            if account is None and kind != "nobody":
                account = accounts.create(
                    connection, kind, f"no password has the hash of {kind}", now, superuser=kind == "superuser"
                )
            person = self.persons[kind] = Person(kind, sessions.new_token() if account else None, account)
            if person.token:
                sessions.create(connection, account, str(person.caller.session), "", now)
        sessions.end(connection, self.persons["signed out"].caller.session)
        expired = update(SESSIONS).where(SESSIONS.c.token_sha256 == self.persons["expired"].caller.session)
        connection.execute(expired.values(expires_at=now - 1))
        counters.create(connection, {"name": "Another"}, rounds.new_round_id(), self.persons["another's owner"].caller)

    def counter(self, title: str) -> tuple[str, str]:
        """A new counter with members, a webhook and an invitation: its slug and the invitation's token."""
        access = {"visibility": "members", "press": "members"} if title == MEMBERS else {}
        first = rounds.new_round_id()

        def make(connection: Connection) -> tuple[str, str]:
            owner = self.persons["owner"].caller
            slug = counters.create(connection, {"name": "Door"} | access, first, owner)
            group = {"name": "House", "group": True} | access
            self.groups[slug] = counters.create(connection, group, rounds.round_id_of(slug), owner)
            counter = counters.lock(connection, slug)
            for role in ("viewer", "counter"):
                ownership.add_member(connection, counter.id, self.persons[role].account, role)
            api_keys.make_for_counter(connection, slug, Wanted(new_text("press"), "Sensor", "press"), owner)
            registry.add(connection, slug, "http://127.0.0.1:1024/", ["goal"], registry.new_secret(), first, owner)
            self.imports[slug] = self._import(connection, slug)
            self.notes[slug] = add_note(connection, slug)
            return slug, membership.invite(connection, slug, sessions.new_token(), owner)[1]

        return self.ledger.transact(make)

    def _import(self, connection: Connection, slug: str) -> int:
        """The number of a table that the owner has imported: two rows that add up to nothing."""
        secret, now, counter = new_key() * 2, now_ms(), counters.lock(connection, slug)
        row = {"round": counter.round_id, "device": 0, "kind": CLICK, "reason": ""}
        row |= {
            "pressed_at": now,
            "saved_at": now,
            "takes_back": None,
            "time_adjusted": False,
            "round_unknown": False,
            "until": None,
        }
        rows = [(line, row | {"key": new_key(), "amount": amount}) for line, amount in ((1, 1), (2, -1))]
        ImportWriter(None).write_new(connection, counter, [(secret, "", now)], rows)
        device = device_ids(connection, {secret}, now)[secret]
        return imports.find_or_create(connection, device, secret, self.persons["owner"].caller, now)

    def bearer(self, kind: str, slug: str) -> dict[str, str]:
        """The header of a program with a new key for a counter, of a kind in the table "Programs with a key"."""
        scope, owner = kind if kind in SCOPES else "manage", self.persons["owner"].caller
        text, first = new_text(scope), rounds.new_round_id()
        wanted = Wanted(text, kind, scope, now_ms() - 1 if kind == "expired" else None)

        def make(connection: Connection) -> None:
            of = counters.create(connection, {"name": "Other"}, first, owner) if kind == "another's" else slug
            api_keys.make_for_counter(connection, of, wanted, owner)
            made = update(API_KEYS).where(API_KEYS.c.secret_sha256 == sha256_of(text))
            if kind == "revoked":
                connection.execute(made.values(revoked_at=now_ms()))
            if kind == "ownerless":
                connection.execute(made.values(account_id=self.persons["viewer"].account))

        self.ledger.transact(make)
        return {"Authorization": f"Bearer {text}"}

    def key_of(self, slug: str) -> int:
        """The number of the key that its owner has made for the counter."""
        keys = f"SELECT min(id) FROM api_key WHERE counter_id = (SELECT id FROM counter WHERE slug = '{slug}')"
        return int(self.back_end.query(keys)[0][0] or 0)

    @property
    def version(self) -> int:
        """Another number whenever something has been written."""
        return version_of(self.reader)

    def everything(self) -> "Everything":
        """All rows as they are now."""
        return Everything(self.back_end.db_url.removeprefix("sqlite:///"), self.reader)


def version_of(reader: sqlite3.Connection) -> int:
    """Another number whenever another connection has written."""
    return int(reader.execute("PRAGMA data_version").fetchone()[0])


class Everything:
    """All rows at one moment. They are read only to compare them with those of a moment after which somebody has written."""

    def __init__(self, file: str, reader: sqlite3.Connection) -> None:
        self.version = version_of(reader)
        self.then = sqlite3.connect(file, isolation_level=None)
        self.then.execute("BEGIN")
        self._read("SELECT 1 FROM sqlite_master")  # a transaction sees what was there when it began to read

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Everything)
        return self.version == other.version or self.rows == other.rows

    def __repr__(self) -> str:
        return repr(self.rows)

    @cached_property
    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        names = self._read("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'webhook_delivery'")
        kept = [column.name for column in API_KEYS.c if column.name != "used_at"]  # which is written later
        columns = {"webhook": "id, url, events, secret", "api_key": ", ".join(kept)}  # the sender changes other columns
        return {name: self._read(f"SELECT {columns.get(name, '*')} FROM {name}") for (name,) in names}

    def _read(self, statement: str) -> list[tuple[Any, ...]]:
        return self.then.execute(statement).fetchall()


@contextlib.asynccontextmanager
async def world_of(back_end: BackEnd) -> AsyncIterator[World]:
    world = World(back_end)
    world.ledger.transact(world.populate)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(world.http)
        for person in world.persons.values():
            person.tab = await stack.enter_async_context(Tab(back_end.port, "/counters", person.cookie))
        yield world
    world.reader.close()
    world.ledger.close()
