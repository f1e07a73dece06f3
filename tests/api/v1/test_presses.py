"""Presses by programs."""

import hashlib
import json
import socket
import sqlite3
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest

from tests.api.v1.world import PATH, Program
from tests.raw import RawClient
from tests.server import BackEnd

LANGUAGES = {"en": "upper limit is reached", "ru": "верхний предел", "de-AT": "Obergrenze", "es": "límite superior"}


def test_a_press_is_answered_with_what_the_counter_shows(program: Program):
    slug = program.make()
    first, second = program.press(slug), program.press(slug, {"amount": 5})
    assert (first.status, first.json["value"], second.json["value"]) == (200, 1, 6)
    assert second.json["revision"] > first.json["revision"]
    shown = program.ask("GET", slug).json
    assert {name: shown[name] for name in ("value", "revision", "round")} == {
        name: second.json[name] for name in ("value", "revision", "round")
    }


async def test_every_open_tab_shows_a_programs_press(served: BackEnd, program: Program):
    slug = program.make()
    async with RawClient(served.port, f"/c/{slug}") as tab:
        program.press(slug, {"amount": 7})
        await tab.sees(7)


@pytest.mark.parametrize(
    "key", ["door 1", "é" * 255, "b3b94b77-d058-43c3-83ae-fbb45d55afb3", "01a2255634635db1031f730868585b35", "A", "a"]
)
def test_the_same_key_counts_once_and_gets_the_same_answer(program: Program, key: str):
    slug = program.make()
    first = program.press(slug, {"amount": 3, "key": key})
    program.press(slug)
    again = program.press(slug, {"amount": 3, "key": key})
    assert (again.status, again.text) == (200, first.text)
    assert program.value(slug) == 4


def test_the_header_and_the_field_name_a_press_alike(program: Program):
    slug = program.make()
    header = {"Idempotency_Key": "k"}
    for body, headers in (({"key": "k"}, {}), ({}, header), ({"key": None}, header), (None, {"Idempotency_Key": '"k"'})):
        assert program.press(slug, body, **headers).json["value"] == 1


def test_a_key_that_comes_with_something_else_is_refused(program: Program):
    slug = program.make()
    program.press(slug, {"amount": 3, "key": "k"})
    refused = program.press(slug, {"amount": 4, "key": "k"})
    assert (refused.status, refused.json["code"]) == (422, "repeat_differs")
    assert program.value(slug) == 3


@pytest.mark.parametrize("served", ["sqlite"], indirect=True)
def test_a_key_that_is_being_carried_out_is_not_carried_out_twice(served: BackEnd, program: Program):
    slug, key = program.make(), {"key": "k"}
    other = Program(served, program.headers["Click-Counter-Device"])
    with sqlite3.connect(served.database, isolation_level=None) as database, ThreadPoolExecutor(2) as threads:
        database.execute("BEGIN IMMEDIATE")  # a press waits for it
        both = {threads.submit(one.press, slug, key) for one in (program, other)}
        [told], [waiting] = wait(both, 60, FIRST_COMPLETED)
        assert (told.result().status, told.result().json["code"]) == (409, "repeat_running")
        database.execute("ROLLBACK")
        assert waiting.result().status == 200
    assert program.press(slug, key).text == waiting.result().text
    assert program.value(slug) == 1


def test_two_programs_may_use_the_same_names(served: BackEnd, program: Program):
    slug = program.make()
    program.press(slug, {"key": "1"})
    other = Program(served).press(slug, {"key": "1"})
    assert other.json["value"] == 2
    uuid7 = "0192f0c1-7b5e-7cc1-8a2b-0123456789ab"
    assert [Program(served).press(slug, {"key": uuid7}).json["value"] for _ in range(2)] == [3, 3]


def test_a_refused_press_stays_refused_when_it_is_sent_again(program: Program):
    slug = program.make(upper=1)
    program.press(slug)
    first = program.press(slug, {"key": "k"})
    program.ask("PATCH", slug, {"upper": 10})
    again = program.press(slug, {"key": "k"})
    assert (first.status, first.json["code"], again.text) == (409, "full", first.text)
    assert program.value(slug) == 1


def test_of_several_presses_each_gets_its_own_answer(program: Program):
    slug = program.make(upper=5)
    body = {"presses": [{"amount": 4, "key": "a"}, {"amount": 4, "key": "b"}, {"key": "c"}, {"amount": 0}, {"amount": 1.5}]}
    answer = program.press(slug, body)
    assert [press["code"] for press in answer.json["presses"]] == [None, "full", None, "amount", "amount"]
    assert answer.json["value"] == 5
    assert program.press(slug, body).json["value"] == 5


def test_a_list_with_one_key_counts_once(program: Program):
    slug = program.make()
    bodies = [program.press(slug, {"presses": [{}, {}, {}]}, Idempotency_Key="all").text for _ in range(2)]
    assert bodies[0] == bodies[1]
    assert program.value(slug) == 3


