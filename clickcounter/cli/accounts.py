"""createsuperuser, setpassword: accounts, for whoever has the terminal but no password."""

import argparse

from clickcounter.access import accounts, passwords
from clickcounter.access.credentials import read_name
from clickcounter.cli.prompts import ask_password
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    superuser = commands.add_parser("createsuperuser", help="create an account with full access")
    forgotten = commands.add_parser("setpassword", help="set a new password for an account and sign it out everywhere")
    superuser.set_defaults(run=_createsuperuser)
    forgotten.set_defaults(run=_setpassword)
    for command in (superuser, forgotten):
        command.add_argument(
            "name", help="the name to sign in with; the password is prompted for, or read from standard input"
        )


def _createsuperuser(settings: Settings, options: argparse.Namespace) -> int:
    name, password_hash = read_name(options.name), passwords.hashed_now(ask_password())
    Ledger(settings.db_url).transact(lambda c: accounts.create(c, name, password_hash, now_ms(), superuser=True))
    print(f"{name} has full access now: sign in at /account, manage counters and people at /admin/.")
    return 0


def _setpassword(settings: Settings, options: argparse.Namespace) -> int:
    password_hash = passwords.hashed_now(ask_password())
    if not Ledger(settings.db_url).transact(lambda c: accounts.replace_password(c, options.name, password_hash)):
        raise NotDone(f"There is no account {options.name!r}.")
    print("Password changed. All sessions of this account are signed out.")
    return 0
