"""Three machines with etcd, Patroni and PostgreSQL, Redis and Sentinel, from the files in deploy/ha."""

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

import redis

from tests.ha.machines import Machine, make_bridge
from tests.server import ROOT, wait_for

FILES = ROOT / "deploy" / "ha"
PASSWORD = "a-password-of-the-trial"
ADDRESSES = {"db1": "10.77.0.11", "db2": "10.77.0.12", "db3": "10.77.0.13"}
DISK_MB = 1500
ENOUGH_MB = "500"  # below that disk-watch.sh hands over


class DatabaseMachines:
    """`db1` to `db3`. Which of them is the primary, Patroni says."""

    def __init__(self, folder: Path) -> None:
        make_bridge()
        repository = folder / "repository"
        repository.mkdir()
        shutil.chown(repository, "postgres", "postgres")
        shared = {repository: "/var/lib/pgbackrest", FILES / "pgbackrest.conf": "/etc/pgbackrest.conf"}
        self.all = [Machine(name, address, folder, DISK_MB, shared) for name, address in ADDRESSES.items()]
        for machine in self.all:
            self._install(machine)

    def _install(self, machine: Machine) -> None:
        machine.command("chown", "postgres", "/var/lib/postgresql", "/run/postgresql", "/var/log/pgbackrest")
        machine.install(FILES / "patroni.yml", "/etc/patroni/config.yml", "postgres", PASSWORD=PASSWORD)
        machine.install(FILES / "disk-watch.sh", "/etc/patroni/disk-watch.sh", "postgres")
        machine.install(FILES / "redis.conf", "/etc/redis/redis.conf", "root", PASSWORD=PASSWORD)
        machine.install(FILES / "sentinel.conf", "/etc/redis/sentinel.conf", "root", PASSWORD=PASSWORD)
        machine.install(FILES / "etcd.env", "/var/lib/etcd/env", "root")
        if machine.name != "db1":
            with machine.path("/etc/redis/redis.conf").open("a") as file:
                file.write("replicaof 10.77.0.11 6379\n")

    def start(self) -> None:
        for machine in self.all:
            machine.start("etcd", "sh", "-ac", ". /var/lib/etcd/env; exec etcd")
            machine.start("redis", "redis-server", "/etc/redis/redis.conf")
        wait_for(lambda: all(self._etcd_is_healthy(machine) for machine in self.all), "etcd is healthy", 60)
        for machine in self.all:
            machine.start("sentinel", "redis-server", "/etc/redis/sentinel.conf", "--sentinel")
            machine.start("patroni", "patroni", "/etc/patroni/config.yml", user="postgres")
            machine.start("disk-watch", "sh", "-c", WATCH, user="postgres")
        self.wait_until_whole()

    @staticmethod
    def _etcd_is_healthy(machine: Machine) -> bool:
        try:
            with urllib.request.urlopen(f"http://{machine.address}:2379/health", timeout=2) as answer:
                return json.load(answer)["health"] == "true"
        except (OSError, ValueError):
            return False

    def members(self) -> list[dict[str, Any]]:
        """What Patroni knows of the three, as any of them says."""
        for machine in self.all:
            try:
                with urllib.request.urlopen(f"http://{machine.address}:8008/cluster", timeout=2) as answer:
                    return list(json.load(answer)["members"])
            except (OSError, ValueError):
                continue
        return []

    def is_whole(self) -> bool:
        """A leader, and two standbys on its timeline, of which one is synchronous."""
        members = self.members()
        roles = sorted(member["role"] for member in members)
        states = {member["state"] for member in members}
        timelines = {member.get("timeline") for member in members}
        lags = [member.get("lag", 0) for member in members]
        return (
            roles == ["leader", "replica", "sync_standby"]
            and states <= {"running", "streaming"}
            and len(timelines) == 1
            and all(isinstance(lag, int) and lag < 1_000_000 for lag in lags)
        )

    def wait_until_whole(self, within: float = 120) -> None:
        wait_for(self.is_whole, "a primary and two standbys, one of them synchronous", within)

    def machine(self, name: str) -> Machine:
        return next(machine for machine in self.all if machine.name == name)

    def _with_role(self, role: str) -> Machine:
        return wait_for(
            lambda: next((self.machine(member["name"]) for member in self.members() if member["role"] == role), None), role
        )

    @property
    def primary(self) -> Machine:
        return self._with_role("leader")

    @property
    def synchronous(self) -> Machine:
        return self._with_role("sync_standby")

    @property
    def redis_master(self) -> Machine:
        for machine in self.all:
            client = redis.Redis(machine.address, 26379, socket_timeout=2)
            try:
                address = client.sentinel_master("mymaster")["ip"]
                return next(machine for machine in self.all if machine.address == address)
            except redis.RedisError:
                continue
        raise AssertionError("no Sentinel answers")

    @property
    def etcd_leader(self) -> Machine:
        for machine in self.all:
            state = machine.attempt("sh", "-c", "ETCDCTL_API=3 etcdctl endpoint status -w json --endpoints=127.0.0.1:2379")
            if state.returncode == 0:
                [status] = json.loads(state.stdout)
                if status["Status"]["leader"] == status["Status"]["header"]["member_id"]:
                    return machine
        raise AssertionError("no etcd leads")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the administrator on the primary."""
        return self.primary.command("psql", "-X", "-At", "-d", database, "-c", statement, user="postgres")


WATCH = f"while sleep 5; do /etc/patroni/disk-watch.sh /etc/patroni/config.yml {ENOUGH_MB}; done"
