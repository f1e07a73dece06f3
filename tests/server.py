"""Real back ends and front ends that tests can start, kill and restart."""

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

from clickcounter.database import schema
from tests.preloaded import Forked, preloaded
from tests.shared import once
from tests.sql import ask

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
REFLEX = [sys.executable, "-m", "reflex"]
PATIENCE = 30.0  # seconds; a wait ends as soon as it may, and a busy machine may stand still for some of them


def _ports() -> Iterator[int]:
    """Each pytest process of a run has its own block, below the ports that Linux assigns to connections (32768 and up);
    otherwise a connection might take the port of a killed server before it restarts."""
    size = 4000
    block = int(os.environ.get("PYTEST_XDIST_WORKER", "gw4").removeprefix("gw")) % (20_000 // size)
    begin = random.randrange(size)  # two simultaneous runs on one machine start at different ports
    return (12000 + block * size + (begin + i) % size for i in itertools.count())


_next_ports = _ports()


def free_port() -> int:
    """A port that nobody listens on and nobody else in this run gets."""
    for port in _next_ports:
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("", port))
            return port
    raise AssertionError


def wait_for(condition: Callable[[], T], what: str, within: float = PATIENCE) -> T:
    """Wait until the condition is true and return its value."""
    end = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.02)
    return found


async def until(condition: Callable[[], object], within: float = PATIENCE) -> None:
    """`wait_for` in a coroutine; the condition may be async too. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not (await found if inspect.isawaitable(found := condition()) else found):
            await asyncio.sleep(0.02)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return response.status == 200
    except OSError:
        return False


def listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address."""
    with socket.socket(socket.AF_INET6) as s:
        try:
            s.bind(("::1", 0))
        except OSError:
            return False
    return True


class Process:
    """A command in its own process group, so that kill -9 also kills its workers."""

    checkout = ROOT  # the folder it runs in

    def __init__(self, command: list[str], log: Path, **environ: str) -> None:
        self.command, self.log, self.environ = command, log, environ
        self.process: subprocess.Popen[bytes] | Forked | None = None

    def start(self) -> None:
        self.launch()

    def launch(self) -> None:
        """Start it without waiting until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.checkout,
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
                os.kill(self.process.pid, number)  # just forked, not in its own group yet

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.send(number)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self.process.wait(PATIENCE)
        self.send(signal.SIGKILL)  # whatever is left of the group
        self.process = None

    def printed(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def empty_database() -> Path:
    """An empty SQLite database in the newest schema, to copy."""

    def make(draft: Path) -> None:
        schema.prepare(f"sqlite:///{draft}")
        assert [found.name for found in draft.parent.glob(f"{draft.name}*")] == [draft.name], "everything is in one file"

    return once("counter.db", make)


class BackEnd(Process):
    """`reflex run --backend-only` on its own database, which is in the newest schema from the start if the code is ours."""

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
        """Run one statement, bypassing the app."""
        return ask(self.db_url, statement)

    def launch(self) -> None:
        is_ours = self.checkout == ROOT  # not of another version, which has another schema
        if is_ours and self.db_url == f"sqlite:///{self.database}" and not self.database.exists():
            shutil.copy(empty_database(), self.database)
        if not is_ours or "LD_PRELOAD" in self.environ:  # both need a fresh process
            super().launch()
            return
        self.process = preloaded().fork(self.command[len(REFLEX) :], os.environ | self.environ, self.log)

    def start(self) -> None:
        super().start()
        self.wait()

    def wait(self) -> None:
        def up() -> bool:
            process = self.process  # another thread may kill it meanwhile
            assert process is not None
            assert process.poll() is None, f"the back end ended:\n{self.printed()}"
            return answers(f"{self.url}/ping")

        wait_for(up, "the back end answers", 120)

    def kill(self) -> None:
        """kill -9 the server and its workers; wait until the port is free."""
        self.stop(signal.SIGKILL)
        wait_for(lambda: not listens(self.port), "the port is free")


@contextlib.contextmanager
def building() -> Iterator[None]:
    """Hold the lock for building in this checkout, also against other test runs."""
    folder = ROOT / ".pytest_cache"  # not .web: Reflex may recreate that folder, and the lock with it
    folder.mkdir(exist_ok=True)
    with (folder / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


NEW_FIELD = '    later: str = "x"\n\n'


def another_version(folder: Path) -> Path:
    """A copy of the project with one more state variable, like a later version, and with the packages that pages need."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    state = folder / "clickcounter" / "states" / "counter.py"
    first_line = "class CounterState(rx.State):\n"
    state.write_text(state.read_text().replace(first_line, first_line + NEW_FIELD))
    assert "later: str" in state.read_text()
    with building():
        shutil.copytree(ROOT / ".web", folder / ".web", symlinks=True)
    return folder


def export_front_end(api_url: str, folder: Path, checkout: Path = ROOT) -> Path:
    """Build the static front end for a back end at this URL, as docs/deploying.md does, and copy it into `folder`."""
    log = folder / "export.log"
    command = [*REFLEX, "export", "--frontend-only", "--no-zip"]
    environ = os.environ | {"REFLEX_API_URL": api_url, "REFLEX_FRONTEND_COMPRESSION_FORMATS": "gzip"}  # brotli takes seconds
    with log.open("ab") as out:
        subprocess.run(command, cwd=checkout, env=environ, stdout=out, stderr=out, check=True)
    return Path(shutil.copytree(checkout / ".web" / "build" / "client", folder / "site"))


class Nginx(Process):
    """nginx with deploy/nginx.conf, or another sample, its path and ports replaced."""

    def __init__(self, site: Path, port: int, folder: Path, back_ends: Sequence[int] = (), sample: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.site = site
        sample = sample or (ROOT / "deploy" / "nginx.conf").read_text()
        sample = sample.replace("listen 80;", f"listen {port};").replace("/srv/clickcounter/site", str(site))
        sample = sample.replace("/var/log/nginx/access.log", str(folder / "access.log"))
        for port_of_sample, port_here in zip((8001, 8002, 8003), back_ends, strict=False):
            sample = sample.replace(f"127.0.0.1:{port_of_sample}", f"127.0.0.1:{port_here}")
        # MIME types come from the system; everything that nginx writes stays in our folder.
        main = f"""daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 4096; }}
        http {{
            include /etc/nginx/mime.types; access_log off;
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            {sample}
        }}"""
        if os.geteuid() == 0:
            main = "user root; " + main  # the checkout may be readable only by us
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
