"""docs/deploying.md, "On a server"; and what other pages build upon it: backups, PostgreSQL, accounts elsewhere."""

import re
import shutil
from pathlib import Path

from tests.deploy_pages import sign_in
from tests.deploy_pages.looks import presses, promised, ready, verified
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root, Terminal
from tests.deploy_pages.server import APP, RESTART, URL, WITH_SETTINGS, change_settings, clone


def install(root: Root, deploying: Page, version: str = "HEAD") -> Terminal:
    """Paste the section's first block, in the project's folder."""
    clone(root, "/root/clickcounter", version)
    terminal = Terminal(root)
    terminal.paste("cd /root/clickcounter")
    printed = terminal.paste(*deploying.commands("On a server", "useradd"))
    promised("the last line prints what the page says", '{"database":"ok","relay":"ok"}' in printed, printed[-2000:])
    presses(URL)
    return terminal


def follow(root: Root, pages: dict[str, Page], wheels: Path) -> None:
    """The whole section, then a backup and PostgreSQL."""
    deploying, available = pages["docs/deploying.md"], pages["docs/deploy/high-availability.md"]
    terminal = install(root, deploying)
    verified(terminal, f"({WITH_SETTINGS} verify)")
    terminal.paste("make dist")
    wheels.mkdir(exist_ok=True)
    shutil.copy(next(root.path(f"{APP}/dist").glob("*.whl")), wheels)
    back_up(terminal, available)
    to_postgresql(root, terminal, deploying)
    sign_in.follow(root, terminal, pages["docs/deploy/sign-in.md"], root.folder / "provider")
    verified(terminal, f"({WITH_SETTINGS} verify)")


def back_up(terminal: Terminal, available: Page) -> None:
    """The timer of SQLite's backups, and its first one."""
    printed = terminal.paste(*available.commands("SQLite", "clickcounter-backup"))
    promised("a backup is there", re.search(r"counter-20.*\.db", printed), printed)


def to_postgresql(root: Root, terminal: Terminal, deploying: Page) -> None:
    """Copy everything to PostgreSQL; the back ends go on there. Then an account owns the counter."""
    before = presses(URL)
    terminal.paste(*deploying.spans("On a server", "apt install -y postgresql"))
    terminal.paste(*deploying.commands("On a server", "createuser"), text="secret\nsecret\n")
    (setting,) = deploying.spans("On a server", "REFLEX_DB_URL=")
    name, _, url = setting.replace("PASSWORD", "secret").partition("=")
    terminal.paste("systemctl stop 'clickcounter@*'")
    (copy,) = deploying.commands("From one database to another", "copy --from")
    old, new = "sqlite:///clickcounter.db", "postgresql://user@host/clickcounter"
    copy = copy.replace(old, "sqlite:////var/lib/clickcounter/counter.db").replace(new, url)
    terminal.paste(f"source .venv/bin/activate; {copy}")
    change_settings(root, **{name: url})
    terminal.paste(*deploying.commands("On a server", "-m clickcounter upgrade"), RESTART)
    ready("http://127.0.0.1:8001/")
    promised("PostgreSQL goes on from SQLite's number", presses(URL) == before + 1)
    terminal.paste(f"({WITH_SETTINGS} createsuperuser NAME)", text="correct horse battery\n")
    terminal.paste(*deploying.commands("On a server", "own counter"))
    verified(terminal, f"({WITH_SETTINGS} verify)")
