"""A file in a browser: what it holds, its import, its undo."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.api.test_import import counts
from tests.cluster import Start
from tests.raw import RawClient, new_key
from tests.server import BackEnd
from tests.transfer.test_undone_exports import EVERYTHING, export_of
from tests.writing import consistent

NAMES = b"counter,time,amount\nCoffee,2026-03-01T09:00:00Z,2\nTea,2026-03-01T09:05:00Z,1\nTea,2026-03-01T09:07:00Z,3\n"
UNCLEAR = b"date,amount\n03/04/2026 10:00,1\n05/06/2026 10:00,2\n"


def send(back_end: BackEnd, path: str, body: Any, device: str, **headers: str) -> tuple[int, list[dict[str, Any]]]:
    request = urllib.request.Request(f"{back_end.url}{path}", body, {"X-Click-Counter": device} | headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, [json.loads(line) for line in response]
    except urllib.error.HTTPError as error:
        return error.code, [json.loads(line) for line in error]


def refusal_of_foreign_page(back_end: BackEnd, path: str) -> tuple[int, str]:
    request = urllib.request.Request(f"{back_end.url}{path}", NAMES, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    return refused.value.code, json.loads(refused.value.read())["error"]


def undo(back_end: BackEnd, number: object, device: str) -> tuple[int, dict[str, Any]]:
    status, told = send(back_end, "/import/undo", json.dumps({"import": number}).encode(), device)
    return status, told[-1]


def everything(back_end: BackEnd) -> list[list[tuple]]:
    return [back_end.query(f"SELECT * FROM {table}") for table in ("counter", "click", "device", "table_import")]


def test_a_preview_shows_what_an_import_does_then(back_end_for_all: BackEnd):
    device, before = new_key(), everything(back_end_for_all)
    status, [seen] = send(back_end_for_all, "/import/preview", NAMES, device)
    assert (status, everything(back_end_for_all)) == (200, before), "and changes nothing"
    assert [(c["name"], c["slug"], c["new"], c["rows"], c["sum"]) for c in seen["counters"]] == [
        ("Coffee", "coffee", True, 1, 2),
        ("Tea", "tea", True, 2, 4),
    ]
    assert seen["rows"][0] == {
        "line": 2,
        "counter": "Coffee",
        "at": 1_772_355_600_000,
        "amount": 2,
        "note": "",
        "opening": False,
    }
    assert (seen["questions"], seen["left_out"]["count"], seen["known"]) == ([], 0, None)
    done = send(back_end_for_all, "/import?name=Doors%20of%20March.csv", NAMES, device)[1]
    assert counts(done) == (3, 0)
    labelled = "SELECT count(*) FROM device JOIN click ON device_id = device.id WHERE label = 'Doors of March.csv'"
    assert back_end_for_all.query(labelled) == [(3,)]
    known = send(back_end_for_all, "/import/preview", NAMES, device)[1][0]
    assert [(c["slug"], c["new"]) for c in known["counters"]] == [("coffee", False), ("tea", False)]
    assert known["known"]["import"] == done[-1]["import"]
    assert send(back_end_for_all, "/import/preview", NAMES, new_key())[1][0]["known"] is None, "others do not hear of it"
    assert undo(back_end_for_all, done[-1]["import"], device) == (
        200,
        {"written": 3, "amount": 6, "counters": ["coffee", "tea"]},
    )
    assert send(back_end_for_all, "/import/preview", NAMES, device)[1][0]["known"]["undone"] is True


def test_an_export_is_shown_too(back_end_for_all: BackEnd):
    with urllib.request.urlopen(f"{back_end_for_all.url}/export/counter.jsonl", timeout=60) as response:
        file = response.read()
    status, [seen] = send(back_end_for_all, "/import/preview", file, new_key())
    assert (status, seen["export"], seen["plan"]) == (200, True, None)
    assert [(c["slug"], c["new"]) for c in seen["counters"]] == [("counter", False)]


def test_an_export_is_undone_by_who_brought_it(back_end_for_all: BackEnd):
    device, file = new_key(), export_of(EVERYTHING, "brought").encode()
    done = send(back_end_for_all, "/import?name=brought.jsonl", file, device)[1]
    assert counts(done) == (8, 0)
    known = send(back_end_for_all, "/import/preview", file, device)[1][0]["known"]
    assert (known["import"], known["undone"]) == (done[-1]["import"], False)
    assert undo(back_end_for_all, known["import"], new_key())[1]["error"] == "not_owner"
    undone = (200, {"written": 6, "amount": 153, "counters": ["brought"]})
    assert undo(back_end_for_all, known["import"], device) == undone
    assert send(back_end_for_all, "/import/preview", file, device)[1][0]["known"]["undone"] is True


def test_what_is_unclear_is_asked_before_anything_counts(back_end_for_all: BackEnd):
    device, before = new_key(), everything(back_end_for_all)
    [seen] = send(back_end_for_all, "/import/preview?counter=asked", UNCLEAR, device)[1]
    [question] = seen["questions"]
    assert (question["setting"], {choice["value"] for choice in question["choices"]}) == ("dates", {"dmy", "mdy"})
    refused = send(back_end_for_all, "/import?counter=asked", UNCLEAR, device)[1][-1]
    assert "dates=dmy; dates=mdy" in refused["sentences"]["en"]
    assert everything(back_end_for_all) == before
    assert counts(send(back_end_for_all, "/import?counter=asked&map=dates%3Dmdy", UNCLEAR, device)[1]) == (2, 0)


def test_bad_requests_are_refused_with_a_sentence(back_end_for_all: BackEnd):
    device, before = new_key(), everything(back_end_for_all)
    for path, body, status, code in (
        ("/import/preview", b"\x00\x01\x02", 400, "not_done"),
        ("/import/preview", b"", 400, "not_done"),
        ("/import/preview?zone=Mars", NAMES, 400, "zone"),
        ("/import/preview?map=nonsense", NAMES, 400, "malformed"),
        ("/import/preview?map=dates%3Dhebrew", NAMES, 400, "not_done"),
        ("/import/preview?" + "&".join(["map=a%3Db"] * 31), NAMES, 400, "malformed"),
        ("/import/preview?counter=admin", NAMES, 400, "not_done"),
        ("/import/undo", b"{", 400, "malformed"),
        ("/import/undo", b"[1]", 400, "malformed"),
        ("/import/undo", b'{"import": true}', 400, "malformed"),
        ("/import/undo", b'{"import": 9999}', 404, "import_unknown"),
        ("/import/undo", b'{"import": -9007199254740991}', 404, "import_unknown"),
        ("/import/undo", b" " * 2_000, 400, "malformed"),
    ):
        got, told = send(back_end_for_all, path, body, device)
        assert (got, told[-1]["error"]) == (status, code), (path, body[:20], told)
        assert set(told[-1]["sentences"]) == set(LANGUAGES)
    for path in ("/import/preview", "/import/undo"):
        assert refusal_of_foreign_page(back_end_for_all, path) == (403, "import_foreign")
    assert everything(back_end_for_all) == before
    assert "Traceback" not in back_end_for_all.printed()


async def test_an_undo_reaches_open_tabs_of_other_workers(start: Start, db_url: str):
    cluster = start({}, {}, with_redis=not db_url.startswith("sqlite"))
    here, there = cluster.workers
    device, rows = new_key(), "".join(f"2026-03-01 09:{n // 60:02}:{n % 60:02},1\n" for n in range(1_000))
    async with RawClient(there.port) as watching, RawClient(here.port) as pressing:
        answer = await pressing.record(pressing.click())
        assert list(answer["codes"].values()) == ["saved"]
        done = await asyncio.to_thread(send, here, "/import?counter=counter", f"when,amount\n{rows}".encode(), device)
        await watching.sees(1_001)
        undone = await asyncio.to_thread(undo, there, done[1][-1]["import"], device)
        assert undone == (200, {"written": 1_000, "amount": 1_000, "counters": ["counter"]})
        await watching.sees(1)
        await pressing.sees(1)
    consistent(db_url, 2_001)
