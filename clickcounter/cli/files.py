"""export, import: clicks as files."""

import argparse
import contextlib
import sys
import time
from itertools import chain
from pathlib import Path

from clickcounter.database.engines import open_engine
from clickcounter.domain.calendar import time_zone
from clickcounter.errors import NotDone
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.settings import Settings
from clickcounter.transfer import exporter, importer

REPORT_EVERY = 1.0  # seconds


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    out = commands.add_parser("export", help="write the clicks of one counter or all counters as JSON Lines or CSV")
    out.add_argument("counter", nargs="?", help="its slug (default: all counters)")
    out.add_argument("--format", choices=exporter.FORMATS, default="jsonl", help="(default: %(default)s)")
    out.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: standard output)")
    out.set_defaults(run=_export)
    into = commands.add_parser("import", help="import an export, or a table with the columns when and amount")
    into.add_argument("file", type=Path)
    into.add_argument(
        "--counter", default=DEFAULT_COUNTER, help="the counter that a table is imported into (default: %(default)s)"
    )
    into.set_defaults(run=_import)
    for command in (out, into):
        command.add_argument("--zone", default="UTC", help="the time zone of local times (default: %(default)s)")


def _export(settings: Settings, options: argparse.Namespace) -> int:
    wanted = exporter.ExportRequest(options.counter, time_zone(options.zone), with_hashes=True)
    chunks = exporter.chunks(exporter.FORMATS[options.format](open_engine(settings.db_url), wanted))
    first = next(chunks)  # a counter that does not exist leaves no empty file
    try:
        printed = contextlib.nullcontext(sys.stdout.buffer)
        opened = printed if options.output is None else options.output.open("xb")
    except OSError as error:
        raise NotDone(f"{options.output} cannot be created: {error.strerror}. An export never overwrites a file.") from None
    with opened as file:
        done, reported_at = 0, time.monotonic()
        for chunk in chain([first], chunks):
            done += file.write(chunk.encode())
            if options.output and time.monotonic() - reported_at > REPORT_EVERY:
                print(f"{done:,} bytes", flush=True)
                reported_at = time.monotonic()
    return 0


def _import(settings: Settings, options: argparse.Namespace) -> int:
    source = importer.ImportSource(options.file, options.counter, time_zone(options.zone))
    imported = importer.import_file(settings.db_url, source, _report)
    print(f"{imported.written} clicks imported, {imported.known} were already here.")
    return 0


def _report(progress: importer.Checking | importer.Progress) -> None:
    if isinstance(progress, importer.Checking):
        if progress.done:
            print(f"{progress.done:,} of {progress.whole:,} bytes checked", flush=True)
    elif progress.done:
        print(f"{progress.done} of {progress.whole}", flush=True)
    else:
        print(f"{progress.whole} clicks checked", flush=True)
