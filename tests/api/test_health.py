"""What a load balancer requests."""

import json
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from clickcounter.access.cookies import name
from clickcounter.api import health
from tests.conftest import rows
from tests.preloaded import CHANGED
from tests.server import BackEnd, free_port, wait_for

COOKIE = f"{name()}={'A' * 43}"  # nobody's, but of the right shape


def ask(back_end: BackEnd, path: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(f"{back_end.url}/{path}", timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_ready_process_says_so_and_probes_change_nothing(back_end: BackEnd):
    before = rows(back_end.database, "SELECT * FROM counter")
    wait_for(lambda: ask(back_end, "readyz") == (200, {"database": "ok", "relay": "off"}), "it is ready")
    assert ask(back_end, "healthz") == (200, {"process": "ok"})
    assert rows(back_end.database, "SELECT * FROM counter") == before


def test_an_unwritable_database_is_reported_until_it_recovers(back_end: BackEnd):
    other = sqlite3.connect(back_end.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    not_ready = (503, {"database": "down", "relay": "off"})
    wait_for(lambda: ask(back_end, "readyz") == not_ready, "a locked database is reported")
    assert ask(back_end, "healthz")[0] == 200
    other.execute("ROLLBACK")
    wait_for(lambda: ask(back_end, "readyz")[0] == 200, "ready again")
    away = back_end.database.with_suffix(".away")
    back_end.database.rename(away)
    wait_for(lambda: ask(back_end, "readyz") == not_ready, "a missing database is reported")
    assert not back_end.database.exists()
    away.rename(back_end.database)
    wait_for(lambda: ask(back_end, "readyz")[0] == 200, "ready again")


def test_frequent_probes_take_the_write_lock_only_now_and_then(tmp_path: Path):
    back_end = BackEnd(free_port(), tmp_path, **{CHANGED: "clickcounter.api.health FRESH 3600"})
    back_end.start()
    try:
        wait_for(lambda: ask(back_end, "readyz")[0] == 200, "it is ready")
        other = sqlite3.connect(back_end.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert ask(back_end, "readyz")[0] == 200  # a fresh answer is reused without waiting for the lock
        other.execute("ROLLBACK")
    finally:
        back_end.kill()
    assert health.FRESH <= 1


def test_without_a_database_requests_are_told_when_to_retry(back_end: BackEnd):
    back_end.database.rename(back_end.database.with_suffix(".away"))
    for path in ("account/me", "export/counter.csv"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(f"{back_end.url}/{path}", headers={"Cookie": COOKIE}), timeout=60)
        assert refused.value.code == 503
        assert int(refused.value.headers["Retry-After"]) > 0
