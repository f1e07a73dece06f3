"""What the files in deploy/ promise about containers; tests/web/test_nginx.py and tests/system/ run its nginx."""

import re

from tests.server import ROOT

COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()


def test_no_containers_log_grows_without_limit():
    anchored = re.search(r"^x-logging: &logging\n(?:  .*\n)+", COMPOSE, re.M)
    assert anchored
    assert "max-size" in anchored[0]
    assert "max-file" in anchored[0]
    services = re.split(r"^  (?=\S)", COMPOSE.partition("\nservices:\n")[2].partition("\nvolumes:")[0], flags=re.M)
    assert len(services) > 6
    for service in filter(None, services):
        assert "logging: *logging" in service or "*back" in service, service
    assert "  logging: *logging\n" in COMPOSE.partition("x-back: &back\n")[2].partition("services:")[0]


def test_the_back_ends_user_is_a_number():
    users = re.findall(r"^USER (.+)$", (ROOT / "deploy" / "Dockerfile").read_text(), re.M)
    assert users
    assert all(user.isdigit() and user != "0" for user in users)


def test_what_git_ignores_stays_out_of_the_images():
    ignored, left_out = (
        {line.strip("/") for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")}
        for name in (".gitignore", ".dockerignore")
    )
    assert {name for name in ignored if not {name, f"**/{name}"} & left_out and not name.startswith("*.db")} == set()
    assert "*.db*" in left_out
    assert "*.jsonl" in left_out  # the terminal's export holds hashes
