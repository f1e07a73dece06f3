"""Two sections of docs/deploying.md, copied and pasted into a clean Debian: `python -m tests.containers.run --pages`.

The commands before the first server are run with a network, the rest without one. There is no systemd in a container: a
stand-in for systemctl starts what the unit says, as its user.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.containers import stand_ins
from tests.containers.engine import Engine
from tests.containers.trials import pressed, said
from tests.server import ROOT, answers, wait_for

PAGE = ROOT / "docs" / "deploying.md"
PORT = 3000
SYSTEMCTL = r"""#!/bin/sh
# Stands in for systemd: `enable --now clickcounter@PORT…` and `reload nginx`.
case "$1 $2" in
"enable --now")
    shift 2
    redis-server --daemonize yes > /dev/null
    unit=/etc/systemd/system/clickcounter@.service
    for name; do
        port="${name#*@}"
        user=$(sed -n 's/^User=//p' $unit)
        set -a; . /etc/clickcounter.env; set +a
        cd "$(sed -n 's/^WorkingDirectory=//p' $unit)"
        setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all \
            env $(sed -n "s/%i/$port/g; s/^Environment=//p" $unit) $(sed -n "s/%i/$port/g; s/^ExecStart=//p" $unit) &
    done ;;
"reload nginx") nginx ;;
esac
"""
UNTIL_IT_ANSWERS = "while ! curl --fail --silent http://localhost/readyz; do sleep 0.2; done; sleep infinity"


def commands(section: str) -> list[str]:
    """The first block of commands of a section that installs something."""
    text = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## )", PAGE.read_text(), re.M | re.S)
    assert text, section
    blocks = re.findall(r"(?:^ {4}\S.*\n)+", text[1], re.M)
    return [line.strip() for line in next(block for block in blocks if " install" in block).splitlines()]


def build(engine: Engine, folder: Path) -> None:
    """Run what needs a network, in clean roots."""
    context = folder / "pages"
    context.mkdir()
    base = stand_ins.root(engine, "clean", folder)
    told = [f"ENV {name}={os.environ[name]}" for name in stand_ins.TOLD if name in os.environ]
    quiet = (
        r"RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && apt-get update"
    )
    clean = [f"FROM {base}", "ENV DEBIAN_FRONTEND=noninteractive", *told, quiet]

    engine.docker(
        "build", "--network", "host", "--file", "deploy/Dockerfile", "--target", "pages", "--tag", "clickcounter-pages", "."
    )
    install, serve = commands("As a package")
    run = [
        "RUN apt-get install -y pipx",
        "COPY --from=clickcounter-pages /build/dist /root",
        "WORKDIR /root",
        f"RUN {install}",
    ]
    _built(engine, context, "page-package", [*clean, *run, f"CMD PATH=$PATH:/root/.local/bin {serve}"])

    lines = commands("On a server")
    first = next(number for number, line in enumerate(lines) if line.startswith("systemctl enable"))
    subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, context / "project"], check=True)
    (context / "systemctl").write_text(SYSTEMCTL)
    (context / "install.sh").write_text("\n".join(["set -ex", *lines[:first], ""]))
    (context / "start.sh").write_text(
        "\n".join(["set -x", "cd /srv/clickcounter/app", *lines[first:-1], UNTIL_IT_ANSWERS, ""])
    )
    steps = ["COPY systemctl install.sh start.sh /opt/", "RUN install /opt/systemctl /usr/local/bin/systemctl"]
    steps += ["COPY project /root/project", "WORKDIR /root/project", "RUN bash /opt/install.sh"]
    _built(engine, context, "page-server", [*clean, *steps, "CMD bash /opt/start.sh"])
    shutil.rmtree(context)


def _built(engine: Engine, context: Path, name: str, lines: list[str]) -> None:
    (context / "Dockerfile").write_text("\n".join([*lines, ""]))
    engine.docker("build", "--network", "host", "--tag", name, str(context))
    print(f"ok   {name}: installed", flush=True)


def attempt(engine: Engine) -> list[bool]:
    """Start what was installed, and press."""
    kept = []
    for name, port, inside in (("page-package", PORT, 3000), ("page-server", 8080, 80)):
        engine.docker("run", "--detach", "--name", name, "--publish", f"{port}:{inside}", name)
        try:
            wait_for(lambda port=port: answers(f"http://127.0.0.1:{port}/readyz"), "/readyz answers", 60)  # type: ignore[misc]
            kept.append(said(f"{name}: /readyz answers", True))
            kept.append(pressed(port, 1))
        except AssertionError:
            print(engine.shell(f"docker logs {name} 2>&1"))
            raise
        finally:
            engine.docker("rm", "--force", "--volumes", name)
    return kept
