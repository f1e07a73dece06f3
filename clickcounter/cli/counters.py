"""show, reset, schedule, verify, upgrade: a counter's number, and the ledger from which it comes."""

import argparse
from datetime import UTC, datetime

from clickcounter.cli.prompts import confirm
from clickcounter.database import schema
from clickcounter.database.engines import open_engine
from clickcounter.domain.schedule import read_schedule
from clickcounter.history import snapshots, verify
from clickcounter.ledger.counters import update_settings
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.settings import Settings

EXAMPLES = 'examples: "day 04:00 Europe/Berlin", "monday 04:00 Europe/Berlin", "2026-12-24 18:00 Europe/Berlin"'


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    show = commands.add_parser("show", help="print a counter's number")
    show.set_defaults(run=_show)
    reset = commands.add_parser("reset", help="start a new round at 0; the old round stays in the ledger")
    reset.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    reset.set_defaults(run=_reset)
    schedule = commands.add_parser(
        "schedule", help="print, or set, when a counter's rounds end by themselves", epilog=EXAMPLES
    )
    schedule.add_argument("--set", metavar="SCHEDULE", help='"never", or when, as in the examples below')
    schedule.set_defaults(run=_schedule)
    for command in (show, reset, schedule):
        command.add_argument("counter", nargs="?", default=DEFAULT_COUNTER, help="its slug (default: %(default)s)")
    verify = commands.add_parser("verify", help="check every total against the ledger; exits 1 on a difference")
    verify.add_argument("--repair", action="store_true", help="rebuild every total from the ledger; clicks wait meanwhile")
    verify.set_defaults(run=_verify)
    upgrade = commands.add_parser("upgrade", help="create the database, or upgrade it to this version's schema")
    upgrade.set_defaults(run=_upgrade)


def print_differences(differences: list[verify.Difference]) -> int:
    """Print what does not agree with the ledger. Returns the exit code."""
    for d in differences:
        print(f"{d.counter}, {d.what}: stored {d.stored}, the ledger says {d.ledger}")
    return 1 if differences else 0


def _show(settings: Settings, options: argparse.Namespace) -> int:
    print(snapshots.snapshot_of(open_engine(settings.db_url), options.counter).value)
    return 0


def _reset(settings: Settings, options: argparse.Namespace) -> int:
    snapshot = snapshots.snapshot_of(open_engine(settings.db_url), options.counter)
    question = f"Reset {options.counter!r} from {snapshot.value} to 0? Its clicks stay in the ledger."
    if not confirm(question, options.yes, "reset"):
        return 1
    _, closed = Ledger(settings.db_url).reset(options.counter, snapshot.round)
    print("0" if closed else "Someone else has already reset it.")
    return 0


def _schedule(settings: Settings, options: argparse.Namespace) -> int:
    if options.set is not None:
        text = "" if options.set == "never" else options.set
        if text:
            read_schedule(text)
        Ledger(settings.db_url).transact(lambda c: update_settings(c, options.counter, {"schedule": text}, None))
    now = snapshots.snapshot_of(open_engine(settings.db_url), options.counter).settings
    print(now.schedule or "never")
    if now.ends_at is not None:
        print(f"next: {datetime.fromtimestamp(now.ends_at / 1000, UTC):%Y-%m-%d %H:%M} UTC")
    return 0


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    check = verify.repair if options.repair else verify.verify
    clicks, differences = check(open_engine(settings.db_url))
    code = print_differences(differences)
    repaired = ", repaired" if options.repair and differences else ""
    print(f"{clicks} clicks read, {len(differences)} differences{repaired}")
    return 0 if options.repair else code


def _upgrade(settings: Settings, _options: argparse.Namespace) -> int:
    copy = schema.prepare(settings.db_url, by_hand=True)
    if copy:
        print(f"The database before the upgrade is kept as {copy.name}.")
    return 0
