"""What the documents promise about commands, settings and each other."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.server import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^()\s]+)\)")
CODE = re.compile(r"^ *```.*?^ *```$|^(?: {4}|\t).*?$|`[^`\n]+`", re.M | re.S)
# Files that are generated, of the Django project that this one replaces, and of examples of what could be added.
UNTRACKED = {
    "shared/constants.js",
    "dialogs/constants.js",
    "asgi.py",
    "routing.py",
    "urls.py",
    "clickcounter/pages/poster.py",
}
named = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def anchors(document: Path) -> set[str]:
    """The anchors of the headings in this document, as GitHub generates them."""
    prose = re.sub(r"^ *```.*?^ *```$", "", document.read_text(), flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", prose, re.M)}


def test_the_documents_are_found():
    assert {"README.md", "README.ru.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"} <= {d.name for d in DOCUMENTS}


def test_the_readme_stays_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200


@named
def test_every_link_leads_to_a_file_and_its_heading(document: Path):
    links = [
        link
        for link in LINK.findall(CODE.sub("", document.read_text()))
        if not link.startswith(("http:", "https:", "mailto:"))
    ]
    for link in links:
        path, _, anchor = unquote(link).partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@named
def test_every_make_command_is_a_target(document: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:`|^ +|=\S+ )make ([a-z-]+)", document.read_text(), re.M)) <= targets


@named
def test_every_source_file_that_is_named_exists(document: Path):
    found = re.findall(r"`([\w./-]+\.(?:py|jsx?|mjs|css|conf|yaml|service))`", document.read_text())
    roots = (ROOT, *(ROOT / name for name in ("clickcounter", "tests", "deploy")))
    missing = {name for name in found if not any((root / name).exists() for root in roots)}
    assert {name for name in missing if not list((ROOT / "clickcounter").rglob(name))} <= UNTRACKED


@pytest.mark.parametrize("table", ["docs/settings.md", "docs/ru/settings.md"])
def test_the_settings_table_is_complete(table: str):
    sources = [ROOT / "rxconfig.py", ROOT / "alembic" / "env.py", *(ROOT / "clickcounter").rglob("*.py")]
    read = set(re.findall(r'"((?:REFLEX|CLICKCOUNTER)_[A-Z_]+)"', "".join(p.read_text() for p in sources)))
    read -= {"REFLEX_USE_NPM", "REFLEX_USE_GRANIAN"}  # rxconfig.py sets them; people need not
    listed = {line.split("|")[1].strip(" `") for line in (ROOT / table).read_text().splitlines() if line.startswith("| `")}
    assert read
    assert read <= listed
    assert "PORT" in listed
    # The table lists no setting that does not exist; Reflex's own names are looked up in Reflex.
    from reflex.environment import EnvironmentVariables
    from reflex_base.config import Config

    reflex = {n for n in dir(EnvironmentVariables) if n.isupper()} | {f"REFLEX_{n.upper()}" for n in Config.class_fields()}
    assert {n for n in listed if n.startswith(("REFLEX_", "CLICKCOUNTER_"))} <= read | reflex
