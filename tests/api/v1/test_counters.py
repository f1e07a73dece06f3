"""Counters by programs: make, read, change, archive, delete; and what HTTP promises about it."""

import re

import pytest

from tests.api.v1.world import PATH, Answered, Program
from tests.server import BackEnd

CRAWLERS = [
    *("Googlebot/2.1", "bingbot/2.0", "Slackbot-LinkExpanding 1.0", "Twitterbot/1.0", "facebookexternalhit/1.1"),
    *("Discordbot/2.0", "TelegramBot", "WhatsApp/2.0", "LinkedInBot/1.0", "curl/8", "GPTBot/1.0", "YandexBot/3.0"),
]


def test_a_new_counter_is_at_its_location_and_belongs_to_its_maker(served: BackEnd, program: Program):
    made = program.ask("POST", PATH, {"name": "Front door", "goal": 10, "key": "k"})
    assert (made.status, made.headers["location"]) == (201, f"{PATH}/{made.json['counter']}")
    assert program.ask("POST", PATH, {"name": "Front door", "goal": 10, "key": "k"}).text == made.text
    assert program.ask("GET", made.headers["location"]).json == made.json
    assert made.json["goal"] == 10
    other = Program(served).ask("PATCH", made.json["counter"], {"goal": 11})
    assert (other.status, other.json["code"]) == (403, "not_owner")
    assert program.ask("PATCH", made.json["counter"], {"goal": 11}).json["goal"] == 11


def test_a_program_that_names_nobody_makes_no_counter(served: BackEnd):
    before = Program(served).ask("GET", PATH).json["total"]
    refused = Program(served, None).ask("POST", PATH, {"name": "Everybody's"})
    assert (refused.status, refused.json["code"]) == (401, "needs_account")
    assert Program(served).ask("GET", PATH).json["total"] == before


def test_the_list_is_read_page_by_page(served: BackEnd, program: Program):
    made = {program.make(f"Paged {number}") for number in range(60)}
    first = program.ask("GET", f"{PATH}?search=paged").json
    rest = program.ask("GET", f"{PATH}?search=paged&cursor={first['next']}").json
    assert (len(first["counters"]), first["total"], rest["next"]) == (50, 60, None)
    assert {one["counter"] for one in first["counters"] + rest["counters"]} == made
    assert program.ask("GET", f"{PATH}?cursor=x").status == 400


def test_archiving_stops_presses_until_it_is_restored(program: Program):
    slug = program.make()
    assert program.ask("POST", f"{slug}/archive").json["archived"]
    assert program.press(slug).json["code"] == "archived"
    assert not program.ask("POST", f"{slug}/restore").json["archived"]
    assert program.press(slug).status == 200


def test_a_deleted_counter_is_gone_for_good(program: Program):
    slug = program.make()
    assert (program.ask("DELETE", slug).status, program.ask("DELETE", slug).status) == (204, 404)
    assert program.press(slug).json["code"] == "no_counter"
    assert program.ask("DELETE", "counter").json["code"] == "delete_default"


def test_a_long_key_of_a_press_is_not_that_of_a_correction(program: Program):
    slug, key = program.make(), "k" * 255
    assert program.press(slug, {"key": key}).json["value"] == 1
    corrected = program.ask("POST", f"{slug}/correct", {"value": 10, "reason": "counted again", "key": key})
    assert corrected.json["value"] == 10


def test_a_correction_is_made_once_and_kept_with_its_reason(program: Program):
    slug = program.make()
    program.press(slug, {"amount": 3})
    for _ in range(2):
        corrected = program.ask("POST", f"{slug}/correct", {"value": 10, "reason": "counted again"}, Idempotency_Key="c")
        assert (corrected.status, corrected.json["value"]) == (200, 10)
    assert [one["reason"] for one in program.ask("GET", f"{slug}/history").json["entries"]] == ["counted again", ""]
    assert program.ask("POST", f"{slug}/correct", {"value": 11, "reason": " "}).json["code"] == "reason"


def test_a_reset_with_a_key_ends_one_round(program: Program):
    slug = program.make()
    seen = program.press(slug).json["round"]
    first = [program.ask("POST", f"{slug}/reset", {"key": "r"}) for _ in range(2)]
    assert first[0].text == first[1].text
    assert first[0].json["closed"]
    program.ask("POST", f"{slug}/reset")
    assert not program.ask("POST", f"{slug}/reset", {"round": seen}).json["closed"]
    assert len(program.ask("GET", f"{slug}/rounds").json["rounds"]) == 3


def test_history_is_read_entry_by_entry_and_as_a_file(program: Program):
    slug = program.make()
    program.press(slug, {"presses": [{"key": str(number)} for number in range(60)]})
    first = program.ask("GET", f"{slug}/history").json
    rest = program.ask("GET", f"{slug}/history?cursor={first['next']}").json
    totals = [entry["total"] for entry in first["entries"] + rest["entries"]]
    assert (totals, rest["next"]) == (list(range(60, 0, -1)), None)
    assert program.ask("GET", f"{slug}/history?cursor=1.2").status == 400
    assert len(program.ask("GET", f"{slug}/export?format=csv").text.splitlines()) == 61
    assert '"clicks":60' in program.ask("GET", f"{slug}/export?format=jsonl").text.replace(" ", "")


