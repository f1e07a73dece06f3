"""export and report: clicks as files."""

import argparse
import contextlib
import sys
import time
from itertools import chain
from pathlib import Path
from typing import IO

from clickcounter.database.engines import open_engine
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import NotDone
from clickcounter.history.report.asking import query_of
from clickcounter.history.report.facts import Report
from clickcounter.history.report.read import read_report
from clickcounter.paper import page
from clickcounter.paper.page import PAPERS
from clickcounter.paper.pdf import pdf_of
from clickcounter.paper.table import csv_report
from clickcounter.paper.words import LANGUAGES
from clickcounter.settings import Settings
from clickcounter.transfer import exporter
from clickcounter.transfer.exports.csv_table import SEPARATORS

REPORT_EVERY = 1.0  # seconds


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    out = commands.add_parser("export", help="write the clicks of one counter or all counters as JSON Lines, CSV or XLSX")
    out.add_argument("counter", nargs="?", help="its slug (default: all counters)")
    out.add_argument("--format", choices=exporter.FORMATS, default="jsonl", help="(default: %(default)s)")
    out.add_argument("--separator", choices=SEPARATORS, default="comma", help="of a CSV (default: %(default)s)")
    out.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: standard output)")
    out.set_defaults(run=_export)
    out.add_argument("--zone", default="UTC", help="the time zone of local times (default: %(default)s)")
    _add_report(commands)


def _add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = commands.add_parser("report", help="write the report of a day, a round or a period as PDF, page or CSV")
    report.add_argument("counter", help="its slug")
    report.add_argument("--day", metavar="DAY", help="such as 2026-11-28 (default: today)")
    report.add_argument("--round", metavar="N", help="a round, by its number")
    report.add_argument("--since", metavar="TIME", help="such as 2026-11-28T18:00")
    report.add_argument("--until", metavar="TIME", help="the end of the period")
    report.add_argument("--zone", help="the time zone of all times (default: that of the counter's schedule, or UTC)")
    report.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help="(default: %(default)s)")
    report.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="of a PDF (default: %(default)s)")
    report.add_argument("--separator", choices=SEPARATORS, default="comma", help="of a CSV (default: %(default)s)")
    report.add_argument("--out", type=Path, metavar="FILE", help="a new file: .pdf, .html or .csv (default: CSV, printed)")
    report.set_defaults(run=_report)


def _export(settings: Settings, options: argparse.Namespace) -> int:
    zone, separator = time_zone(options.zone), SEPARATORS[options.separator]
    wanted = exporter.ExportRequest(options.counter, zone, with_hashes=True, separator=separator)
    chunks = exporter.FORMATS[options.format](open_engine(settings.db_url), wanted)
    first = next(chunks)  # a counter that does not exist leaves no empty file
    with _opened(options.output, "An export") as file:
        done, reported_at = 0, time.monotonic()
        for chunk in chain([first], chunks):
            done += file.write(chunk)
            if options.output and time.monotonic() - reported_at > REPORT_EVERY:
                print(f"{done:,} bytes", flush=True)
                reported_at = time.monotonic()
    return 0


def _opened(output: Path | None, what: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    try:
        return contextlib.nullcontext(sys.stdout.buffer) if output is None else output.open("xb")
    except OSError as error:
        raise NotDone(f"{output} cannot be created: {error.strerror}. {what} never overwrites a file.") from None


def _report(settings: Settings, options: argparse.Namespace) -> int:
    asked = {name: getattr(options, name) for name in ("day", "round", "since", "until")}
    query = query_of(options.counter, time_zone(options.zone) if options.zone else None, asked)
    made = _made(read_report(open_engine(settings.db_url), query, None, now_ms()), options)
    with _opened(options.out, "A report") as file:
        file.write(made)
    return 0


def _made(report: Report, options: argparse.Namespace) -> bytes:
    """The file, in the form that its name asks for."""
    ending = ".csv" if options.out is None else options.out.suffix.lower()
    if ending == ".csv":
        return csv_report(report, SEPARATORS[options.separator]).encode()
    if ending not in (".pdf", ".html"):
        raise NotDone("The file's name says what it will be: report.pdf, report.html or report.csv.")
    document = page.document(report, page.Setting(options.lang, paper=options.paper))
    if ending == ".html":
        return document.encode()
    if options.out.exists():  # before Chromium works for nothing
        raise NotDone(f"{options.out} exists already. A report never overwrites a file.")
    return pdf_of(document)
