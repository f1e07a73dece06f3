"""The built front end, made ready for a path."""

import gzip
import re
from pathlib import Path

import pytest

from clickcounter.web import content_security_policy
from clickcounter.web.front_end import NotBuilt, served
from clickcounter.web.front_end.plugin import mark

ADDRESS = re.compile(
    r"""(?:href|src|action|content)(?:=|:|: )["'`](/[^"'`]*)|url\(["']?(/[^"')]*)|["'`](/(?:assets|fonts)/[^"'`]*)"""
)


@pytest.fixture(scope="module")
def copy(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Below /counter/."""
    return served(built, "/counter", tmp_path_factory.mktemp("copies"))


def test_every_address_in_its_files_is_below_the_path(copy: Path):
    files = [file for ending in ("html", "js", "css") for file in copy.rglob(f"*.{ending}") if "external" not in file.parts]
    found = {
        "".join(one)
        for file in files
        if file.name not in ("sw.js", "click-counter.js")
        for one in ADDRESS.findall(file.read_text())
    }
    assert len(found) > 50
    assert {address for address in found if not address.startswith("/counter/")} == set()


def test_the_copy_is_made_once(built: Path, copy: Path):
    assert served(built, "/counter", copy.parent) == copy
    assert served(built, "/other", copy.parent) != copy
    assert copy.is_dir()


def test_pages_that_say_so_already_are_served_as_they_were_built(built: Path, tmp_path: Path):
    at_root = served(built, "", tmp_path / "copies")
    assert at_root != built, "built for a back end at another port"
    assert served(at_root, "", tmp_path / "copies") == at_root
    mark(at_root)
    assert served(at_root, "", tmp_path / "copies") == at_root
    assert '<html data-back-end="/"' in (at_root / "index.html").read_text()


def test_a_back_end_elsewhere_stands_in_the_page_and_its_policy(built: Path, tmp_path: Path):
    page = (served(built, "", tmp_path, "https://api.example.org") / "index.html").read_text()
    assert '<html data-back-end="https://api.example.org/"' in page
    assert "connect-src 'self' https://api.example.org wss://api.example.org" in page


def test_what_is_compressed_is_what_is_served(copy: Path):
    assert gzip.decompress((copy / "index.html.gz").read_bytes()) == (copy / "index.html").read_bytes()


def test_every_inline_script_is_allowed_by_its_page(copy: Path):
    for file in copy.rglob("*.html"):
        page = file.read_text()
        scripts, _ = content_security_policy.inline_hashes(page)
        policy = page.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
        assert [one for one in scripts if one not in policy] == []


def test_a_folder_without_a_front_end_is_named(tmp_path: Path):
    with pytest.raises(NotBuilt, match="no front end"):
        served(tmp_path, "/counter", tmp_path / "copies")


def test_files_of_another_build_tool_are_refused(built: Path, tmp_path: Path):
    other = tmp_path / "built"
    other.mkdir()
    (other / "index.html").write_text("<html><head><meta charset='utf-8'></head></html>")
    with pytest.raises(NotBuilt, match="version of Vite"):
        served(other, "/counter", tmp_path / "copies")
