"""import: clicks of a file or another counter, a look at them before, and the undo of a whole import."""

import argparse
import contextlib
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clickcounter.cli.asking import SCHEMES, asked
from clickcounter.cli.prompts import confirm
from clickcounter.database.engines import open_engine, read_only
from clickcounter.domain.calendar import time_zone
from clickcounter.errors import CounterNotFound, NotDone
from clickcounter.ledger import imports
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.taking_back import Cursor
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.places import COMMAND
from clickcounter.settings import Settings
from clickcounter.transfer import importer
from clickcounter.transfer.progress import Checking, Progress, ReportTimer
from clickcounter.transfer.table_import.naming import with_counters
from clickcounter.transfer.table_import.preview import preview_of


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    into = commands.add_parser("import", help="import an export or a table of another app, or undo an import")
    into.add_argument("file", nargs="?", help="a file, or the address /get/NAMESPACE/KEY of an Abacus or CountAPI")
    into.add_argument("--counter", default=DEFAULT_COUNTER, help="where rows go that name no counter (default: %(default)s)")
    into.add_argument("--zone", default="UTC", help="the time zone of local times (default: %(default)s)")
    into.add_argument(
        "--map", action="append", default=[], metavar="SETTING=VALUE", help="how to read the table; --dry-run lists settings"
    )
    into.add_argument("--dry-run", action="store_true", help="only show what would be imported")
    into.add_argument("--undo", type=int, metavar="NUMBER", help="undo a whole import; its number was printed")
    into.add_argument("--yes", action="store_true", help="undo without asking for confirmation")
    into.set_defaults(run=_import)


def _import(settings: Settings, options: argparse.Namespace) -> int:
    if (options.file is None) == (options.undo is None):
        raise NotDone("Name a file to import, or with --undo the number of an import.")
    if options.undo is not None:
        return _undo(settings, options)
    with contextlib.ExitStack() as held:
        is_address = options.file.startswith(SCHEMES)
        path = held.enter_context(asked(options.file, options.counter)) if is_address else Path(options.file)
        source = importer.ImportSource(path, options.counter, time_zone(options.zone), _answers(options.map))
        return _show(settings, source) if options.dry_run else _import_file(settings, source)


def _import_file(settings: Settings, source: importer.ImportSource) -> int:
    imported = importer.import_file(settings.db_url, source, _report)
    print(f"{imported.written} clicks imported, {imported.known} were already here.")
    if imported.refused:
        print(f"{imported.refused} were left out, because of the counter's limits or because it was archived.")
    if imported.number is not None:
        print(f"To undo this: {COMMAND} import --undo {imported.number}")
    return 0


def _answers(settings: list[str]) -> dict[str, str]:
    found = {}
    for text in settings:
        setting, separator, value = text.partition("=")
        if not separator:
            raise NotDone(f"--map takes SETTING=VALUE, not {text!r}.")
        found[setting] = value
    return found


def _show(settings: Settings, source: importer.ImportSource) -> int:
    """Print what would be imported."""
    with importer.open_file(source) as file:
        found = preview_of(file, source.counter, source.zone, source.answers)
    engine = open_engine(settings.db_url)
    shown = with_counters(engine, found, source.counter, None)
    engine.dispose()
    for counter in shown["counters"]:
        times = f"{_moment(counter['first'], source.zone)} to {_moment(counter['last'], source.zone)}"
        new = " (new)" if counter["new"] else ""
        print(f"{counter['slug']}{new}: {counter['rows']:,} rows, {counter['sum']:+,} in all, {times}")
    for row in shown["rows"]:
        opening = " opening amount" if row["opening"] else ""
        words = (row["counter"], _moment(row["at"], source.zone), f"{row['amount']:+}{opening}", row["note"])
        print(f"  line {row['line']}: {'  '.join(word for word in words if word)}")
    _show_left_out(shown["left_out"])
    _show_settings(shown)
    return 0


def _show_left_out(left_out: dict[str, Any]) -> None:
    if left_out["count"]:
        print(f"{left_out['count']:,} lines are left out:")
    for row in left_out["rows"]:
        print(f"  line {row['line']}: {row['why']['en']}")


def _show_settings(shown: dict[str, Any]) -> None:
    for sheets in (setting for setting in shown["settings"] if setting["setting"] == "sheet"):
        print(f"Only the sheet {sheets['value']!r} is read. For another: --map sheet=NAME.")
    if shown["settings"]:
        print("Guessed, and can be changed with --map:")
    for setting in shown["settings"]:
        print(f"  {setting['setting']}: {_choices(setting)}")
    if shown["questions"]:
        print("To be chosen with --map before it can be imported:")
    for question in shown["questions"]:
        print(f"  {question['setting']}: {_choices(question)}")
    if shown["known"]:
        undone = ", and undone" if shown["known"]["undone"] else ""
        print(f"This file was imported before{undone}; its number is {shown['known']['import']}.")


def _choices(question: dict[str, Any]) -> str:
    return ", ".join(
        choice["value"] + (f" ({choice['example']})" if choice["example"] else "") for choice in question["choices"]
    )


def _moment(at: int | None, zone: ZoneInfo) -> str:
    return "no time" if at is None else datetime.fromtimestamp(at // 1_000, zone).isoformat(" ")


def _report(progress: Checking | Progress) -> None:
    if isinstance(progress, Checking):
        if progress.done:
            print(f"{progress.done:,} of {progress.whole:,} bytes checked", flush=True)
    elif progress.done:
        print(f"{progress.done} of {progress.whole}", flush=True)
    else:
        print(f"{progress.whole} clicks checked", flush=True)


def _undo(settings: Settings, options: argparse.Namespace) -> int:
    engine = open_engine(settings.db_url)
    with read_only(engine).begin() as connection:
        found = imports.find(connection, options.undo, None)
    engine.dispose()
    print(f"This takes back {found.rows:,} rows, {found.amount:+,} in all, in: {', '.join(found.counters) or 'no counter'}.")
    if not confirm("Take them back?", options.yes, "taken back"):
        return 1
    ledger = Ledger(settings.db_url)
    begun, rows, timer = ledger.transact(lambda c: imports.begin_undo(c, options.undo, None)), 0, ReportTimer()
    for slug in begun.counters:
        rows = _undo_in(ledger, options.undo, slug, rows, timer)
    print(f"{rows:,} rows taken back.")
    return 0


def _undo_in(ledger: Ledger, number: int, slug: str, rows: int, timer: ReportTimer) -> int:
    """Take back slice by slice; between two of them the server saves presses. Returns how many rows it is then."""
    cursor: Cursor | None = None
    while True:
        began = time.monotonic()
        try:
            part = ledger.transact(lambda c: imports.undo_slice(c, number, slug, None, cursor))  # noqa: B023
        except CounterNotFound:
            return rows  # somebody has just deleted it
        rows, cursor = rows + part.presses, part.next
        if cursor is None:
            return rows
        if timer.is_due():
            print(f"{rows:,}", flush=True)
        ledger.checkpoint(idle=True)
        time.sleep(importer.rest_after(time.monotonic() - began))
