"""docs/deploying.md for a clone of the project in somebody's home: by hand, other databases, several workers, below a path
behind each proxy, and https for phones."""

import re
import subprocess
from pathlib import Path

from tests.deploy_pages.looks import presses, promised, reads, ready, said, verified
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root, Terminal
from tests.deploy_pages.server import clone
from tests.server import wait_for

USER, HOME = "anna", "/home/anna/clickcounter"
URL = "http://localhost:3000/"
BELOW = "Behind a proxy, below a path"
PHONES = "https://192.168.1.5/"
ASK = "python3 -c \"import urllib.request as r; r.urlopen('http://127.0.0.1:3000/readyz')\" 2>&1 || echo no"


def follow(root: Root, pages: dict[str, Page], _wheels: Path) -> None:
    """Section after section, as the same person."""
    page = pages["docs/deploying.md"]
    root.command(f"useradd --create-home --shell /bin/bash {USER}")
    clone(root, HOME)
    root.command(f"chown -R {USER}: {HOME}")
    administrator, terminal = Terminal(root), Terminal(root, USER)
    administrator.paste("apt install -y git make python3-venv", f"cd {HOME}")
    terminal.paste("cd ~/clickcounter")
    by_hand(root, terminal, page)
    proxies(administrator, terminal, page)
    phones(administrator, terminal, page)
    workers(administrator, terminal, page)
    databases(administrator, terminal, page)
    two_servers(administrator, terminal, page)


def by_hand(root: Root, terminal: Terminal, page: Page) -> None:
    """The commands for Linux; the first start builds the pages, with a network."""
    *steps, serve = page.commands("By hand", "python3 -m venv")
    terminal.paste(*steps)
    with terminal.serving(serve, network=True) as log:
        wait_for(lambda: "no" not in root.command(ASK, network=True) or "Traceback" in log.read_text(), "it starts", 300)
    with terminal.serving(serve):
        ready(URL)
        promised("the first press", presses(URL) == 1)
    verified(terminal, "python -m clickcounter verify")


def proxies(administrator: Terminal, terminal: Terminal, page: Page) -> None:
    """The same instance behind each of the three."""
    (serve,) = page.commands(BELOW, "make run")
    with terminal.serving(serve):
        ready(f"{URL}counter/")
        presses(f"{URL}counter/")
        for proxy, url in (
            ("nginx", "http://localhost/counter/"),
            ("caddy", "https://www.example.org/counter/"),
            ("haproxy", "http://localhost/counter/"),
        ):
            *install, load = [line for line in page.commands(BELOW, "nginx-path") if proxy in line]
            administrator.paste(*install)
            if proxy == "caddy":
                administrator.paste(r"sed -i 's/^[a-z]*\.example\.org {/&\n\ttls internal/' /etc/caddy/Caddyfile")
                said("the names are not ours: Caddy signs for them itself instead of asking for public certificates")
            administrator.paste(load)
            if proxy != "caddy":
                wait_for(lambda url=url: reads(url), f"{url} answers")  # type: ignore[misc]
            presses(url)
            administrator.paste(f"systemctl stop {proxy}")
    verified(terminal, "python -m clickcounter verify")


def phones(administrator: Terminal, terminal: Terminal, page: Page) -> None:
    """Caddy with certificates of its own, at this computer's address."""
    subprocess.run(["ip", "address", "replace", "192.168.1.5/32", "dev", "lo"], check=True)
    run, proxy = page.commands("Phones and https", "caddy reverse-proxy")
    with terminal.serving(run):
        ready(URL)
        with administrator.serving(proxy.removeprefix("sudo ")):
            wait_for(lambda: _accepts(administrator), "Caddy listens")
            presses(PHONES)


def _accepts(administrator: Terminal) -> bool:
    return ":443 " in administrator.root.command("ss --listening --tcp --numeric")


def workers(administrator: Terminal, terminal: Terminal, page: Page) -> None:
    """One worker a core, with Redis."""
    (serve,) = page.commands("Several workers", "REFLEX_REDIS_URL")
    administrator.paste("apt install -y redis-server")
    with terminal.serving(serve):
        ready(URL)
        presses(URL)
        promised("Redis relays", '"relay":"ok"' in (reads(f"{URL}readyz") or ""))


def databases(administrator: Terminal, terminal: Terminal, page: Page) -> None:
    """Another file, a backup and its restoration; PostgreSQL."""
    (serve,) = page.commands("The database", "sqlite:////srv")
    administrator.paste(f"install -d -o {USER} /srv/counter")
    with terminal.serving(serve):
        ready(URL)
        promised("another database", presses(URL) == 1)
    with terminal.serving("make run"):
        ready(URL)
        kept = presses(URL)
        backup, restore = page.commands("Backups", "backup counter-monday")
        terminal.paste(backup)
        presses(URL)
    printed = terminal.paste(f"{restore} --yes")
    promised("the restore says what it undoes", re.search(r"counter: \d+ → \d+", printed), printed)
    with terminal.serving("make run"):
        ready(URL)
        promised("the number of the backup is back", presses(URL) == kept + 1)
    verified(terminal, "python -m clickcounter verify")

    create, name, serve = page.commands("PostgreSQL", "createdb clickcounter")
    administrator.paste("apt install -y postgresql")
    role = f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD 'secret'"
    administrator.paste(f'su postgres -c "psql --quiet --command \\"{role}\\""')
    terminal.paste(create, name.replace("user:password@host", f"{USER}:secret@localhost"))
    with terminal.serving(serve):
        ready(URL)
        promised("a new database in PostgreSQL", presses(URL) == 1)
    verified(terminal, "python -m clickcounter verify")
    terminal.paste("unset REFLEX_DB_URL")


def two_servers(administrator: Terminal, terminal: Terminal, page: Page) -> None:
    """Pages for another origin; a back end for theirs; and the same files made ready for a path."""
    here = "Front end and back end on different servers"
    export, serve = page.commands(here, "make export")
    terminal.paste(export)
    promised("the pages name the other server", "api.example.org" in terminal.paste("cat site/__spa-fallback.html"))
    with terminal.serving(serve):
        ready("http://localhost:8000/")
    administrator.paste(f"install -d -o {USER} /srv/www")
    terminal.paste(*page.commands(here, "web.front_end"))
    promised("files for a path", 'data-path="/counter"' in terminal.paste("cat /srv/www/counter/__spa-fallback.html"))
