"""What `make docs-check` takes out of the pages, and what stands in for systemd; the trial takes half an hour."""

import re
from pathlib import Path

import pytest

from tests.deploy_pages import systemctl
from tests.deploy_pages.page import Page, blocks, commands
from tests.deploy_pages.run import LEFT, PAGES
from tests.server import ROOT

TRANSLATED = {"ИМЯ": "NAME", "Школа": "School"}


def typed(text: str) -> list[str]:
    """The commands of a page, without their comments."""
    return [re.sub(r"\s+#.*", "", line) for block in blocks(text) for line in commands(block)]


def test_a_command_is_a_line_or_as_many_as_it_needs():
    text = "Do:\n\n    one  # first\n    two \\\n      more\n\n    cat <<END\n    in\n    END\n\n"
    text += "1. Then\n   `so\n   on`:\n\n       last\n"
    assert [commands(block) for block in blocks(text)] == [
        ["one  # first", "two \\\n  more", "cat <<END\nin\nEND"],
        ["last"],
    ]


def test_a_section_ends_where_the_next_one_begins_and_holds_its_parts():
    page = Page("docs/deploying.md")
    assert page.commands("On a server", "useradd")[-1].startswith("curl ")
    assert page.commands("On a server", "own counter") == [
        "(set -a; . /etc/clickcounter.env; .venv/bin/python -m clickcounter own counter NAME)"
    ]
    assert "### Backups" in page.section("The database")
    assert "## By hand" not in page.section("As a package")
    assert len(page.left()) == len(blocks(page.text)) - 2
    with pytest.raises(AssertionError, match="has no Nowhere"):
        page.section("Nowhere")


@pytest.mark.parametrize("path", PAGES)
def test_the_russian_page_has_the_same_commands(path: str):
    russian = (ROOT / path.replace("docs/", "docs/ru/", 1)).read_text() + "\n"
    for there, here in TRANSLATED.items():
        russian = russian.replace(there, here)
    rest = iter(typed(russian))
    assert [line for line in typed(Page(path).text) if line not in rest] == []


def test_every_reason_for_not_following_a_block_is_one_for_some_block():
    all_blocks = [block for path in PAGES for block in blocks(Page(path).text)]
    assert [words for words in LEFT if not any(words in block for block in all_blocks)] == []


def test_what_stands_in_for_systemd_reads_a_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "settings").write_text("# one\nA='with space'\nB=2\n")
    sample = (ROOT / "deploy" / "clickcounter@.service").read_text()
    (tmp_path / "clickcounter@.service").write_text(sample.replace("/etc/clickcounter.env", f"{tmp_path}/settings"))
    monkeypatch.setattr(systemctl, "FOLDERS", [tmp_path])
    unit = systemctl.Unit("clickcounter@8002")
    assert (unit.name, unit.get("User"), unit.get("UMask")) == ("clickcounter@8002.service", "clickcounter", "0077")
    assert unit.get("ExecStart").endswith("--backend-port 8002")
    environ = unit.environ()
    assert (environ["A"], environ["B"]) == ("with space", "2")
    assert environ["REFLEX_WEB_WORKDIR"] == "/var/lib/clickcounter/web-8002"
    with pytest.raises(SystemExit, match="not found"):
        systemctl.Unit("nothing")
