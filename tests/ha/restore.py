"""The cluster restored to a point in time with pgBackRest while tabs stay open, as docs/deploy/high-availability.md says."""

import asyncio
from collections import Counter as Tally
from typing import TYPE_CHECKING

from tests.ha.database import DatabaseMachines
from tests.server import until, wait_for

if TYPE_CHECKING:
    from tests.ha.run import Trial

DATA = "/var/lib/postgresql/clickcounter"
STANZA = "--stanza=clickcounter"
BY_HAND = "/usr/lib/postgresql/15/bin/pg_ctl"
HELD_WITHIN = 60  # seconds


def back_up(databases: DatabaseMachines) -> None:
    """Make the repository, and a first backup of the primary."""
    primary = databases.primary
    primary.command("pgbackrest", STANZA, "stanza-create", user="postgres")
    primary.command("pgbackrest", STANZA, "check", user="postgres")
    primary.command("pgbackrest", STANZA, "--type=full", "backup", user="postgres")


def restore(databases: DatabaseMachines, target: str) -> None:
    """Take all three back to this time. The back ends are stopped."""
    first, *others = databases.all
    for machine in databases.all:
        machine.processes["patroni"].stop()
        machine.attempt(BY_HAND, "-D", DATA, "-m", "fast", "-w", "stop", user="postgres")
    leader = ("env", "ETCDCTL_API=2", "etcdctl", "get", "/service/clickcounter/leader")
    wait_for(lambda: first.attempt(*leader).returncode, "nobody leads any more")
    to = ("--delta", "--type=time", f"--target={target}", "--target-action=promote")
    first.command("pgbackrest", STANZA, *to, "restore", user="postgres")
    first.command(
        BY_HAND, "-D", DATA, "-w", "-t", "120", "-l", "/tmp/log", "-o", "-c archive_mode=off", "start", user="postgres"
    )
    is_restored = ("psql", "-X", "-At", "-c", "SELECT pg_is_in_recovery()")
    wait_for(lambda: first.attempt(*is_restored, user="postgres").stdout.strip() == "f", "it is at that time", 120)
    first.command(BY_HAND, "-D", DATA, "-m", "fast", "-w", "stop", user="postgres")
    forget = "printf 'clickcounter\\nYes I am aware\\n' | patronictl -c /etc/patroni/config.yml remove clickcounter"
    first.command("sh", "-c", forget, user="postgres")
    first.processes["patroni"].start()
    wait_for(lambda: any(member["role"] == "leader" for member in databases.members()), "the first one leads", 60)
    for machine in others:
        machine.command("sh", "-c", f"rm -rf {DATA}")
        machine.processes["patroni"].start()
    databases.wait_until_whole(180)


async def restored(trial: "Trial") -> bool:
    """Restore the time before the last clicks; True if what it promises is kept. Everybody has stopped pressing."""
    await _press_for_a_while(trial)
    target = (await asyncio.to_thread(trial.databases.sql, "SELECT now()")).strip()
    then = _keys(trial)
    await _press_for_a_while(trial)
    undone = _keys(trial) - then
    trial.site.haproxy_web.stop()  # browsers keep what is pressed from now on
    await _press(trial)
    await asyncio.to_thread(trial.site.stop_back_ends)
    await asyncio.to_thread(restore, trial.databases, target)
    await asyncio.to_thread(trial.site.start_back_ends)
    before = _keys(trial)
    trial.site.haproxy_web.start()
    held = Tally(trial.world.raw_log.keys() + trial.world.browser_log.keys()) - then - undone
    print(f"restored to {target}: {then.total()} clicks then, {undone.total()} undone, {held.total()} held by clients")
    await until(lambda: _keys(trial).total() >= then.total() + held.total(), HELD_WITHIN)
    return await _agrees(trial, then, before, held)


async def _agrees(trial: "Trial", then: "Tally[str]", before: "Tally[str]", held: "Tally[str]") -> bool:
    value = then.total() + held.total()
    for profile in trial.world.profiles:
        await profile.all_saved(value)
    await until(lambda: {presser.value for presser in trial.pressers} == {value})
    now, verified = _keys(trial), trial.world.verify()
    print(f"lost {(then + held - now).total()}, double {now.total() - len(now)}, not expected {(now - then - held).total()}")
    print(f"every tab and client shows {value}; verify: {verified}")
    return before == then and now == then + held and bool(held) and verified.endswith("exit code 0")


async def _press(trial: "Trial") -> None:
    trial.press()
    await asyncio.sleep(8)
    await trial.rest()


async def _press_for_a_while(trial: "Trial") -> None:
    await _press(trial)
    pressed = len(trial.world.raw_log.keys()) + len(trial.world.browser_log.keys())
    await until(lambda: _keys(trial).total() == pressed)


def _keys(trial: "Trial") -> "Tally[str]":
    return Tally(key for (key,) in trial.world.query("SELECT key FROM click"))
