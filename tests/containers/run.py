"""Build the images of deploy/Dockerfile and run what docs/deploy/containers.md says: `make container-check`.

It needs root, and Debian's docker.io and docker-compose. The engine is started for the trial alone, in namespaces of its
own, and what it runs has no network but its own. For the base images, which come from the internet, stand-ins with their
names are made of Debian's packages. What was not tried is said at the end.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.containers import stand_ins, trials
from tests.containers.engine import Engine, missing, running
from tests.server import ROOT

WITH_NETWORK = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
WITHOUT = [*WITH_NETWORK, "--net"]
ALONE = ["sh", "-c", 'ip link set lo up; mount -t tmpfs none /run; "$@"; exit $?', "sh"]
NOT_TRIED = """Not tried here:
- the real base images: stand-ins of Debian's packages had their names (musl, their entry points and their size differ)
- BuildKit, and building without the host's network
- Docker's second Compose; the first one, 1.29, ran the file without its line `name:`
- other processors than this one's
- Kubernetes: no cluster was there; tests/test_deploy.py checks the file"""


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.containers.run", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=ROOT / ".containers", help="what Docker keeps from one trial to the next"
    )
    parser.add_argument("--step", choices=("build", "try"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if lacking := missing():
        sys.exit(f"The trial runs Debian's Docker. Please install: {' '.join(lacking)}")
    if os.geteuid():
        sys.exit("The trial starts Docker's engine, so it runs as root.")
    if options.step:
        sys.exit(0 if {"build": build, "try": attempt}[options.step](options.folder, options.data) else 1)
    folder = Path(tempfile.mkdtemp(prefix="counter-", dir="/var/tmp"))
    try:
        code = 0
        for step, before in (("build", WITH_NETWORK), ("try", [*WITHOUT, *ALONE])):
            command = [*before, sys.executable, "-m", "tests.containers.run", "--step", step]
            command += ["--folder", str(folder), "--data", str(options.data)]
            code = code or subprocess.run(command, cwd=ROOT, check=False).returncode
    finally:
        shutil.rmtree(folder)
    print(NOT_TRIED)
    sys.exit(code)


def build(folder: Path, data: Path) -> bool:
    """Build both images, with a network. The trial finds every step done before."""
    with running(folder, data, ["--bridge", "none", "--iptables=false"]) as engine:
        stand_ins.make(engine, folder)
        for target, name in (("front", "clickcounter-front"), ("back", "clickcounter")):
            options = ["--network", "host", "--file", "deploy/Dockerfile", "--target", target, "--tag", name]
            engine.docker("build", *options, ".")
            print(f"ok   built {name}", flush=True)
    return True


def attempt(folder: Path, data: Path) -> bool:
    """Follow the page, without a network."""
    with running(folder, data) as engine:
        clean(engine)
        try:
            return all([*trials.one_container(engine), *trials.several(engine)])
        except AssertionError:
            for name in engine.docker("ps", "--all", "--format", "{{.Names}}").split():
                print(f"{name}:\n{engine.shell(f'docker logs --tail 20 {name} 2>&1')}", flush=True)
            raise


def clean(engine: Engine) -> None:
    """Remove what a trial that was interrupted left."""
    if leftovers := engine.docker("ps", "--all", "--quiet").split():
        engine.docker("rm", "--force", "--volumes", *leftovers)
    engine.docker("volume", "prune", "--force")
    engine.docker("network", "prune", "--force")


if __name__ == "__main__":
    main()
