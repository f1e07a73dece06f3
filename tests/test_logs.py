"""Log lines, also as JSON."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from clickcounter.logs import ALWAYS, BURST, Bounded, HumanLines, JsonLines
from tests.raw import STATE, RawClient
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


FORGED = "a\n2026-11-28 15:00:00,000 INFO admin: forged line\r\x1b]0;pwned\x07\x1b[31m\x85\u2028\u202e\u200b\x9b31m\ud800"


def human(message: str, *arguments: object, exc_info: Any = None) -> str:
    return HumanLines().format(logging.LogRecord("a", logging.INFO, "f.py", 1, message, arguments, exc_info))


def test_nobody_can_forge_a_line_or_drive_the_terminal():
    line = human("refused: no_counter %s и Счёт", FORGED)
    assert len(line.splitlines()) == 1
    assert line.encode().decode().isprintable()
    assert "no_counter a\\n2026" in line
    assert line.endswith("\\x1b]0;pwned\\x07\\x1b[31m\\x85\\u2028\\u202e\\u200b\\x9b31m\\ud800 и Счёт")


def test_an_exception_cannot_forge_a_line_either():
    def fail() -> None:
        raise ValueError(FORGED + "x" * 50_000)

    try:
        fail()
    except ValueError:
        first, *others = human("failed", exc_info=sys.exc_info()).split("\n")
    assert first.endswith("INFO failed")
    assert all(line.startswith("  ") and line.isprintable() for line in others)
    assert others[0] == "  Traceback (most recent call last):"
    assert sum(map(len, others)) < 12_000


def test_a_long_message_is_cut_and_says_so():
    for line in (human("%s", "x" * 900_000), JsonLines().format(logging.makeLogRecord({"msg": "x" * 900_000}))):
        assert len(line) < 2_200
        assert "more characters)" in line.replace("\\u2026", "…")


class Clock:
    """The time, as a test sets it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def record(message: str, place: int = 1, **extra: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, "pathname": "f.py", "lineno": place} | extra)


def test_lines_of_one_place_are_bounded_and_the_rest_is_counted():
    clock = Clock()
    bounded = Bounded(clock)
    assert sum(bounded.filter(record(f"refused {n}")) for n in range(1000)) == BURST
    assert bounded.filter(record("saving waits", place=2))
    clock.now = 1.5
    assert bounded.filter(later := record("refused again"))
    assert later.getMessage() == "(980 more lines like this were left out) refused again"
    assert not bounded.filter(record("refused 1001"))
    assert all(bounded.filter(record("admin", place=3, **ALWAYS)) for _ in range(1000))


def test_long_lines_and_tracebacks_count_as_several():
    clock = Clock()
    bounded = Bounded(clock)
    written = 0
    for second in range(600):
        clock.now = second / 10
        for exc_info in ((), (ValueError, ValueError("x"), None)):
            if bounded.filter(record("x" * 1000, exc_info=exc_info)):
                written += 12_000 if exc_info else 1_000
    assert written < 60_000  # in a minute


async def test_no_line_of_a_running_server_can_be_forged(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path)
    server.start()
    try:
        async with RawClient(server.port) as client:
            ask = {"ask": "q", "counter": FORGED[:-1], "device": client.device}
            await client.event("reflex___state____state.clickcounter___states___upkeep____upkeep_state.devices", ask)
            await client.event(f"{STATE}.record", client.payload(client.click(), counter=FORGED[:-1]))
            await client.record(client.click(), counter="nowhere")
    finally:
        server.kill()
    assert "refused" in server.printed()
    assert not any(line.startswith("2026-11-28 15:00:00,000") for line in server.printed().splitlines())
    assert "\x1b" not in server.printed()


async def test_json_logs_name_counter_and_key_of_refused_clicks(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path, CLICKCOUNTER_LOG="json")
    server.start()
    try:
        async with RawClient(server.port) as client:
            click = client.click(amount=10**12)
            await client.record(click)
            await client.record(other := client.click(), counter="nowhere")
    finally:
        server.stop()
    lines = [json.loads(line) for line in server.printed().splitlines() if line.strip()]
    refused = [(line.get("counter"), line.get("key")) for line in lines if line["logger"].startswith("clickcounter")]
    assert refused == [("counter", click["key"]), ("nowhere", other["key"])]


def test_an_unknown_log_format_is_explained():
    result = terminal("sqlite://", "show", CLICKCOUNTER_LOG="xml")
    assert result.returncode == 1
    assert "CLICKCOUNTER_LOG must be human or json" in result.stderr
