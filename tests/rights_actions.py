"""How to send each event and request of docs/rights.md, and whether it was carried out."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from clickcounter.access import keys as api_key_texts
from clickcounter.i18n.languages import LANGUAGES
from clickcounter.ledger import api_keys
from clickcounter.ledger.api_keys import Wanted
from tests.boards import BoardTab
from tests.event_stream import EventReader
from tests.lists import STATE as LISTS
from tests.raw import STATE as COUNTER
from tests.raw import new_key
from tests.rights_world import PASSWORD, Person, World
from tests.scrape import number
from tests.server import until

ACCESS = COUNTER.replace("counter____counter_state", "access____access_state")
UPKEEP = COUNTER.replace("counter____counter_state", "upkeep____upkeep_state")
TABLE = b"when,amount\n2026-03-01 09:00,5\n"
Action = Callable[[World, Person, str, str], Awaitable[bool]]


def succeeded(answer: dict[str, Any] | None) -> bool:
    """Whether an answer reports success; a failure has to come with its sentences."""
    assert answer is not None
    if answer.get("error"):
        assert set(answer["sentences"]) == set(LANGUAGES)
    return not answer.get("error")


def calls(state: str, what: str, **arguments: Any) -> Action:
    """A call from a dialog."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        known = {"token": token, "account": world.persons["viewer"].account, "key": new_key()}
        given = {name: known.get(name) if value is ... else value for name, value in arguments.items()}
        if what == "end_round":
            [(given["round"],)] = world.back_end.query(f"SELECT round_id FROM counter WHERE slug = '{slug}'")
        if "webhook" in given:
            webhook = f"SELECT w.id FROM webhook w JOIN counter c ON c.id = w.counter_id WHERE slug = '{slug}'"
            [(given["webhook"],)] = world.back_end.query(webhook)
        question = new_key()
        named = {"ask": question, "device": person.tab.device} | ({"counter": slug} if slug else {})
        if what == "change_parts":
            named["counter"], given["changes"] = world.groups[slug], {slug: 1}
        if what in ("devices", "parts", "share"):
            del named["device"]
        return succeeded(await person.tab.ask(f"{state}.{what}", named | given, question))

    return do


def opens_page(name: str) -> Action:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        tab = person.tab
        tab.frame = {}
        await tab.moves_to(f"/c/{slug}")
        await tab.event(f"{name}", {})
        frame = await tab.until(lambda: tab.frame if tab.frame.get("counter") == slug else None)
        await tab.moves_to("/counters")
        await tab.event(f"{COUNTER}.introduce", {})  # any event makes it leave the room
        assert "count" in frame or frame["error"] == "members_only"
        return "count" in frame

    return do


async def record(world: World, person: Person, slug: str, token: str) -> bool:
    answer = await person.tab.record(person.tab.click(round=0), counter=slug)
    if answer["error"]:
        assert answer["sentences"][answer["error"]]
        assert answer["value"] is None, "no number without the right to watch"
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


async def opens_board(world: World, person: Person, slug: str, token: str) -> bool:
    async with BoardTab(world.back_end.port, person.cookie, person.tab.device) as board:
        await board.watch(slug)
        shown, mine = board.of(slug), board.of(slug, "mine")
    assert ("count" in shown) == ("about" in board.cells[slug]) == mine["rights"]["view"] == bool(mine["round"])
    assert "count" in shown or shown["error"] == "members_only"
    return "count" in shown


async def reads_list(world: World, person: Person, slug: str, token: str) -> bool:
    # Spaces do not matter to a search, but make it another list than the one that this tab watches already: a page of that
    # one may still be on its way, read before the counter was created.
    search = "Door" + " " * next(world.spaces)
    await person.tab.event(f"{LISTS}.look", {"search": search, "archived": False, "before": None})
    await person.tab.until(lambda: person.tab.board.get("search") == search)
    return slug in [row["slug"] for row in person.tab.board["rows"]]


def reads_history(what: str) -> Action:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        return succeeded(await getattr(person.tab, what)(counter=slug))

    return do


def downloads(path: str) -> Action:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        url = world.back_end.url + path.format(counter=slug)
        async with world.http.get(url, headers=person.headers) as answer:
            text = await answer.text()
        assert answer.status == 200 or (answer.status == 403 and "members" in text)
        return answer.status == 200

    return do


def brings(path: str) -> Action:
    """Sends a table; an undo names the import that the owner has made."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        headers = person.headers | {"X-Click-Counter": person.tab.device}
        body = json.dumps({"import": world.imports[slug]}).encode() if path == "/import/undo" else TABLE
        async with world.http.post(f"{world.back_end.url}{path}?counter={slug}", data=body, headers=headers) as answer:
            return succeeded(json.loads((await answer.text()).splitlines()[-1]))

    return do


def reads_elsewhere(file: str) -> Action:
    """What other sites show, asked with the person's cookie."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        url = world.back_end.url
        path = f"/c/{slug}/{file}" if file else f"/oembed?url={url}/c/{slug}"
        async with world.http.get(url + path, headers={"Cookie": person.cookie}) as answer:
            assert answer.status == 200 or (answer.status == 403 and b"Door" not in await answer.read())
            return answer.status == 200

    return do


