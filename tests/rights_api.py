"""How to ask for each route of the HTTP API that docs/rights.md lists, and whether it was carried out."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from clickcounter.i18n.languages import LANGUAGES
from tests.raw import new_key
from tests.rights_world import Person, World

API = "/api/v1/counters"
ONE = f"{API}/{{counter}}"
REFUSED = (401, 403)
IMPORTS = ("/api/v1/imports", "/api/v1/imports/preview", "/api/v1/imports/{number}/undo")
TABLE = b"when,amount\n2026-03-01 09:00,5\n"
Headers = Mapping[str, str]
Ask = Callable[[World, Headers, str], Awaitable[bool]]  # a counter's slug
READS = ("", "/parts", "/history", "/rounds", "/days", "/series", "/leaders", "/export")
FIELDS: dict[str, dict[str, Any]] = {
    f"PATCH {ONE}": {"name": "Another door", "press": "signed_in"},
    f"POST {ONE}/correct": {"value": 7, "reason": "counted again"},
    f"POST {ONE}/entries": {"amount": 14},
    f"POST {API}": {"name": "Mine"},
}


async def send(world: World, headers: Headers, method: str, path: str, body: Any = None) -> tuple[int, str]:
    url = world.back_end.url + path
    async with world.http.request(method, url, json=body, headers=headers, allow_redirects=False) as answer:
        text = await answer.text()
        assert answer.status < 400 or (await answer.json())["detail"], "a refusal comes with a sentence"
        return answer.status, text


def asks(route: str) -> Ask:
    async def ask(world: World, headers: Headers, slug: str) -> bool:
        method, path = route.split()
        status, _ = await send(world, headers, method, path.format(counter=slug), FIELDS.get(route))
        assert status < 300 or status in REFUSED, status
        return status < 300

    return ask


async def lists(world: World, headers: Headers, slug: str) -> bool:
    status, text = await send(world, headers, "GET", API)
    assert status in (200, *REFUSED)
    return status == 200 and f'"counter":"{slug}"' in text


async def joins_group(world: World, headers: Headers, slug: str) -> bool:
    """Puts the counter into a group of the same owner."""
    status, _ = await send(world, headers, "PATCH", f"{API}/{world.groups.get(slug, slug)}/parts", {"changes": {slug: 1}})
    assert status in (200, *REFUSED), status
    return status == 200


async def undoes(world: World, headers: Headers, slug: str) -> bool:
    """A press of the same program; of one that may not press, a press that it says it made."""
    key = {"key": new_key()}
    pressed, _ = await send(world, headers, "POST", f"{API}/{slug}/presses", key)
    undone, _ = await send(world, headers, "POST", f"{API}/{slug}/undo", key)
    assert pressed == undone, "who may press may undo"
    return undone == 200


async def removes_entry(world: World, headers: Headers, slug: str) -> bool:
    """One that the terminal has added."""
    status, _ = await send(world, headers, "DELETE", f"{API}/{slug}/entries/{world.notes.get(slug, new_key())}")
    assert status in (200, *REFUSED), status
    return status == 200


def brings(path: str) -> Ask:
    """Sends a table; an undo names the import that the owner has made."""

    async def ask(world: World, headers: Headers, slug: str) -> bool:
        url = world.back_end.url + path.format(number=world.imports.get(slug, 1))
        async with world.http.post(f"{url}?counter={slug}", data=TABLE, headers=headers) as answer:
            told = json.loads((await answer.text()).splitlines()[-1])
            assert answer.status == 200 or (answer.status in REFUSED and told["detail"])
            return answer.status == 200 and "error" not in told

    return ask


ROUTES: dict[str, Ask] = {
    f"GET {API}": lists,
    **{f"GET {ONE}{what}": asks(f"GET {ONE}{what}") for what in READS},
    f"POST {ONE}/presses": asks(f"POST {ONE}/presses"),
    f"POST {ONE}/undo": undoes,
    **{
        route: asks(route)
        for route in (
            f"PATCH {ONE}",
            *(f"POST {ONE}/{what}" for what in ("archive", "restore", "correct", "entries", "reset")),
        )
    },
    f"DELETE {ONE}/entries/{{key}}": removes_entry,
    f"PATCH {ONE}/parts": joins_group,
    f"DELETE {ONE}": asks(f"DELETE {ONE}"),
    f"POST {API}": asks(f"POST {API}"),
    **{f"POST {path}": brings(path) for path in IMPORTS},
}


def dialog(path: str, **fields: Any) -> Ask:
    """A request of a dialog, from a program."""

    async def ask(world: World, headers: Headers, slug: str) -> bool:
        body = fields if path in ("/keys/rename", "/keys/revoke") else fields | {"counter": slug}
        body |= {"id": world.key_of(slug)} if "counter" not in body else {}
        async with world.http.post(world.back_end.url + path, json=body, headers=headers) as answer:
            told = await answer.json()
        assert not told.get("error") or set(told["sentences"]) == set(LANGUAGES)
        return not told.get("error")

    return ask


DIALOGS = {  # also asked by programs with a key
    "POST /sites/list": dialog("/sites/list"),
    "POST /sites/set": dialog("/sites/set", sites=["https://example.org"]),
    "POST /keys/list": dialog("/keys/list"),
    "POST /keys/make": dialog("/keys/make", name="Another", scope="press"),
    "POST /keys/rename": dialog("/keys/rename", name="North"),
    "POST /keys/revoke": dialog("/keys/revoke"),
}
FILES = ("GET /api/v1/openapi.json", "GET /api/v1/docs")


def of_person(ask: Ask) -> Callable[[World, Person, str, str], Awaitable[bool]]:
    """The same by somebody's browser: with its cookie and device."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        return await ask(world, person.headers | {"Click-Counter-Device": person.tab.device}, slug)

    return do


API_ACTIONS = {route: of_person(ask) for route, ask in ROUTES.items()} | {file: of_person(asks(file)) for file in FILES}
