"""After every change that a service makes, each open tab shows what a new one shows; the same again changes nothing."""

import asyncio
import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp

from clickcounter import services
from clickcounter.access import accounts
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.api.test_account import PASSWORD
from tests.cluster import Start
from tests.preloaded import CHANGED
from tests.services.calls_of_entry import ENTRY_CALLS
from tests.services.calls_of_entry import READING as READING_OF_ENTRY
from tests.services.calls_of_programs import COUNTING_AGAIN, PROGRAM_CALLS
from tests.services.calls_of_programs import READING as READING_OF_PROGRAMS
from tests.services.stage import SOON, Stage, agree, settle

Call = Callable[[Stage], Awaitable[dict[str, Any]]]
Prepare = Callable[[Stage], Any]
PACKAGE = f"{services.__name__}."
ALSO_READING = {
    *("accounts.current_user", "administration.require_superuser", "counters.count_presses", "devices.own_totals"),
    *("counters.show", "devices.participants", "exports.export", "exports.report", "history.leaders", "history.page"),
    *("groups.parts.parts", "history.rounds", "history.series", "history.view", "imports.admit", "imports.preview"),
    *("lists.page", "keys.caller_in_address", "keys.listed", "keys.still_see", "lists.query", "membership.members"),
    *("history.days", "monitoring.is_database_writable", "sharing.share"),
}
READING = ALSO_READING | READING_OF_PROGRAMS | READING_OF_ENTRY
PAST = ({"amount": 14}, {"kind": "opening", "amount": 99}, {"kind": "note", "text": "Rain"})
CLOSED = {"visibility": "members", "press": "members"}
TABLE = "when,amount\n2026-03-01 09:00,5\n"


def asks(kind: str, event: str, **payload: Any) -> Call:
    """A call from a dialog; a function stands for what is known on the stage alone."""
    return lambda stage: stage.ask(kind, event, **{k: v(stage) if callable(v) else v for k, v in payload.items()})


def posts(kind: str, path: str, **fields: Any) -> Call:
    return lambda stage: stage.post(kind, path, **fields)


def keys(what: str, **fields: Any) -> Call:
    return lambda stage: stage.dialog(f"/keys/{what}", **{k: v(stage) if callable(v) else v for k, v in fields.items()})


def key_id(stage: Stage) -> int:
    return int(stage.cluster.query(f"SELECT max(id) FROM api_key WHERE counter_id = {stage.counter.id}")[0][0])


def administers(path: str, **form: Any) -> Call:
    """A change in `/admin/`, whose address names somebody's account, a device or a session."""

    def call(stage: Stage) -> Awaitable[dict[str, Any]]:
        member = stage.people["member"]
        [(device,)] = stage.cluster.query(f"SELECT id FROM device WHERE secret_sha256 = '{member.caller.device}'")
        sessions = stage.cluster.query(f"SELECT min(id) FROM session WHERE account_id = {member.account}")
        known = {"account": member.account, "device": device, "session": sessions[0][0] or 0, "name": member.name}
        known |= {"slug": stage.slug, "key": key_id(stage) if "{key}" in path else 0}
        return stage.admin(path.format(**known), **{k: v.format(**known) for k, v in form.items()})

    return call


def changes(**fields: Any) -> Prepare:
    return lambda stage: stage.change(counters.update_settings, stage.slug, fields, None)


def member_id(stage: Stage) -> int:
    return stage.people["member"].account


def nothing(stage: Stage) -> None:
    """The tabs find the stage as it is."""


def superuser(stage: Stage) -> None:
    stage.change(accounts.set_superuser, member_id(stage), True)


def archived(stage: Stage) -> None:
    stage.change(counters.archive, stage.slug, True, None)


def of_a_device(stage: Stage) -> None:
    """The counter belongs to the stranger's browser."""
    secret = stage.people["stranger"].caller.device
    owner = f"(SELECT id FROM device WHERE secret_sha256 = '{secret}')"
    stage.cluster.query(f"DELETE FROM member WHERE counter_id = {stage.counter.id}")
    stage.cluster.query(f"UPDATE counter SET owner_device = {owner} WHERE id = {stage.counter.id}")


