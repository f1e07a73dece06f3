"""The package as a person gets it: built, installed into an environment of its own, and served from there."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from clickcounter.web import content_security_policy
from clickcounter.web.front_end.plugin import mark
from tests.server import ROOT, Process, answers, free_port, wait_for

WHEEL = ROOT / "deploy" / "wheel.py"
NO_USER = 65534  # nobody, who owns nothing


def build(pages: Path, folder: Path) -> Path:
    """A wheel with these pages, which tests/conftest.py builds anyway."""
    web = folder / "web"
    client = Path(shutil.copytree(pages, web / "build" / "client"))
    mark(client)  # as make dist does
    content_security_policy.write(client, "")
    for compressed in client.rglob("*.html.*"):
        compressed.unlink()
    (web / "backend").symlink_to(ROOT / ".web" / "backend")
    printed = subprocess.run(
        [sys.executable, WHEEL, web, folder / "dist"], capture_output=True, text=True, check=True
    ).stdout
    return Path(printed.strip())


def install(wheel: Path, environment: Path, *, with_our_packages: bool, python: str = sys.executable) -> Path:
    """A new environment with the package; its other packages are those of the tests, or come from an index. Its `bin`."""
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "install", "--quiet", "--quiet"]
    alone = ["--no-deps", "--no-index"] if with_our_packages else []
    subprocess.run([*pip, *alone, wheel], check=True)
    if with_our_packages:
        packages = next(environment.glob("lib/python*/site-packages"))
        (packages / "packages_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


class Served(Process):
    """`clickcounter serve`, knowing nothing but a home, from an empty folder, perhaps as another user."""

    def __init__(self, bin_folder: Path, folder: Path, *options: str, before: tuple[str, ...] = (), **known: str) -> None:
        self.home, self.checkout, self.port = folder / "home", folder / "current", free_port()
        for made in (self.home, self.checkout):
            made.mkdir()
        alone = ["/usr/bin/env", "-i", f"PATH={bin_folder}", f"HOME={self.home}", *(f"{k}={v}" for k, v in known.items())]
        command = [*before, *alone, str(bin_folder / "clickcounter"), "serve", "--port", str(self.port), *options]
        super().__init__(command, folder / "served.log")

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        self.launch()
        wait_for(self._is_up, "the package serves")

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the server ended:\n{self.printed()}"
        return answers(f"{self.url}/")


def files(*folders: Path) -> dict[str, int]:
    """Every file and folder, with the time of its last change."""
    return {str(path): path.lstat().st_mtime_ns for folder in folders for path in (folder, *folder.rglob("*"))}


def packages_in(environment: Path) -> set[str]:
    """The names of what pip installed there."""
    command = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "list", "--format", "json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout
    return {entry["name"].lower() for entry in json.loads(listed)}
