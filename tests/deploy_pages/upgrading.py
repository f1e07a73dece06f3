"""docs/deploy/upgrading.md: from the last version that people ran to this one behind nginx, and the way back."""

import re
import subprocess
from pathlib import Path

from tests.deploy_pages.looks import presses, promised, ready, said, verified
from tests.deploy_pages.on_a_server import install
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root
from tests.deploy_pages.server import APP, URL, WITH_SETTINGS
from tests.server import ROOT
from tests.upgrades.rolling import LAST

PAGE = "docs/deploy/upgrading.md"
PORTS = (8001, 8002, 8003)
HERE = "Several back ends, without a pause"


def follow(root: Root, pages: dict[str, Page], _wheels: Path) -> None:
    """Every command of the page, in its order."""
    page = pages[PAGE]
    terminal = install(root, pages["docs/deploying.md"], LAST)
    newest = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    root.command(f"cd /root/clickcounter && git merge --quiet --ff-only {newest}")

    backup, doctor = (one.removeprefix("python -m clickcounter ") for one in page.spans("Before", "python -m"))
    terminal.paste(f"({WITH_SETTINGS} {backup.replace('FILE', '/root/before.db')})")
    said(f"{LAST} has no {doctor}")
    terminal.paste(*page.commands(HERE, "app-new"))
    move, units, restart, wait, pages_last, doctor, verify = page.spans(
        HERE, "cd ", "cp ", "systemctl ", "curl ", "python -m clickcounter"
    )
    terminal.paste(move, units)
    for port in PORTS:
        terminal.paste(restart.replace("8001", str(port)))
        ready(f"http://127.0.0.1:{port}/")
        terminal.paste(wait.replace("8001", str(port)))
        presses(URL)  # with the old pages
    terminal.paste(f"cd {Path(APP).parent}", pages_last, f"cd {APP}")
    before = presses(URL)
    doctor = doctor.removeprefix("python -m clickcounter ").replace("https://…", URL)
    terminal.paste(f"({WITH_SETTINGS} {doctor})")
    verified(terminal, f"({WITH_SETTINGS} {verify.removeprefix('python -m clickcounter ')})")

    terminal.paste("systemctl stop 'clickcounter@*'")
    (restore,) = page.commands("The way back", "restore")
    (kept,) = [path.name for path in root.path("/var/lib/clickcounter").glob("counter.db.before-0*")]
    restore = re.sub(r"/\S+counter\.db\.before-\S+", f"/var/lib/clickcounter/{kept}", restore)
    printed = terminal.paste(f"({WITH_SETTINGS} {restore.removeprefix('python -m clickcounter ')} --yes)")
    promised("it says how many clicks will be lost", re.search(r"\d+ newer clicks", printed), printed)
    terminal.paste("cd .. && mv app app-new && mv app-old app && cp app/deploy/clickcounter@.service /etc/systemd/system/")
    terminal.paste("rm -r site && cp -r app/site site && systemctl daemon-reload && cd app && systemctl reload nginx")
    terminal.paste("systemctl start clickcounter@8001 clickcounter@8002 clickcounter@8003")
    ready(URL)
    promised("the number from before the upgrade is back", presses(URL) < before)
    verified(terminal, f"({WITH_SETTINGS} verify)")
