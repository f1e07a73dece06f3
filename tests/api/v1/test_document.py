"""The OpenAPI document is true: whatever it allows is answered as it says, and nothing makes the server fail."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from clickcounter.api.v1 import app
from tests.server import BackEnd, free_port
from tests.shared import once

if TYPE_CHECKING:
    from tests.api.v1.promises import Promises


def write(path: Path) -> None:
    path.write_text(json.dumps(app.document_of(app.app())))


DOCUMENT: dict[str, Any] = json.loads(once("openapi.json", write).read_text())
OPERATIONS = {f"{method.upper()} {path}": told for path, ways in DOCUMENT["paths"].items() for method, told in ways.items()}
CASES = [(name, "right") for name in OPERATIONS] + [  # a name in a path cannot have a wrong type
    (name, "wrong")
    for name, told in OPERATIONS.items()
    if "requestBody" in told or any(parameter["in"] == "query" for parameter in told.get("parameters", []))
]
EXAMPLES = 15  # of each operation, except:
OTHERWISE = {  # files are read in a process each; few settings go together
    **dict.fromkeys(("POST /imports", "POST /imports/preview"), 3),
    "PATCH /counters/{counter}": 60,
}
OWN = "ab" * 16  # the device that asks, so that some of the counters are its own
# Of a key that nobody guesses, of a group, of a number that no import has, of a file that is a table, and of a time that has
# been.
NEED_MORE = (
    *("POST /counters/{counter}/undo", "PATCH /counters/{counter}/parts"),
    *("POST /counters/{counter}/entries", "DELETE /counters/{counter}/entries/{key}"),
    *("POST /imports/{number}/undo", "POST /imports/preview"),
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A server that does not mind how many counters are made."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("document"), CLICKCOUNTER_COUNTERS_PER_HOUR="100000")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def promises() -> "Promises":
    """What the document says; imported here, because each process of a run collects all tests."""
    from tests.api.v1.promises import Promises

    return Promises(DOCUMENT)


@pytest.fixture
def slug(asked: BackEnd) -> str:
    """A counter of its own."""
    headers = {"Click-Counter-Device": OWN}
    return str(
        requests.post(f"{asked.url}/api/v1/counters", json={"name": "Own"}, headers=headers, timeout=60).json()["counter"]
    )


def test_every_operation_is_tried(promises: "Promises"):
    assert promises.operations.keys() == OPERATIONS.keys()
    more = {name for name, operation in promises.operations.items() if list(operation.body) or list(operation.query)}
    assert {name for name, mode in CASES if mode == "wrong"} >= more


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_every_answer_is_one_that_the_document_promises(
    name: str, mode: str, slug: str, asked: BackEnd, promises: "Promises"
):
    seen = promises.try_out(name, mode, asked, slug, OWN, OTHERWISE.get(name, EXAMPLES))
    if mode == "right" and name not in NEED_MORE:
        assert any(status < 400 for status in seen), f"nothing went well, so nothing was tried: {seen}"


def test_the_stream_of_events_is_in_the_document():
    told = DOCUMENT["paths"]["/counters/{counter}/events"]["get"]
    assert list(told["responses"]["200"]["content"]) == ["text/event-stream"]
    assert {"401", "403", "404", "429", "503"} <= told["responses"].keys()


def test_the_server_logged_no_failure(asked: BackEnd):
    assert "Traceback" not in asked.printed()
