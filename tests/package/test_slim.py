"""What deploy/slim.py leaves out of the image changes nothing that the app does."""

import importlib.util
import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import babel.localedata
import pygments
import pytest
from babel import Locale

from clickcounter.i18n.languages import LANGUAGES, SAMPLES, first_weekday, own_name
from tests.server import ROOT

DATA = Path(babel.localedata.__file__).parent / "locale-data"
START = """
from clickcounter.socket import server
server.prepare()
import granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
assert Server is server.Server
print(granian.__file__, Interfaces.ASGI, LogLevels("info"))
"""

FAIL = """
import json
from rich.console import Console
try:
    json.loads("no")
except ValueError:
    Console(force_terminal=True, color_system="truecolor").print_exception()
import pygments.lexers
print(pygments.lexers.__file__, pygments.lexers.guess_lexer_for_filename("loop.pyx", "").name)
"""


@pytest.fixture
def slim() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slim", ROOT / "deploy" / "slim.py")
    assert isinstance(spec, ModuleSpec)
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seen() -> list[object]:
    """What the app asks Babel for: of 1,100 places that a browser may name, every tenth is enough here."""
    tags = sorted(file.stem.replace("_", "-") for file in DATA.glob("*.dat") if file.stem != "root")[::10]
    forms = [Locale.parse(language).plural_form(number) for language in LANGUAGES for number in SAMPLES]
    return [[first_weekday(tag) for tag in tags], forms, [own_name(language) for language in LANGUAGES]]


def forget(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let Babel read this folder, and nothing that it knows from elsewhere."""
    monkeypatch.setattr(babel.localedata, "_dirname", str(folder))
    for known in ("_cache", "_dict_cache"):
        monkeypatch.setattr(babel.localedata, known, {})


def printed(program: str, packages: Path) -> str:
    """What it prints with these packages in front of the others."""
    paths = {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ | paths, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_with_a_tenth_of_its_data_babel_says_the_same(slim: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    forget(monkeypatch, DATA)
    before = seen()
    shorter = shutil.copytree(DATA, tmp_path / "data")
    freed = slim.shorten(shorter, LANGUAGES)
    forget(monkeypatch, shorter)
    assert seen() == before
    left = sum(file.stat().st_size for file in shorter.glob("*.dat"))
    assert left < freed / 9


def test_a_server_needs_four_names_of_granian(slim: ModuleType, tmp_path: Path):
    slim.stand_in(tmp_path)
    assert printed(START, tmp_path) == f"{tmp_path}/granian/__init__.py asgi info\n"


def test_a_traceback_has_its_colours_without_the_other_languages(slim: ModuleType, tmp_path: Path):
    before = printed(FAIL, tmp_path).splitlines()
    installed = Path(pygments.__file__).parent
    for folder in (installed, *installed.parent.glob("mako-*.dist-info")):  # Mako's colours need other languages'
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    assert slim.forget_languages(tmp_path) > 3_000_000
    *traceback, last = printed(FAIL, tmp_path).splitlines()
    assert traceback == before[:-1]
    assert last == f"{tmp_path}/pygments/lexers/__init__.py Cython"
