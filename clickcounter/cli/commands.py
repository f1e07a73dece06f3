"""The terminal: look at a counter, reset it, verify the ledger; move and keep databases; export, import; make accounts.

It works on the database alone, beside a running server, but for `restore`; open tabs follow within a second.
"""

import argparse
import contextlib
import getpass
import sqlite3
import sys
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import psycopg
from sqlalchemy.exc import OperationalError, ProgrammingError

from clickcounter.access import accounts, passwords
from clickcounter.access.validation import read_name, read_password
from clickcounter.database import schema
from clickcounter.database.engines import open_engine
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import SENTENCES, ClickCounterError, CounterNotFound, NotDone, Refused
from clickcounter.history import queries, verify
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.settings import Settings, database_url, from_environment
from clickcounter.transfer import backup, copy, exporter, importer

SAY_EVERY = 1.0  # seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 not done or a difference found, 2 used wrongly."""
    options = _parser().parse_args(arguments)
    try:
        sys.exit(options.run(from_environment(), options))
    except CounterNotFound:
        sys.exit(f"There is no counter {options.counter!r}.")
    except Refused as error:
        sys.exit(SENTENCES[error.code][0])
    except ClickCounterError as error:
        sys.exit(str(error))
    except (OperationalError, ProgrammingError, sqlite3.Error) as error:
        sys.exit(_unreadable(getattr(error, "orig", error)))


def _unreadable(error: object) -> str:
    """The database's own complaint, and what to do where it has no tables yet."""
    if isinstance(error, psycopg.OperationalError):  # no server, or not for us
        return f"The database cannot be reached: {' '.join(str(error).split())}"
    return f"The database cannot be read: {str(error).splitlines()[0]}. Was it made yet? python -m clickcounter upgrade"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m clickcounter", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="print a counter's number")
    show.set_defaults(run=_show)
    reset = commands.add_parser("reset", help="start a new round at 0; the old one stays in the ledger")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.set_defaults(run=_reset)
    for command in (show, reset):
        command.add_argument("counter", nargs="?", default=DEFAULT_COUNTER, help="its slug (default: %(default)s)")
    verify = commands.add_parser("verify", help="hold every total against the ledger; exits 1 on a difference")
    verify.add_argument("--repair", action="store_true", help="make every total anew from the ledger; clicks wait meanwhile")
    verify.set_defaults(run=_verify)
    upgrade = commands.add_parser("upgrade", help="bring the database to this version's schema")
    upgrade.set_defaults(run=_upgrade)
    _add_moves(commands)
    _add_files(commands)
    _add_people(commands)
    return parser


