"""The requests that the devices and programs of docs/integrations.md make, with the addresses and texts that stand there.

The programs themselves are not here: what is sent is what their manuals or their code say that they send.
"""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.server import ROOT, BackEnd, wait_for
from tests.test_recipes import door, value_of  # noqa: F401  a fixture

PAGE = (ROOT / "docs" / "integrations.md").read_text()
SITE = "https://count.example.org"
AGENTS = {
    "Nightbot": "Nightbot-URL-Fetcher/0.0.3",
    "Streamer.bot": "",
    "StreamElements": "StreamElements Bot",
    "Stream Deck": "",
    "Shelly": "Shelly/1.14.0 (SHSW-1)",
}
SHEETS = "Mozilla/5.0 (compatible; GoogleDocs; apps-spreadsheets; +http://docs.google.com)"


@pytest.fixture(scope="module")
def here(door: tuple[BackEnd, str]) -> tuple[BackEnd, str]:  # noqa: F811
    """The server, and a key that may stand in an address."""
    server, _ = door
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "clickcounter",
            "key",
            "make",
            "device",
            "--counter",
            "door",
            "--scope",
            "press",
            "--in-address",
        ],
        env=os.environ | {"REFLEX_DB_URL": server.db_url},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=ROOT,
    )
    return server, re.findall(r"cc_p_\w{32}", made.stdout)[0]


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def filled(here: tuple[BackEnd, str], text: str) -> str:
    server, key = here
    return text.replace(SITE, server.url).replace("cc_p_…", key)


def sent(url: str, agent: str, body: bytes | None = None, **headers: str) -> tuple[str, str]:
    """The text of an answer, and its type."""
    named = ({"User-Agent": agent} if agent else {}) | headers
    with urllib.request.urlopen(urllib.request.Request(url, body, named), timeout=60) as answer:
        return answer.read().decode(), answer.headers["content-type"]


@pytest.mark.parametrize("device", AGENTS)
def test_what_can_only_open_an_address_presses_and_gets_plain_text(here: tuple[BackEnd, str], device: str):
    [address] = set(re.findall(r"https://count\.example\.org/p/cc_p_…", section_of(device)))
    before = value_of(here[0])
    text, kind = sent(filled(here, address), AGENTS[device])
    assert (text, value_of(here[0])) == (f"{before + 1}\n", before + 1)
    assert kind.startswith("text/plain")


def section_of(device: str) -> str:
    titles = {"Stream Deck": "Stream Deck", "Shelly": "Buttons that open an address"}
    found = section(titles.get(device, "Chat bots"))
    assert device in found or device == "Stream Deck"
    return found


def test_home_assistants_sensor_and_command(here: tuple[BackEnd, str]):
    [block] = re.findall(r"```yaml\n(.*?)```", section("Home Assistant"), re.S)
    configured: dict[str, Any] = yaml.safe_load(filled(here, block))
    [sensor], command = configured["sensor"], configured["rest_command"]["press_door"]
    before = value_of(here[0])
    agent = "HomeAssistant/2026.11.0 httpx/0.28.1 Python/3.14"
    assert sensor["value_template"] == "{{ value_json.value }}"
    wait_for(lambda: json.loads(sent(sensor["resource"], agent)[0])["value"] == before, "the number, a second old at most")
    for payload, amount in (("1", 1), ("5", 5)):
        body = command["payload"].replace("{{ amount | default(1) }}", payload).encode()
        headers = command["headers"] | {"Content-Type": command["content_type"]}
        before += amount
        assert json.loads(sent(command["url"], agent, body, **headers)[0])["value"] == before


def test_an_esphome_button_counts_once_however_often_it_sends(here: tuple[BackEnd, str]):
    text = section("Buttons that open an address")
    [block] = re.findall(r"```yaml\n(.*?)```", text, re.S)
    post = yaml.safe_load(filled(here, block))["binary_sensor"][0]["on_press"][0]["http_request.post"]
    assert re.findall(r'root\["(\w+)"\]', post["json"]) == ["amount", "key"]
    body, before = b'{"amount":1,"key":"81273-2913712"}', value_of(here[0])
    for _ in range(2):
        told = json.loads(sent(post["url"], "ESPHome/2026.11.0", body, **post["request_headers"])[0])
        assert told["value"] == before + 1


def test_a_spreadsheet_gets_the_number_and_all_presses(here: tuple[BackEnd, str]):
    value, export = re.findall(r'IMPORTDATA\("(.*?)"\)', section("Spreadsheets"))
    number = f"{value_of(here[0])}\n"
    wait_for(lambda: sent(filled(here, value), SHEETS)[0] == number, "the number, which may be a second old")
    text, kind = sent(filled(here, export), SHEETS)
    assert (text.lstrip("\ufeff").startswith("counter,round,pressed_utc"), kind.startswith("text/csv")) == (True, True)


def test_the_file_for_obss_text_source_follows_the_number(here: tuple[BackEnd, str], tmp_path: Path):
    [block] = re.findall(r"```\n(python -m clickcounter watch.*?)```", section("OBS"), re.S)
    script = filled(here, block).replace("python -m", f"{sys.executable} -m", 1)
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    writing = subprocess.Popen(["bash", "-c", script], cwd=tmp_path, env=environ, start_new_session=True)
    file = tmp_path / "count.txt"
    try:
        for _ in range(2):
            sent(filled(here, f"{SITE}/p/cc_p_…"), "")
            now = str(value_of(here[0]))
            wait_for(lambda now=now: file.exists() and file.read_text() == now, "the number in the file")
    finally:
        os.killpg(writing.pid, signal.SIGKILL)
        writing.wait()
