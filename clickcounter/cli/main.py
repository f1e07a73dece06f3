"""Serve the app. Show, press, watch, reset and verify counters; add past entries; take back presses; webhooks; copy,
restore, export and import.

Others create accounts and keys. The commands work directly on the database, also while the server runs (except `restore`);
open tabs follow within a second. `press` and `watch` also reach another instance.
"""

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.exc import OperationalError, ProgrammingError

from clickcounter.cli import accounts, backups, counters, files, importing, keys, owners, past, pressing, webhooks
from clickcounter.cli.serving import serve
from clickcounter.errors import ClickCounterError, CounterNotFound, Later, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.places import COMMAND, data_folder
from clickcounter.settings import from_environment

AGAIN = "Try again in a moment."
# PostgreSQL's answers to those who wait too long for a lock
LOCKED = (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled, psycopg.errors.DeadlockDetected)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 not done or a difference found, 2 usage error."""
    options = _parser().parse_args(arguments)
    _use_data_folder(options.data)
    try:
        sys.exit(options.run(from_environment(), options))
    except CounterNotFound:
        sys.exit(f"There is no counter {options.counter!r}.")
    except Refused as error:
        sys.exit(sentences_of(error).en)
    except Later as error:  # the ledger has tried for a while
        sys.exit(f"Not possible now: {_first_line(error)}. {AGAIN}")
    except ClickCounterError as error:
        sys.exit(str(error))
    except (OperationalError, ProgrammingError, sqlite3.Error) as error:
        sys.exit(_unreadable(getattr(error, "orig", error)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.set_defaults(data=None)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Command)
    for group in (serve, counters, pressing, past, owners, webhooks, backups, files, importing, accounts, keys):
        group.add_commands(commands)
    return parser


class _Command(argparse.ArgumentParser):
    """A command's own parser; each takes the folder of the data."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="the folder of the database")


def _use_data_folder(named: str | None) -> None:
    """Take the folder that was named, and make it where there is none; what cannot be written is said when it is used."""
    if named:
        os.environ["CLICKCOUNTER_DATA"] = str(Path(named).absolute())
    with suppress(OSError):
        data_folder().mkdir(mode=0o700, parents=True, exist_ok=True)


def _unreadable(error: object) -> str:
    """The database's own complaint, and what to do about it."""
    if _is_busy(error):
        return f"The database is busy, something else is writing to it: {_first_line(error)}. {AGAIN}"
    if isinstance(error, psycopg.OperationalError):  # no server, or not for us
        return f"The database cannot be reached: {' '.join(str(error).split())}"
    return f"The database cannot be read: {_first_line(error)}. Has it been created yet? {COMMAND} upgrade"


def _is_busy(error: object) -> bool:
    """Whether somebody else holds a lock that was waited for in vain."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)  # the higher bits say why
    return isinstance(error, LOCKED)


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
