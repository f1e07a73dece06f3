"""What a browser downloads."""

import csv
import http.client
import io
import json
import urllib.error
import urllib.request

import pytest
from python_calamine import CalamineWorkbook

from clickcounter.domain.clicks import Click, Order
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key
from tests.server import BackEnd


def get(back_end: BackEnd, path: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(f"{back_end.url}/{path}", timeout=60) as response:
            return response.status, response.headers["Content-Disposition"], response.read().decode("utf-8-sig")
    except urllib.error.HTTPError as error:
        return error.code, "", error.read().decode()


def test_a_counter_downloads_as_csv_and_jsonl_without_hashes(back_end_for_all: BackEnd):
    ledger = Ledger(f"sqlite:///{back_end_for_all.database}")
    ledger.write([Order("counter", "a" * 64, tuple(Click(new_key(), 2, 0, 0) for _ in range(1500)))])
    ledger.close()
    status, name, text = get(back_end_for_all, "export/counter.csv?zone=Asia/Kolkata")
    table = list(csv.DictReader(io.StringIO(text)))
    assert (status, name, len(table)) == (200, 'attachment; filename="counter.csv"', 1500)
    assert table[-1]["total"] == "3000"
    assert table[0]["pressed_local"].endswith("+05:30")
    status, name, text = get(back_end_for_all, "export/counter.jsonl")
    lines = [json.loads(line) for line in text.splitlines()]
    assert (status, name) == (200, 'attachment; filename="counter.jsonl"')
    assert lines[-1] == {"type": "end", "clicks": 1500}
    assert "a" * 64 not in text
    with urllib.request.urlopen(f"{back_end_for_all.url}/export/counter.xlsx", timeout=60) as response:
        assert response.headers["Content-Disposition"] == 'attachment; filename="counter.xlsx"'
        [sheet] = CalamineWorkbook.from_object(io.BytesIO(response.read())).sheet_names
    assert sheet == "Presses"
    assert get(back_end_for_all, "export/counter.csv?separator=semicolon")[2].startswith("counter;round;pressed_utc;")


def test_a_download_for_an_unknown_zone_is_in_utc(back_end_for_all: BackEnd):
    status, _, text = get(back_end_for_all, "export/counter.csv?zone=Europe/Nowhere")
    assert status == 200
    assert all(row["pressed_local"].endswith("+00:00") for row in csv.DictReader(io.StringIO(text)))


def test_a_refused_download_explains_itself(back_end_for_all: BackEnd):
    assert get(back_end_for_all, "export/nowhere.csv") == (404, "", "There is no such counter.")
    assert get(back_end_for_all, "export/counter.exe")[0] == 404


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_a_download_that_breaks_off_fails_in_the_browser(back_end_for_all: BackEnd, ending: str):
    """A CSV has no last line that would tell: the connection must not end as if all were there."""
    ledger, last = Ledger(back_end_for_all.db_url), "id = (SELECT max(id) FROM click)"
    for _ in range(20):
        ledger.write([Order("counter", "a" * 64, tuple(Click(new_key(), 2, 0, 0) for _ in range(800)))])
    ledger.close()
    [(pressed_at,)] = back_end_for_all.query(f"SELECT pressed_at FROM click WHERE {last}")
    back_end_for_all.query(f"UPDATE click SET pressed_at = 'never' WHERE {last}")  # no time: reading fails there
    connection = http.client.HTTPConnection("localhost", back_end_for_all.port, timeout=60)
    connection.request("GET", f"/export/counter.{ending}")
    response = connection.getresponse()
    assert (response.status, len(response.read(1_000))) == (200, 1_000)
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    back_end_for_all.query(f"UPDATE click SET pressed_at = {pressed_at} WHERE {last}")
