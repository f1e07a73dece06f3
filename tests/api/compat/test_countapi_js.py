"""countapi-js, the client that CountAPI's author published, unchanged from npm, with the tests that come with it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.compat.old_client import ask, ask_raw, make_private
from tests.server import BackEnd, free_port

CLIENT = Path(__file__).parent / "countapi_js"


@pytest.fixture(scope="module")
def countapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    environ = {"CLICKCOUNTER_COMPAT": "default,test,api.countapi.xyz", "CLICKCOUNTER_COMPAT_API": "countapi"}
    server = BackEnd(free_port(), tmp_path_factory.mktemp("countapi"), **environ)
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.printed()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client and what its tests need, in the versions of its package-lock.json."""
    folder = tmp_path_factory.mktemp("countapi-js")
    for file in CLIENT.iterdir():
        shutil.copy(file, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True, timeout=300)
    return folder


def test_its_client_passes_its_own_tests(countapi: BackEnd, installed: Path):
    # What its tests expect to exist on the server.
    for options in (
        *("key=test", "namespace=test&key=test", "key=d7b97e5f-69a4-4933-8928-b9ee92f6b6ca"),
        "key=c23ce4fa-4b78-4cbb-b53a-da3c2c38bb18&enable_reset=1",
        "key=ce420ebf-369c-4a19-92b1-8b02fb6e72ba&update_upperbound=100",
    ):
        assert ask(countapi, f"/create?{options}")[0] == 200
    command = ["node", "--require", "./here.cjs", "node_modules/.bin/mocha", "--timeout", "60000"]
    command += ["node_modules/countapi-js/test/index.js"]
    environ = os.environ | {"SERVER_PORT": str(countapi.port)}
    done = subprocess.run(command, cwd=installed, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "30 passing" in done.stdout, done.stdout


def test_answers_have_countapis_shapes(countapi: BackEnd):
    made = {"namespace": "test", "key": "stock", "value": 5}
    options = "enable_reset=1&update_lowerbound=-2&update_upperbound=3"
    assert ask(countapi, f"/create?namespace=test&key=stock&value=5&{options}")[:2] == (200, made)
    assert ask(countapi, "/create?namespace=test&key=stock")[:2] == (400, {"error": "Key already exists"})
    assert ask(countapi, "/update/test/stock?amount=3")[:2] == (200, {"value": 8})
    assert ask(countapi, "/update/test/stock?amount=-3")[:2] == (403, {"value": 8})
    assert ask(countapi, "/set/test/stock?value=-4")[:2] == (200, {"old_value": 8, "value": -4})
    status, info, headers = ask(countapi, "/info/test/stock")
    assert (status, headers["x-path"]) == (200, "test/stock")
    assert abs(info.pop("created") / 1000 - os.path.getmtime(countapi.database)) < 3600
    told = {"enable_reset": True, "update_upperbound": 3, "update_lowerbound": -2, "ttl": -1}
    assert info == {"namespace": "test", "key": "stock", "value": -4} | told
    for what in ("get", "update", "set"):
        status, content, _ = ask(countapi, f"/{what}/test/missing?value=1&amount=1")
        assert (status, content["value"]) == (404, None)
    assert set(ask(countapi, "/stats")[1]) == {"keys_created", "keys_updated", "requests", "version"}


def test_a_set_counter_has_its_difference_in_the_ledger(countapi: BackEnd):
    ask(countapi, "/create?namespace=test&key=moved&enable_reset=1&value=10")
    ask(countapi, "/set/test/moved?value=4")
    [(slug,)] = countapi.query("SELECT slug FROM counter WHERE name = 'test/moved'")
    rows = "SELECT click.amount, kind FROM click JOIN counter ON counter.id = counter_id"
    assert countapi.query(f"{rows} WHERE slug = '{slug}' ORDER BY click.id") == [(10, "correction"), (-6, "correction")]


def test_a_picture_of_one_pixel_counts_too(countapi: BackEnd):
    status, picture, headers = ask_raw(countapi, "/hit/test/pixel?img")
    assert (status, headers["content-type"], picture[:6]) == (200, "image/gif", "GIF89a")
    assert ask(countapi, "/get/test/pixel")[1] == {"value": 1}


def test_a_counter_made_members_only_tells_nobody_its_number(countapi: BackEnd):
    ask(countapi, "/create?namespace=test&key=closed&enable_reset=1&value=10")
    make_private(countapi, "test/closed")
    for what in ("get", "info", "set", "update", "hit"):
        status, told, _ = ask(countapi, f"/{what}/test/closed?value=1&amount=1")
        assert (status, told.get("value")) == (403, None), what
    assert countapi.query("SELECT value FROM counter WHERE name = 'test/closed'") == [(10,)]
