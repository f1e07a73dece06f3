"""Pages of any site may use the API as any program may, and the API shows its own page."""

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock

import pytest

from clickcounter.api.v1 import app
from tests.api.v1.world import PATH, Program
from tests.server import BackEnd, free_port

ELSEWHERE = "https://elsewhere.example"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A server that lets a program send ten presses at once, and then one a second."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("slow"), CLICKCOUNTER_EVENTS_PER_SECOND="1")
    server.start()
    yield server
    server.kill()


def signed_in(back_end: BackEnd, name: str = "Anna") -> str:
    """The cookie of somebody who has just registered."""
    program = Program(back_end, None)
    body = {"name": name, "password": "correct horse battery"}
    made = program.ask("POST", "/account/register", body)
    assert made.status == 200, made
    return made.headers["set-cookie"].partition(";")[0]


def test_a_session_counts_from_this_site_alone(served: BackEnd):
    cookie = signed_in(served)
    assert Program(served, None, Cookie=cookie).ask("POST", PATH, {"name": "Hers"}).status == 201
    here = Program(served, None, Cookie=cookie, Origin=f"http://localhost:{served.port}", Host=f"localhost:{served.port}")
    answer = here.ask("PATCH", "hers", {"goal": 5})
    assert (answer.status, answer.headers["access-control-allow-credentials"]) == (200, "true")
    for origin in (ELSEWHERE, "null", "https://localhost.evil.example"):
        foreign = Program(served, None, Cookie=cookie, Origin=origin)
        answer = foreign.ask("PATCH", "hers", {"goal": 6})
        assert answer.status == 403
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    assert here.ask("GET", "hers").json["goal"] == 5


def test_people_without_a_device_share_no_keys(served: BackEnd):
    people = [Program(served, None, Cookie=signed_in(served, name)) for name in ("Bea", "Cleo")]
    answers = [one.ask("POST", PATH, {"name": "Same", "key": "ab" * 16}) for one in people for _ in range(2)]
    assert [answer.status for answer in answers] == [201] * 4
    assert [answer.json["counter"] for answer in answers] == ["same", "same", "same-2", "same-2"]


def test_a_counter_that_becomes_private_shows_its_number_nowhere(served: BackEnd):
    anna, nobody = Program(served, None, Cookie=signed_in(served, "Anna 2")), Program(served, None)
    slug = anna.make("Secret plan")
    addresses = [f"/c/{slug}/{name}" for name in ("value.txt", "value.json", "badge.svg", "badge.json", "picture.png")]
    tags = {address: nobody.ask("HEAD", address).headers["etag"] for address in addresses}
    assert anna.ask("PATCH", slug, {"visibility": "members"}).status == 200
    for address, tag in tags.items():
        for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"If_None_Match": tag})):
            answer = nobody.ask(method, address, **headers)
            assert (answer.status, "Secret" in answer.text) == (403, False), (method, address)


def test_a_page_of_another_site_presses_where_the_owner_lists_it(served: BackEnd):
    owner, page = Program(served), Program(served, Origin=ELSEWHERE)
    listed, other = owner.make("Listed"), owner.make("Other")
    sites = {"counter": listed, "sites": [ELSEWHERE], "device": owner.headers["Click-Counter-Device"]}
    assert owner.ask("POST", "/sites/set", sites).status == 200
    assert page.press(listed, {"key": "mine"}).json["value"] == 1
    assert page.ask("POST", f"{listed}/undo", {"key": "mine"}).json["value"] == 0
    for refused in (
        page.press(other),
        page.ask("POST", f"{listed}/reset"),
        page.ask("POST", PATH, {"name": "Theirs"}),
        Program(served, Origin="null").press(listed),
        Program(served, Origin=f"{ELSEWHERE}.evil").press(listed),
    ):
        assert (refused.status, refused.json["code"]) == (403, "origin")
        assert refused.headers["access-control-allow-origin"] == "*"
    assert page.press("no-such-counter").json["code"] == "no_counter"
    assert (owner.value(listed), owner.value(other)) == (0, 0)