def test_a_groups_history_is_that_of_its_counters_each_named(program: Program):
    doors = [program.make(name) for name in ("North", "South")]
    house = program.ask("POST", PATH, {"name": "House", "group": True}).json["counter"]
    program.ask("PATCH", f"{house}/parts", {"changes": dict.fromkeys(doors, 1)})
    for door in doors:
        program.press(door, {"presses": [{"key": str(number)} for number in range(40)]})
    first = program.ask("GET", f"{house}/history").json
    rest = program.ask("GET", f"{house}/history?cursor={first['next']}").json
    entries = first["entries"] + rest["entries"]
    assert (len(entries), {entry["counter"] for entry in entries}, rest["next"]) == (80, set(doors), None)
    assert len({entry["id"] for entry in entries}) == 80
    for cursor in ("1.2.3", "1.2.3.4.5.6", ".".join(["1"] * 65), "1.2.3.4.x"):
        assert program.ask("GET", f"{house}/history?cursor={cursor}").status == 400, cursor
    assert program.ask("GET", f"{doors[0]}/history?cursor={first['next']}").status == 400


def test_series_and_leaders_are_those_of_the_history_page(program: Program):
    slug = program.make()
    program.press(slug, {"amount": 4})
    series = program.ask("GET", f"{slug}/series?span=round&zone=Europe/Berlin&by_device=true").json
    assert sum(bar["amount"] for bar in series["bars"]) == 4
    assert [sum(part["amounts"]) for part in series["parts"]] == [4]
    assert [leader["up"] for leader in program.ask("GET", f"{slug}/leaders").json["leaders"]] == [4]
    for what in ("series", "leaders"):
        backwards = program.ask("GET", f"{slug}/{what}?span=between&since=5&until=4")
        assert (backwards.status, backwards.json["code"]) == (422, "period")
        assert "must end after it starts" in backwards.json["detail"]
        assert program.ask("GET", f"{slug}/{what}?span=between&since=4&until=5000000000000").json["code"] == "stretches"
    assert program.ask("GET", f"{slug}/series?span=year").status == 400
    assert program.ask("GET", f"{slug}/leaders?span=round&round=9").status == 404


@pytest.mark.parametrize("what", ["", "/history", "/rounds", "/series", "/leaders"])
def test_what_has_not_changed_is_not_sent_again(program: Program, what: str):
    slug = program.make()
    first = program.ask("GET", slug + what)
    same = program.ask("GET", slug + what, If_None_Match=f'"x", W/{first.headers["etag"]}')
    assert (same.status, same.text, same.headers["etag"]) == (304, "", first.headers["etag"])
    head = program.ask("HEAD", slug + what)
    assert (head.status, head.text, head.headers["etag"]) == (200, "", first.headers["etag"])
    program.press(slug)
    assert program.ask("GET", slug + what, If_None_Match=first.headers["etag"]).status == 200


@pytest.mark.parametrize("agent", CRAWLERS)
def test_looking_changes_nothing(program: Program, agent: str):
    slug = program.make()
    before = program.ask("GET", slug)
    named = {"User_Agent": agent, "Sec_Purpose": "prefetch", "Purpose": "prefetch"}
    for path in ("", "/presses", "/undo", "/reset", "/archive", "/history", "/export", "/correct"):
        for method in ("GET", "HEAD", "OPTIONS"):
            program.ask(method, slug + path, **named)
    assert program.ask("GET", slug).text == before.text


def test_every_answer_says_what_may_still_be_asked(served: BackEnd, program: Program):
    answers = program.ask("GET", "counter"), program.press("counter", b"{"), Program(served, None).press("counter")
    assert [answer.headers["ratelimit-policy"] for answer in answers] == [
        *2 * ['"program";q=10000;w=10'],
        '"address";q=100000;w=10',
    ]
    assert 9995 <= left(answers[0]) < 10_000


def test_a_list_counts_as_its_presses(served: BackEnd):
    answer = Program(served).press("counter", {"presses": [{}] * 200})
    assert answer.status == 200
    assert 9800 <= left(answer) < 9995  # a thousand come back in each second


def left(answer: Answered) -> int:
    """How many presses the answer says are left."""
    found = re.fullmatch(r'"program";r=(\d+);t=1', answer.headers["ratelimit"])
    assert found
    return int(found[1])


@pytest.mark.parametrize("what", ["", "/history", "/rounds", "/series", "/leaders", "/export"])
@pytest.mark.parametrize("name", ["%00", "a%00b", "%0Aa", "a%0A", "x" * 65])
def test_a_name_that_no_database_holds_leads_nowhere(program: Program, name: str, what: str):
    answer = program.ask("GET", f"{PATH}/{name}{what}")
    assert (answer.status, answer.json["code"]) == (404, "no_counter")


def test_what_is_not_there_is_a_problem_too(program: Program):
    for method, path, status, code in (
        ("GET", "/api/v1/nowhere", 404, "no_address"),
        ("PUT", PATH, 405, "method"),
        ("GET", f"{PATH}/nowhere", 404, "no_counter"),
        ("PATCH", f"{PATH}/counter", 400, "malformed"),
    ):
        answer = program.ask(method, path)
        assert (answer.status, answer.json["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
