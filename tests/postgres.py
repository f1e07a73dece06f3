"""A PostgreSQL server for tests, which can be killed, restarted and failed over to a synchronous standby."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import uuid
from pathlib import Path
from typing import Any

from clickcounter.database import schema
from clickcounter.settings import database_url
from tests.server import Process, free_port, listens, wait_for
from tests.shared import once
from tests.sql import ask

TEMPLATE = "clickcounter_template"

NEWEST_FIRST = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
FOLDER = next((str(p) for p in NEWEST_FIRST), None)  # Debian keeps them off the PATH


def _command(name: str) -> str:
    found = shutil.which(name, path=FOLDER) if FOLDER else shutil.which(name)
    assert found, f"{name} is missing: install PostgreSQL's server"
    return found


def _run(*command: str) -> None:
    done = subprocess.run(_as_postgres(*command), capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


def _as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


class PostgreSQL:
    """One server with its own data folder, on a free loopback port."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="clickcounter-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.data, self.port = self.folder / "data", free_port()

    @property
    def user(self) -> str:
        return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@{self.host}/{database}"

    def make(self) -> None:
        """Create a cluster with a database TEMPLATE in the newest schema: a copy of the first one of this run."""
        subprocess.run(["cp", "-a", str(once("postgresql", _make_first)), str(self.data)], check=True)

    def make_first(self) -> None:
        """Create it; fsync stays on, as by default."""
        _run(_command("initdb"), "-D", str(self.data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", self.user)
        self.configure(max_connections=60, shared_buffers="16MB", autovacuum="off")
        self.start()
        self.ask("postgres", f"CREATE DATABASE {TEMPLATE}")
        schema.prepare(database_url(self.url(TEMPLATE)), by_hand=True)
        self.stop("fast")

    def configure(self, **settings: object) -> None:
        """Write settings; they take effect on `reload` or start."""
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.write(lines)

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        log = str(self.folder / "log")
        _run(_command("pg_ctl"), "-D", str(self.data), "-l", log, "-o", options, "-w", "-t", "60", "start")

    def stop(self, mode: str = "immediate") -> None:
        if self.is_running():
            _run(_command("pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "stop")

    def reload(self) -> None:
        _run(_command("pg_ctl"), "-D", str(self.data), "reload")

    def kill(self) -> None:
        """kill -9 the postmaster and everything it started."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
        for process in (pid, *map(int, children)):
            self.send(process, 9)
        wait_for(lambda: not any(Path(f"/proc/{p}").exists() for p in (pid, *children)), "PostgreSQL is dead")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    @staticmethod
    def send(pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def is_running(self) -> bool:
        status = [_command("pg_ctl"), "-D", str(self.data), "status"]
        return subprocess.run(_as_postgres(*status), capture_output=True, check=False, cwd="/").returncode == 0

    def ask(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement, bypassing the app."""
        return ask(self.url(database), statement)

    def create_database(self, template: str = "template1") -> str:
        """Create a new database and return its URL."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        # Files are copied in half the time of the default, which writes all of them to the log.
        self.ask("postgres", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        self.ask("postgres", f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def standby(self) -> "PostgreSQL":
        """Start a synchronous standby; every commit waits for it from now on."""
        other = PostgreSQL()
        source = f"host=127.0.0.1 port={self.port} user={self.user} application_name=standby"
        _run(_command("pg_basebackup"), "-D", str(other.data), "-R", "-X", "stream", "-c", "fast", "-d", source)
        other.start()
        self.ask("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.reload()
        state = "SELECT sync_state FROM pg_stat_replication"
        wait_for(lambda: self.ask("postgres", state) == [("sync",)], "the standby is synchronous", 60)
        return other

    def promote(self) -> None:
        """Make this standby the primary, with no standby of its own."""
        _run(_command("pg_ctl"), "-D", str(self.data), "-w", "promote")
        self.ask("postgres", "ALTER SYSTEM RESET synchronous_standby_names")
        self.reload()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _make_first(folder: Path) -> None:
    cluster = PostgreSQL()
    cluster.make_first()
    subprocess.run(["cp", "-a", str(cluster.data), str(folder)], check=True)
    cluster.remove()


class PgBouncer(Process):
    """A pooler in front of a server, in "session" or "transaction" mode."""

    def __init__(self, server: PostgreSQL, mode: str, **settings: object) -> None:
        self.server, self.port = server, free_port()
        self.folder = folder = Path(tempfile.mkdtemp(prefix="clickcounter-pgbouncer-"))
        (folder / "users").write_text(f'"{server.user}" ""\n')
        host, _, port = server.host.partition(":")
        lines = {
            "listen_addr": host,
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": folder / "users",
            "pool_mode": mode,
            "ignore_startup_parameters": "extra_float_digits",
        } | settings
        text = "".join(f"{name} = {value}\n" for name, value in lines.items())
        (folder / "pgbouncer.ini").write_text(f"[databases]\n* = host={host} port={port}\n[pgbouncer]\n{text}")
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755)  # it refuses to run as root, like PostgreSQL
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        super().__init__(_as_postgres(program, str(folder / "pgbouncer.ini")), folder / "log")

    def url(self, database: str) -> str:
        return f"postgresql://{self.server.user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        super().start()
        wait_for(lambda: listens(self.port), "PgBouncer listens")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class LostAnswerProxy:
    """A TCP proxy that can cut a connection after forwarding a COMMIT, before its answer comes back."""

    def __init__(self, port: int) -> None:
        self.target, self.cut_commits, self.refusing_after = port, 0, False
        self.refusing = False
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                if self.refusing:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.target))
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(*ends, ends[0] is client), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, from_client: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                cut = from_client and b"COMMIT\0" in data and self.cut_commits > 0
                if cut:
                    source.shutdown(socket.SHUT_RDWR)  # the client receives nothing more
                    self.refusing = self.refusing_after
                    self.cut_commits -= 1
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_WR)

    def accept_again(self) -> None:
        self.refusing = self.refusing_after = False

    def close(self) -> None:
        self.server.close()
