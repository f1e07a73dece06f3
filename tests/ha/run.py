"""Kill each part of a highly available installation in turn while people press: `make ha`.

The installation is made of the files in deploy/ha, on three machines that are namespaces of Linux. Afterwards the clicks
pressed are compared with the ledger, by their keys. It needs root, and the Debian packages in REQUIRED.
"""

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

from playwright.async_api import async_playwright

from tests.chaos.browsers import Profile, ReportServer
from tests.chaos.budget import KeyLog
from tests.chaos.run import all_settled, totals_agree
from tests.chaos.world import Servers, World
from tests.ha.database import DatabaseMachines
from tests.ha.faults import FAULTS, Fault
from tests.ha.load import Pace, TimedPresser, Watch
from tests.ha.machines import Machine
from tests.ha.restore import back_up, restored
from tests.ha.site import THROUGH_HAPROXY, WEB_PORT, Site
from tests.server import export_front_end, until

RAW_CLIENTS, BROWSERS, TABS = 200, 4, 10
ORIGIN = "http://localhost"
REQUIRED = {
    "patroni": "patroni",
    "etcd": "etcd-server",
    "etcdctl": "etcd-client",
    "haproxy": "haproxy",
    "ip": "iproute2",
    "pgbackrest": "pgbackrest",
}
FAILOVER_WITHIN = 30.0  # seconds; a longer pause than that fails the trial
NAMESPACES = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


class Trial:
    """The whole installation, and the people who press."""

    def __init__(self, databases: DatabaseMachines, site: Site, world: World, watch: Watch) -> None:
        self.databases, self.site, self.world, self.watch = databases, site, world, watch

    @property
    def pressers(self) -> list[TimedPresser]:
        return self.world.pressers  # type: ignore[return-value]

    async def recovered(self, within: float = 120) -> None:
        """Wait until clicks are saved again and nobody waits for an older one."""
        saved = self.watch.saved + len(self.pressers)
        await until(lambda: self.watch.saved > saved and max(p.waits for p in self.pressers) < 4, within)

    async def redis_master_is_not(self, machine: Machine) -> None:
        await until(lambda: self.databases.redis_master is not machine)

    async def cause(self, fault: Fault) -> bool:
        """Cause a fault, wait until everything is whole again, print the pauses. Whether they were short enough."""
        await self.recovered()
        self.watch.begin()
        began = time.monotonic()
        try:
            await fault(self)
            await asyncio.to_thread(self.databases.wait_until_whole)
            await self.recovered()
        except (TimeoutError, AssertionError) as error:
            print(f"NOT RECOVERED: {fault.__doc__}: {error!r}; {self.databases.members()}", flush=True)
            return False
        pause = self.watch.pause
        print(
            f"{fault.__doc__}: nothing saved for {pause:.1f} s, slowest click {self.watch.slowest:.1f} s, "
            f"{self.watch.saved} saved; whole again after {time.monotonic() - began:.0f} s",
            flush=True,
        )
        return pause <= FAILOVER_WITHIN

    @property
    def paces(self) -> tuple[Pace, Pace]:
        return self.world.raw_budget, self.world.browser_budget  # type: ignore[return-value]

    def press(self) -> None:
        """Let everybody press again."""
        for pace in self.paces:
            pace.going.set()

    async def rest(self) -> None:
        """Let nobody press any more; return when nobody is about to."""
        for pace in self.paces:
            pace.going.clear()
        await until(lambda: not any(pace.pressing for pace in self.paces))

    async def settled(self) -> bool:
        """Let nobody press any more; compare."""
        await self.rest()
        agree = await all_settled(self.world) and await totals_agree(self.world)
        steps_back = [step for presser in self.pressers for step in presser.steps_back]
        print(f"numbers that went back at a raw client: {len(steps_back)} {steps_back[:3] or ''}")
        return agree and not steps_back