def test_two_spellings_of_a_site_are_one(served: BackEnd, program: Program):
    spellings = [ELSEWHERE, f"{ELSEWHERE}:443", f"{ELSEWHERE}/"]
    named = {"counter": program.make(), "device": program.headers["Click-Counter-Device"]}
    answer = program.ask("POST", "/sites/set", named | {"sites": spellings})
    assert (answer.status, answer.json["sites"]) == (200, [ELSEWHERE])


def test_a_page_of_another_site_may_press_with_a_key(served: BackEnd):
    owner, page = Program(served), Program(served, None, Origin=ELSEWHERE)
    asked = page.ask("OPTIONS", "counter/presses", Access_Control_Request_Method="POST")
    assert asked.status == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    allowed = set(asked.headers["access-control-allow-headers"].split(", "))
    assert {"authorization", "click-counter-device", "content-type", "idempotency-key"} <= allowed
    counter = owner.make("Keyed")
    wanted = {"counter": counter, "name": "Page", "scope": "press", "device": owner.headers["Click-Counter-Device"]}
    key = owner.ask("POST", "/keys/make", wanted).json["text"]
    pressed = page.press(counter, Authorization=f"Bearer {key}")
    assert (pressed.json["value"], pressed.headers["access-control-allow-origin"]) == (1, "*")
    assert page.ask("POST", "/account/sign-out", {}).status == 403, "only the API is open"


def test_who_asks_too_often_is_told_when_to_ask_again(slow: BackEnd):
    program = Program(slow)
    pressed = 0
    while (late := program.press("counter", {})).status == 200:  # more than ten on a machine that needs a second for them
        pressed += 1
    assert pressed >= 10
    assert (late.status, late.json["code"]) == (429, "too_many")
    assert late.headers["retry-after"] == str(late.json["retry_after"]) == "1"
    assert Program(slow).press("counter").status == 200, "another device of the same address"


def test_wrong_requests_count_as_well(slow: BackEnd):
    program = Program(slow)
    statuses = [program.ask("PATCH", "counter", {"goal": "x"}).status for _ in range(20)]
    assert statuses[:2] == [400, 400]
    assert statuses.count(429) > 10


def test_the_page_shows_every_route_and_error_without_anything_from_elsewhere(slow: BackEnd):
    program = Program(slow)
    page, document = program.ask("GET", "/api/v1/docs"), program.ask("GET", "/api/v1/openapi.json").json
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"https?:|script|unsafe", policy)
    assert not re.search(r"<script|src=|https?://", page.text)
    assert all(f"<code>/api/v1{path}</code>" in page.text for path in document["paths"])
    assert "id=full>" in page.text


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/openapi.json"])
def test_the_document_is_sent_again_only_when_it_has_changed(slow: BackEnd, path: str):
    program = Program(slow)
    first = program.ask("GET", path)
    assert (first.status, first.headers["cache-control"]) == (200, "private, no-cache")
    for known in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}', "*"):
        again = program.ask("GET", path, If_None_Match=known)
        assert (again.status, again.text, again.headers["etag"]) == (304, "", first.headers["etag"])
    assert program.ask("GET", path, If_None_Match='"other"').text == first.text


async def test_the_document_and_its_page_are_built_once(monkeypatch: pytest.MonkeyPatch):
    built: list[object] = []
    document_of = app.document_of
    monkeypatch.setattr(app, "document_of", lambda api: (built.append(api), document_of(api))[1])
    api, sent = app.app(), []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message.get("status"))

    for path in ("/docs", "/openapi.json", "/docs", "/openapi.json"):
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        await api(scope, AsyncMock(return_value={"type": "http.request"}), send)
    assert (sent.count(200), len(built)) == (4, 1)


@pytest.mark.parametrize("path", ["/c/counter/value.txt", "/oembed", "/api/v1/counters/counter", "/account/me"])
@pytest.mark.parametrize("origin", [None, ELSEWHERE, "here"])
def test_what_an_answer_varies_with_is_named_once(slow: BackEnd, path: str, origin: str | None):
    headers = {"Origin": slow.url if origin == "here" else origin} if origin else {}
    named = Program(slow).ask("GET", path, **headers).headers["vary"].lower().split(", ")
    assert "origin" in named
    assert len(named) == len(set(named))
