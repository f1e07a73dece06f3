"""Keys made, listed and revoked in the terminal."""

from clickcounter.access import accounts, keys
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.ledger.ledger import Ledger
from tests.cli.test_owners import run  # noqa: F401  a fixture
from tests.raw import new_key


def code(ledger: Ledger, text: str) -> str:
    who, click = keys.caller_with(text), Click(new_key(), 1, now_ms(), 0)
    [outcome] = ledger.write([Order("counter", str(who.device), (click,), key=who.key)])
    return outcome.error or outcome.codes[click.key]


def test_a_key_from_the_terminal_works_until_it_is_revoked(ledger: Ledger, run, capsys):  # noqa: F811
    ledger.transact(lambda c: accounts.create(c, "Ann", "no hash", now_ms()))
    for whose in (("--counter", "counter"), ("--account", "Ann"), ()):
        assert run("key", "make", "Door sensor", "--days", 30, *whose) == 0
        text = capsys.readouterr().out.strip()
        assert code(ledger, text) == "saved"
        assert run("key", "list", *whose) == 0
        [line] = capsys.readouterr().out.splitlines()
        assert "Door sensor · press · never used · until 20" in line
        assert text not in line
        assert run("key", "revoke", line.split()[0]) == 0
        assert code(ledger, text) == "key_invalid"
        assert run("key", "list", *whose) == 0
        assert capsys.readouterr().out == "Revoked.\n"


def test_what_cannot_be_a_key_the_terminal_says(run, query):  # noqa: F811
    for words, said in (
        (("make", " "), "The key's name must be"),
        (("make", "x", "--days", 0), "A key can be valid for 1 to 3,650 days"),
        (("make", "x", "--scope", "read", "--in-address"), "Only a key for pressing"),
        (("make", "x", "--account", "Nobody"), "There is no such account"),
        (("list", "--counter", "nothing"), "There is no counter 'nothing'"),
        (("revoke", 7), "There is no such key"),
    ):
        assert said in str(run("key", *words))
    assert query("SELECT count(*) FROM api_key") == [(0,)]
