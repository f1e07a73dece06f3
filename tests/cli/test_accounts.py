"""Accounts made in the terminal."""

import io
from collections.abc import Callable

import pytest

from clickcounter.cli import commands


def test_the_terminal_makes_superusers_and_replaces_forgotten_passwords(
    db_url: str,
    query: Callable[[str], list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("REFLEX_DB_URL", db_url)

    def run(*command: str, typed: str) -> object:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            commands.main(command)
        return ended.value.code

    assert run("createsuperuser", "Root", typed="correct horse\n") == 0
    assert capsys.readouterr().out.startswith("Root has full access now: sign in at /account, ")
    [(name, superuser, first)] = query("SELECT name, superuser, password_hash FROM account")
    assert (name, bool(superuser)) == ("Root", True)
    assert run("createsuperuser", "ROOT", typed="correct horse\n") == "This name is already taken."
    assert run("setpassword", "root", typed="short\n") == "The password must be 8 to 128 characters long."
    assert run("setpassword", "Bob", typed="correct horse\n") == "There is no account 'Bob'."
    assert run("setpassword", "root", typed="another horse\n") == 0
    [(second,)] = query("SELECT password_hash FROM account")
    assert second != first
