"""A real back end and a real front end, started, killed and started again as a person would."""

import asyncio
import contextlib
import fcntl
import inspect
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.preloaded import Forked, preloaded
from tests.sql import ask

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
REFLEX = [sys.executable, "-m", "reflex"]


def _ports() -> Iterator[int]:
    """Each pytest process of a run has a block of its own, below the ports that Linux gives to connections (32768 and up):
    one of those may sit on the port of a server that was killed, when it is started again."""
    block = int(os.environ.get("PYTEST_XDIST_WORKER", "gw3").removeprefix("gw")) % 4
    size = 5000
    begin = random.randrange(size)  # two runs at once on one machine begin at different places
    return (12000 + block * size + (begin + i) % size for i in itertools.count())


_next_ports = _ports()


def free_port() -> int:
    """A port that nobody listens on, and that nobody else in this run is told."""
    for port in _next_ports:
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("", port))
            return port
    raise AssertionError


def wait_for(condition: Callable[[], T], what: str, within: float = 10.0) -> T:
    """Wait for a condition, not for a time. Returns what it came to."""
    end = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.02)
    return found


async def until(condition: Callable[[], object], within: float = 5.0) -> None:
    """The same in a coroutine; the condition may be one, too. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not (await found if inspect.isawaitable(found := condition()) else found):
            await asyncio.sleep(0.02)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return response.status == 200
    except OSError:
        return False


def listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A command in a process group of its own, so that kill -9 takes its workers too."""

    tree = ROOT  # where it runs

    def __init__(self, command: list[str], log: Path, **environ: str) -> None:
        self.command, self.log, self.environ = command, log, environ
        self.process: subprocess.Popen[bytes] | Forked | None = None

    def start(self) -> None:
        self.launch()

    def launch(self) -> None:
        """Start it, and wait for nothing."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.tree,
                env=os.environ | self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def send(self, number: int) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                os.kill(self.process.pid, number)  # forked just now, it has no group of its own yet

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.send(number)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self.process.wait(5)
        self.send(signal.SIGKILL)  # whatever of the group is left
        self.process = None

    def printed(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class BackEnd(Process):
    """`reflex run --backend-only` on a database of its own."""

    def __init__(self, port: int, folder: Path, **environ: str) -> None:
        self.port, self.database = port, folder / "counter.db"
        command = [*REFLEX, "run", "--env", "prod", "--backend-only", "--backend-port", str(port)]
        environ = {"REFLEX_DB_URL": f"sqlite:///{self.database}"} | environ
        super().__init__(command, folder / f"back-end-{port}.log", **environ)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def db_url(self) -> str:
        return self.environ["REFLEX_DB_URL"]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask or tell the database, past all our code."""
        return ask(self.db_url, statement)

    def launch(self) -> None:
        if self.tree != ROOT or "LD_PRELOAD" in self.environ:  # which only a new process reads
            super().launch()
            return
        self.process = preloaded().fork(self.command[len(REFLEX) :], os.environ | self.environ, self.log)

    def start(self) -> None:
        super().start()
        self.wait()

    def wait(self) -> None:
        def up() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, f"the back end ended:\n{self.printed()}"
            return answers(f"{self.url}/ping")

        wait_for(up, "the back end answers", 60)

    def kill(self) -> None:
        """kill -9, workers and all; the port is free again."""
        self.stop(signal.SIGKILL)
        wait_for(lambda: not listens(self.port), "nobody listens any more")


@contextlib.contextmanager
def building() -> Iterator[None]:
    """One build at a time in this checkout, whoever else runs tests in it."""
    folder = ROOT / ".pytest_cache"  # not .web: Reflex may make that anew, and with it the lock
    folder.mkdir(exist_ok=True)
    with (folder / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


LATER = '    later: str = "x"\n\n'


def another_version(folder: Path) -> Path:
    """A copy of the project whose state has one more variable, as a later version might."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    state = folder / "clickcounter" / "states" / "counter.py"
    state.write_text(state.read_text().replace("class CounterState(rx.State):\n", f"class CounterState(rx.State):\n{LATER}"))
    assert "later: str" in state.read_text()
    return folder


def export_front_end(api_url: str, folder: Path, tree: Path = ROOT) -> Path:
    """The static front end, built for a back end at this URL, as docs/deploying.md says; in a folder of its own."""
    log = folder / "export.log"
    command = [*REFLEX, "export", "--frontend-only", "--no-zip"]
    with log.open("ab") as out:
        subprocess.run(command, cwd=tree, env=os.environ | {"REFLEX_API_URL": api_url}, stdout=out, stderr=out, check=True)
    return Path(shutil.copytree(tree / ".web" / "build" / "client", folder / "site"))


class Nginx(Process):
    """nginx with the sample configuration of deploy/, its path and ports replaced."""

    def __init__(self, site: Path, port: int, folder: Path, back_ends: Sequence[int] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.site = site
        sample = (ROOT / "deploy" / "nginx.conf").read_text()
        sample = sample.replace("listen 80;", f"listen {port};").replace("/srv/clickcounter/site", str(site))
        for port_of_sample, port_here in zip((8001, 8002, 8003), back_ends, strict=False):
            sample = sample.replace(f"127.0.0.1:{port_of_sample}", f"127.0.0.1:{port_here}")
        # The types are the system's own; everything that nginx writes stays in our folder.
        main = f"""daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 4096; }}
        http {{
            include /etc/nginx/mime.types; access_log off;
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            {sample}
        }}"""
        if os.geteuid() == 0:
            main = "user root; " + main  # the checkout may be readable to us alone
        conf = folder / "nginx.conf"
        conf.write_text(main)
        command = shutil.which("nginx") or "/usr/sbin/nginx"
        super().__init__([command, "-c", str(conf), "-e", str(folder / "error.log")], folder / "out.log")
        self.port, self.origin = port, f"http://localhost:{port}"

    def start(self) -> None:
        super().start()
        wait_for(lambda: listens(self.port), "nginx answers")


@contextlib.contextmanager
def nginx(site: Path, port: int, folder: Path) -> Iterator[str]:
    """A running nginx; yields its origin."""
    server = Nginx(site, port, folder)
    server.start()
    try:
        yield server.origin
    finally:
        server.stop()
