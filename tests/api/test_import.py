"""Files that a browser imports."""

import json
import urllib.error
import urllib.request
from typing import Any

from clickcounter.domain.clicks import Click, Order
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key
from tests.server import BackEnd

TABLE = b"when,amount\n2026-03-01 09:00,5\n2026-03-01 09:15,-2\n"


def post(
    back_end: BackEnd, body: Any, query: str = "", device: str | None = None, **headers: str
) -> tuple[int, list[dict[str, Any]]]:
    wanted = {"X-Click-Counter": device or new_key()} | headers
    request = urllib.request.Request(f"{back_end.url}/import{query}", body, wanted, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, [json.loads(line) for line in response]
    except urllib.error.HTTPError as error:
        return error.code, [json.loads(line) for line in error]


def counts(told: list[dict[str, Any]]) -> tuple[int, int]:
    """How many clicks an import wrote, and how many were known."""
    assert "error" not in told[-1], told
    return told[-1]["written"], told[-1]["known"]


def clicks(back_end: BackEnd) -> list[tuple]:
    return back_end.query("SELECT counter_id, round_id, key, amount, pressed_at FROM click ORDER BY id")


def test_a_table_is_imported_once_in_its_local_time(back_end_for_all: BackEnd):
    where = "?counter=walkers&zone=Asia/Kolkata"
    owner = new_key()
    status, told = post(back_end_for_all, TABLE, where, owner)
    assert (status, told[:2]) == (200, [{"checked": 0, "size": len(TABLE)}, {"done": 0, "whole": 2}])
    assert told[-1] == {"written": 2, "known": 0, "refused": 0, "import": 1}
    assert counts(post(back_end_for_all, TABLE, where, owner)[1]) == (0, 2)
    assert back_end_for_all.query("SELECT value FROM counter WHERE slug = 'walkers'") == [(3,)]
    assert (1_772_335_800_000,) in back_end_for_all.query("SELECT pressed_at FROM click")  # 09:00 there, 03:30 UTC


def test_importing_a_download_again_changes_nothing(back_end_for_all: BackEnd):
    ledger = Ledger(f"sqlite:///{back_end_for_all.database}")
    ledger.write([Order("counter", "a" * 64, tuple(Click(new_key(), 2, 0, 0) for _ in range(1500)))])
    ledger.close()
    with urllib.request.urlopen(f"{back_end_for_all.url}/export/counter.jsonl", timeout=60) as response:
        file = response.read()
    before = clicks(back_end_for_all)
    assert counts(post(back_end_for_all, file)[1]) == (0, 1500)
    assert counts(post(back_end_for_all, iter([file]))[1]) == (0, 1500)  # in chunks, its length unknown
    assert clicks(back_end_for_all) == before


def test_a_bad_file_is_refused_by_line_and_changes_nothing(back_end_for_all: BackEnd):
    before = clicks(back_end_for_all)
    for file, en, ru in (
        (
            TABLE + b"yesterday,1\n",
            "Line 4: “yesterday” is not a date",
            "Строка 4: «yesterday» не читается как дата",
        ),
        (TABLE + b"2026-03-01,\xff\n", "Line 4: “ÿ” is not an amount", "Строка 4: «ÿ» — не количество"),
        (b'{"type": "exp', "Line 1: invalid JSON", "Строка 1: некорректный JSON"),
        (b"when,amount\n" + b"x" * 10_000_000, "Line 2: the line is longer than 64 KiB", "Строка 2: строка длиннее 64 КиБ"),
    ):
        status, [*_, told] = post(back_end_for_all, file)
        assert (status, told["error"]) == (200, "not_done")
        assert told["sentences"]["en"].startswith(en)
        assert told["sentences"]["ru"].startswith(ru)
    status, [told] = post(back_end_for_all, TABLE, "?counter=../x")
    assert status == 400
    assert told["sentences"]["en"].startswith("“../x” cannot be")
    assert clicks(back_end_for_all) == before


def test_a_forbidden_upload_is_refused_before_it_is_read(back_end_for_all: BackEnd):
    plain = urllib.request.Request(f"{back_end_for_all.url}/import", TABLE, method="POST")
    try:
        urllib.request.urlopen(plain, timeout=60)
        status = 200
    except urllib.error.HTTPError as error:
        status = error.code
    assert status == 403
    assert post(back_end_for_all, TABLE, "?zone=Mars")[0] == 400
    assert post(back_end_for_all, TABLE, **{"Content-Length": str(2**30)})[0] == 413
    assert "Traceback" not in back_end_for_all.printed()
