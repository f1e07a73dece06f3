"""Back ends and terminal commands whose modules are imported once in a pytest process, and then forked for each start.

Importing is most of a start. What is forked runs `reflex run` with its own environment all the same, in a process group of
its own: it reads the settings, makes the app and starts the server, as from the command line; tests/test_run.py does that.
So do `python -m clickcounter` and alembic, with what they print and their exit codes; tests/database/test_schema.py has them
from the command line.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WIRING = ("clickcounter.clickcounter", "clickcounter.__main__")  # which read the environment
MAINS = {"clickcounter": "clickcounter.cli.main", "alembic": "alembic.config"}  # what `python -m` calls


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
        self._one_at_a_time = threading.Lock()

    def fork(self, arguments: list[str], environ: dict[str, str], log: Path) -> Forked:
        """`reflex ARGUMENTS…` in this environment; what it prints is added to `log`."""
        return self._fork(arguments=arguments, environ=environ, out=str(log), err=str(log))

    def run(self, arguments: list[str], environ: dict[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
        """`python -m ARGUMENTS…` in this environment, to its end. Raises subprocess.TimeoutExpired."""
        with tempfile.TemporaryDirectory() as folder:
            out, err, code = (Path(folder) / name for name in ("out", "err", "code"))
            self._fork(arguments=arguments, environ=environ, out=str(out), err=str(err), code=str(code)).wait(timeout)
            return subprocess.CompletedProcess(arguments, int(code.read_text()), out.read_text(), err.read_text())

    def _fork(self, **wanted: object) -> Forked:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._one_at_a_time:
            print(json.dumps(wanted), file=stdin, flush=True)
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
    gc.freeze()  # or each process would copy the pages that its collector marks
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    for line in sys.stdin:
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        run(**json.loads(line))


def run(arguments: list[str], environ: dict[str, str], out: str, err: str, code: str = "") -> None:
    """Become `python -m ARGUMENTS…` where its exit code is wanted in a file, else `reflex ARGUMENTS…`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for target, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), target)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environ)
    if code:
        ended = python_m(*arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        Path(code).write_text(str(ended))
        os._exit(0)  # taking down all that was imported would cost more than the command
    from reflex.reflex import cli

    cli(arguments)


def python_m(module: str, *arguments: str) -> int:
    """The exit code of `python -m MODULE ARGUMENTS…`, which prints what Python prints then."""
    try:
        importlib.import_module(MAINS[module]).main(arguments)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
