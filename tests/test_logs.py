"""Log lines, also as JSON."""

import json
import logging
import sys
from pathlib import Path

from clickcounter.logs import JsonLines
from tests.raw import RawClient
from tests.server import BackEnd, free_port
from tests.terminal import terminal


def test_a_json_log_record_is_always_one_line():
    message = 'two\nlines, "quotes", \u2028, \ud800 and Счёт'
    record = logging.LogRecord("a.b", logging.WARNING, "f.py", 1, "%s", (message,), None)
    record.counter, record.key = "counter", "0" * 32
    line = JsonLines().format(record)
    assert len(line.encode().splitlines()) == 1
    read = json.loads(line)
    assert (read["level"], read["logger"], read["message"]) == ("warning", "a.b", message)
    assert (read["counter"], read["key"]) == ("counter", "0" * 32)
    assert read["time"].endswith("+00:00")


def test_a_json_log_record_contains_the_exception():
    try:
        int("why")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "f.py", 1, "failed", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


async def test_json_logs_name_counter_and_key_of_refused_clicks(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path, CLICKCOUNTER_LOG="json")
    server.start()
    try:
        async with RawClient(server.port) as client:
            click = client.click(amount=10**12)
            await client.record(click)
            await client.record(other := client.click(), counter="nowhere")
    finally:
        server.kill()  # on SIGTERM granian may print lines of its own
    lines = [json.loads(line) for line in server.printed().splitlines() if line.strip()]
    refused = [(line.get("counter"), line.get("key")) for line in lines if line["logger"].startswith("clickcounter")]
    assert refused == [("counter", click["key"]), ("nowhere", other["key"])]


def test_an_unknown_log_format_is_explained():
    result = terminal("sqlite://", "show", CLICKCOUNTER_LOG="xml")
    assert result.returncode == 1
    assert "CLICKCOUNTER_LOG must be human or json" in result.stderr
