"""The examples of docs/api.md, run as they stand there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.server import ROOT, BackEnd, free_port

EXAMPLE = re.compile(r"^    (curl (?:.*\\\n)*.*)$", re.M)
DOCUMENTS = ("docs/api.md", "docs/ru/api.md")


def examples(document: str) -> list[str]:
    return EXAMPLE.findall((ROOT / document).read_text())


def test_both_languages_show_the_same_examples():
    assert examples(DOCUMENTS[0]) == examples(DOCUMENTS[1])


def test_every_example_does_what_it_says(tmp_path: Path):
    curl = shutil.which("curl")
    assert curl, "tests/needs.py installs curl"
    back_end = BackEnd(free_port(), tmp_path)
    back_end.start()
    try:
        make = [sys.executable, "-m", "clickcounter", "key", "make", "Examples", "--counter", "counter"]
        key = subprocess.run(make, cwd=ROOT, env=back_end.environ, capture_output=True, text=True, check=True).stdout.strip()
        (tmp_path / "tally.csv").write_text("when,amount\n2026-03-01 09:00,5\n")
        found = examples(DOCUMENTS[0])
        assert len(found) > 10
        for example in found:
            strict = example.replace("curl ", f"{curl} --silent --show-error --fail-with-body ", 1)
            ran = subprocess.run(
                ["/bin/sh", "-c", strict],
                env={"SITE": back_end.url, "KEY": key},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, f"{example}\n{ran.stdout}{ran.stderr}"
        assert back_end.query("SELECT value FROM counter ORDER BY id") == [(1,), (0,), (0,)]
    finally:
        back_end.kill()
