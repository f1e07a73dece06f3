"""Past entries, opening amounts and notes by programs."""

from clickcounter.domain.clicks import now_ms
from tests.api.v1.world import PATH, Program
from tests.server import BackEnd


def test_a_new_counter_opens_with_an_amount_once(program: Program):
    wanted = {"name": "Carried over", "opening": 250, "key": "carried"}
    made = program.ask("POST", PATH, wanted)
    assert (made.status, made.json["value"]) == (201, 250)
    assert program.ask("POST", PATH, wanted).text == made.text
    slug = made.json["counter"]
    [entry] = program.ask("GET", f"{slug}/history").json["entries"]
    assert (entry["kind"], entry["amount"]) == ("opening", 250)
    assert {bar["amount"] for bar in program.ask("GET", f"{slug}/series?span=day").json["bars"]} == {0}
    assert program.ask("GET", f"{slug}/leaders?span=day").json["leaders"] == []
    refused = program.ask("POST", PATH, {"name": "Too full", "opening": 250, "upper": 200})
    assert (refused.status, refused.json["code"]) == (409, "full")
    assert program.ask("GET", f"{PATH}?search=too%20full").json["total"] == 0


def test_a_program_adds_once_reads_it_in_the_history_and_takes_it_back(served: BackEnd, program: Program):
    slug, since = program.make(), now_ms() - 7_200_000
    entry = {"amount": 14, "since": since, "until": since + 3_600_000, "text": "Forgotten", "key": "yesterday"}
    added = program.ask("POST", f"{slug}/entries", entry)
    assert (added.status, added.json["value"]) == (200, 14)
    assert program.ask("POST", f"{slug}/entries", entry).text == added.text
    assert program.ask("POST", f"{slug}/entries", entry | {"amount": 15}).json["code"] == "repeat_differs"
    assert program.ask("POST", f"{slug}/entries", {"kind": "opening", "amount": 100}).json["value"] == 114
    assert program.ask("POST", f"{slug}/entries", {"kind": "note", "text": "Rain"}).json["value"] == 114
    entries = program.ask("GET", f"{slug}/history").json["entries"]
    assert {one["kind"]: (one["amount"], one["reason"], one["taken_back"]) for one in entries} == {
        "entry": (14, "Forgotten", False),
        "opening": (100, "", False),
        "note": (0, "Rain", False),
    }
    assert next(one["until"] - one["pressed_at"] for one in entries if one["kind"] == "entry") == 3_600_000
    assert program.ask("GET", f"{slug}/series?span=day").json["bars"]
    for _ in range(2):
        assert program.ask("DELETE", f"{slug}/entries/{added.json['key']}").json["value"] == 100
    refused = program.ask("DELETE", f"{slug}/entries/{'0' * 32}")
    assert (refused.status, refused.json["code"]) == (404, "past_unknown")
    later = program.ask("POST", f"{slug}/entries", {"amount": 1, "since": now_ms() + 3_600_000})
    assert (later.status, later.json["code"]) == (422, "past_future")
    assert Program(served).ask("POST", f"{slug}/entries", {"amount": 1}).json["code"] == "not_owner"
    assert program.ask("PATCH", slug, {"lets_add": True}).json["lets_add"]
    assert Program(served).ask("POST", f"{slug}/entries", {"amount": 1}).json["value"] == 101
