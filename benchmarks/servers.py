"""Start each system as its own documentation says, on a free port, with its own database."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
INSTALLED = ROOT / ".bench"  # what `make bench` installs
BIN = Path(sys.executable).parent
START_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A running system. `pid` is that of its process group."""

    port: int
    pid: int
    folder: Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def start_reflex(folder: Path, port: int, project: Path, **environ: str) -> tuple[list[str], Path, dict[str, str]]:
    """The command that starts a Reflex project, the folder to run it in, and its environment."""
    command = [sys.executable, "-m", "reflex", "run", "--env", "prod", "--backend-only", "--backend-port", str(port)]
    here = {"REFLEX_DB_URL": f"sqlite:///{folder}/counter.db", "REFLEX_BACKEND_HOST": "127.0.0.1"}
    return command, project, here | environ


def _ours(folder: Path, port: int) -> tuple[list[str], Path, dict[str, str]]:
    return start_reflex(folder, port, ROOT)


def _shared_state(folder: Path, port: int) -> tuple[list[str], Path, dict[str, str]]:
    project = Path(shutil.copytree(HERE / "shared_state_peer", folder / "project"))
    return start_reflex(folder, port, project)


def _socketio(folder: Path, port: int) -> tuple[list[str], Path, dict[str, str]]:
    program = shutil.copy(HERE / "socketio_peer" / "server.mjs", INSTALLED / "socketio")  # beside its node_modules
    command = [str(BIN / "node"), str(program), str(port), str(folder / "counter.db")]
    return command, folder, {"NODE_ENV": "production"}


def _channels(folder: Path, port: int) -> tuple[list[str], Path, dict[str, str]]:
    project = Path(shutil.copytree(HERE / "channels_peer", folder / "project"))
    python = INSTALLED / "channels" / "bin"
    subprocess.run([python / "python", "manage.py", "migrate"], cwd=project, check=True, capture_output=True)
    return [str(python / "daphne"), "-b", "127.0.0.1", "-p", str(port), "clickcounter.asgi:application"], project, {}


STARTS = {"ours": _ours, "socketio": _socketio, "channels": _channels, "sharedstate": _shared_state}


@contextlib.contextmanager
def running(system: str, folder: Path) -> Iterator[Server]:
    """Run one of the systems for the duration of the block."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a stopped benchmark leaves no server behind
    folder.mkdir(parents=True)
    port = free_port()
    command, where, environ = STARTS[system](folder, port)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=where,
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(port, process, folder / "log")
        yield Server(port, process.pid, folder)
    finally:
        end(process)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_WITHIN
    while True:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"it did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Stop a server and everything it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
