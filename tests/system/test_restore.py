"""A backup of a busy instance is restored elsewhere while a tab stays open."""

from pathlib import Path

from tests.browser import Profile
from tests.conftest import value_of
from tests.server import BackEnd
from tests.terminal import terminal
from tests.writing import consistent, steady_writing, wait_for_more


def command(back_end: BackEnd, *words: object) -> None:
    terminal(back_end.db_url, *words).check_returncode()


def test_open_tabs_follow_a_restore_and_send_unsaved_clicks(back_end: BackEnd, profile: Profile, tmp_path: Path):
    tab = profile.open()
    tab.is_state("connected")
    with steady_writing(back_end.db_url) as saved:
        wait_for_more(saved)
        answered = set(saved)
        command(back_end, "backup", tmp_path / "backup.db")
        wait_for_more(saved)
    tab.sees(value_of(back_end))
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(3)

    (tmp_path / "elsewhere").mkdir()
    back_end.environ["REFLEX_DB_URL"] = f"sqlite:///{tmp_path}/elsewhere/counter.db"
    command(back_end, "restore", tmp_path / "backup.db", "--yes")
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    stored = {key for (key,) in back_end.query("SELECT key FROM click")}
    assert answered <= stored
    assert len(stored) < len(saved) + 3, "the backup should be older than the last click"
    tab.sees(len(stored))
    tab.never_stepped_back()
    consistent(back_end.db_url, len(stored))
