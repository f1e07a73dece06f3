"""Fork back ends and terminal commands from a process that has imported everything, because imports take most of a start.

A forked process still runs `reflex run` with its own environment in its own process group: it reads the settings, creates
the app and starts the server. `python -m clickcounter` and others keep their output and exit codes. tests/test_run.py and
tests/database/test_schema.py run the same commands from a real command line.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.shared import folder

WIRING = ("clickcounter.clickcounter", "clickcounter.__main__")  # these read the environment when imported
CERTIFICATES = "SSL_CERT_FILE"
LOADED_LATER = (  # at a server's start
    *("anyio._backends._asyncio", "reflex.istate.manager.memory", "reflex.reflex", "reflex.utils.build", "rich.rule"),
    *("uvicorn.lifespan.on", "uvicorn.loops.uvloop", "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto"),
)
CHANGED = "CLICKCOUNTER_TEST_CHANGED"  # modules, each with the name of a number in it and its value in this one process
MAINS = {  # what `python -m` calls
    "clickcounter": "clickcounter.cli.main:main",
    "alembic": "alembic.config:main",
    "reflex": "reflex.reflex:cli.main",
    "tests.siege.attacks": "tests.siege.attacks:main",
}


@dataclass
class Forked:
    """The part of `subprocess.Popen` that tests need, for a process that is not our child."""

    pid: int

    def poll(self) -> int | None:
        """None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float) -> None:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("reflex", timeout)
            time.sleep(0.01)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait(60)


class Preloaded:
    """The process that has imported everything and forks on request, for all pytest processes of a run."""

    def fork(self, arguments: list[str], environ: dict[str, str], log: Path) -> Forked:
        """Start `reflex ARGUMENTS…` in this environment; append its output to `log`."""
        return self._fork(arguments=arguments, environ=environ, out=str(log), err=str(log))

    def run(self, arguments: list[str], environ: dict[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
        """Run `python -m ARGUMENTS…` in this environment and wait for it. Raises subprocess.TimeoutExpired."""
        with tempfile.TemporaryDirectory() as outputs:
            out, err, code = (Path(outputs) / name for name in ("out", "err", "code"))
            self._fork(arguments=arguments, environ=environ, out=str(out), err=str(err), code=str(code)).wait(timeout)
            return subprocess.CompletedProcess(arguments, int(code.read_text()), out.read_text(), err.read_text())

    def begin(self, arguments: list[str], environ: dict[str, str]) -> Forked:
        """Start `python -m ARGUMENTS…` in this environment; what it prints is dropped."""
        return self._fork(arguments=arguments, environ=environ, out=os.devnull, err=os.devnull, code=os.devnull)

    def _fork(self, **wanted: object) -> Forked:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(_address()))
            with connection.makefile("rw") as lines:
                print(json.dumps(wanted), file=lines, flush=True)
                return Forked(int(lines.readline()))


@cache
def preloaded() -> Preloaded:
    """The one of this run; a process that is alone gets its own."""
    if not _address().exists():
        offer()
    return Preloaded()


def _address() -> Path:
    return folder() / "preloaded"


def offer() -> None:
    """Listen for requests to fork. The process that answers them is started by the first one, and ends with this one."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(_address()))
    listening.listen(64)
    threading.Thread(target=_start_when_asked, args=(listening,), daemon=True).start()


def _start_when_asked(listening: socket.socket) -> None:
    select.select([listening], [], [])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.preloaded", str(listening.fileno())],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"REFLEX_ENV_MODE": "prod", "REFLEX_BACKEND_ONLY": "true"},
        stdin=subprocess.PIPE,  # its end tells that this process has ended
        pass_fds=[listening.fileno()],
    )
    listening.close()
    process.wait()


def main() -> None:
    """Import everything that does not read the environment, then fork for each request and answer with the pid."""
    import clickcounter

    gc.disable()  # imports leave no garbage, and looking for some takes a third of the time
    for module in pkgutil.walk_packages(clickcounter.__path__, "clickcounter."):
        if module.name not in WIRING:
            importlib.import_module(module.name)
    for name in LOADED_LATER:
        importlib.import_module(name)
    gc.freeze()  # otherwise each fork's garbage collector would copy shared pages
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the forks
    listening = socket.socket(fileno=int(sys.argv[1]))
    while sys.stdin not in select.select([sys.stdin, listening], [], [])[0]:
        connection, _ = listening.accept()
        with connection, connection.makefile() as lines:
            line = lines.readline()
            pid = os.fork()
            if pid:
                connection.sendall(b"%d\n" % pid)
        if not pid:
            listening.close()
            run(**json.loads(line))


def run(arguments: list[str], environ: dict[str, str], out: str, err: str, code: str = "") -> None:
    """Become `python -m ARGUMENTS…` if `code` names a file for its exit code, else `reflex ARGUMENTS…`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for target, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), target)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    inherited = os.environ.get(CERTIFICATES)
    os.environ.clear()
    os.environ.update(environ)
    if environ.get(CERTIFICATES) == inherited:  # reading all roots is a quarter of a start, and hardly any test needs them
        os.environ[CERTIFICATES] = os.devnull
    changed = environ.get(CHANGED, "").split()
    for module, name, value in zip(changed[::3], changed[1::3], changed[2::3], strict=True):
        setattr(importlib.import_module(module), name, float(value))
    if code:
        ended = python_m(*arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        Path(code).write_text(str(ended))
        os._exit(0)  # a normal exit would tear down every import, which takes longer than the command
    from reflex.reflex import cli

    cli(arguments)


def python_m(module: str, *arguments: str) -> int:
    """The exit code of `python -m MODULE ARGUMENTS…`; errors are printed as Python prints them."""
    try:
        pkgutil.resolve_name(MAINS[module])(arguments)
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
