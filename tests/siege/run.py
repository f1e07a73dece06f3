"""Besiege a server: `make siege`. Every attack is followed by a quiet stretch, against which it is measured.

Prints what honest people waited, in ms, and says at the end which promises were kept.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.preloaded import preloaded
from tests.server import ROOT, BackEnd, free_port, wait_for
from tests.siege import rolling
from tests.siege.attacks import ASKED, ATTACKS, BIG, TABS
from tests.siege.honest import People, Waits, look_around, use_an_account
from tests.siege.world import create_big_counter, memory_of
from tests.terminal import terminal

WARM_UP = 3.0  # seconds
AFTERWARDS = 60.0  # seconds; by then memory is back
LOG_PER_MINUTE = 1_000_000  # bytes
SLOWER = 3.0  # times the quiet p99
SAME_WORK = {"press flood"}  # these are presses, too, and wait as long
SHOWN = 5  # lines of what an attack got
WITHIN = 1.0  # seconds, for a new tab and for /readyz
STOPS_WITHIN = 10.0
ENDS_WITHIN = 60.0  # after an attack's time
PRESSED = "SELECT key FROM click JOIN counter ON counter.id = counter_id WHERE slug = 'counter'"


@dataclass(frozen=True)
class Plan:
    """The size of a siege: seconds of each attack and of each quiet stretch, and the counter that it is about."""

    seconds: float
    clicks: int
    devices: int
    attacks: tuple[str, ...] = tuple(ATTACKS)


class Siege:
    """One run, and what it found."""

    def __init__(self, plan: Plan, server: BackEnd) -> None:
        self.plan, self.server = plan, server
        self.quiet = Waits()
        self.attacked: dict[str, Waits] = {}
        self.memory = 0  # bytes, before the first attack
        self.broken: list[str] = []  # promises

    async def run(self) -> None:
        """Attack, one after another."""
        people = People(self.server.port)
        async with people.here():
            await asyncio.gather(*(look_around(self.server.port) for _ in range(TABS)), use_an_account(self.server.port))
            await asyncio.sleep(WARM_UP)
            self.memory = memory_of(self.server)
            logged, began = self._logged(), time.monotonic()
            for name in self.plan.attacks:
                self.attacked[name] = await self._attack(name, people)
                await self._rest(people)
            minutes, logged = (time.monotonic() - began) / 60, self._logged() - logged
            said = f"the log grew by {logged} bytes in {minutes:.1f} minutes"
            self._check(logged < LOG_PER_MINUTE * max(minutes, 1), said)
        self._check(not people.problems, f"every honest press is saved: {people.problems[:3]}")
        self._check(people.saved == people.pressed, "no press waits for ever")
        ledger = [
            key
            for (key,) in self.server.query(
                "SELECT key FROM click JOIN counter ON counter.id = counter_id WHERE slug = 'counter'"
            )
        ]
        self._check(len(ledger) == len(set(ledger)) and people.pressed <= set(ledger), "none lost, none counted twice")

    async def _attack(self, name: str, people: People) -> Waits:
        command = ["tests.siege.attacks", name, str(self.server.port), str(self.plan.seconds)]
        people.waits = waits = Waits()
        within = self.plan.seconds + ENDS_WITHIN
        attacker = await asyncio.to_thread(preloaded().run, command, dict(os.environ), within)
        self._check(attacker.returncode == 0, f"the attack itself ran {attacker.stderr[-500:]}")
        print(f"{name:30} {waits}, {memory_of(self.server) / 1e6:.0f} MB", flush=True)
        for line, times in Counter(attacker.stdout.splitlines()).most_common(SHOWN):
            print(f"{'':30} {times} × {line}", flush=True)
        return waits

    async def _rest(self, people: People) -> None:
        people.waits = waits = Waits()
        await asyncio.sleep(self.plan.seconds / 2)
        self.quiet.extend(waits)
        print(f"{'  quiet':30} {waits}", flush=True)

    def check_waits(self) -> None:
        """Compare each attack with the quiet stretches."""
        quiet = self.quiet.p99("press")
        for name, waits in self.attacked.items():
            ratio = waits.p99("press") / quiet
            if name not in SAME_WORK:
                self._check(ratio <= SLOWER, f"{name}: presses take {ratio:.1f} × the quiet p99")
            self._check(waits.p99("opening") <= WITHIN, f"{name}: a new tab opens in {waits.p99('opening'):.2f} s (p99)")
            self._check(
                max(waits.ready) <= WITHIN and not waits.not_ready, f"{name}: /readyz takes {max(waits.ready):.2f} s"
            )

    def check_stop(self, within: float = STOPS_WITHIN) -> None:
        """SIGTERM in the middle of a flood."""
        command = [sys.executable, "-m", "tests.siege.attacks", "questions of tabs that leave", str(self.server.port), "30"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as attacker:
            assert attacker.stdout is not None
            asked = [line for _, line in zip(range(TABS), attacker.stdout, strict=False)]
            self._check(asked == [f"{ASKED}\n"] * TABS, "the flood is under way")
            process, began = self.server.process, time.monotonic()
            assert process is not None
            self.server.send(15)
            wait_for(lambda: process.poll() is not None, "the server ends", 60)
            took = time.monotonic() - began
            attacker.kill()
        self._check(took <= within, f"SIGTERM ends it in {took:.1f} s")

    def check_memory(self) -> None:
        """Memory a minute later."""
        before, end = self.memory, time.monotonic() + AFTERWARDS
        while (after := memory_of(self.server)) > before * 1.1 and time.monotonic() < end:
            time.sleep(1)
        self._check(after <= before * 1.1, f"memory: {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB afterwards")

    def check_ledger(self) -> None:
        """`verify`, after all that was written."""
        done = terminal(self.server.db_url, "verify")
        self._check(done.returncode == 0, f"verify: {(done.stdout + done.stderr).strip()[-200:]}")

    def _logged(self) -> int:
        return self.server.log.stat().st_size

    def _check(self, kept: bool, promise: str) -> None:
        print(f"{'kept  ' if kept else 'BROKEN'} {promise}", flush=True)
        if not kept:
            self.broken.append(promise)


def besiege(plan: Plan, folder: Path) -> Siege:
    """Everything but the checks of how long people waited and of memory, which a shared machine disturbs."""
    server = BackEnd(free_port(), folder)
    create_big_counter(server.db_url, BIG, plan.clicks, plan.devices)
    server.start()
    try:
        siege = Siege(plan, server)
        asyncio.run(siege.run())
        return siege
    except BaseException:
        server.kill()
        raise


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.siege.run", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each attack; half as long is quiet")
    parser.add_argument("--clicks", type=int, default=1_000_000)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--attack", choices=ATTACKS, action="append", help="this one alone; may be repeated")
    options = parser.parse_args()
    plan = Plan(options.seconds, options.clicks, options.devices, tuple(options.attack or ATTACKS))
    with tempfile.TemporaryDirectory(prefix="clickcounter-siege-") as name:
        siege = besiege(plan, Path(name))
        siege.check_waits()
        siege.check_memory()
        siege.check_stop()
        siege.check_ledger()
    broken = len(siege.broken) + (not rolling.main())
    print(f"{broken} PROMISES BROKEN" if broken else "every promise was kept")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