def test_presses_refused_in_a_list_stay_refused_when_it_is_sent_again(program: Program):
    slug = program.make(upper=5)
    for key, amounts, total in (("some", (4, 4, 1), 5), ("all", (4, 4), 5)):
        body = {"presses": [{"amount": amount} for amount in amounts]}
        first = program.press(slug, body, Idempotency_Key=key)
        program.ask("PATCH", slug, {"upper": 100})
        again = program.press(slug, body, Idempotency_Key=key)
        assert (again.status, again.text, program.value(slug)) == (200, first.text, total)
        program.ask("PATCH", slug, {"upper": 5})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_why_in_the_programs_language(program: Program, language: str):
    slug = program.make(upper=1)
    program.press(slug)
    refused = program.press(slug, Accept_Language=f"fr, {language};q=0.5")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json["type"].endswith("#full")
    assert (refused.json["status"], refused.json["title"]) == (409, "Conflict")
    assert LANGUAGES[language] in refused.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b"7", b'"x"', b"\xff", b"[" * 5000, b'{"presses": []}', b'{"presses": {}}', b'{"presses": [1]}'),
        *({"key": ""}, {"key": 7}, {"key": "x" * 256}, {"key": "a\0"}, {"pressed_at": "now"}, {"round": 1.5}),
        {"presses": [{}] * 201},
        {"sent_at": None, "pressed_at": 2**60},
    ],
)
def test_what_cannot_be_read_is_refused_with_a_hint(program: Program, body: object):
    refused = program.press("counter", body)
    assert (refused.status, refused.json["code"]) == (400, "malformed")
    assert refused.json["hint"]


def test_a_long_body_is_refused(program: Program):
    refused = program.press("counter", b'{"key": "' + b"x" * 100_000 + b'"}')
    assert (refused.status, refused.json["code"]) == (413, "body_large")


def test_a_press_joins_the_round_that_its_program_saw(program: Program):
    slug = program.make()
    seen = program.press(slug).json
    program.ask("POST", f"{slug}/reset")
    late = program.press(slug, {"round": seen["round"], "pressed_at": 1_000})
    assert late.json["value"] == 0
    assert [one["total"] for one in program.ask("GET", f"{slug}/rounds").json["rounds"]] == [0, 2]
    program.press(slug)
    assert not any(entry["round_unknown"] for entry in program.ask("GET", f"{slug}/history").json["entries"])


def test_a_wrong_clock_is_set_right(program: Program):
    slug = program.make()
    now = program.ask("GET", f"{slug}/rounds").json["rounds"][0]["started_at"]
    program.press(slug, {"pressed_at": now - 3_600_000 + 5, "sent_at": now - 3_600_000})
    [entry] = program.ask("GET", f"{slug}/history").json["entries"]
    assert now <= entry["pressed_at"] <= entry["saved_at"]
    assert entry["time_adjusted"]


def test_only_the_device_that_pressed_can_undo(served: BackEnd, program: Program):
    slug = program.make()
    program.press(slug, {"amount": 5, "key": "k"})
    ours = program.press(slug).json["key"]
    assert Program(served).ask("POST", f"{slug}/undo", {"key": ours}).json["code"] == "undo"
    assert Program(served, None).ask("POST", f"{slug}/undo", {"key": ours}).status == 401
    undone = [program.ask("POST", f"{slug}/undo", {"key": "k"}) for _ in range(2)]
    assert [(one.status, one.json["value"]) for one in undone] == [(200, 1), (200, 1)]
    assert program.ask("POST", f"{slug}/undo", {"key": ours}).json["value"] == 0


def test_nobody_takes_the_key_of_somebody_elses_undo(served: BackEnd, program: Program):
    slug = program.make()
    pressed = program.press(slug, {"key": "k"}).json["key"]
    undone = program.ask("POST", f"{slug}/undo", {"key": "k"}).json["key"]
    again = program.press(slug, {"key": "l"}).json["key"]
    stranger = Program(served)
    guesses = [hashlib.sha256(f"undo {key}".encode()).hexdigest()[:20] for key in (pressed, again)]
    assert undone[12:] not in guesses, "everybody can compute it from the history"
    for guess in guesses:
        stranger.press(slug, {"key": f"{'f' * 12}{guess}"})
    assert program.ask("POST", f"{slug}/undo", {"key": "l"}).json["value"] == 2


def test_programs_without_a_name_cannot_undo_each_others_presses(served: BackEnd):
    nobody = Program(served, None)
    key = nobody.press("counter").json["key"]
    before = nobody.value("counter")
    assert nobody.ask("POST", "counter/undo", {"key": key}).json["code"] == "program_device"
    assert nobody.value("counter") == before


def test_the_short_way_and_the_long_way_answer_alike(program: Program):
    slug = program.make()
    short = program.press(slug, {"key": "k"})
    long = program.press(slug, {"key": "k"}, Cookie="x=1")
    varying = {"ratelimit", "date", "vary"}
    assert short.text == long.text
    assert {n: v for n, v in short.headers.items() if n not in varying} == {
        n: v for n, v in long.headers.items() if n not in varying
    }


def test_a_body_in_pieces_is_read_whole(served: BackEnd, program: Program):
    slug, body = program.make(), b'{"amount": 9}'
    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        first = f"POST {PATH}/{slug}/presses HTTP/1.1"
        raw.sendall(f"{first}\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        raw.sendall(body[:5])
        assert program.value(slug) == 0
        raw.sendall(body[5:])
        answer = raw.makefile("rb").read()
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["value"] == 9


def test_programs_known_by_one_address_share_their_key_names(served: BackEnd, program: Program):
    counter, key = program.make("Shared"), {"key": "order 1"}
    for nobody in (Program(served, None), Program(served, None)):
        assert nobody.press(counter, key).json["value"] == 1
    assert Program(served).press(counter, key).json["value"] == 2, "a device has names of its own"
