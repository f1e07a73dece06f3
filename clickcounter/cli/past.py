"""add, note, remove: what was counted earlier, carried over or noted."""

import argparse
import os

from sqlalchemy import Connection

from clickcounter.access.authorization import TERMINAL
from clickcounter.cli.owners import moment
from clickcounter.cli.pressing import LABEL, read_key
from clickcounter.domain.clicks import ENTRY, NOTE, OPENING, now_ms
from clickcounter.domain.past import PastEntry
from clickcounter.ledger import counters
from clickcounter.ledger.devices import find_or_create_devices
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from clickcounter.services.forms import read_note
from clickcounter.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    add = commands.add_parser("add", help="add what was counted earlier, or elsewhere; prints the entry's key")
    add.add_argument("counter", help="its slug")
    add.add_argument("amount", type=int)
    add.add_argument("--at", metavar="TIME", help="when, such as 2026-05-01T15:00 (default: now)")
    add.add_argument("--until", metavar="TIME", help="the end, if it was counted over a stretch of time")
    add.add_argument(
        "--opening",
        dest="kind",
        action="store_const",
        const=OPENING,
        default=ENTRY,
        help="an opening amount: in the value, but in no chart",
    )
    add.add_argument("--note", default="", help="shown in the history")
    add.set_defaults(run=_add)
    note = commands.add_parser("note", help="add a note to the history; prints its key")
    note.add_argument("counter", help="its slug")
    note.add_argument("note", help="the text")
    note.add_argument("--at", metavar="TIME", help="when, such as 2026-05-01T15:00 (default: now)")
    note.set_defaults(run=_add, kind=NOTE, amount=0, until=None)
    for command in (add, note):
        command.add_argument("--zone", default="UTC", help="the time zone of times (default: %(default)s)")
        command.add_argument("--id", type=read_key, metavar="KEY", help="a key of your own: with it, it is added once")
    remove = commands.add_parser("remove", help="take back what was added with a key, or delete the note")
    remove.add_argument("counter", help="its slug")
    remove.add_argument("key", type=read_key)
    remove.set_defaults(run=_remove)


def _add(settings: Settings, options: argparse.Namespace) -> int:
    now = now_ms()
    key, since = options.id or f"{now:012x}{os.urandom(10).hex()}", moment(options.at, options.zone)
    until = moment(options.until, options.zone)
    start = now if since is None else since
    entry = PastEntry(key, options.kind, options.amount, start, start if until is None else until, read_note(options.note))
    Ledger(settings.db_url).transact(lambda c: entries.add(c, options.counter, entry, _terminal, None))
    print(key)
    return 0


def _terminal(connection: Connection) -> int:
    device = find_or_create_devices(connection, {TERMINAL}, now_ms())[TERMINAL]
    if not device.label:
        counters.label_device(connection, device.number, LABEL)
    return device.number


def _remove(settings: Settings, options: argparse.Namespace) -> int:
    shown = Ledger(settings.db_url).transact(lambda c: entries.remove(c, options.counter, options.key, None))
    print(shown.value)
    return 0
