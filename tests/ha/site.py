"""Everything between people and the database: HAProxy, two nginx, three back ends, PgBouncer."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.ha.database import ADDRESSES, FILES, PASSWORD, DatabaseMachines
from tests.server import ROOT, BackEnd, Nginx, Process, free_port, listens, wait_for

DATABASE = "clickcounter"
LOGIN = f"postgresql://clickcounter:{PASSWORD}@"
THROUGH_HAPROXY = f"{LOGIN}127.0.0.1:5000/{DATABASE}"
THROUGH_PGBOUNCER = f"{LOGIN}127.0.0.1:6432/{DATABASE}"
BY_NAMING_ALL = (
    f"{LOGIN}{','.join(f'{address}:5432' for address in ADDRESSES.values())}/{DATABASE}?target_session_attrs=read-write"
)
REDIS = f"redis+sentinel://:{PASSWORD}@{','.join(f'{address}:26379' for address in ADDRESSES.values())}/mymaster/0"
WEB_PORT = 80
FRAME_GAP_MS = "1000"  # all tabs and clients are on this machine


class Site:
    """Three back ends, each of which reaches the database in its own way; nginx and HAProxy in front of them."""

    def __init__(self, databases: DatabaseMachines, site: Path, folder: Path) -> None:
        self.databases, self.folder = databases, folder
        shared = {
            "REFLEX_REDIS_URL": REDIS,
            "CLICKCOUNTER_REDIS_PREFIX": "clickcounter",  # their URLs of one database differ
            "CLICKCOUNTER_WORKERS": "1",
            "CLICKCOUNTER_FRAME_GAP_MS": FRAME_GAP_MS,
            "REFLEX_TRUSTED_PROXY_HOPS": "2",
        }
        urls = (THROUGH_HAPROXY, THROUGH_PGBOUNCER, BY_NAMING_ALL)
        self.back_ends = [BackEnd(free_port(), folder, **shared, REFLEX_DB_URL=url) for url in urls]
        ports = [back_end.port for back_end in self.back_ends]
        self.proxies = [Nginx(site, free_port(), folder / f"in{number}", ports) for number in (1, 2)]
        self.haproxy_postgresql = self._haproxy("haproxy-postgresql.cfg")
        self.haproxy_web = self._haproxy("haproxy-web.cfg")
        self.pgbouncer = self._pgbouncer()

    def _haproxy(self, name: str) -> Process:
        text = (FILES / name).read_text()
        for number, proxy in enumerate(self.proxies, 1):
            text = text.replace(f"10.77.0.3{number}:8080", f"127.0.0.1:{proxy.port}")
        (self.folder / name).write_text(text)
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        return Process([program, "-W", "-db", "-f", str(self.folder / name)], self.folder / f"{name}.log")

    def _pgbouncer(self) -> Process:
        folder = self.folder / "pgbouncer"
        folder.mkdir()
        (folder / "userlist.txt").write_text(f'"clickcounter" "{PASSWORD}"\n')
        text = (FILES / "pgbouncer.ini").read_text().replace("/etc/pgbouncer/", f"{folder}/")
        (folder / "pgbouncer.ini").write_text(text)
        for path in (self.folder, folder, *folder.iterdir()):
            path.chmod(0o755)
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        return Process(
            ["runuser", "-u", "postgres", "--", program, str(folder / "pgbouncer.ini")], self.folder / "pgbouncer.log"
        )

    def create_database(self) -> None:
        self.databases.sql(f"CREATE ROLE clickcounter LOGIN PASSWORD '{PASSWORD}'")
        self.databases.sql(f"CREATE DATABASE {DATABASE} OWNER clickcounter ENCODING UTF8 TEMPLATE template0")

    def start(self) -> None:
        self.haproxy_postgresql.start()
        self.pgbouncer.start()
        wait_for(self._database_answers, "the database answers through PgBouncer and HAProxy")
        self.terminal("upgrade")
        for back_end in self.back_ends:
            back_end.launch()
        for back_end in self.back_ends:
            back_end.wait()
        for proxy in self.proxies:
            proxy.start()
        self.haproxy_web.start()
        wait_for(lambda: listens(WEB_PORT), "HAProxy listens")

    @staticmethod
    def _database_answers() -> bool:
        try:
            with psycopg.connect(THROUGH_PGBOUNCER, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    @staticmethod
    def terminal(*words: str) -> str:
        """Run a command of the app on the database."""
        done = subprocess.run(
            [sys.executable, "-m", "clickcounter", *words],
            cwd=ROOT,
            env=os.environ | {"REFLEX_DB_URL": THROUGH_HAPROXY},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def stop_back_ends(self) -> None:
        for back_end in self.back_ends:
            back_end.stop()

    def start_back_ends(self) -> None:
        for back_end in self.back_ends:
            back_end.launch()
        for back_end in self.back_ends:
            back_end.wait()

    def stop(self) -> None:
        for process in (self.haproxy_web, *self.proxies, *self.back_ends, self.pgbouncer, self.haproxy_postgresql):
            process.stop(signal.SIGKILL)
