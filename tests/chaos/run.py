"""Cause faults in a real system under load: `make chaos`. The printed seed repeats a run.

Afterwards compare the clicks pressed, the clicks in the ledger and the numbers in every tab.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter as Tally
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.faults import CLUSTER_FAULTS, FAULTS
from tests.chaos.world import Servers, World, one_process, open_world, three_workers
from tests.server import export_front_end, free_port, nginx, until

SETTLE_WITHIN = 120  # seconds after the last fault


@dataclass(frozen=True)
class Plan:
    """The size of a run. `clicks` includes those in browsers."""

    seed: int
    faults: int
    clicks: int
    browser_clicks: int


async def run_plan(plan: Plan, servers: Servers, api_port: int, origin: str, folder: Path) -> bool:
    """Carry out the plan and print the result. True if every check passed."""
    rng = random.Random(plan.seed)
    began = time.monotonic()
    print(
        f"seed {plan.seed}: {plan.faults} faults among {plan.clicks} clicks, {plan.browser_clicks} of them in Chromium",
        flush=True,
    )
    async with open_world(servers, api_port, origin, folder, rng) as world:
        await _cause_faults(world, plan, rng)
        settled = await all_settled(world)
        _print_faults(world)
        passed = settled and await totals_agree(world)
        print(f"{time.monotonic() - began:.0f} s", flush=True)
        return passed


async def _cause_faults(world: World, plan: Plan, rng: random.Random) -> None:
    """Cause each fault at a random point of its share of the clicks. Every kind comes up before any repeats."""
    kinds = CLUSTER_FAULTS if world.servers.postgres else FAULTS
    rounds = (rng.sample(kinds, len(kinds)) for _ in itertools.count())
    faults = itertools.islice(itertools.chain.from_iterable(rounds), plan.faults)
    shares = ((world.raw_budget, plan.clicks - plan.browser_clicks), (world.browser_budget, plan.browser_clicks))
    for number, fault in enumerate(faults, 1):
        into = rng.random() / 2
        for budget, total in shares:
            await budget.allow(int(total * (number - 1 + into) / plan.faults))
        for budget, total in shares:
            await budget.reach(int(total * (number - 1 + into) / plan.faults))
        for budget, total in shares:
            await budget.allow(total * number // plan.faults)
        await asyncio.sleep(rng.uniform(0, 0.1))  # so that the fault hits clicks under way
        what = str(fault.__doc__)
        world.fault_counts[what] = world.fault_counts.get(what, 0) + 1
        began = time.monotonic()
        await fault(world, rng)
        print(f"{number:4} {what}, {time.monotonic() - began:.1f} s", flush=True)
        for budget, total in shares:
            await budget.reach(total * number // plan.faults)


async def all_settled(world: World) -> bool:
    """Wait until no click is unsaved and every tab shows the ledger's number."""
    try:
        async with asyncio.timeout(SETTLE_WITHIN):
            await until(lambda: not any(p.in_flight or p.to_replay for p in world.pressers), SETTLE_WITHIN)
            for profile in world.profiles:
                await profile.all_saved(await _total(world))
            value = await _total(world)
            await until(lambda: {presser.value for presser in world.pressers} == {value}, SETTLE_WITHIN)
    except Exception as error:
        held = sum(len(presser.in_flight) + len(presser.to_replay) for presser in world.pressers)
        shown = {presser.value for presser in world.pressers}
        print(f"NOT SETTLED: {error!r}; raw clients have {held} unsaved clicks and show {shown}")
        print(f"{_rows(world)} clicks in the ledger")
        return False
    return True


async def _total(world: World) -> int:
    """The number of clicks in the ledger, once every press is in it."""
    pressed = len(world.raw_log.keys()) + len(world.browser_log.keys())
    await until(lambda: _rows(world) >= pressed, SETTLE_WITHIN)
    return _rows(world)


def _rows(world: World) -> int:
    return int(world.query("SELECT count(*) FROM click")[0][0])


async def totals_agree(world: World) -> bool:
    """Whether every click that was pressed counts once, and everybody shows that number; printed."""
    raw, browser = world.raw_log.keys(), world.browser_log.keys()
    logged = Tally(raw + browser)
    ledger = Tally(key for (key,) in world.query("SELECT key FROM click"))
    [(value, amounts)] = world.query("SELECT value, (SELECT sum(amount) FROM click) FROM counter")
    shown = {presser.value for presser in world.pressers}
    tabs = [totals for profile in world.profiles for totals in await profile.totals()]
    unsaved = sum(int(totals["unsaved"]) for totals in tabs)
    steps_back = len(world.reports.steps_back)
    unexpected = [text for presser in world.pressers for text in presser.unexpected]
    verified = world.verify()
    print(f"clicks pressed {logged.total()}: {len(raw)} by raw clients, {len(browser)} in Chromium")
    print(f"ledger rows {ledger.total()}, different keys {len(ledger)}")
    print(
        f"lost {(logged - ledger).total()}, double {ledger.total() - len(ledger)}, never pressed {(ledger - logged).total()}"
    )
    print(f"refused {len(unexpected)} {unexpected[:3] or ''}")
    print(f"value {value}, sum of the ledger {amounts}; verify: {verified}")
    in_tabs = {int(totals["value"]) for totals in tabs}
    print(
        f"{len(world.pressers)} raw clients show {shown}, {len(tabs)} tabs show {in_tabs}; "
        f"steps back {steps_back}; unsaved {unsaved}"
    )
    totals_agree = ledger.total() == len(ledger) == value == amounts
    return (
        logged == ledger
        and totals_agree
        and shown == in_tabs == {value}
        and not unsaved
        and not unexpected
        and not steps_back
        and verified.endswith("exit code 0")
    )


def _print_faults(world: World) -> None:
    for what, count in sorted(world.fault_counts.items()):
        print(f"{count:4} × {what}")
    batches, resent, later, replayed = (
        sum(getattr(presser, what) for presser in world.pressers) for what in ("batches", "resent", "later", "replayed")
    )
    print(f"faults {sum(world.fault_counts.values())}")
    print(f"connections cut {world.proxy.cuts}, answers dropped after their commit {world.proxy.answers_dropped}")
    print(f"raw clients' batches {batches}: resent {resent}, {later} of them after 'later'; old batches replayed {replayed}")
    print(f"clicks unsaved in a browser when a fault hit it {world.unsaved_when_hit}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--clicks", type=int, default=100_000)
    parser.add_argument("--browser-clicks", type=int, default=10_000)
    parser.add_argument("--workers", type=int, choices=(1, 3), default=1, help="3: PostgreSQL, Redis, nginx")
    options = vars(parser.parse_args())
    with_servers = {1: one_process, 3: three_workers}[options.pop("workers")]
    with tempfile.TemporaryDirectory(prefix="clickcounter-chaos-") as name:
        folder, api_port = Path(name), free_port()
        site = export_front_end(f"http://localhost:{api_port}", folder)
        (folder / "pages").mkdir()
        with nginx(site, free_port(), folder / "pages") as origin, with_servers(folder) as servers:
            passed = asyncio.run(run_plan(Plan(**options), servers, api_port, origin, folder))
    print("nothing lost, nothing counted twice" if passed else "SOMETHING IS WRONG")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
