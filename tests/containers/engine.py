"""Docker's own engine, started for the trial alone: with its own folders, and within namespaces that end with it."""

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.server import ROOT, wait_for

SETTLED = 120.0  # seconds
DOCKER = "/usr/bin/docker"  # Debian's, which builds without further programs
# Debian's docker-compose is of version 1, which knows no `name:`.
COMPOSE = f"""#!/bin/sh
[ "$1" = compose ] || exec {DOCKER} "$@"
file="$3"
shift 3
cd "$(dirname "$file")"
sed '/^name: /d' "$(basename "$file")" | exec docker-compose --project-name clickcounter -f - "$@"
"""


class Engine:
    """A running dockerd. Its programs are given by name, as a person types them."""

    def __init__(self, folder: Path) -> None:
        programs = folder / "programs"
        programs.mkdir(exist_ok=True)
        (programs / "docker").write_text(COMPOSE)
        (programs / "docker").chmod(0o755)
        self.socket = f"unix://{folder}/docker.sock"
        path = f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin"
        self.environ = os.environ | {"DOCKER_HOST": self.socket, "DOCKER_BUILDKIT": "0", "PATH": path, "NO_COLOR": "1"}

    def shell(self, command: str, text: str | None = None) -> str:
        """Run a line as a person does. Returns what it printed; raises AssertionError, with that, if it failed."""
        done = subprocess.run(
            ["sh", "-ec", command], cwd=ROOT, env=self.environ, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def docker(self, *arguments: str, text: str | None = None) -> str:
        """One of docker's commands."""
        done = subprocess.run(
            ["docker", *arguments], cwd=ROOT, env=self.environ, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"docker {' '.join(arguments)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout.strip()

    def about(self, name: str) -> dict[str, Any]:
        """What docker knows of a container or an image."""
        return dict(json.loads(self.docker("inspect", name))[0])

    def has(self, image: str) -> bool:
        return self.docker("images", "--quiet", image) != ""

    def is_healthy(self, container: str) -> float:
        """Wait until its health check says so. Returns the seconds."""
        began = time.monotonic()
        wait_for(lambda: self._health(container) == "healthy", f"{container} is healthy", SETTLED)
        return time.monotonic() - began

    def _health(self, container: str) -> str:
        state = self.about(container)["State"]
        assert state["Status"] != "exited", self.docker("logs", container)
        return str(state.get("Health", {}).get("Status"))


@contextlib.contextmanager
def running(folder: Path, data: Path, options: Sequence[str] = ()) -> Iterator[Engine]:
    """Start the engine; its images and volumes are in `data` and stay."""
    engine = Engine(folder)
    command = ["dockerd", "--data-root", str(data), "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid"]
    with (folder / "dockerd.log").open("ab") as log:
        process = subprocess.Popen([*command, "--host", engine.socket, *options], stdout=log, stderr=log, env=engine.environ)
    try:
        wait_for(lambda: _answers(engine, process, folder), "docker answers")
        yield engine
    finally:
        process.terminate()
        process.wait(60)


def _answers(engine: Engine, process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    assert process.poll() is None, (folder / "dockerd.log").read_text()[-3000:]
    done = subprocess.run(["docker", "info"], env=engine.environ, capture_output=True, check=False)
    return done.returncode == 0


def missing() -> list[str]:
    """The Debian packages that are not installed."""
    programs = {
        "dockerd": "docker.io",
        "docker-compose": "docker-compose",
        "iptables": "iptables",
        "mmdebstrap": "mmdebstrap",
        "ip": "iproute2",
        "unshare": "util-linux",
    }
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    return [package for program, package in programs.items() if not shutil.which(program, path=path)]
