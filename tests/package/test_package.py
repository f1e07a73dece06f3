"""The package needs Python alone, writes only where data belongs, and serves the same app."""

import csv
import signal
import subprocess
import urllib.request
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import TabPage
from tests.conftest import rows
from tests.package.installing import Served, build, files, install
from tests.server import wait_for


@pytest.fixture(scope="module")
def wheel(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(built, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the installed package's command is."""
    return install(wheel, tmp_path_factory.mktemp("installed") / "environment", with_our_packages=True)


def test_the_wheel_lists_its_files_takes_one_name_and_asks_for_no_node(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = next(name for name in names if name.endswith("/METADATA")).partition("/")[0]
        listed = [row[0] for row in csv.reader(archive.read(f"{info}/RECORD").decode().splitlines())]
        needed = Parser().parsestr(archive.read(f"{info}/METADATA").decode()).get_all("Requires-Dist") or []
    assert sorted(listed) == sorted(names)
    assert {name.partition("/")[0] for name in names} == {"clickcounter", info}
    assert {"reflex==0.10.1", "uvloop==0.23.0 ; sys_platform != 'win32'"} <= set(needed)
    assert [one for one in needed if "node" in one] == []
    assert [name for name in names if "__pycache__" in name or name.endswith("constants.js")] == []


def test_it_serves_every_page_and_writes_nothing_but_the_database(bin_folder: Path, tmp_path: Path, browser: Browser):
    before = files(bin_folder.parent)
    server = Served(bin_folder, tmp_path)
    server.start()
    try:
        page = TabPage(browser.new_page(), f"{server.url}/")
        page.is_state("connected")
        page.press(3)
        page.sees(3)
        page.all_saved()
        page.page.goto(f"{server.url}/c/counter/history")
        page.element("status").first.wait_for(state="attached")
        assert page.errors == []
        other = subprocess.run([bin_folder / "clickcounter", "show"], env={"HOME": str(server.home)}, capture_output=True)
        assert other.stdout == b"3\n"
    finally:
        server.stop(signal.SIGINT)
    data = server.home / ".local" / "share" / "clickcounter"
    assert rows(data / "clickcounter.db", "SELECT value FROM counter") == [(3,)]
    assert {path.parent for path in server.home.rglob("*") if path.is_file()} == {data}
    assert list(server.checkout.iterdir()) == []
    assert files(bin_folder.parent) == before
    assert "Traceback" not in server.printed()
    assert f"Click Counter is ready: {server.url}/" in server.printed()


def test_it_serves_below_a_path_and_a_port_that_was_asked_for_and_is_taken_is_refused_in_a_sentence(
    bin_folder: Path, tmp_path: Path
):
    options = ["--data", str(tmp_path / "new" / "data"), "--workers", "2", "--path", "/counter/"]
    server = Served(bin_folder, tmp_path, *options)
    server.start()
    try:
        again = subprocess.run(server.command, capture_output=True, text=True, timeout=60)
        assert (again.returncode, again.stdout) == (1, "")
        assert f"Port {server.port} is taken." in again.stderr
        assert (tmp_path / "new" / "data" / "clickcounter.db").exists()
        assert server.printed().count(f"is ready: {server.url}/counter/") == 1  # though there are two workers
        with urllib.request.urlopen(f"{server.url}/counter/c/counter") as page:
            assert 'data-path="/counter" data-back-end="/counter/"' in page.read().decode()
    finally:
        server.stop()
    wait_for(lambda: "Traceback" not in server.printed(), "nothing went wrong")
