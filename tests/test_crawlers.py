"""Crawlers and link previews ask for every address that the app has, a new one too: no number moves by it."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from clickcounter.access import keys
from clickcounter.api.compat import routes as compat
from clickcounter.clickcounter import app
from clickcounter.ledger import api_keys, counters, rounds
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.ledger import Ledger
from tests.api.embed.test_values import CRAWLERS
from tests.server import BackEnd, answers, free_port, wait_for
from tests.test_rights import PAGES, addresses

PERSON = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"
QUERY = "?value=7&amount=1&initializer=5&namespace=site&key=made&enable_reset=1"  # what programs would say
COUNTING = {"/hit/{name}", "/hit/{namespace}/{key}/shield", "/p/{key}", "/p/{key}/{counter}"}  # where a person's GET counts


def gets(api: str) -> list[str]:
    """Every address that can be opened, as its route writes it."""
    listed = [route.path.replace("{name:path}", "{name}") for route in compat.routes(("site",), api)]
    if api == "countapi":  # the others are the same
        return [*listed, "/p/{key}", "/p/{key}/{counter}"]
    listed += [address.removeprefix("GET ") for address in addresses() - {PAGES} if address.startswith(("GET ", "/"))]
    listed += ["/" + page.replace("index", "").replace("[slug]", "{counter}") for page in app._unevaluated_pages]
    return sorted({*listed, "/c/{counter}/"})


@pytest.fixture(scope="module", params=["abacus", "countapi"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, BackEnd]]:
    """With the addresses of old clients."""
    environ = {"CLICKCOUNTER_COMPAT": "site", "CLICKCOUNTER_COMPAT_API": request.param, "REFLEX_TRUSTED_PROXY_HOPS": "1"}
    made = BackEnd(free_port(), tmp_path_factory.mktemp("crawled"), **environ)
    made.start()
    wait_for(lambda: answers(f"{made.url}/readyz"), "it has looked at the database")
    yield request.param, made
    made.kill()
    assert "Traceback" not in made.printed()


def opened(server: BackEnd, path: str, agent: str, address: str) -> int:
    """The status; what comes after the headers is not read, because a stream has no end."""
    headers = {"User-Agent": agent, "X-Forwarded-For": address}
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, headers=headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def key_in_address(server: BackEnd) -> str:
    """A key for a counter of its own."""
    text, ledger = keys.new_text(keys.PRESS), Ledger(server.db_url)
    ledger.transact(lambda connection: counters.create(connection, {"name": "Door"}, rounds.new_round_id(), None))
    wanted = Wanted(text, "bell", keys.PRESS, in_address=True)
    ledger.transact(lambda connection: api_keys.make_for_counter(connection, "door", wanted, None))
    ledger.close()
    return text


def test_no_crawler_moves_a_number_at_any_address(server: tuple[str, BackEnd]):
    api, at = server
    names = {"counter": "door", "ending": "csv", "key": key_in_address(at), "name": "site/visits", "namespace": "site"}
    paths = {route: route.format(**names) + QUERY for route in gets(api)}  # fails for a name that is not known here
    assert opened(at, paths["/hit/{name}"], PERSON, "192.0.2.99") == 200, "there is something to count"

    def state() -> list[object]:
        return [
            at.query(f"SELECT * FROM {table} ORDER BY id") for table in ("counter", "click", "round", "account", "device")
        ]

    before = state()
    asked = [
        (path, agent, f"192.0.2.{n}")
        for number, (route, path) in enumerate(paths.items())
        for n, agent in enumerate(CRAWLERS)
        if route in COUNTING or (number + n) % 2  # every second one where nobody's GET counts
    ]
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda one: opened(at, *one), asked))
    assert state() == before
    assert not statuses & {429, 500, 503}, "each was looked at"
    for route in COUNTING & paths.keys():
        clicks = at.query("SELECT count(*) FROM click")
        assert opened(at, paths[route], PERSON, "192.0.2.99") == 200
        assert at.query("SELECT count(*) FROM click") != clicks, f"{route} counts for a person"
