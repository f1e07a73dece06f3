"""doctor: all checks in turn, a line each."""

import argparse
import json
from collections.abc import Iterator

from clickcounter.cli.doctor.address import HERE, address_at, check_address
from clickcounter.cli.doctor.database import check_database
from clickcounter.cli.doctor.findings import NOTE, WRONG, Finding
from clickcounter.cli.doctor.live import check_socket
from clickcounter.cli.doctor.machine import check_machine
from clickcounter.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    doctor = commands.add_parser("doctor", help="say what is wrong with this instance, and what to do about it")
    doctor.add_argument("url", nargs="?", help="the address that visitors use, to check the way to the server, too")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.set_defaults(run=_doctor)


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    found = []
    for finding in _findings(settings, options.url):
        found.append(finding)
        if not options.json:
            print(finding, flush=True)
    wrongs, notes = ([each for each in found if each.level == level] for level in (WRONG, NOTE))
    if options.json:
        print(json.dumps({"ok": not wrongs, "findings": [each.as_dict() for each in found]}, ensure_ascii=False))
    elif wrongs:
        print(f"\n{len(wrongs)} to mend, {len(notes)} to consider.")
    else:
        print(f"\nNothing is wrong; {len(notes)} to consider." if notes else "\nNothing is wrong.")
    return 1 if wrongs else 0


def _findings(settings: Settings, url: str | None) -> Iterator[Finding]:
    address = address_at(url) if url else None
    yield from check_database(settings.db_url)
    yield from check_machine(settings)
    if address is None:
        return
    leads_here = False
    for finding in check_address(address):
        leads_here = leads_here or finding.about == HERE
        yield finding
    if leads_here:
        yield from check_socket(address, settings)