@contextlib.asynccontextmanager
async def open_trial(site: Path, folder: Path, rng: random.Random, raw: int, browsers: int) -> AsyncIterator[Trial]:
    """Everything is up inside, and people press."""
    databases = DatabaseMachines(folder)
    began = time.monotonic()
    await asyncio.to_thread(databases.start)
    print(f"three PostgreSQL, primary {databases.primary.name}, after {time.monotonic() - began:.0f} s", flush=True)
    everything = Site(databases, site, folder)
    everything.create_database()
    back_up(databases)
    await asyncio.to_thread(everything.start)
    raw_log, browser_log = KeyLog(folder / "raw-keys.log"), KeyLog(folder / "browser-keys.log")
    raw_pace, browser_pace, watch = Pace(rng, 4, 3), Pace(rng, 1, 5), Watch()
    async with ReportServer(browser_log) as reports, async_playwright() as playwright:
        pressers = [TimedPresser(watch, WEB_PORT, raw_pace, raw_log, random.Random(rng.random())) for _ in range(raw)]
        profiles = [Profile(playwright, ORIGIN, folder / f"profile-{n}", browser_pace, reports) for n in range(browsers)]
        for profile in profiles:
            await profile.open(TABS)
        servers = Servers(everything.back_ends, WEB_PORT, THROUGH_HAPROXY)
        network = SimpleNamespace(cuts=0, answers_dropped=0)
        world = World(servers, network, reports, raw_log, browser_log, pressers, profiles, raw_pace, browser_pace)
        tasks = [asyncio.create_task(presser.run()) for presser in pressers]
        tasks += [asyncio.create_task(profile.run(random.Random(rng.random()))) for profile in profiles]
        try:
            yield Trial(databases, everything, world, watch)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for profile in profiles:
                await profile.kill()
            everything.stop()
            for machine in databases.all:
                machine.power_off()
                machine.holder.kill()


async def run(options: argparse.Namespace, folder: Path) -> bool:
    """Cause all faults. True if every check passed."""
    faults = [fault for fault in FAULTS if not options.only or fault.__name__ in options.only.split(",")]
    rng = random.Random(options.seed)
    async with open_trial(Path(options.site), folder, rng, options.raw, options.browsers) as trial:
        print(
            f"{options.raw} raw clients and {options.browsers * TABS} tabs in {options.browsers} Chromium press", flush=True
        )
        passed = [await trial.cause(fault) for fault in faults]
        passed.append(await trial.settled())
        if not options.without_restore:
            passed.append(await restored(trial))
        return all(passed)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ha.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", help="names of faults, separated by commas")
    parser.add_argument("--raw", type=int, default=RAW_CLIENTS)
    parser.add_argument("--browsers", type=int, default=BROWSERS)
    parser.add_argument("--without-restore", action="store_true", help="leave out the restore to a point in time")
    parser.add_argument("--keep", action="store_true", help="keep the logs")
    parser.add_argument("--site", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    missing = [
        package for program, package in REQUIRED.items() if not shutil.which(program, path=os.defpath + ":/usr/sbin:/sbin")
    ]
    if missing or os.geteuid():
        sys.exit(
            f"The trial runs as root with Debian's packages {', '.join(REQUIRED.values())}. Missing: {missing or 'root'}"
        )
    if options.site:
        passed = asyncio.run(run(options, Path(options.folder)))
        print("nothing lost, nothing counted twice" if passed else "SOMETHING IS WRONG")
        sys.exit(not passed)
    if subprocess.run([*NAMESPACES, "true"], check=False).returncode:
        sys.exit("This machine allows no namespaces, so nothing can be cut off from the network here.")
    folder = Path(tempfile.mkdtemp(prefix="clickcounter-ha-"))
    site = export_front_end(ORIGIN, folder)
    arguments = [*sys.argv[1:], "--site", str(site), "--folder", str(folder)]
    # The shell reaps orphans, as a machine's first process does; Patroni would take a dead PostgreSQL for a living one.
    reaper = ["sh", "-c", '"$@"; exit $?', "sh"]
    done = subprocess.run([*NAMESPACES, *reaper, sys.executable, "-m", "tests.ha.run", *arguments], check=False)
    if options.keep:
        print(f"logs in {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
