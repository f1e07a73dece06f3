"""press, watch: from the terminal into a counter and out of it, here or at another instance."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from clickcounter.access.authorization import TERMINAL
from clickcounter.cli.remote import Remote, Unreachable, remote_at, until_answered, waits
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import SAVED, Click, Order, Outcome, now_ms
from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.errors import NotDone, Refused
from clickcounter.history import snapshots
from clickcounter.ledger import counters
from clickcounter.ledger.devices import find_or_create_devices
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.presses import transaction
from clickcounter.services.validation import is_hex
from clickcounter.settings import Settings

PATIENCE = 60.0  # seconds in which a press is sent again
UNKNOWN = 3  # the exit code where nobody knows whether the press was saved
EVERY = 0.25  # seconds between two looks into the local database
LABEL = "terminal"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    press = commands.add_parser("press", help="press once, however often the connection breaks; prints the number")
    press.add_argument("counter", help="its slug")
    press.add_argument("amount", nargs="?", type=_amount, default=1, help="(default: %(default)s)")
    press.add_argument("--id", type=read_key, metavar="KEY", help="the key of a press whose answer was lost: it counts once")
    press.add_argument(
        "--patience",
        type=float,
        default=PATIENCE,
        metavar="SECONDS",
        help="with --url: how long to try (default: %(default)s)",
    )
    press.set_defaults(run=_press)
    watch = commands.add_parser("watch", help="print a line at every change, until Ctrl+C")
    watch.add_argument("counter", help="its slug")
    watch.set_defaults(run=_watch)
    for command in (press, watch):
        command.add_argument("--url", help="another instance, such as https://count.example.org (default: this database)")
        command.add_argument("--key", help="an API key of that instance (default: CLICKCOUNTER_KEY from the environment)")
        command.add_argument("--json", action="store_true", help="print JSON")


def _press(settings: Settings, options: argparse.Namespace) -> int:
    key, now = options.id or f"{now_ms():012x}{os.urandom(10).hex()}", now_ms()
    remote = _remote(options)
    if remote is None:
        shown = _press_here(settings, options.counter, Click(key, options.amount, now, 0))
    else:
        press = {"key": key, "amount": options.amount, "pressed_at": now, "sent_at": now}
        try:
            shown = until_answered(
                lambda: remote.press(options.counter, press | {"sent_at": now_ms()}), options.patience, _say
            )
        except (Unreachable, KeyboardInterrupt) as error:
            _say(f"{str(error) or 'interrupted'}. It is not known whether the press was saved.")
            _say(f"Run this to count it once: press {options.counter} {options.amount} --url {options.url} --id {key}")
            return UNKNOWN
    print(json.dumps(shown) if options.json else shown["value"])
    return 0


def _press_here(settings: Settings, slug: str, click: Click) -> dict[str, Any]:
    """Press in this database. A running server shows it within a second. Raises CounterNotFound, Refused, Later."""

    def work(connection: Connection) -> Outcome:
        counter = counters.lock(connection, slug)
        device = find_or_create_devices(connection, {TERMINAL}, click.pressed_at)[TERMINAL]
        if not device.label:
            counters.label_device(connection, device.number, LABEL)
        round_id = counter.round_id
        joined = Click(click.key, click.amount, click.pressed_at, round_id)
        return transaction.record(connection, [Order(slug, TERMINAL, (joined,))])[0]

    outcome = Ledger(settings.db_url).transact(work)
    if outcome.snapshot is None or (code := outcome.codes[click.key]) != SAVED:
        raise Refused(outcome.error or code)
    snapshot = outcome.snapshot
    shown = {"counter": slug, "value": snapshot.value, "revision": snapshot.revision, "round": snapshot.round}
    return shown | {"key": click.key, "saved": True}


def _watch(settings: Settings, options: argparse.Namespace) -> int:
    remote = _remote(options)
    changes = _changes_here(settings, options.counter) if remote is None else _changes_there(remote, options.counter)
    shown = None
    try:
        for change in changes:
            now = (change["value"], change.get("round"))
            if now != shown:
                shown = now
                time_of_day = datetime.now().astimezone().strftime("%H:%M:%S")
                print(json.dumps(change) if options.json else f"{time_of_day} {change['value']}", flush=True)
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    raise AssertionError


def _changes_here(settings: Settings, slug: str) -> Iterator[dict[str, Any]]:
    """What the counter shows, read again and again, also while the database cannot be read for a while."""
    engine: Engine = open_engine(settings.db_url)
    snapshot, told = snapshots.snapshot_of(engine, slug), False  # the first time, any error ends the command
    while True:
        shown = {"counter": slug, "value": snapshot.value, "revision": snapshot.revision, "round": snapshot.round}
        yield shown
        time.sleep(EVERY)
        try:
            snapshot, told = snapshots.snapshot_of(engine, slug), False
        except SQLAlchemyError as error:
            if not told:
                _say(f"the database cannot be read: {str(getattr(error, 'orig', error)).splitlines()[0]}; trying again")
            told = True


def _changes_there(remote: Remote, slug: str) -> Iterator[dict[str, Any]]:
    """The counter's events, also after its server was away. Raises NotDone where it refuses."""
    last, pauses = "", waits()
    while True:
        try:
            for event_id, change in remote.events(slug, last):
                last, pauses = event_id, waits()
                if "value" in change:
                    yield change
        except Unreachable as error:
            _say(f"{error}; trying again")
            time.sleep(max(error.wait, next(pauses)))


def _remote(options: argparse.Namespace) -> Remote | None:
    if options.url is None and options.key is not None:
        raise NotDone("--key is for another instance: it needs --url.")
    return remote_at(options.url, options.key or os.environ.get("CLICKCOUNTER_KEY")) if options.url is not None else None


def _amount(text: str) -> int:
    amount = int(text)
    if not 1 <= abs(amount) <= MAX_AMOUNT:
        raise argparse.ArgumentTypeError(f"an amount is from 1 to {MAX_AMOUNT}, or the same with a minus")
    return amount


def read_key(text: str) -> str:
    """A key that somebody typed."""
    if not is_hex(text):
        raise argparse.ArgumentTypeError("a key has 32 hexadecimal digits")
    return text


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
