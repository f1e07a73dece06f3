"""Install what the tests need besides Python packages, or say how: browsers, servers, faketime, curl.

The installed services are not started; the tests run their own servers.
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
WHOLE_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")  # for installing the app
FIREFOXES = ("firefox-esr", "firefox")
NEEDED = {  # Debian package: commands, one of which must exist
    "chromium-headless-shell": CHROMIUMS,
    "chromium": WHOLE_CHROMIUMS,
    "webkit2gtk-driver": ("WebKitWebDriver",),
    "firefox-esr": FIREFOXES,
    "xvfb": ("Xvfb",),
    "nginx-light": ("nginx", "/usr/sbin/nginx"),
    "postgresql": ("initdb", "/usr/lib/postgresql/*/bin/initdb"),
    "pgbouncer": ("pgbouncer", "/usr/sbin/pgbouncer"),
    "redis-server": ("redis-server", "valkey-server"),
    "dbus": ("dbus-daemon",),
    "faketime": ("faketime",),
    "curl": ("curl",),
    "glewlwyd": ("glewlwyd",),  # an OpenID Connect provider; its package asks which database it is to use
    "dbconfig-sqlite3": ("/usr/share/doc/dbconfig-sqlite3",),
}
POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it whether a package may start its service


def missing() -> list[str]:
    """The Debian packages that are missing."""
    return [package for package, commands in NEEDED.items() if not any(shutil.which(c) or glob.glob(c) for c in commands)]


@contextlib.contextmanager
def services_stay_down() -> Iterator[None]:
    """Keep services from starting while their packages are installed."""
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
    """As root, install with apt-get; otherwise say what to install."""
    packages = missing()
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=True)
        environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        with services_stay_down():
            subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], check=True, env=environ)
        packages = missing()
    if packages:
        sys.exit(f"The tests drive real browsers and real servers. Please install: {' '.join(packages)}")


if __name__ == "__main__":
    main()