async def follows(world: World, person: Person, slug: str, token: str) -> bool:
    async with EventReader(world.back_end.port, slug, Cookie=person.cookie) as reader:
        if reader.status == 200:
            await reader.sees(0)
        return reader.status == 200


def presses_by_address(path: str) -> Action:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        text = api_key_texts.new_text(api_key_texts.PRESS)
        wanted = Wanted(text, "bell", api_key_texts.PRESS, in_address=True)
        world.ledger.transact(lambda connection: api_keys.make_for_counter(connection, slug, wanted, None))
        url = world.back_end.url + path.format(key=text, counter=slug)
        async with world.http.get(url, headers={"Cookie": person.cookie}) as answer:
            return answer.status == 200

    return do


def posts_sites(what: str) -> Action:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        body = {"counter": slug, "device": person.tab.device, "sites": ["https://example.org"]}
        headers = {"Cookie": person.cookie}
        async with world.http.post(f"{world.back_end.url}/sites/{what}", json=body, headers=headers) as answer:
            return succeeded(await answer.json())

    return do


def gets(path: str) -> Action:
    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        async with world.http.get(world.back_end.url + path, headers=person.headers) as answer:
            return answer.status == 200

    return do


def posts(what: str, **fields: Any) -> Action:
    """A request that fails for another reason where it is allowed, so that it changes nothing for the next one."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        headers = person.headers | {"Origin": f"http://localhost:{world.back_end.port}"}
        body = {name: v.format(kind=person.kind) if isinstance(v, str) else v for name, v in fields.items()}
        async with world.http.post(f"{world.back_end.url}/account/{what}", json=body, headers=headers) as answer:
            body = await answer.json()
        succeeded(body)
        return body.get("error") != "signed_out"

    return do


def posts_credential(what: str) -> Action:
    """The answer of a device that nobody asked."""
    client = base64.urlsafe_b64encode(b'{"type": "webauthn.get", "challenge": "AAAA", "origin": ""}').decode()
    return posts(f"passkeys/{what}", name="Mine", credential={"id": "AAAA", "response": {"clientDataJSON": client}})


async def removes_entry(world: World, person: Person, slug: str, token: str) -> bool:
    """One that the terminal has added."""
    question, key = new_key(), world.notes[slug]
    named = {"ask": question, "device": person.tab.device, "counter": slug, "key": key}
    return succeeded(await person.tab.ask(f"{UPKEEP}.remove_entry", named, question))


def keys(what: str, **fields: Any) -> Action:
    """A request of the dialog for a counter's keys; `id` is that of a key which the owner has made."""

    async def do(world: World, person: Person, slug: str, token: str) -> bool:
        known = fields | ({"counter": slug} if what in ("list", "make") else {"id": world.key_of(slug)})
        headers = person.headers
        url = f"{world.back_end.url}/keys/{what}"
        async with world.http.post(url, json=known | {"device": person.tab.device}, headers=headers) as answer:
            return succeeded(await answer.json())

    return do


async def reports_times(world: World, person: Person, slug: str, token: str) -> bool:
    port, name = int(world.back_end.environ["CLICKCOUNTER_METRICS"]), "clickcounter_press_seen_seconds_count"
    before = number(port, name)
    await person.tab.event(f"{COUNTER}.report_times", {"times": [5]})
    await until(lambda: number(port, name) == before + 1)
    return True


