"""copy, backup, restore: whole databases."""

import argparse
from pathlib import Path

from clickcounter.cli.counters import print_differences
from clickcounter.cli.prompts import confirm
from clickcounter.settings import Settings, database_url
from clickcounter.transfer import backup, copy


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    copying = commands.add_parser("copy", help="copy everything to another database; run it again to continue")
    copying.add_argument("--from", dest="source", required=True, metavar="URL")
    copying.add_argument("--to", dest="target", required=True, metavar="URL", help="empty, or started by an earlier copy")
    copying.set_defaults(run=_copy)
    backing = commands.add_parser("backup", help="write a copy of a SQLite database, even under load")
    backing.set_defaults(run=_backup)
    restoring = commands.add_parser("restore", help="replace the database with a backup; the server must be stopped")
    restoring.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    restoring.set_defaults(run=_restore)
    for command in (backing, restoring):
        command.add_argument("file", type=Path)


def _copy(_settings: Settings, options: argparse.Namespace) -> int:
    source, target = database_url(options.source, "--from"), database_url(options.target, "--to")
    return print_differences(copy.copy(source, target, lambda line: print(line, flush=True)))


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    print(backup.backup(settings.db_url, options.file))
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    def confirmed(lost: str) -> bool:
        print(lost)
        return confirm("Restore?", options.yes, "restored")

    done = backup.restore(settings.db_url, options.file, confirmed)
    if done:
        print(done)
    return 0 if done else 1
