"""createsuperuser, setpassword, reset-second-factor, invite: accounts, for whoever has the terminal but no password."""

import argparse
from datetime import UTC, datetime

from sqlalchemy import Connection

from clickcounter.access import accounts, passwords, sessions
from clickcounter.access.credentials import read_name
from clickcounter.access.entry import invitations, passkeys, second_factors
from clickcounter.cli.prompts import ask_password
from clickcounter.database.engines import open_engine, read_only
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.services.entry.invitations import link, wanted_of
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
    lost = commands.add_parser("reset-second-factor", help="let an account sign in without its lost second factor")
    lost.set_defaults(run=_reset_second_factor)
    lost.add_argument("name", help="the account's name")
    invite = commands.add_parser(
        "invite", help="print a link with which somebody may register, or list or revoke such links"
    )
    invite.set_defaults(run=_invite)
    invite.add_argument("--people", type=int, default=1, help="how many may register with it (default: %(default)s)")
    invite.add_argument("--days", type=int, default=7, help="how long it is valid (default: %(default)s)")
    invite.add_argument("--for", dest="note", default="", metavar="WHOM", help="a note for the list")
    invite.add_argument("--at", metavar="ORIGIN", help="where the pages are, such as https://counter.example.org")
    instead = invite.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help="list the links that were not revoked, the newest 50")
    instead.add_argument("--revoke", type=int, metavar="NUMBER", help="let nobody else register with this one, as listed")


def _createsuperuser(settings: Settings, options: argparse.Namespace) -> int:
    name = read_name(options.name)
    password_hash = passwords.hashed_now(ask_password(name))
    Ledger(settings.db_url).transact(lambda c: accounts.create(c, name, password_hash, now_ms(), superuser=True))
    print(f"{name} has full access now: sign in at /account, manage counters and people at /admin/.")
    return 0


def _setpassword(settings: Settings, options: argparse.Namespace) -> int:
    password_hash = passwords.hashed_now(ask_password(options.name))
    if not Ledger(settings.db_url).transact(lambda c: accounts.replace_password(c, options.name, password_hash)):
        raise NotDone(f"There is no account {options.name!r}.")
    print("Password changed. All sessions of this account are signed out.")
    return 0


def _reset_second_factor(settings: Settings, options: argparse.Namespace) -> int:
    def work(connection: Connection) -> bool:
        found = accounts.by_name(connection, options.name)
        if found is None:
            raise NotDone(f"There is no account {options.name!r}.")
        known = second_factors.is_set(connection, found.id)
        second_factors.remove(connection, found.id)
        passkeys.remove_all(connection, found.id)
        sessions.end_all(connection, found.id)
        return known

    if not Ledger(settings.db_url).transact(work):
        print("The account has no second factor. Its passkeys no longer work, all its sessions are signed out.")
        return 0
    print("The password alone signs in now; recovery codes and passkeys no longer work. All sessions are signed out.")
    return 0


def _invite(settings: Settings, options: argparse.Namespace) -> int:
    if options.list:
        return _list_invitations(settings)
    ledger, now = Ledger(settings.db_url), now_ms()
    if options.revoke is not None:
        ledger.transact(lambda connection: invitations.revoke(connection, options.revoke, now))
        print("Revoked. Nobody else can register with it.")
        return 0
    if settings.registration == "closed":
        raise NotDone("Nobody can register while CLICKCOUNTER_REGISTRATION is closed. Set it to invitation.")
    token = sessions.new_token()
    wanted = wanted_of(token, options.note, options.people, options.days, now)
    ledger.transact(lambda connection: invitations.make(connection, wanted, None, now))
    print(link(options.at or next(iter(settings.origins), "http://localhost:3000"), token))
    return 0


def _list_invitations(settings: Settings) -> int:
    engine = open_engine(settings.db_url)
    with read_only(engine).begin() as connection:
        found = invitations.listed(connection, now_ms())[: invitations.PAGE]
    engine.dispose()
    for row in found:
        until = f"{datetime.fromtimestamp(row.expires_at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
        state = "until" if row.valid else "no longer valid, until"
        print(f"{row.id}  {row.used} of {row.most} registered, {state} {until}  {row.note}".rstrip())
    return 0
