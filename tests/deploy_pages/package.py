"""docs/deploying.md, "As a package": somebody without rights installs the wheel; then root makes a service of it."""

import re
import shutil
from pathlib import Path

from tests.deploy_pages.looks import presses, promised, ready, verified
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root, Terminal

HERE = "As a package"
USER = "anna"


def follow(root: Root, pages: dict[str, Page], wheels: Path) -> None:
    """The whole section, with pipx, without it, and under systemd."""
    page = pages["docs/deploying.md"]
    assert wheels.exists(), "the trial on-a-server builds the package"
    root.command(f"useradd --create-home --shell /bin/bash {USER}")
    wheel = next(wheels.glob("*.whl"))
    shutil.copy(wheel, root.path(f"/home/{USER}"))
    Terminal(root).paste("apt install -y pipx")

    install, serve = page.commands(HERE, "pipx install")
    Terminal(root, USER).paste(install)
    terminal = Terminal(root, USER)  # a new one, which finds the command
    with terminal.serving(serve) as log:
        ready("http://localhost:3000/")
        presses("http://localhost:3000/")
        promised("it prints its address", "http://localhost:3000/" in log.read_text(), log.read_text())
        verified(terminal, "clickcounter verify")
    (again,) = page.spans(HERE, "pipx install --force")
    terminal.paste(again)
    for command in page.commands(HERE, "serve --port 8080"):
        variant(root, terminal, command)

    make, fill, serve = page.spans(HERE, "python3 -m venv", "counter/bin")
    bare = Terminal(root, USER)
    bare.paste(make, fill)
    with bare.serving(serve):
        ready("http://localhost:3000/")
        promised("the same data without pipx", presses("http://localhost:3000/") > 1)
    service(root, page)


def variant(root: Root, terminal: Terminal, command: str) -> None:
    """`clickcounter serve` with one of its options."""
    port = (re.search(r"--port (\d+)", command) or ["", "3000"])[1]
    path = (re.search(r"--path (\S+)", command) or ["", "/"])[1]
    if data := re.search(r"--data (\S+)", command):
        root.command(f"install -d -o {USER} {data[1]}")
    with terminal.serving(command):
        ready(f"http://localhost:{port}{path}")
        presses(f"http://localhost:{port}{path}")
    if data:
        verified(terminal, f"clickcounter verify --data {data[1]}")


def service(root: Root, page: Page) -> None:
    """As a service under systemd."""
    terminal = Terminal(root)
    terminal.paste(f"cd /home/{USER}")
    terminal.paste(*page.commands(HERE, "/opt/clickcounter/bin/pip"))
    ready("http://localhost:3000/")
    promised("the service has data of its own", presses("http://localhost:3000/") == 1)
    verified(terminal, "/opt/clickcounter/bin/clickcounter verify --data /var/lib/clickcounter")
    terminal.paste("systemctl stop clickcounter")
