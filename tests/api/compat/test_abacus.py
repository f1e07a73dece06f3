"""The addresses of Abacus, as its clients ask for them."""

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO
from urllib.parse import quote

import pytest

from clickcounter.cli.asking import read_value
from clickcounter.database.engines import open_engine
from clickcounter.history import verify
from tests.api.compat.old_client import ask, ask_raw, make_private
from tests.server import BackEnd, free_port, until

ELSEWHERE = "https://pages.example"


@pytest.fixture(scope="module")
def abacus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A server whose tests come from several addresses, each with limits of its own."""
    environ = {"CLICKCOUNTER_COMPAT": "site, shop.example,default", "REFLEX_TRUSTED_PROXY_HOPS": "1"}
    server = BackEnd(free_port(), tmp_path_factory.mktemp("abacus"), **environ)
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.printed()


def test_each_hit_is_a_click_in_the_ledger(abacus: BackEnd):
    assert [ask(abacus, "/hit/site/visits")[:2] for _ in range(3)] == [(200, {"value": n}) for n in (1, 2, 3)]
    assert ask(abacus, "/get/site/visits")[:2] == (200, {"value": 3})
    assert read_value(f"{abacus.url}/get/site/visits") == 3, "it can be imported elsewhere"
    [(slug, visibility, press)] = abacus.query("SELECT slug, visibility, press FROM counter WHERE name = 'site/visits'")
    assert (slug, visibility, press) == ("site-visits", "link", "members")
    joined = "click JOIN device ON device.id = device_id JOIN counter ON counter.id = counter_id"
    clicks = abacus.query(f"SELECT amount, device.label, round_unknown FROM {joined} WHERE slug = '{slug}'")
    assert clicks == [(1, "programs", False)] * 3
    assert verify.verify(open_engine(abacus.db_url))[1] == []


def test_hits_at_once_get_different_values(abacus: BackEnd):
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: ask(abacus, "/hit/site/parallel", X_Forwarded_For="203.0.113.7"), range(60)))
    assert sorted(content["value"] for _, content, _ in told) == list(range(1, 61))
    assert len(abacus.query("SELECT 1 FROM counter WHERE name = 'site/parallel'")) == 1


def test_names_that_look_alike_are_different_counters(abacus: BackEnd):
    for name in ("site/a.b", "site/a-b", "site/A-b", "shop.example/a-b", "default/a-b"):
        assert ask(abacus, f"/hit/{name}", X_Forwarded_For="203.0.113.1")[1] == {"value": 1}
    assert ask(abacus, "/hit/a-b", X_Forwarded_For="203.0.113.1")[1] == {"value": 2}  # the default namespace


def test_the_admin_key_sets_updates_resets_and_deletes(abacus: BackEnd):
    status, made, _ = ask(abacus, "/create/site/stock?initializer=40", "POST")
    assert (status, made["namespace"], made["key"], made["value"]) == (201, "site", "stock", 40)
    key = made["admin_key"]
    assert ask(abacus, "/create/site/stock")[:2] == (409, {"error": "Key already exists, please use a different key."})
    assert ask(abacus, "/update/site/stock?value=-43", "POST", key)[:2] == (200, {"value": -3})
    assert ask(abacus, f"/set/site/stock?value=9007199254740991&token={key}", "POST")[:2] == (200, {"value": 2**53 - 1})
    assert ask(abacus, "/hit/site/stock")[0] == 400, "the next number would not be exact in a browser"
    assert ask(abacus, "/reset/site/stock", "POST", key)[:2] == (200, {"value": 0})
    assert ask(abacus, "/hit/site/stock")[1] == {"value": 1}
    told = {"status": "ok", "message": "Deleted key: K:site:stock"}
    assert ask(abacus, "/delete/site/stock", "POST", key)[:2] == (200, told)
    assert ask(abacus, "/get/site/stock")[:2] == (404, {"error": "Key not found"})
    assert ask(abacus, "/hit/site/stock")[1] == {"value": 1}, "the name is free again"
    assert ask(abacus, "/reset/site/stock", "POST", key)[0] == 400, "the new counter has no admin key"
    assert verify.verify(open_engine(abacus.db_url))[1] == []


def test_creating_what_exists_uses_up_no_allowance(abacus: BackEnd):
    here = {"X_Forwarded_For": "203.0.113.11"}
    assert ask(abacus, "/create/site/once", **here)[0] == 201
    assert {ask(abacus, "/create/site/once", **here)[0] for _ in range(60)} == {409}  # as many as may be made in an hour
    assert ask(abacus, "/hit/site/twice", **here)[:2] == (200, {"value": 1})


def test_nobody_changes_a_counter_without_its_admin_key(abacus: BackEnd):
    _, made, _ = ask(abacus, "/create/", "POST")
    path, other = f"{made['namespace']}/{made['key']}", ask(abacus, "/create/")[1]["admin_key"]
    ask(abacus, "/hit/site/genuine")
    for what in ("set/{}?value=5", "update/{}?value=5", "reset/{}", "delete/{}"):
        assert ask(abacus, "/" + what.format(path), "POST")[0] == 400
        assert ask(abacus, "/" + what.format(path), "POST", other)[:2] == (401, {"error": "token is invalid"})
        for name in ("site/genuine", "site/nothing-here"):
            status, told, _ = ask(abacus, "/" + what.format(name), "POST", other)
            assert (status, told["error"][:21]) == (400, "This entry is genuine")
        assert ask_raw(abacus, "/" + what.format(path), "GET")[0] == 404
    assert ask(abacus, f"/get/{path}")[1] == {"value": 0}
    assert ask(abacus, "/get/site/genuine")[1] == {"value": 1}


@pytest.mark.parametrize("value", ["", "1.5", "ten", "9007199254740992", "1" * 400, "١"])
def test_bad_values_change_nothing(abacus: BackEnd, value: str):
    headers = {"X_Forwarded_For": "203.0.113.2"}
    name = f"site/bad-{abs(hash(value))}"
    key = ask(abacus, f"/create/{name}?initializer=7", **headers)[1]["admin_key"]
    for what in ("set", "update"):
        assert ask(abacus, f"/{what}/{name}?value={quote(value)}", "POST", key, **headers)[0] == 400
    assert ask(abacus, f"/update/{name}?value=0", "POST", key, **headers)[0] == 400
    assert ask(abacus, f"/create/{name}-2?initializer={quote(value or 'x')}", **headers)[0] == 400
    assert ask(abacus, f"/get/{name}", **headers)[1] == {"value": 7}


def test_info_tells_whether_the_counter_exists(abacus: BackEnd):
    ask(abacus, "/create/site/known?initializer=3")
    told = {"full_key": "K:site:known", "expires_in": -1, "expires_str": "never"}
    assert ask(abacus, "/info/site/known")[:2] == (200, {"value": 3, "is_genuine": False, "exists": True} | told)
    unknown = {"value": -1, "full_key": "K:site:unknown", "is_genuine": True, "exists": False}
    status, info, _ = ask(abacus, "/info/site/unknown")
    assert (status, info | unknown) == (200, info)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/hit/site/ab", 400), ("/hit/site/a%20b", 400), ("/hit/site/" + "x" * 65, 400), ("/hit/closed/visits", 403),
     ("/hit/site/one/two", 404), ("/hit/site/%00%00%00", 400), ("/hit/", 400), ("/create/closed/visits", 403)],
)  # fmt: skip
def test_other_names_are_refused_and_make_nothing(abacus: BackEnd, path: str, status: int):
    before = abacus.query("SELECT count(*) FROM counter")
    told = ask(abacus, path, X_Forwarded_For="203.0.113.3")
    assert told[0] == status
    assert told[1]["error"]
    assert abacus.query("SELECT count(*) FROM counter") == before


def test_pages_of_any_site_may_ask_and_no_cookie_is_used(abacus: BackEnd):
    status, _, headers = ask(abacus, "/hit/site/from-elsewhere", Origin=ELSEWHERE)
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert "access-control-allow-credentials" not in headers
    key = ask(abacus, "/create/site/posted", "POST", Origin=ELSEWHERE)[1]["admin_key"]
    assert ask(abacus, "/set/site/posted?value=5", "POST", key, Origin=ELSEWHERE)[1] == {"value": 5}
    wanted = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}
    status, _, headers = ask_raw(abacus, "/set/site/posted", "OPTIONS", Origin=ELSEWHERE, **wanted)
    assert (status, headers["access-control-allow-origin"]) == (204, "*")
    assert "authorization" in headers["access-control-allow-headers"].lower()
    assert ask_raw(abacus, "/account/sign-out", "POST", Origin=ELSEWHERE)[0] == 403, "nothing else is open to other sites"


def test_a_callback_makes_it_a_script(abacus: BackEnd):
    status, text, headers = ask_raw(abacus, "/hit/site/script?callback=show.it")
    assert (status, text) == (200, '/**/show.it({"value": 1});')
    assert headers["content-type"].startswith("application/javascript")
    assert ask(abacus, "/get/site/script?callback=alert(1)//")[0] == 400


def test_host_and_path_stand_for_the_page_that_asks(abacus: BackEnd):
    page = {"Origin": "https://shop.example", "Referer": "https://shop.example/a/b?c"}
    assert ask(abacus, "/hit/:HOST:/:PATH:", **page)[1] == {"value": 1}
    assert ask(abacus, "/get/shop.example/.a.b")[1] == {"value": 1}
    assert ask(abacus, "/hit/:HOST:/visits", Origin=ELSEWHERE)[0] == 403
    assert ask(abacus, "/get/shop.example/.a.b", Referer="http://[")[1] == {"value": 1}


def test_a_stream_tells_each_new_value(abacus: BackEnd):
    ask(abacus, "/create/site/live?initializer=30")
    with urllib.request.urlopen(abacus.url + "/stream/site/live", timeout=60) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert next_value(stream) == 30
        ask(abacus, "/hit/site/live")
        assert next_value(stream) == 31
    assert ask(abacus, "/stream/site/not-there")[:2] == (404, {"error": "Key not found"})


def next_value(stream: IO[bytes]) -> int:
    line = next(line for line in stream if line.startswith(b"data:"))
    return int(json.loads(line[5:])["value"])


LOOKERS = {
    "prefetch": {"Sec_Purpose": "prefetch;prerender"},
    "firefox": {"X_Moz": "prefetch"},
    "google": {"User_Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    "slack": {"User_Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    "facebook": {"User_Agent": "facebookexternalhit/1.1"},
    "whatsapp": {"User_Agent": "WhatsApp/2.23.20.0"},
}


@pytest.mark.parametrize("name", LOOKERS)
def test_previews_and_crawlers_move_nothing(abacus: BackEnd, name: str):
    looker = LOOKERS[name] | {"X_Forwarded_For": "203.0.113.4"}
    ask(abacus, f"/hit/site/seen-{name}", X_Forwarded_For="203.0.113.5")
    before = abacus.query("SELECT count(*) FROM click"), abacus.query("SELECT count(*) FROM counter")
    assert ask(abacus, f"/hit/site/seen-{name}", **looker)[:2] == (200, {"value": 1})
    assert ask(abacus, f"/hit/site/new-{name}", **looker)[0] == 404
    assert ask(abacus, f"/create/site/new-{name}", **looker)[0] == 403
    assert ask_raw(abacus, f"/hit/site/seen-{name}", "HEAD", X_Forwarded_For="203.0.113.5")[0] == 200
    assert (abacus.query("SELECT count(*) FROM click"), abacus.query("SELECT count(*) FROM counter")) == before


def test_a_chat_bot_counts(abacus: BackEnd):
    assert ask(abacus, "/hit/site/chat", User_Agent="Nightbot-URL-Fetcher/0.0.3")[1] == {"value": 1}


def test_an_address_that_asks_too_often_waits(abacus: BackEnd):
    hasty = {"X_Forwarded_For": "203.0.113.8"}
    with ThreadPoolExecutor(20) as pool:  # faster than the ten a second that are allowed, on a busy machine too
        told = list(pool.map(lambda _: ask(abacus, "/hit/site/flood", **hasty), range(400)))
    refused = [headers for status, _, headers in told if status == 429]
    assert refused
    assert int(refused[0]["retry-after"]) >= 1
    assert ask(abacus, "/get/site/flood", X_Forwarded_For="203.0.113.9")[1]["value"] == 400 - len(refused)


def test_an_address_makes_so_many_counters_an_hour(abacus: BackEnd):
    hasty = {"X_Forwarded_For": "203.0.113.10"}
    told = [ask(abacus, f"/hit/site/many-{n}", **hasty)[0] for n in range(70)]
    assert told == [200] * 60 + [429] * 10
    assert ask(abacus, "/hit/site/many-1", **hasty)[1] == {"value": 2}


def test_stats_say_what_was_served(abacus: BackEnd):
    before = ask(abacus, "/stats")[1]["commands"]
    ask(abacus, "/get/site/visits")
    after = ask(abacus, "/stats")[1]["commands"]
    assert (after["get"], after["total"]) == (before["get"] + 1, before["total"] + 2)


def test_without_namespaces_none_of_these_addresses_exist(back_end_for_all: BackEnd):
    for path in ("/hit/site/visits", "/get/site/visits", "/stats", "/create/site/visits"):
        status, text, _ = ask_raw(back_end_for_all, path)
        assert status == 404 or "<html" in text, path
    assert json.loads(ask_raw(back_end_for_all, "/healthz")[1]) == {"process": "ok"}


async def test_a_counter_made_members_only_is_told_and_pressed_with_its_admin_key_alone(abacus: BackEnd):
    key = ask(abacus, "/create/site/secret?initializer=41", "POST")[1]["admin_key"]
    assert ask(abacus, "/hit/site/secret")[1] == {"value": 42}
    make_private(abacus, "site/secret")
    refused = (403, {"error": "This counter is for its members only."})
    for what in ("get", "info", "stream"):
        assert ask(abacus, f"/{what}/site/secret")[:2] == refused, what
    await until(lambda: ask(abacus, "/hit/site/secret")[0] == 403)  # within a second, as this was another process
    before = abacus.query("SELECT value FROM counter WHERE name = 'site/secret'")
    status, told, _ = ask(abacus, "/hit/site/secret")
    assert (status, set(told)) == (403, {"error"})
    assert abacus.query("SELECT value FROM counter WHERE name = 'site/secret'") == before
    assert ask(abacus, "/create/site/secret")[0] == 409
    assert ask(abacus, "/set/site/secret?value=7", "POST", key)[:2] == (200, {"value": 7})
