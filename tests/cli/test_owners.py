"""What is decided about a counter in the terminal: who owns it, and which presses are taken back."""

from collections.abc import Callable

import pytest

from clickcounter.access import accounts
from clickcounter.cli.main import main
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger
from tests.writing import consistent, order

Query = Callable[[str], list[tuple]]
FORGER, HONEST = "f" * 64, "a" * 64


@pytest.fixture
def run(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Runs a command and returns its exit code or last words."""
    monkeypatch.setenv("REFLEX_DB_URL", db_url)

    def run(*command: object) -> object:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in command])
        return ended.value.code

    return run


def test_the_terminal_counts_before_it_takes_back(
    db_url: str, ledger: Ledger, query: Query, run: Callable[..., object], capsys: pytest.CaptureFixture[str]
):
    ledger.write([order(*[f"{n:032x}" for n in range(500)], device=FORGER), order(device=HONEST)])
    [(forger,)] = query(f"SELECT id FROM device WHERE secret_sha256 = '{FORGER}'")
    why = ("--reason", "forged", "--device", forger)
    assert run("take-back", "counter", *why, "--dry-run") == 0
    assert capsys.readouterr().out == "This takes back 500 presses, +500 in all.\n"
    assert run("take-back", "counter", *why) == 1
    assert query("SELECT value FROM counter") == [(501,)]
    assert run("take-back", "counter", *why, "--yes") == 0
    assert "500 presses taken back." in capsys.readouterr().out
    assert query("SELECT value FROM counter") == [(1,)]
    assert run("take-back", "counter", *why, "--yes") == 0
    assert capsys.readouterr().out == "This takes back 0 presses, +0 in all.\n"
    consistent(db_url, 1001)


def test_what_the_terminal_cannot_take_back_it_says(ledger: Ledger, query: Query, run: Callable[..., object]):
    ledger.write([order()])
    for words, said in (
        (("counter", "--reason", "x"), "Choose a device, a person or a period"),
        (("counter", "--reason", " ", "--device", 1), "Enter a reason"),
        (("counter", "--reason", "x", "--account", "Nobody"), "There is no such account"),
        (("counter", "--reason", "x", "--since", "yesterday"), "'yesterday' is not a time"),
        (("nothing", "--reason", "x", "--device", 1), "There is no counter 'nothing'"),
    ):
        assert said in str(run("take-back", *words, "--yes"))
    since = ("--since", "2026-01-01T00:00", "--zone", "Europe/Berlin")
    assert run("take-back", "counter", "--reason", "x", *since, "--yes") == 0
    assert query("SELECT value FROM counter") == [(0,)]


def test_own_gives_a_counter_to_an_account(ledger: Ledger, query: Query, run: Callable[..., object]):
    account = ledger.transact(lambda c: accounts.create(c, "Ann", "hash", now_ms()))
    assert run("own", "counter", "ann") == 0
    assert query("SELECT account_id, role FROM member") == [(account, "owner")]
    assert str(run("own", "counter", "Bob")) == "There is no such account."
    assert str(run("own", "nothing", "Ann")) == "There is no counter 'nothing'."
