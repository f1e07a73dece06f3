"""What commands ask at the terminal."""

import getpass
import sys

from clickcounter.access.entry.password_rules import read_new_password
from clickcounter.errors import NotDone


def confirm(question: str, yes: bool, done: str) -> bool:
    """Whether to continue, which --yes answers in advance; `done` is the verb for what is not done otherwise."""
    if yes:
        return True
    if not sys.stdin.isatty():
        print(f"Nothing was {done}: no one can confirm here. Use --yes.", file=sys.stderr)
        return False
    if input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "д", "да"):
        return True
    print(f"Nothing was {done}.")
    return False


def ask_password(name: str) -> str:
    """A new password for the account with this name, typed twice or read from a pipe. Raises Refused, NotDone."""
    if not sys.stdin.isatty():
        return read_new_password(sys.stdin.readline().rstrip("\r\n"), name)
    password = read_new_password(getpass.getpass("Password: "), name)
    if read_new_password(getpass.getpass("Repeat password: "), name) != password:
        raise NotDone("The passwords do not match. Nothing was changed.")
    return password