def a_group(stage: Stage) -> None:
    """The counter is a group, of which another counter of its owner is to become a part."""
    owner = stage.people["owner"].caller
    stage.cluster.query(f"UPDATE counter SET is_group = true WHERE id = {stage.counter.id}")
    slug = stage.change(counters.create, {"name": "Part"}, rounds.new_round_id(), owner)
    stage.cluster.query(f"UPDATE counter SET value = 5 WHERE slug = '{slug}'")


def of_part(stage: Stage) -> dict[str, int]:
    [(slug,)] = stage.cluster.query("SELECT slug FROM counter WHERE name = 'Part' ORDER BY id DESC LIMIT 1")
    return {slug: 1}


def closed_to_member(stage: Stage) -> None:
    changes(**CLOSED)(stage)
    stage.cluster.query(f"DELETE FROM member WHERE account_id = {member_id(stage)}")


def closed_to_superuser(stage: Stage) -> None:
    superuser(stage)
    closed_to_member(stage)


def blocked(stage: Stage) -> None:
    stage.change(accounts.block, member_id(stage), 1)


def name_of(stage: Stage) -> str:
    return stage.people["member"].name


NEW_PASSWORD = posts("member", "password", old=PASSWORD, new="another horse here", key="b" * 32)

CALLS: dict[str, list[tuple[Prepare, Call]]] = {
    "accounts.register": [(nothing, posts("nobody", "register", name="Newcomer", password=PASSWORD, key="a" * 32))],
    "accounts.sign_in": [(nothing, lambda stage: stage.post("nobody", "sign-in", name=name_of(stage), password=PASSWORD))],
    "accounts.sign_out": [(nothing, posts("member", "sign-out")), (nothing, posts("member", "sign-out-everywhere"))],
    "accounts.change_password": [(nothing, NEW_PASSWORD), (changes(**CLOSED), NEW_PASSWORD)],
    "accounts.change_name": [(nothing, lambda stage: stage.post("member", "name", name=f"{name_of(stage)}, renamed"))],
    "accounts.delete_account": [
        (nothing, posts("member", "delete", password=PASSWORD)),
        (changes(**CLOSED), posts("owner", "delete", password=PASSWORD)),
    ],
    "administration.rename_account": [(nothing, administers("accounts/{account}/rename", name="{name}, renamed"))],
    "administration.make_superuser": [
        (nothing, administers("accounts/{account}/make-superuser")),
        (closed_to_member, administers("accounts/{account}/make-superuser")),
    ],
    "administration.unmake_superuser": [
        (superuser, administers("accounts/{account}/unmake-superuser")),
        (closed_to_superuser, administers("accounts/{account}/unmake-superuser")),
    ],
    "administration.block_account": [(changes(**CLOSED), administers("accounts/{account}/block"))],
    "administration.unblock_account": [(blocked, administers("accounts/{account}/unblock"))],
    "administration.sign_out_account": [(changes(**CLOSED), administers("accounts/{account}/sign-out"))],
    "administration.delete_account": [(nothing, administers("accounts/{account}/delete", name="{name}"))],
    "administration.end_session": [(changes(**CLOSED), administers("sessions/{session}/end"))],
    "administration.revoke_key": [(Stage.has_key, administers("keys/{key}/revoke"))],
    "administration.label_device": [(nothing, administers("devices/{device}/label", label="North"))],
    "administration.give_counter": [(nothing, administers("counters/{slug}/own", name="{name}"))],
    "counters.create": [(nothing, asks("member", "Upkeep.make", fields={"name": "Another"}, key=lambda stage: stage.key))],
    "counters.update_settings": [
        (nothing, asks("owner", "Upkeep.change", fields={"name": "Gate", "colour": "rose", "upper": 9, "step": 2})),
        (nothing, asks("owner", "Upkeep.change", fields={"tells_who": False})),
        (nothing, asks("owner", "Upkeep.change", fields={"visibility": "link", "press": "signed_in"})),
        (nothing, asks("owner", "Upkeep.change", fields=CLOSED)),
        (changes(**CLOSED), asks("owner", "Upkeep.change", fields={"visibility": "listed", "press": "anyone"})),
    ],
    "counters.archive": [(nothing, asks("owner", "Upkeep.archive"))],
    "counters.restore": [(archived, asks("owner", "Upkeep.restore"))],
    "counters.delete": [(nothing, asks("owner", "Upkeep.delete", name=lambda stage: stage.name))],
    "counters.reset": [(nothing, asks("owner", "Upkeep.end_round", round=lambda stage: stage.round))],
    "counters.correct": [
        (nothing, asks("owner", "Upkeep.correct", round=lambda s: s.round, key=lambda s: s.key, value=7, reason="Seen"))
    ],
    "past.entries.add": [(nothing, asks("owner", "Upkeep.add_entry", fields=one, key=lambda s: s.key)) for one in PAST],
    "past.entries.remove": [(Stage.has_note, asks("owner", "Upkeep.remove_entry", key=lambda s: s.note))],
    "counters.take_back": [
        (nothing, asks("owner", "Upkeep.take_back", account=member_id, reason="Forged")),
        (nothing, asks("owner", "Upkeep.take_back", since=0, reason="Forged")),
    ],
    "devices.label": [(nothing, asks("member", "Upkeep.name_device", label="South"))],
    "groups.parts.change": [(a_group, asks("owner", "Upkeep.change_parts", changes=of_part))],
    "imports.import_file": [(nothing, lambda stage: stage.upload("owner", TABLE))],
    "imports.begin_undo": [(Stage.has_import, lambda stage: stage.undo("owner"))],
    "imports.undo": [(Stage.has_import, lambda stage: stage.undo("superuser"))],
    "keys.make": [
        (nothing, keys("make", counter=lambda stage: stage.slug, name="Door", scope="press", key=lambda stage: stage.key))
    ],
    "keys.rename": [(Stage.has_key, keys("rename", id=key_id, name="North door"))],
    "keys.revoke": [(Stage.has_key, keys("revoke", id=key_id))],
    "membership.set_role": [
        (nothing, asks("owner", "Access.set_role", account=member_id, role="viewer")),
        (nothing, asks("owner", "Access.set_role", account=member_id, role="owner")),
        (changes(**CLOSED), asks("owner", "Access.set_role", account=member_id, role=None)),
        (changes(**CLOSED), asks("member", "Access.set_role", account=member_id, role=None)),
    ],
    "membership.invite": [(nothing, asks("owner", "Access.invite"))],
    "membership.revoke": [(changes(**CLOSED), asks("owner", "Access.revoke"))],
    "membership.accept": [(changes(**CLOSED), asks("stranger", "Access.accept", token=lambda stage: stage.token))],
    "membership.claim": [(of_a_device, asks("stranger", "Access.claim"))],
}


