"""key make, key list, key revoke: API keys, for a counter or for an account."""

import argparse
from datetime import UTC, datetime

from sqlalchemy import Connection

from clickcounter.access import accounts
from clickcounter.access.keys import SCOPES
from clickcounter.database.engines import open_engine, read_only
from clickcounter.errors import Refused
from clickcounter.ledger import api_keys
from clickcounter.ledger.api_keys import ListedKey
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.services.keys import wanted_of
from clickcounter.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    key = commands.add_parser("key", help="make, list and revoke keys for programs").add_subparsers(
        required=True, metavar="make|list|revoke"
    )
    make = key.add_parser("make", help="make a key and print it, this once")
    make.add_argument("name", help="shown with the presses of the program")
    make.add_argument("--scope", choices=SCOPES, default="press", help="what it allows (default: %(default)s)")
    make.add_argument("--days", type=int, help="how long it is valid (default: until it is revoked)")
    make.add_argument("--in-address", action="store_true", help="a key that presses may stand in an address")
    make.set_defaults(run=_make)
    listing = key.add_parser("list", help="list the keys of a counter or an account")
    listing.set_defaults(run=_list)
    for command in (make, listing):
        whose = command.add_mutually_exclusive_group()
        whose.add_argument("--counter", default=DEFAULT_COUNTER, help="for this counter (default: %(default)s)")
        whose.add_argument("--account", metavar="NAME", help="for every counter that this account may see")
    revoke = key.add_parser("revoke", help="revoke a key: programs that use it stop working at once")
    revoke.add_argument("number", type=int, help="as listed")
    revoke.set_defaults(run=_revoke)


def _make(settings: Settings, options: argparse.Namespace) -> int:
    wanted = wanted_of(options.name, options.scope, options.days, options.in_address)

    def work(connection: Connection) -> None:
        if options.account is None:
            return api_keys.make_for_counter(connection, options.counter, wanted, None)
        return api_keys.make_for_account(connection, _account(connection, options.account), wanted)

    Ledger(settings.db_url).transact(work)
    print(wanted.text)
    return 0


def _list(settings: Settings, options: argparse.Namespace) -> int:
    engine = open_engine(settings.db_url)
    if options.account is None:
        found = api_keys.of_counter(engine, options.counter, None)
    else:
        with read_only(engine).begin() as connection:
            found = api_keys.of_account_id(connection, _account(connection, options.account))
    for key in found:
        print(_line(key))
    return 0


def _revoke(settings: Settings, options: argparse.Namespace) -> int:
    Ledger(settings.db_url).transact(lambda connection: api_keys.revoke(connection, options.number, None))
    print("Revoked.")
    return 0


def _account(connection: Connection, name: str) -> int:
    found = accounts.by_name(connection, name)
    if found is None:
        raise Refused("no_account")
    return found.id


def _line(key: ListedKey) -> str:
    used = f"last used {_moment(key.used_at)}" if key.used_at else "never used"
    until = f"until {_moment(key.expires_at)}" if key.expires_at else "until revoked"
    more = [*(["in an address"] if key.in_address else []), *([] if key.valid else ["no longer valid"])]
    return " · ".join([f"{key.id}  {key.name}", key.scope, used, until, *more])


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
