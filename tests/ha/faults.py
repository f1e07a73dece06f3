"""The faults of the trial. Each happens, is given time to show, and is then repaired."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tests.server import Process

if TYPE_CHECKING:
    from tests.ha.machines import Machine
    from tests.ha.run import Trial

DISK = "/var/lib/postgresql"
ALMOST_ALL = f"$(( $(df --output=avail --block-size=1 {DISK} | tail -n 1) - 4000000 ))"
FILL = f"fallocate -l {ALMOST_ALL} {DISK}/rubbish; dd if=/dev/zero of={DISK}/rubbish2 bs=4k || true"
Fault = Callable[["Trial"], Awaitable[None]]


async def _again(process: Process, after: float, number: int = signal.SIGKILL) -> None:
    await asyncio.to_thread(process.stop, number)
    await asyncio.sleep(after)
    await asyncio.to_thread(process.start)


async def postgresql_killed(trial: "Trial") -> None:
    """PostgreSQL of the primary killed -9"""
    trial.databases.primary.kill("postgres")
    await trial.recovered()


async def primary_off(trial: "Trial") -> None:
    """primary's machine switched off, with its etcd, Redis and Sentinel"""
    machine = trial.databases.primary
    machine.power_off()
    await trial.recovered()
    machine.power_on()


async def primary_cut_off(trial: "Trial") -> None:
    """primary's machine cut off from the network"""
    machine = trial.databases.primary
    machine.cut()
    await trial.recovered()
    machine.join()


async def patroni_killed(trial: "Trial") -> None:
    """Patroni of the primary killed -9, started again after 40 s"""
    machine = trial.databases.primary
    machine.kill("patroni")
    await asyncio.sleep(40)
    machine.processes["patroni"].start()
    await trial.recovered()


async def standby_off(trial: "Trial") -> None:
    """synchronous standby's machine switched off"""
    machine = trial.databases.synchronous
    machine.power_off()
    await trial.recovered()
    machine.power_on()


async def disk_of_the_primary_full(trial: "Trial") -> None:
    """disk of the primary full"""
    await _disk_full(trial, trial.databases.primary)


async def disk_of_the_standby_full(trial: "Trial") -> None:
    """disk of the synchronous standby full"""
    await _disk_full(trial, trial.databases.synchronous)


async def _disk_full(trial: "Trial", machine: "Machine") -> None:
    machine.command("sh", "-c", FILL)
    try:
        await asyncio.sleep(30)  # what had been allocated before lasts for a while
        await trial.recovered()
    finally:
        machine.command("sh", "-c", f"rm {DISK}/rubbish*")


async def etcd_killed(trial: "Trial") -> None:
    """etcd's leader killed -9"""
    await _again(trial.databases.etcd_leader.processes["etcd"], 10)


async def redis_killed(trial: "Trial") -> None:
    """Redis' master killed -9: Sentinel promotes another"""
    machine = trial.databases.redis_master
    await asyncio.to_thread(machine.processes["redis"].stop, signal.SIGKILL)
    await trial.redis_master_is_not(machine)
    machine.processes["redis"].start()


async def haproxy_postgresql_restarted(trial: "Trial") -> None:
    """HAProxy before PostgreSQL killed -9 and started"""
    await _again(trial.site.haproxy_postgresql, 2)


async def haproxy_web_restarted(trial: "Trial") -> None:
    """HAProxy before nginx killed -9 and started"""
    await _again(trial.site.haproxy_web, 2)


async def pgbouncer_restarted(trial: "Trial") -> None:
    """PgBouncer killed -9 and started"""
    await _again(trial.site.pgbouncer, 2)


async def proxy_killed(trial: "Trial") -> None:
    """one nginx killed -9, started again after 10 s"""
    await _again(trial.site.proxies[0], 10)


async def back_end_stopped(trial: "Trial") -> None:
    """one back end told to stop, started again after 10 s"""
    await _again(trial.site.back_ends[0], 10, signal.SIGTERM)


async def back_end_killed(trial: "Trial") -> None:
    """one back end killed -9, started again after 10 s"""
    await _again(trial.site.back_ends[1], 10)


FAULTS: list[Fault] = [
    back_end_stopped,
    back_end_killed,
    proxy_killed,
    haproxy_web_restarted,
    haproxy_postgresql_restarted,
    pgbouncer_restarted,
    redis_killed,
    etcd_killed,
    standby_off,
    postgresql_killed,
    primary_off,
    primary_cut_off,
    patroni_killed,
    disk_of_the_standby_full,
    disk_of_the_primary_full,
]
