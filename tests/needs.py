"""What the tests need besides Python packages: browsers, servers, faketime. Installs them or says how.

Nothing that comes with them is started: the tests run servers of their own.
"""

import contextlib
import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NEEDED = {  # a Debian package: commands of which one has to be there
    "chromium-headless-shell": CHROMIUMS,
    "nginx-light": ("nginx", "/usr/sbin/nginx"),
    "postgresql": ("initdb", "/usr/lib/postgresql/*/bin/initdb"),
    "redis-server": ("redis-server", "valkey-server"),
    "faketime": ("faketime",),
}
POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it before a package may start its service


def missing() -> list[str]:
    """The Debian packages that are not there."""
    return [package for package, commands in NEEDED.items() if not any(shutil.which(c) or glob.glob(c) for c in commands)]


@contextlib.contextmanager
def nothing_starts() -> Iterator[None]:
    """While packages are installed, their services stay down."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def main() -> None:
    """Install with apt-get as root, or say what to install."""
    packages = missing()
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=True)
        environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        with nothing_starts():
            subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], check=True, env=environ)
        packages = missing()
    if packages:
        sys.exit(f"The tests drive a real browser and real servers. Please install: {' '.join(packages)}")


if __name__ == "__main__":
    main()
