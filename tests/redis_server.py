"""A real Redis (or Valkey) that tests can freeze, kill and restart."""

import shutil
import signal
from pathlib import Path
from typing import Any

import redis

from tests.server import PATIENCE, Process, free_port, wait_for


def redis_path() -> str:
    """The path of the installed Redis or Valkey."""
    return next(p for name in ("redis-server", "valkey-server") if (p := shutil.which(name)))


class RedisServer(Process):
    """On a free loopback port, without persistence."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = [redis_path(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        super().__init__([*command, "--dir", str(folder)], folder / "redis.log")
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port, socket_timeout=PATIENCE)

    def start(self) -> None:
        super().start()
        wait_for(self.answers, "Redis answers")

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def follow(self, master: "RedisServer") -> None:
        """Become a replica of another one."""
        self.client.replicaof("127.0.0.1", str(master.port))

    def freeze(self) -> None:
        """Stop answering, with connections left open."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def commands(self) -> dict[str, int]:
        """How often each command was called since the previous call of this method."""
        stats: dict[str, Any] = self.client.info("commandstats")  # type: ignore[assignment]
        self.client.config_resetstat()
        return {name.removeprefix("cmdstat_"): of["calls"] for name, of in stats.items()}


class SentinelServer(Process):
    """Watches one master, and decides alone that it is down."""

    def __init__(self, folder: Path, master: RedisServer, down_after_ms: int = 500) -> None:
        self.port = free_port()
        lines = (
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {folder}",
            f"sentinel monitor mymaster 127.0.0.1 {master.port} 1",
            f"sentinel down-after-milliseconds mymaster {down_after_ms}",
            "sentinel failover-timeout mymaster 5000",
        )
        file = folder / f"sentinel-{self.port}.conf"  # it writes there, too
        file.write_text("\n".join(lines) + "\n")
        super().__init__([redis_path(), str(file), "--sentinel"], folder / "sentinel.log")
        self.url = f"redis+sentinel://127.0.0.1:{self.port}/mymaster/0"
        self.client = redis.Redis(port=self.port, socket_timeout=PATIENCE)

    def start(self) -> None:
        super().start()
        wait_for(self.knows_a_replica, "Sentinel knows a replica")

    def knows_a_replica(self) -> bool:
        """Without one it has nobody to promote."""
        try:
            [state] = self.client.sentinel_masters().values()  # type: ignore[union-attr]
            return int(state["num-slaves"]) > 0
        except redis.RedisError:
            return False
