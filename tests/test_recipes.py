"""The recipes of docs/integrations.md, run against a real server as somebody would who pastes them."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.history import verify
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.server import ROOT, BackEnd, free_port
from tests.terminal import terminal

BLOCK = re.compile(r"^```(sh|python|js)\n(.*?)^```$", re.M | re.S)
PAGES = ("docs/integrations.md", "docs/ru/integrations.md")
RECIPES = [(language, text) for language, text in BLOCK.findall((ROOT / PAGES[0]).read_text())]
COMMANDS = {"sh": ["sh", "-e"], "python": ["python3", "-"], "js": ["node", "--input-type=module", "-"]}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BackEnd, str]]:
    """A server with the recipes' counter, which only its members press, and a key for it."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("recipes"))
    server.start()
    ledger, fields = Ledger(server.db_url), {"name": "door", "press": "members"}
    assert ledger.transact(lambda c: counters.create(c, fields, rounds.new_round_id(), None)) == "door"
    ledger.close()
    made = terminal(server.db_url, "key", "make", "recipes", "--counter", "door", "--scope", "press")
    [key] = re.findall(r"cc_p_\w{32}", made.stdout)
    yield server, key
    server.kill()


def run(door: tuple[BackEnd, str], language: str, text: str, folder: Path) -> str:
    server, key = door
    script = text.replace("https://count.example.org", server.url).replace("cc_p_…", key)
    assert script != text
    done = subprocess.run(
        COMMANDS[language], input=script, cwd=folder, env=dict(os.environ), capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def value_of(server: BackEnd) -> int:
    return int(server.query("SELECT value FROM counter WHERE slug = 'door'")[0][0])


@pytest.mark.parametrize(("language", "text"), RECIPES, ids=[f"{n}-{language}" for n, (language, _) in enumerate(RECIPES)])
def test_each_recipe_works_as_it_is_printed(door: tuple[BackEnd, str], tmp_path: Path, language: str, text: str):
    server, before = door[0], value_of(door[0])
    printed = run(door, language, text, tmp_path)
    presses = 2 if "printf" in text else int("presses" in text)
    assert value_of(server) == before + presses
    if not presses or language != "sh":
        assert printed.strip() == str(before + presses)
    assert verify.verify(open_engine(server.db_url))[1] == []


def test_both_languages_have_the_same_recipes():
    english, russian = (BLOCK.findall((ROOT / page).read_text()) for page in PAGES)
    assert english == russian
    assert {language for language, _ in english} == set(COMMANDS)
