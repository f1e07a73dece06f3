"""When rounds end by themselves, in the terminal."""

import pytest

from clickcounter.cli.main import main
from tests.conftest import only_sqlite


@only_sqlite
def test_the_terminal_sets_and_prints_a_schedule(
    db_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("REFLEX_DB_URL", db_url)

    def run(*words: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main(["schedule", *words])
        return ended.value.code

    assert run() == 0
    assert capsys.readouterr().out == "never\n"
    assert run("--set", "day 04:00 Asia/Tokyo") == 0
    schedule, following = capsys.readouterr().out.splitlines()
    assert schedule == "day 04:00 Asia/Tokyo"
    assert following.startswith("next: ")
    assert following.endswith(" 19:00 UTC")
    assert run("--set", "noon") == "Choose a day, a time from 00:00 to 23:59 and a time zone."
    assert run("--set", "never") == 0
    assert capsys.readouterr().out == "never\n"
