"""Back ends whose modules are imported once in a pytest process, and then forked for each start.

Importing is most of a start. What is forked runs `reflex run` with its own environment all the same, in a process group of
its own: it reads the settings, makes the app and starts the server, as from the command line; tests/test_run.py does that.
"""

import atexit
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WIRING = ("clickcounter.clickcounter", "clickcounter.__main__")  # which read the environment


@dataclass
class Forked:
    """As much of a `subprocess.Popen` as is needed for a process that is another's child."""

    pid: int

    def poll(self) -> int | None:
        """None while it is there."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float) -> None:
        """Until it is gone. Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("reflex", timeout)
            time.sleep(0.01)


class Preloaded:
    """The process that has imported everything."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.preloaded"],
            cwd=Path(__file__).parent.parent,
            env=os.environ | {"REFLEX_ENV_MODE": "prod", "REFLEX_BACKEND_ONLY": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._process.kill)

    def fork(self, arguments: list[str], environ: dict[str, str], log: Path) -> Forked:
        """`reflex ARGUMENTS…` in this environment; what it prints is added to `log`."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        print(json.dumps({"arguments": arguments, "environ": environ, "log": str(log)}), file=stdin, flush=True)
        return Forked(int(stdout.readline()))


@cache
def preloaded() -> Preloaded:
    """The one of this process."""
    return Preloaded()


def main() -> None:
    """Import everything but what reads the environment; then fork for each line, and print the number of the process."""
    import clickcounter

    for module in pkgutil.walk_packages(clickcounter.__path__, "clickcounter."):
        if module.name not in WIRING:
            importlib.import_module(module.name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    for line in sys.stdin:
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        run(**json.loads(line))


def run(arguments: list[str], environ: dict[str, str], log: str) -> None:
    """Become that command."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(environ)
    from reflex.reflex import cli

    cli(arguments)


if __name__ == "__main__":
    main()
