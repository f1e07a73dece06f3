"""What is added afterwards in the terminal."""

from collections.abc import Callable

import pytest

from clickcounter.cli.main import main
from clickcounter.domain.clicks import now_ms
from tests.conftest import only_sqlite


@only_sqlite
def test_the_terminal_adds_once_and_takes_back(
    db_url: str,
    query: Callable[[str], list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("REFLEX_DB_URL", db_url)

    def run(*words: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        return ended.value.code

    began = now_ms()
    assert run("add", "counter", "14", "--id", "a" * 32, "--note", "Forgotten") == 0
    assert run("add", "counter", "14", "--id", "a" * 32) == 0
    assert run("add", "counter", "200", "--opening") == 0
    assert run("note", "counter", "Rain") == 0
    assert query(f"SELECT kind, amount, reason, pressed_at >= {began} FROM click ORDER BY id") == [
        ("entry", 14, "Forgotten", 1),
        ("opening", 200, "", 1),
        ("note", 0, "Rain", 1),
    ]
    assert (
        run("add", "counter", "1", "--at", "2026-01-01T15:00", "--until", "2026-01-01T14:00")
        == "The end is before the beginning."
    )
    assert run("add", "counter", "1", "--at", "yesterday") == "'yesterday' is not a time such as 2026-05-01T18:00."
    capsys.readouterr()
    assert run("remove", "counter", "a" * 32) == 0
    assert capsys.readouterr().out == "200\n"
