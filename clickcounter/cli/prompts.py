"""What commands ask at the terminal."""

import getpass
import sys

from clickcounter.access.credentials import read_password
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


def ask_password() -> str:
    """A password, typed twice or read from a pipe. Raises Refused, NotDone."""
    if not sys.stdin.isatty():
        return read_password(sys.stdin.readline().rstrip("\r\n"))
    password = read_password(getpass.getpass("Password: "))
    if read_password(getpass.getpass("Repeat password: ")) != password:
        raise NotDone("The passwords do not match. Nothing was changed.")
    return password
