"""What the pages about a server of one's own have in common: where things are, and who puts them there."""

import re
import shutil
import subprocess

from tests.deploy_pages.roots import Root
from tests.server import ROOT

URL = "http://localhost/"
APP = "/srv/clickcounter/app"
SETTINGS = "/etc/clickcounter.env"
WITH_SETTINGS = f"set -a; . {SETTINGS}; .venv/bin/python -m clickcounter"
RESTART = "systemctl restart clickcounter@8001 clickcounter@8002 clickcounter@8003"


def clone(root: Root, folder: str, version: str = "HEAD") -> None:
    """Put the project where somebody has cloned it to."""
    ours = root.folder / "project"
    subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, ours], check=True)
    subprocess.run(["git", "checkout", "--quiet", "-B", "main", version], cwd=ours, check=True)
    shutil.copytree(ours, root.path(folder), symlinks=True)


def change_settings(root: Root, **settings: str) -> None:
    """Edit /etc/clickcounter.env as a person does."""
    text = root.path(SETTINGS).read_text()
    for name, value in settings.items():
        text = re.sub(rf"^{name}=.*\n", "", text, flags=re.M) + f"{name}={value}\n"
    root.path(SETTINGS).write_text(text)
    print(f"     {SETTINGS}: {', '.join(settings)}", flush=True)
