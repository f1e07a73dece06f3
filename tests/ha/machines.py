"""Machines with a network, files and processes of their own, as Linux namespaces on one bridge.

The trial itself runs in such a namespace (see run.py), so that nothing of it touches the machine it runs on.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.server import Process, wait_for

BRIDGE, HOST = "clickcounter", "10.77.0.1"
CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "GOMAXPROCS": "1"}


def command(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


def make_bridge() -> None:
    command("ip", "link", "set", "lo", "up")
    command("ip", "link", "add", BRIDGE, "type", "bridge")
    command("ip", "addr", "add", f"{HOST}/24", "dev", BRIDGE)
    command("ip", "link", "set", BRIDGE, "up")


class Machine:
    """One of them. Its disk is a file system of its own, in memory."""

    ETC = ("/etc/patroni", "/etc/redis", "/var/lib/etcd", "/var/lib/redis", "/run/postgresql", "/var/log/pgbackrest")
    DATA = "/var/lib/postgresql"

    def __init__(self, name: str, address: str, folder: Path, disk_mb: int, shared: dict[Path, str]) -> None:
        """`shared` says where files and folders of ours appear in it."""
        self.name, self.address, self.folder = name, address, folder / name
        self.folder.mkdir()
        self.processes: dict[str, Process] = {}
        sizes = {self.DATA: disk_mb} | dict.fromkeys(self.ETC, 200)
        mounts = [f"mount -t tmpfs -o mode=755,size={size}m {name} {path}" for path, size in sizes.items()]
        mounts += [f"mount --bind {ours} {path}" for ours, path in shared.items()]
        mounts.append("mount -t tmpfs -o mode=1777,size=200m tmp /tmp")
        steps = [*mounts, "touch /etc/redis/up", "exec sleep infinity"]
        self.holder = subprocess.Popen(["unshare", "--net", "--mount", "sh", "-ec", "; ".join(steps)])
        self._enter = ["nsenter", f"--target={self.holder.pid}", "--net", "--mount", "--"]
        wait_for(lambda: Path(f"/proc/{self.holder.pid}/root/etc/redis/up").exists(), f"{name} has its disks")
        self._plug_in()

    def _plug_in(self) -> None:
        cable = ("ip", "link", "add", self.name, "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        command(*cable)
        command("ip", "link", "set", self.name, "master", BRIDGE)
        self.command("ip", "link", "set", "lo", "up")
        self.command("ip", "addr", "add", f"{self.address}/24", "dev", "eth0")
        self.command("ip", "link", "set", "eth0", "up")
        self.join()

    def path(self, inside: str) -> Path:
        """Where a file of this machine is for us."""
        return Path(f"/proc/{self.holder.pid}/root{inside}")

    def install(self, file: Path, target: str, owner: str, **words: str) -> None:
        """Copy a sample and replace its @WORDS@."""
        text = file.read_text().replace("@NAME@", self.name).replace("@ADDRESS@", self.address)
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        self.path(target).write_text(text)
        self.path(target).chmod(0o640 if file.suffix != ".sh" else 0o755)
        shutil.chown(self.path(target), owner, owner)

    def command(self, *words: str, user: str = "root") -> str:
        done = self.attempt(*words, user=user)
        assert done.returncode == 0, f"{self.name}: {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def attempt(self, *words: str, user: str = "root") -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._as(user, words), capture_output=True, text=True, check=False, cwd="/", env=CLEAN)

    def _as(self, user: str, words: tuple[str, ...]) -> list[str]:
        return [*self._enter, *(["runuser", "-u", user, "--"] if user != "root" else []), *words]

    def start(self, what: str, *words: str, user: str = "root", **environ: str) -> None:
        """Start a process, and remember how under this name."""
        process = Process(self._as(user, words), self.folder / f"{what}.log", **CLEAN, **environ)
        self.processes[what] = process
        process.start()

    def pids(self) -> list[int]:
        """Everything that runs there."""
        ours = os.stat(f"/proc/{self.holder.pid}/ns/net").st_ino
        found = []
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if process.name.isdigit() and (process / "ns/net").stat().st_ino == ours:
                    found.append(int(process.name))
        return [pid for pid in found if pid != self.holder.pid]

    def kill(self, name: str) -> None:
        """kill -9 of every process with this name."""
        for pid in self.pids():
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text().strip() == name:
                    os.kill(pid, signal.SIGKILL)

    def power_off(self) -> None:
        """kill -9 of everything; the disk stays."""
        for process in self.processes.values():
            process.stop(signal.SIGKILL)
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.pids(), f"{self.name} is off")

    def power_on(self) -> None:
        for process in self.processes.values():
            process.start()

    def cut(self) -> None:
        """Pull the cable out."""
        command("ip", "link", "set", self.name, "down")

    def join(self) -> None:
        command("ip", "link", "set", self.name, "up")
