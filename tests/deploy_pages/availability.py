"""docs/deploy/high-availability.md: that what it names is there. Its trial is `make ha`."""

import re
from pathlib import Path

from tests.deploy_pages.looks import promised, said
from tests.deploy_pages.page import Page
from tests.deploy_pages.roots import Root, Terminal
from tests.deploy_pages.server import clone
from tests.server import ROOT

CALLED = ("patronictl", "psql", "pgbackrest", "redis-sentinel", "curl", "/usr/lib/postgresql/15/bin/pg_ctl")


def follow(root: Root, pages: dict[str, Page], _wheels: Path) -> None:
    """Install and fill in everything on one machine; start nothing."""
    page = pages["docs/deploy/high-availability.md"]
    clone(root, "/srv/clickcounter/app")
    terminal = Terminal(root)
    first = page.commands("The database", "apt install")
    fill = r'fill() { sed "s/@NAME@/db1/; s/@ADDRESS@/10.77.0.11/g; s/@PASSWORD@/secret/" "$1"; }'
    promised("the page fills in these names", sum(line.startswith("fill()") for line in first) == 1, first)
    first = [fill if line.startswith("fill()") else line for line in first]
    rest = [
        *page.commands("The database", "disk-watch"),
        *page.commands("Redis and Sentinel", "redis.conf"),
        *page.commands("PostgreSQL, back to any moment", "clickcounter-pgbackrest"),
        "cd ../..",
        *page.commands("The back ends", "haproxy"),
    ]
    for line in [*first, *rest]:
        installs = [part for part in line.split(" && ") if not part.strip().startswith("systemctl")]
        if installs:
            terminal.paste(" && ".join(installs))
    for file in ("/etc/default/etcd", "/etc/patroni/config.yml", "/etc/redis/redis.conf", "/etc/redis/sentinel.conf"):
        promised(f"{file} is filled in", not re.search("@[A-Z]+@", root.path(file).read_text()))
    units = {unit for line in [*first, *rest] for unit in re.findall(r"(?:--now|restart) ([\w. -]+)", line)}
    for unit in sorted({name for names in units for name in names.split()}):
        file = unit if "." in unit else f"{unit}.service"
        found = [root.path(f"{folder}/{file}") for folder in ("/etc/systemd/system", "/lib/systemd/system")]
        promised(f"a unit {file}", any(path.exists() for path in found))
    for program in CALLED:
        promised(f"a program {program}", program in page.text and root.command(f"command -v {program}"))
    samples = set(re.findall(r"deploy/ha/[\w.-]+", page.text)) | set(re.findall(r"`(deploy/[\w./-]+\.\w+)`", page.text))
    for sample in sorted(samples):
        promised(sample, (ROOT / sample).exists())
    said("nothing of it was started here: `make ha` is this page's trial")