def _add_people(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    superuser = commands.add_parser("createsuperuser", help="make an account that may do everything")
    forgotten = commands.add_parser("setpassword", help="give an account another password and sign it out everywhere")
    superuser.set_defaults(run=_createsuperuser)
    forgotten.set_defaults(run=_setpassword)
    for command in (superuser, forgotten):
        command.add_argument("name", help="the name to sign in with; the password is asked for, or read from a pipe")


def _add_moves(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    copy = commands.add_parser("copy", help="move everything to another database, keys and all; run again to go on")
    copy.add_argument("--from", dest="source", required=True, metavar="URL")
    copy.add_argument("--to", dest="target", required=True, metavar="URL", help="empty, or begun by an earlier copy")
    copy.set_defaults(run=_copy)
    backing = commands.add_parser("backup", help="write a copy of a SQLite database, also under load")
    backing.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="put a backup in the database's place; the server must be stopped")
    restore.add_argument("--yes", action="store_true", help="do not ask")
    restore.set_defaults(run=_restore)
    for command in (backing, restore):
        command.add_argument("file", type=Path)


def _add_files(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    out = commands.add_parser("export", help="write a counter's clicks, or all counters', as JSON Lines or CSV")
    out.add_argument("counter", nargs="?", help="its slug (default: all counters)")
    out.add_argument("--format", choices=exporter.FORMATS, default="jsonl", help="(default: %(default)s)")
    out.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: print)")
    out.set_defaults(run=_export)
    into = commands.add_parser("import", help="bring in an export, or a table with the columns when and amount")
    into.add_argument("file", type=Path)
    into.add_argument("--counter", default=DEFAULT_COUNTER, help="where a table's clicks go (default: %(default)s)")
    into.set_defaults(run=_import)
    for command in (out, into):
        command.add_argument("--zone", default="UTC", help="the time zone of local times (default: %(default)s)")


def _show(settings: Settings, options: argparse.Namespace) -> int:
    engine = open_engine(settings.db_url)
    print(queries.snapshot_of(engine, options.counter).value)
    return 0


def _reset(settings: Settings, options: argparse.Namespace) -> int:
    engine = open_engine(settings.db_url)
    snapshot = queries.snapshot_of(engine, options.counter)
    question = f"Reset {options.counter!r} from {snapshot.value} to 0? Its clicks stay in the ledger."
    if not _agreed(question, options.yes, "reset"):
        return 1
    _, news = Ledger(settings.db_url).reset(options.counter, snapshot.round)
    print("0" if news else "Somebody else has reset it meanwhile.")
    return 0


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    work = verify.repair if options.repair else verify.verify
    clicks, differences = work(open_engine(settings.db_url))
    code = _report(differences)
    repaired = ", repaired" if options.repair and differences else ""
    print(f"{clicks} clicks read, {len(differences)} differences{repaired}")
    return 0 if options.repair else code


def _upgrade(settings: Settings, _options: argparse.Namespace) -> int:
    copy = schema.prepare(settings.db_url, by_hand=True)
    if copy:
        print(f"A copy from before is {copy.name}.")
    return 0


def _copy(_settings: Settings, options: argparse.Namespace) -> int:
    source, target = database_url(options.source, "--from"), database_url(options.target, "--to")
    return _report(copy.copy(source, target, lambda line: print(line, flush=True)))


def _export(settings: Settings, options: argparse.Namespace) -> int:
    wanted = exporter.ExportRequest(options.counter, time_zone(options.zone), with_hashes=True)
    chunks = exporter.chunks(exporter.FORMATS[options.format](open_engine(settings.db_url), wanted))
    first = next(chunks)  # a counter that is not there leaves no empty file
    try:
        printed = contextlib.nullcontext(sys.stdout.buffer)
        opened = printed if options.output is None else options.output.open("xb")
    except OSError as error:
        raise NotDone(f"{options.output} cannot be made: {error.strerror}. An export overwrites nothing.") from None
    with opened as file:
        done, said_at = 0, time.monotonic()
        for chunk in chain([first], chunks):
            done += file.write(chunk.encode())
            if options.output and time.monotonic() - said_at > SAY_EVERY:
                print(f"{done:,} bytes", flush=True)
                said_at = time.monotonic()
    return 0


def _import(settings: Settings, options: argparse.Namespace) -> int:
    source = importer.ImportSource(options.file, options.counter, time_zone(options.zone))

    def say(progress: importer.Progress) -> None:
        words = f"{progress.done} of {progress.whole}" if progress.done else f"{progress.whole} clicks were checked"
        print(words, flush=True)

    brought = importer.import_file(settings.db_url, source, say)
    print(f"{brought.written} clicks were brought in, {brought.known} were here already.")
    return 0


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    print(backup.backup(settings.db_url, options.file))
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    def agreed(undone: str) -> bool:
        print(undone)
        return _agreed("Restore?", options.yes, "restored")

    done = backup.restore(settings.db_url, options.file, agreed)
    if done:
        print(done)
    return 0 if done else 1


def _createsuperuser(settings: Settings, options: argparse.Namespace) -> int:
    name, password_hash = read_name(options.name), passwords.hashed_now(_password())
    Ledger(settings.db_url).perform(lambda c: accounts.create(c, name, password_hash, now_ms(), superuser=True))
    print(f"{name} may do everything now: sign in at /account, and look after counters and people at /admin/.")
    return 0


def _setpassword(settings: Settings, options: argparse.Namespace) -> int:
    password_hash = passwords.hashed_now(_password())
    if not Ledger(settings.db_url).perform(lambda c: accounts.replace_password(c, options.name, password_hash)):
        raise NotDone(f"There is no account {options.name!r}.")
    print("The new password holds; whoever was signed in is not any more.")
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return read_password(sys.stdin.readline().rstrip("\r\n"))
    password = read_password(getpass.getpass("Password: "))
    if read_password(getpass.getpass("Once more: ")) != password:
        raise NotDone("The two are not alike. Nothing was done.")
    return password


def _report(differences: list[verify.Difference]) -> int:
    for d in differences:
        print(f"{d.counter}, {d.what}: stored {d.stored}, the ledger says {d.ledger}")
    return 1 if differences else 0


def _agreed(question: str, yes: bool, done: str) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        print(f"Nothing was {done}: nobody is there to confirm. Use --yes.", file=sys.stderr)
        return False
    if input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "д", "да"):
        return True
    print(f"Nothing was {done}.")
    return False
