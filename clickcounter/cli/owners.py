"""take-back, own: what owners decide about a counter."""

import argparse
import time
from datetime import datetime

from clickcounter.access import accounts
from clickcounter.cli.prompts import confirm
from clickcounter.database.engines import open_engine, read_only
from clickcounter.domain.calendar import time_zone
from clickcounter.errors import NotDone, Refused
from clickcounter.ledger import membership, taking_back
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.taking_back import Cursor, Selection
from clickcounter.services.forms import read_reason
from clickcounter.settings import Settings
from clickcounter.transfer.progress import ReportTimer


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    back = commands.add_parser(
        "take-back", help="take back all presses of a device, of a person, or from a period of time; the ledger keeps them"
    )
    back.add_argument("counter", help="its slug")
    back.add_argument("--device", type=int, metavar="N", help="its number")
    back.add_argument("--account", metavar="NAME", help="who was signed in")
    back.add_argument("--since", metavar="TIME", help="saved at this time or later, such as 2026-05-01T18:00")
    back.add_argument("--until", metavar="TIME", help="saved before this time")
    back.add_argument("--zone", default="UTC", help="the time zone of both (default: %(default)s)")
    back.add_argument("--reason", required=True, help="shown in the history")
    back.add_argument("--dry-run", action="store_true", help="only count them")
    back.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    back.set_defaults(run=_take_back)
    own = commands.add_parser("own", help="make an account an owner of a counter")
    own.add_argument("counter", help="its slug")
    own.add_argument("name", help="the account's name")
    own.set_defaults(run=_own)


def _own(settings: Settings, options: argparse.Namespace) -> int:
    Ledger(settings.db_url).transact(lambda c: membership.give(c, options.counter, options.name))
    print(f"{options.name} owns {options.counter} now.")
    return 0


def _take_back(settings: Settings, options: argparse.Namespace) -> int:
    reason = read_reason(options.reason)
    selection = _selection(settings, options).until_now()
    found = taking_back.count(open_engine(settings.db_url), options.counter, selection, None)
    print(f"This takes back {found.presses:,} presses, {found.amount:+,} in all.")
    if options.dry_run or not found.presses:
        return 0
    if not confirm("Take them back?", options.yes, "taken back"):
        return 1
    presses = _run(Ledger(settings.db_url), options.counter, selection, reason)
    print(f"{presses:,} presses taken back.")
    return 0


def _selection(settings: Settings, options: argparse.Namespace) -> Selection:
    account = None
    if options.account is not None:
        with read_only(open_engine(settings.db_url)).begin() as connection:
            found = accounts.by_name(connection, options.account)
        if found is None:
            raise Refused("no_account")
        account = found.id
    return Selection(options.device, account, moment(options.since, options.zone), moment(options.until, options.zone))


def moment(typed: str | None, zone: str) -> int | None:
    """A time that somebody typed, in UTC ms; without an offset of its own, it is in this zone. Raises NotDone, Refused."""
    if typed is None:
        return None
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        raise NotDone(f"{typed!r} is not a time such as 2026-05-01T18:00.") from None
    if read.tzinfo is None:
        read = read.replace(tzinfo=time_zone(zone))
    return int(read.timestamp() * 1000)


def _run(ledger: Ledger, counter: str, selection: Selection, reason: str) -> int:
    """Take back slice by slice; between two of them the server saves presses."""
    presses, timer = 0, ReportTimer()
    after: Cursor | None = None
    while True:
        began = time.monotonic()
        part = ledger.transact(lambda c: taking_back.take_back(c, counter, selection, reason, None, after))  # noqa: B023
        presses, after = presses + part.presses, part.next
        if after is None:
            return presses
        if timer.is_due():
            print(f"{presses:,}", flush=True)
        ledger.checkpoint(idle=True)
        time.sleep(time.monotonic() - began)
