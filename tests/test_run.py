"""The README's first command, as a newcomer types it."""

import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import TabPage, until
from tests.conftest import rows
from tests.server import ROOT, Process, answers, building, free_port, wait_for


@pytest.fixture
def served(tmp_path: Path):
    """`make run PORT=…` on an empty folder for the database."""
    port = free_port()
    database = tmp_path / "new.db"
    process = Process(["make", "run", f"PORT={port}"], tmp_path / "run.log", REFLEX_DB_URL=f"sqlite:///{database}")
    with building():
        process.start()
        wait_for(lambda: answers(f"http://localhost:{port}/ping"), "make run serves", 240)
    yield f"http://localhost:{port}", database, process
    process.stop(signal.SIGINT)


def test_make_run_serves_every_page_with_its_socket_on_one_port(served, browser: Browser):
    url, database, process = served
    page = TabPage(browser.new_page(), f"{url}/c/counter")
    page.is_state("connected")
    page.press(3)
    page.sees(3)
    page.all_saved()
    assert rows(database, "SELECT value FROM counter") == [(3,)]
    assert "Traceback" not in process.printed()
    assert process.printed().count(f"Click Counter is ready: {url}/\n") == 1
    script = page.page.evaluate("performance.getEntriesByType('resource').find(({ name }) => /assets.*js$/.test(name)).name")
    headers = {"Accept-Encoding": "gzip, br", "Origin": url}
    with urllib.request.urlopen(urllib.request.Request(script, headers=headers)) as answer:
        told = [answer.headers[name] for name in ("Cache-Control", "Content-Encoding", "Vary")]
    assert told == ["public, max-age=31536000, immutable", "br", "Accept-Encoding"]
    # The pages were built from the very packages that are committed; without package.json npm would choose newer ones.
    for name in ("package.json", "package-lock.json"):  # Reflex writes the same in one order or another
        assert json.loads((ROOT / "reflex.lock" / name).read_text()) == committed(f"reflex.lock/{name}")
    until(page.page, "caches.match('/shell').then((kept) => !!kept)")
    process.stop(signal.SIGKILL)
    for path, shown in (("/c/never", "count"), ("/counters", "status"), ("/c/counter", "click")):
        page.page.goto(url + path)  # without a server, though it was never opened before
        page.element(shown).first.wait_for(state="attached")
    page.sees(3)
    assert page.errors == []


def committed(path: str) -> Any:
    """What the newest commit holds there."""
    shown = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)


def test_an_old_python_is_refused_in_a_sentence_before_anything_is_made(tmp_path: Path):
    (tmp_path / "old-python").write_text("#!/bin/sh\nexit 1\n")  # what a Python before 3.11 answers
    (tmp_path / "old-python").chmod(0o755)
    (tmp_path / "requirements.lock").touch()
    command = ["make", "-f", ROOT / "Makefile", "-C", tmp_path, "run", "PYTHON=./old-python"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_no_machine_or_download_address_is_committed():
    lock = (ROOT / "reflex.lock" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert os.fspath(ROOT) not in lock
