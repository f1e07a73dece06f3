"""What the files in deploy/ha promise; `make ha` runs them on three machines."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from redis.exceptions import RedisError

from clickcounter.live.redis_connection import connected
from tests.ha.run import FAILOVER_WITHIN
from tests.redis_server import redis_path
from tests.server import ROOT, Process, free_port, until

FILES = ROOT / "deploy" / "ha"
PASSWORD = "a password / with @ signs"
QUOTED = "a%20password%20%2F%20with%20%40%20signs"


def test_patroni_replaces_a_primary_in_time_and_only_by_a_standby_that_has_every_answered_click():
    config = yaml.safe_load((FILES / "patroni.yml").read_text().replace("@", ""))
    dcs = config["bootstrap"]["dcs"]
    assert dcs["synchronous_mode"] is True
    assert dcs["primary_start_timeout"] == 0
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
    assert dcs["ttl"] + 2 * dcs["loop_wait"] < FAILOVER_WITHIN


def test_patroni_of_debian_12_uses_the_interface_of_etcd_over_which_it_overwrites_nobodys_key():
    assert "etcd" in yaml.safe_load((FILES / "patroni.yml").read_text().replace("@", ""))
    assert "ETCD_ENABLE_V2=true" in (FILES / "etcd.env").read_text()


def test_all_files_name_the_same_machines():
    for file in FILES.iterdir():
        machines = set(re.findall(r"\b10\.77\.0\.1\d\b", file.read_text()))
        assert machines in (set(), {"10.77.0.11"}, {"10.77.0.11", "10.77.0.12", "10.77.0.13"}), file.name


@pytest.mark.parametrize("name", ["haproxy-postgresql.cfg", "haproxy-web.cfg"])
def test_haproxy_accepts_its_file(name: str):
    program = shutil.which("haproxy") or shutil.which("/usr/sbin/haproxy")
    assert program, "tests/needs.py installs it"
    assert "    user haproxy\n    group haproxy\n" in (FILES / name).read_text(), "only its master is root"
    done = subprocess.run([program, "-c", "-f", str(FILES / name)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_redis_and_sentinel_accept_their_files_and_the_app_their_password(tmp_path: Path):
    ports = {"6379": free_port(), "26379": free_port()}
    servers = []
    for name in ("redis.conf", "sentinel.conf"):
        text = (FILES / name).read_text().replace("@ADDRESS@ 127.0.0.1", "127.0.0.1").replace("10.77.0.11", "127.0.0.1")
        text = text.replace("@PASSWORD@", f'"{PASSWORD}"').replace("/var/lib/redis", str(tmp_path))
        for usual, port in ports.items():
            text = re.sub(rf"\b{usual}\b", str(port), text)
        (tmp_path / name).write_text(text)
        more = ["--sentinel"] if name == "sentinel.conf" else []
        servers.append(Process([redis_path(), str(tmp_path / name), *more], tmp_path / f"{name}.log"))
    for server in servers:
        server.start()
    try:
        url = f"redis+sentinel://:{QUOTED}@127.0.0.1:{ports['26379']}/mymaster/0"

        async def answers() -> bool:
            try:
                async with connected(url) as redis:
                    return bool(await redis.ping())
            except RedisError:
                return False

        await until(answers)
    finally:
        for server in servers:
            server.stop()


def test_a_nightly_backup_is_added_and_the_oldest_removed(tmp_path: Path, sqlite_template: Path):
    shutil.copy(sqlite_template, tmp_path / "counter.db")
    folder = tmp_path / "backups"
    folder.mkdir()
    names = [f"counter-2026-01-0{day}T03-20-00Z.db" for day in (1, 2, 3)]
    for name in (*names, "notes.txt"):
        (folder / name).touch()
    environ = {"PATH": "/usr/bin:/bin", "REFLEX_DB_URL": f"sqlite:///{tmp_path}/counter.db"}
    script = [str(ROOT / "deploy" / "backup.sh"), str(folder), "3"]
    subprocess.run(script, env=environ, check=True, capture_output=True)
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[:2] == names[1:]
    assert kept[3:] == ["notes.txt"]
    assert (folder / kept[2]).stat().st_size > 0