ALL_CALLS = CALLS | PROGRAM_CALLS | ENTRY_CALLS


def all_services() -> Iterator[str]:
    """Those of its packages, too."""
    for module in pkgutil.walk_packages(services.__path__, PACKAGE):
        if module.name != f"{PACKAGE}publishing":
            found = importlib.import_module(module.name)
            for name, service in inspect.getmembers(found, inspect.iscoroutinefunction):
                if service.__module__ == found.__name__ and not name.startswith("_"):
                    yield f"{module.name.removeprefix(PACKAGE)}.{name}"


def test_every_service_that_changes_something_is_called_here():
    assert sorted(all_services()) == sorted({*ALL_CALLS, *READING})
    assert not ALL_CALLS.keys() & READING
    assert ALL_CALLS.keys() >= COUNTING_AGAIN


async def test_after_every_change_open_tabs_show_what_new_ones_show(start: Start, ledger: Ledger, db_url: str):
    """The workers of SQLite hear of each other by rereading, those of PostgreSQL through Redis: there, each service once."""
    is_sqlite = db_url.startswith("sqlite")
    environ = {"CLICKCOUNTER_COMPAT": "site", CHANGED: SOON}
    cluster = start(environ, environ, with_redis=not is_sqlite)
    asked = [(name, way) for name, ways in ALL_CALLS.items() for way in (ways if is_sqlite else ways[:1])]
    failures = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        for service, (prepare, call) in asked:
            stage = Stage(cluster, ledger, http)
            prepare(stage)
            async with contextlib.AsyncExitStack() as stack:
                opened = await asyncio.gather(*(stack.enter_async_context(tab) for tab in stage.tabs()))
                await settle(opened)
                answer = await call(stage)
                assert not answer.get("error"), (service, answer)
                try:
                    await agree(stage, opened)
                except AssertionError as error:
                    failures.append(f"{service}: {error}")
                before = stage.everything()
                await call(stage)
                if stage.everything() != before and service not in COUNTING_AGAIN:
                    failures.append(f"{service} changes something when it is repeated")
    assert not failures, "\n".join(failures)
