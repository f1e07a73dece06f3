"""The table of docs/rights.md about Abacus's addresses: each row as each kind of caller."""

import re
import urllib.request
from collections.abc import Iterator

import pytest

from clickcounter.api.compat.routes import routes
from tests.api.compat.old_client import ask_raw
from tests.server import ROOT, BackEnd, free_port

KINDS = ("nobody", "another's key", "admin key")
SECTION = (ROOT / "docs" / "rights.md").read_text().split("\n## Addresses of Abacus and CountAPI")[1].split("\n## ")[0]
ROWS = [line.strip("| ").split(" | ") for line in SECTION.splitlines() if re.match(r"\| (GET|POST) ", line)]
QUERY = {"/set": "?value=7", "/update": "?value=7"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = BackEnd(
        free_port(), tmp_path_factory.mktemp("rights"), CLICKCOUNTER_COMPAT="site", CLICKCOUNTER_COUNTERS_PER_HOUR="1000"
    )
    server.start()
    yield server
    server.kill()


def key_of_new(server: BackEnd, name: str) -> str:
    return re.findall(r'"admin_key":"([^"]+)"', ask_raw(server, f"/create/site/{name}", "POST")[1])[0]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_rights_are_what_the_table_says(server: BackEnd, row: list[str]):
    what, *cells = row
    method, path = what.split()
    for kind, cell in zip(KINDS, cells, strict=True):
        name = f"{path[1:]}-{KINDS.index(kind)}"
        keys = {"nobody": None, "another's key": key_of_new(server, f"{name}-other"), "admin key": key_of_new(server, name)}
        address = path if path == "/stats" else f"{path}/site/{name}{QUERY.get(path, '')}"
        address += "-new" if path == "/create" else ""
        if path == "/stream":
            with urllib.request.urlopen(server.url + address, timeout=60) as stream:
                assert stream.status == 200
            continue
        before = server.query("SELECT value, deleted_at, round_id FROM counter ORDER BY id")
        status, _, _ = ask_raw(server, address, method, keys[kind])
        assert (status in (200, 201)) == (cell == "yes"), f"{kind}: {what} → {status}"
        if cell == "no":
            assert server.query("SELECT value, deleted_at, round_id FROM counter ORDER BY id") == before


def test_the_table_lists_every_address():
    listed = {row[0].split()[1] for row in ROWS}
    assert listed == {"/" + route.path.split("/")[1] for route in routes(("site",), "abacus")}
    assert listed >= {"/" + route.path.split("/")[1] for route in routes(("site",), "countapi")}
    assert routes((), "abacus") == []
