"""Asks the HTTP API whatever its OpenAPI document allows, and what it does not, and compares the answers with it.

A module of its own, because its import takes half a second, and each process of a run collects all tests.
"""

from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from tests.server import BackEnd

CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MODES = {"right": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}
STREAM = "GET /counters/{counter}/events"  # its body has no end


class Promises:
    """What the document says, by operation."""

    def __init__(self, document: dict[str, Any]) -> None:
        found = schemathesis.openapi.from_dict(document).get_all_operations()
        self.operations: dict[str, APIOperation] = {operation.ok().label: operation.ok() for operation in found}

    def try_out(self, name: str, mode: str, asked: BackEnd, slug: str, device: str, examples: int) -> set[int]:
        """Ask so often, as this device, and check each answer. Returns the statuses."""
        seen: set[int] = set()
        cases = self.operations[name].as_strategy(generation_mode=MODES[mode])

        @given(case=cases, named=st.sampled_from([slug, "counter", "nowhere", ""]))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        def ask(case: schemathesis.Case, named: str) -> None:
            if named and "counter" in case.path_parameters:
                case.path_parameters["counter"] = named
            case.headers = {**(case.headers or {}), "Click-Counter-Device": device}
            response = (
                call_without_body(case, asked) if name == STREAM else case.call(base_url=f"{asked.url}/api/v1", timeout=60)
            )
            case.validate_response(response, checks=CHECKED)
            seen.add(response.status_code)

        ask()
        return seen


def call_without_body(case: schemathesis.Case, asked: BackEnd) -> schemathesis.Response:
    with requests.Session() as session:
        answer = session.request(**case.as_transport_kwargs(base_url=f"{asked.url}/api/v1"), stream=True, timeout=60)
        if answer.status_code == 200:
            answer._content = b""  # not read
        return schemathesis.Response.from_requests(answer, verify=True)
