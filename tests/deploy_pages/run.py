"""Follow the pages of docs/ about deploying, in clean roots: `make docs-check`.

It needs root, and Debian's debootstrap. The commands are taken out of the pages and pasted in the roots as they stand there,
with the names that a reader fills in. What could not be followed is said at the end, and why.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error

from tests.deploy_pages import at_home, availability, on_a_server, package, upgrading
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root, clean_root
from tests.server import ROOT

Trial = Callable[[Root, dict[str, Page], Path], None]
TRIALS: dict[str, Trial] = {
    "on-a-server": on_a_server.follow,
    "package": package.follow,
    "at-home": at_home.follow,
    "upgrading": upgrading.follow,
    "high-availability": availability.follow,
}
# Blocks that nobody follows here: words of them, and why.
LEFT = {
    ".venv\\Scripts\\Activate.ps1": "no Windows is at hand",
    "The backup holds": "it shows what is printed",
    "docker buildx": "no registry of images can be reached here",
    "docker ": "`make container-check` follows docs/deploy/containers.md",
    "kubectl ": "no Kubernetes cluster is at hand; tests/test_deploy.py checks the file",
    "REFLEX_TRUSTED_PROXY_HOPS=2": "settings of several machines: `make ha` sets them",
    "CREATE ROLE": "it takes three machines: `make ha` does it",
    "stanza-create": "it takes three machines: `make ha` does it",
    "--target-action": "it takes three machines: `make ha` does it",
}
NOT_TRIED = """Not tried here:
- systemd: what its units start was started as their user, without the rest of their sandbox; no timer ran
- public names, and certificates for them
- other systems than Debian 12, and other processors than this one's"""
PAGES = ["docs/deploying.md", *(f"docs/deploy/{path.name}" for path in sorted((ROOT / "docs" / "deploy").glob("*.md")))]
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up; "$@"; exit $?', "sh"]
NEEDED = ("debootstrap", "unshare", "nsenter", "setpriv", "ip", "git")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.deploy_pages.run", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / ".roots", help="what stays from one trial to the next")
    parser.add_argument("--only", choices=TRIALS, action="append", help="one of the trials")
    parser.add_argument("--outside", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if lacking := [program for program in NEEDED if not shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")]:
        sys.exit(f"The trial needs Debian's {', '.join(lacking)}")
    if os.geteuid():
        sys.exit("The trial changes its root, so it runs as root.")
    if options.outside:
        sys.exit(0 if follow(options.only or list(TRIALS), options.data, options.outside) else 1)
    options.data.mkdir(exist_ok=True)
    clean_root(options.data)
    command = [*ALONE, sys.executable, "-m", "tests.deploy_pages.run", "--outside", str(os.getpid())]
    command += ["--data", str(options.data), *(word for name in options.only or [] for word in ("--only", name))]
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


def follow(names: list[str], data: Path, outside: int) -> bool:
    """Follow the pages. True if every promise was kept."""
    pages = {path: Page(path) for path in PAGES}
    kept = [attempt(name, pages, data, outside) for name in names]
    if set(names) == set(TRIALS):
        kept.append(accounted_for(pages))
    print(NOT_TRIED)
    return all(kept)


def accounted_for(pages: dict[str, Page]) -> bool:
    """Say which blocks were not followed, and why. True if there is a reason for each."""
    print("\nNot followed:")
    unexplained = 0
    for path, page in pages.items():
        for block in page.left():
            why = next((reason for words, reason in LEFT.items() if words in block), "")
            unexplained += not why
            print(f"{'-' if why else 'FAIL'} {path}: {block.splitlines()[0]} …: {why or 'nobody says why'}")
    return unexplained == 0


def attempt(name: str, pages: dict[str, Page], data: Path, outside: int) -> bool:
    """One trial in a root of its own."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    try:
        with Root(name, data, outside) as root:
            try:
                TRIALS[name](root, pages, data / "wheels")
            except BaseException:
                print(root.logs(), flush=True)
                raise
    except (AssertionError, subprocess.CalledProcessError, Error) as error:
        print(f"FAIL {name}: {error}", flush=True)
        return False
    print(f"     {name}: {time.monotonic() - began:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    main()
