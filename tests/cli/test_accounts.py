"""Accounts made in the terminal."""

import io
import re
from collections.abc import Callable

import pytest

from clickcounter.access import sessions
from clickcounter.access.entry import recovery_codes, second_factors, totp
from clickcounter.access.sessions import sha256_of
from clickcounter.cli.main import main
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger


def runner(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Runs a command and returns its exit code, or why it failed."""
    monkeypatch.setenv("REFLEX_DB_URL", db_url)

    def run(*command: str, typed: str = "") -> object:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(command)
        return ended.value.code

    return run


def test_the_terminal_creates_superusers_and_replaces_passwords(
    db_url: str,
    query: Callable[[str], list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    run = runner(db_url, monkeypatch)

    assert run("createsuperuser", "Root", typed="correct horse battery\n") == 0
    assert capsys.readouterr().out.startswith("Root has full access now: sign in at /account, ")
    [(name, superuser, first)] = query("SELECT name, superuser, password_hash FROM account")
    assert (name, bool(superuser)) == ("Root", True)
    assert run("createsuperuser", "ROOT", typed="correct horse battery\n") == "This name is already taken."
    password_length = "The password must be 15 to 128 characters long: a few words do, spaces count too."
    assert run("setpassword", "root", typed="root root root root\n").startswith("The password is little more than your name")
    assert run("setpassword", "root", typed="short\n") == password_length
    assert run("setpassword", "Bob", typed="correct horse battery\n") == "There is no account 'Bob'."
    assert run("setpassword", "root", typed="another horse here\n") == 0
    [(second,)] = query("SELECT password_hash FROM account")
    assert second != first


def test_the_terminal_invites_and_revokes(
    db_url: str,
    query: Callable[[str], list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    run = runner(db_url, monkeypatch)
    assert run("invite", "--people", "2", "--days", "3", "--for", "Ann", "--at", "https://count.example.org/") == 0
    link = capsys.readouterr().out.strip()
    found = re.fullmatch(r"https://count\.example\.org/account#invite=([\w-]{43})", link)
    assert query("SELECT token_sha256, most FROM registration_invitation") == [(sha256_of(found[1]), 2)]
    assert run("invite", "--list") == 0
    assert re.fullmatch(r"1  0 of 2 registered, until [-\d]+ [:\d]+ UTC  Ann\n", capsys.readouterr().out)
    assert run("invite", "--revoke", "1") == 0
    assert run("invite", "--revoke", "7") == "There is no such invitation."
    assert run("invite", "--people", "0") == "An invitation is for 1 to 1,000 people and is valid for 1 to 365 days."
    capsys.readouterr()
    assert run("invite", "--list") == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("CLICKCOUNTER_REGISTRATION", "closed")
    assert "Set it to invitation." in str(run("invite"))


def test_the_terminal_resets_a_lost_second_factor(
    db_url: str, ledger: Ledger, query: Callable[[str], list[tuple]], monkeypatch: pytest.MonkeyPatch
):
    run = runner(db_url, monkeypatch)
    assert run("createsuperuser", "Root", typed="correct horse battery\n") == 0
    secret, now = totp.new_secret(), now_ms()
    code, codes = totp.code_at(secret, now // totp.STEP), recovery_codes.new_codes(secret, "")
    ledger.transact(lambda connection: second_factors.set_up(connection, 1, secret, code, codes, now))
    ledger.transact(lambda connection: sessions.create(connection, 1, "0" * 64, "", now))
    for _ in range(2):
        assert run("reset-second-factor", "ROOT") == 0
    for table in ("second_factor", "recovery_code", "session"):
        assert query(f"SELECT count(*) FROM {table}") == [(0,)]
    assert run("reset-second-factor", "Bob") == "There is no account 'Bob'."