async def administers(world: World, person: Person, slug: str, token: str) -> bool:
    """One change stands for all; tests/api/test_admin.py tries every page and change."""
    headers = person.headers | {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{world.back_end.url}/admin/counters/counter/rename"
    async with world.http.post(url, data="name=Everybodys", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303 or 'data-code="superusers_only"' in await answer.text()
    return answer.status == 303


OTHERS: dict[str, Action] = {
    "State.hydrate": opens_page("reflex___state____state.hydrate"),
    "State.hydrate_and_load": opens_page("reflex___state____state.hydrate_and_load"),
    "OnLoadInternalState.on_load_internal": opens_page(
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
    ),
    "CounterState.record": record,
    "CounterState.introduce": introduce,
    "CounterState.follow": opens_board,
    "CounterState.report_times": reports_times,
    "CountersState.look": reads_list,
    "HistoryState.look": reads_history("look"),
    "HistoryState.page": reads_history("page"),
    "GET /export/{counter}.{ending}": downloads("/export/{counter}.csv"),
    **{f"GET {path}": downloads(path) for path in ("/c/{counter}/report", "/c/{counter}/report.csv")},
    "GET /api/v1/counters/{counter}/events": follows,
    **{
        f"GET /c/{{counter}}/{file}": reads_elsewhere(file)
        for file in ("value.txt", "value.json", "badge.svg", "badge.json", "picture.png")
    },
    "GET /oembed": reads_elsewhere(""),
    "GET /p/{key}": presses_by_address("/p/{key}"),
    "GET /p/{key}/{counter}": presses_by_address("/p/{key}/{counter}"),
    "POST /sites/list": posts_sites("list"),
    "POST /sites/set": posts_sites("set"),
    **{f"POST {path}": brings(path) for path in ("/import", "/import/preview", "/import/undo")},
    "UpkeepState.devices": calls(UPKEEP, "devices"),
    "UpkeepState.parts": calls(UPKEEP, "parts"),
    "UpkeepState.change_parts": calls(UPKEEP, "change_parts"),
    "UpkeepState.share": calls(UPKEEP, "share", origin="http://localhost:3000"),
    "UpkeepState.change": calls(UPKEEP, "change", fields={"name": "Another door", "press": "signed_in"}),
    "UpkeepState.archive": calls(UPKEEP, "archive"),
    "UpkeepState.restore": calls(UPKEEP, "restore"),
    "UpkeepState.end_round": calls(UPKEEP, "end_round"),
    "UpkeepState.correct": calls(UPKEEP, "correct", round=0, key=..., value=7, reason="counted again"),
    "UpkeepState.add_entry": calls(UPKEEP, "add_entry", fields={"amount": 14}, key=...),
    "UpkeepState.remove_entry": removes_entry,
    "UpkeepState.count_presses": calls(UPKEEP, "count_presses", of_device=1),
    "UpkeepState.take_back": calls(UPKEEP, "take_back", of_device=1, reason="forged"),
    "UpkeepState.delete": calls(UPKEEP, "delete", name="Door"),
    "UpkeepState.webhooks": calls(UPKEEP, "webhooks"),
    "UpkeepState.add_webhook": calls(UPKEEP, "add_webhook", url="https://example.org/", events=["goal"], key=...),
    "UpkeepState.test_webhook": calls(UPKEEP, "test_webhook", webhook=...),
    "UpkeepState.remove_webhook": calls(UPKEEP, "remove_webhook", webhook=...),
    "AccessState.members": calls(ACCESS, "members"),
    "AccessState.set_role": calls(ACCESS, "set_role", account=..., role="counter"),
    "AccessState.invite": calls(ACCESS, "invite"),
    "AccessState.revoke": calls(ACCESS, "revoke"),
    "AccessState.accept": calls(ACCESS, "accept", token=...),
    "AccessState.claim": calls(ACCESS, "claim"),
    "POST /keys/list": keys("list"),
    "POST /keys/make": keys("make", name="Sensor", scope="press"),
    "POST /keys/rename": keys("rename", name="North"),
    "POST /keys/revoke": keys("revoke"),
    "UpkeepState.make": calls(UPKEEP, "make", fields={"name": "Mine"}),
    "UpkeepState.name_device": calls(UPKEEP, "name_device", label="North"),
    "GET /healthz": gets("/healthz"),
    "GET /readyz": gets("/readyz"),
    "GET /ping": gets("/ping"),
    "GET /_health": gets("/_health"),
    "GET /account/me": gets("/account/me"),
    "POST /account/register": posts("register", name="owner", password=PASSWORD),
    "POST /account/sign-in": posts("sign-in", name="not a known name", password=PASSWORD),
    "POST /account/name": posts("name", name="{kind}"),
    "POST /account/password": posts("password", old=PASSWORD, new=PASSWORD),
    "POST /account/passkeys/list": posts("passkeys/list"),
    "POST /account/passkeys/begin": posts("passkeys/begin", name="Mine", password=PASSWORD),
    "POST /account/passkeys/add": posts_credential("add"),
    "POST /account/passkeys/remove": posts("passkeys/remove", id=0),
    "POST /account/passkeys/offer": posts("passkeys/offer"),
    "POST /account/passkeys/sign-in": posts_credential("sign-in"),
    "POST /account/second-factor/state": posts("second-factor/state"),
    "POST /account/second-factor/begin": posts("second-factor/begin", password=PASSWORD),
    "POST /account/second-factor/set-up": posts("second-factor/set-up", password=PASSWORD, secret="A" * 32, code="1"),
    "POST /account/second-factor/renew-codes": posts("second-factor/renew-codes", password=PASSWORD, code="1"),
    "POST /account/second-factor/remove": posts("second-factor/remove", password=PASSWORD, code="1"),
    "POST /account/delete": posts("delete", password=PASSWORD),
    "POST /account/sign-out": posts("sign-out"),
    "POST /account/sign-out-everywhere": posts("sign-out-everywhere"),
    "GET /admin": gets("/admin"),
    "/admin": administers,
}
