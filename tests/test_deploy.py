"""What the files in deploy/ promise about containers; tests/web/test_nginx.py and tests/system/ run its nginx."""

import re
import shutil
from pathlib import Path

from tests.server import ROOT, BackEnd, answers, free_port, wait_for

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
UNLIMITED = (
    "/_event",
    "/(api/v1/counters/[^/]+/events|stream/.+)",
    "/(import|api/v1/imports)(/preview|/undo|/[0-9]+/undo)?",
    "/admin/files/",
)  # long, or files
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
BACK = DOCKERFILE.partition(" AS back\n")[2]  # the last stage


def services() -> dict[str, str]:
    """Each service of compose.yaml by name, with what it inherits."""
    anchors = {found[1]: found[0] for found in re.finditer(r"^x-\w+: &(\w+)\n(?:  .*\n)+", COMPOSE, re.M)}
    own = re.split(r"^  (?=\S)", COMPOSE.partition("\nservices:\n")[2].partition("\nvolumes:")[0], flags=re.M)
    texts = {text.partition(":")[0]: text for text in own if text}
    for name, inherited in [*anchors.items(), *anchors.items()]:  # one of them inherits from another
        texts = {service: text.replace(f"*{name}", inherited) for service, text in texts.items()}
    return texts


def test_every_container_has_no_rights_a_bounded_log_and_a_health_check():
    for wanted in (
        r"cap_drop: \[ALL\]",
        "read_only: true",
        "no-new-privileges:true",
        "max-size",
        "max-file",
        "healthcheck:",
    ):
        assert [name for name, text in services().items() if not re.search(wanted, text)] == [], wanted
    assert len(services()) == 7


def test_every_container_runs_as_a_number_that_is_not_root():
    users = [*re.findall(r"^USER (.+)$", DOCKERFILE, re.M), *re.findall(r'^    user: "(.+?)"', COMPOSE, re.M)]
    assert len(users) == 3  # nginx's image has such a user itself
    assert all(re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", user) for user in users)


def test_every_base_image_has_its_full_version():
    stages = set(re.findall(r" AS ([\w-]+)$", DOCKERFILE, re.M))
    images = {*re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)} - stages | {*re.findall(r"^    image: (\S+)", COMPOSE, re.M)}
    assert len(images) == 4
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?-", image)] == []


def test_a_back_end_starts_with_the_files_of_its_image_alone(tmp_path: Path):
    for source, target in re.findall(r"^COPY (\w[\w. ]*) (\S+)$", BACK, re.M):
        for name in source.split():
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name,
                    tmp_path / "app" / target,
                    ignore=shutil.ignore_patterns("__pycache__", "external", "constants.js"),
                )
            else:
                (tmp_path / "app").mkdir(exist_ok=True)
                shutil.copy(ROOT / name, tmp_path / "app" / name)
    assert not (tmp_path / "app" / "tests").exists()
    server = BackEnd(free_port(), tmp_path, REFLEX_WEB_WORKDIR=str(tmp_path / "web"), CLICKCOUNTER_WORKERS="1")
    server.checkout = tmp_path / "app"
    server.start()
    try:
        wait_for(lambda: answers(f"{server.url}/readyz"), "it is ready")
    finally:
        server.kill()


def test_what_git_ignores_stays_out_of_the_images():
    ignored, left_out = (
        {line.strip("/") for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")}
        for name in (".gitignore", ".dockerignore")
    )
    assert {name for name in ignored if not {name, f"**/{name}"} & left_out and not name.startswith("*.db")} == set()
    assert "*.db*" in left_out
    assert "*.jsonl" in left_out  # the terminal's export holds hashes


def test_every_location_that_asks_the_back_end_is_limited_for_each_address():
    found = re.findall(r"^    location (?:[~^=]+ )?\^?(\S+?)\$? \{\n(.*?)^    \}", NGINX, re.M | re.S)
    asking = {path: text for path, text in found if "proxy_pass" in text}
    assert len(asking) == NGINX.count("proxy_pass http")
    assert [path for path, text in asking.items() if "limit_conn" not in text and path not in UNLIMITED] == []
    assert [path for path, text in asking.items() if "limit_req " not in text and path not in UNLIMITED] == []
    assert [path for path, text in asking.items() if "X-Forwarded-For" not in text and path not in UNLIMITED] == []
