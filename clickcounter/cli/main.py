"""Show, reset and verify counters; copy, back up and restore databases; export and import clicks; create accounts.

The commands work directly on the database, also while the server runs (except `restore`); open tabs follow within a second.
"""

import argparse
import sqlite3
import sys
from collections.abc import Sequence

import psycopg
from sqlalchemy.exc import OperationalError, ProgrammingError

from clickcounter.cli import accounts, backups, counters, files
from clickcounter.errors import ClickCounterError, CounterNotFound, Refused
from clickcounter.i18n.errors import sentences_of
from clickcounter.settings import from_environment


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 not done or a difference found, 2 usage error."""
    options = _parser().parse_args(arguments)
    try:
        sys.exit(options.run(from_environment(), options))
    except CounterNotFound:
        sys.exit(f"There is no counter {options.counter!r}.")
    except Refused as error:
        sys.exit(sentences_of(error).en)
    except ClickCounterError as error:
        sys.exit(str(error))
    except (OperationalError, ProgrammingError, sqlite3.Error) as error:
        sys.exit(_unreadable(getattr(error, "orig", error)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m clickcounter", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (counters, backups, files, accounts):
        group.add_commands(commands)
    return parser


def _unreadable(error: object) -> str:
    """The database's own complaint, and what to do where it has no tables yet."""
    if isinstance(error, psycopg.OperationalError):  # no server, or not for us
        return f"The database cannot be reached: {' '.join(str(error).split())}"
    return (
        f"The database cannot be read: {str(error).splitlines()[0]}. Has it been created yet? python -m clickcounter upgrade"
    )
