"""The OpenAPI document is true: whatever it allows is answered as it says, and nothing makes the server fail."""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from clickcounter.api.v1 import app
from tests.server import BackEnd, free_port

CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(app.document_of(app.app()))
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
CASES = [(name, RIGHT) for name in OPERATIONS] + [  # a name in a path cannot have a wrong type
    (name, WRONG) for name, operation in OPERATIONS.items() if list(operation.body) or list(operation.query)
]
EXAMPLES = 15  # of each operation, except:
OTHERWISE = {  # files are read in a process each; few settings go together
    **dict.fromkeys(("POST /imports", "POST /imports/preview"), 3),
    "PATCH /counters/{counter}": 60,
}
OWN = "ab" * 16  # the device that asks, so that some of the counters are its own
STREAM = "GET /counters/{counter}/events"  # its body has no end
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


@pytest.fixture
def slug(asked: BackEnd) -> str:
    """A counter of its own."""
    headers = {"Click-Counter-Device": OWN}
    return str(
        requests.post(f"{asked.url}/api/v1/counters", json={"name": "Own"}, headers=headers, timeout=60).json()["counter"]
    )


def call_without_body(case: schemathesis.Case, asked: BackEnd) -> schemathesis.Response:
    with requests.Session() as session:
        answer = session.request(**case.as_transport_kwargs(base_url=f"{asked.url}/api/v1"), stream=True, timeout=60)
        if answer.status_code == 200:
            answer._content = b""  # not read
        return schemathesis.Response.from_requests(answer, verify=True)


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_every_answer_is_one_that_the_document_promises(name: str, mode: GenerationMode, slug: str, asked: BackEnd):
    seen: set[int] = set()

    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode), named=st.sampled_from([slug, "counter", "nowhere", ""]))
    @settings(
        max_examples=OTHERWISE.get(name, EXAMPLES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    def ask(case: schemathesis.Case, named: str) -> None:
        if named and "counter" in case.path_parameters:
            case.path_parameters["counter"] = named
        case.headers = {**(case.headers or {}), "Click-Counter-Device": OWN}
        response = (
            call_without_body(case, asked) if name == STREAM else case.call(base_url=f"{asked.url}/api/v1", timeout=60)
        )
        case.validate_response(response, checks=CHECKED)
        seen.add(response.status_code)

    ask()
    if mode is RIGHT and name not in NEED_MORE:
        assert any(status < 400 for status in seen), f"nothing went well, so nothing was tried: {seen}"


def test_the_stream_of_events_is_in_the_document():
    told = SCHEMA.raw_schema["paths"]["/counters/{counter}/events"]["get"]
    assert list(told["responses"]["200"]["content"]) == ["text/event-stream"]
    assert {"401", "403", "404", "429", "503"} <= told["responses"].keys()


def test_the_server_logged_no_failure(asked: BackEnd):
    assert "Traceback" not in asked.printed()
