"""press and watch in the terminal, on the database of this machine."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.history import verify
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key
from tests.server import ROOT
from tests.terminal import terminal

Query = Callable[[str], list[tuple]]


class Watch:
    """`watch`, as a process whose lines can be waited for."""

    def __init__(self, *words: str, **environ: str) -> None:
        command = [sys.executable, "-m", "clickcounter", "watch", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, bufsize=0, **pipes)
        self._unread = b""

    def line(self, within: float = 60.0) -> str:
        """The next line that it prints."""
        assert self.process.stdout
        end = time.monotonic() + within
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            assert ready, "nothing was printed"
            read = self.process.stdout.read(65_536)
            assert read, "it has ended"
            self._unread += read
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode().rstrip()

    def end(self) -> int:
        """Ctrl+C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    made: list[Watch] = []

    def start(*words: str, **environ: str) -> Watch:
        made.append(Watch(*words, **environ))
        return made[-1]

    yield start
    for one in made:
        one.process.kill()
        one.process.communicate()


def test_a_press_is_a_click_of_the_terminal(db_url: str, query: Query):
    assert terminal(db_url, "press", "counter").stdout == "1\n"
    assert json.loads(terminal(db_url, "press", "counter", 41, "--json").stdout)["value"] == 42
    assert terminal(db_url, "press", "counter", "-2").stdout == "40\n"
    labels = query("SELECT amount, label, round_unknown FROM click JOIN device ON device.id = device_id ORDER BY click.id")
    assert [(amount, label) for amount, label, _ in labels] == [(1, "terminal"), (41, "terminal"), (-2, "terminal")]
    assert not any(unknown for *_, unknown in labels)
    assert verify.verify(open_engine(db_url))[1] == []


def test_a_press_repeated_by_its_key_counts_once(db_url: str, query: Query):
    key = new_key()
    assert [terminal(db_url, "press", "counter", 3, "--id", key).stdout for _ in range(2)] == ["3\n", "3\n"]
    assert query("SELECT count(*) FROM click") == [(1,)]


def test_what_cannot_be_pressed_is_refused_with_a_sentence(db_url: str, ledger: Ledger, query: Query):
    done = terminal(db_url, "press", "nowhere")
    assert (done.returncode, done.stderr) == (1, "There is no counter 'nowhere'.\n")
    assert terminal(db_url, "press", "counter", "-1").returncode == 1, "below its lower limit"
    for amount in ("0", "1000001", "1.5", "many"):
        assert terminal(db_url, "press", "counter", amount).returncode == 2
    assert terminal(db_url, "press", "counter", "--id", "short").returncode == 2
    assert terminal(db_url, "press", "counter", "--key", "cc_p_x").returncode == 1
    for url in ("count.example.org", "ftp://count.example.org", "file:///etc/passwd"):
        assert terminal(db_url, "press", "counter", "--url", url).returncode == 1
    ledger.transact(lambda c: counters.archive(c, "counter", True, None))
    assert "archive" in terminal(db_url, "press", "counter").stderr
    assert query("SELECT count(*) FROM click") == [(0,)]


def test_the_terminal_presses_what_is_for_members_only(db_url: str, ledger: Ledger):
    ledger.transact(lambda c: counters.update_settings(c, "counter", {"visibility": "members", "press": "members"}, None))
    assert terminal(db_url, "press", "counter").stdout == "1\n"


def test_watch_prints_a_line_at_each_change(db_url: str, watch: Callable[..., Watch]):
    following = watch("counter", REFLEX_DB_URL=db_url)
    assert following.line().split()[1] == "0"
    for amount in (5, 2):
        terminal(db_url, "press", "counter", amount)
        assert following.line().split()[1] == str({5: 5, 2: 7}[amount])
    assert following.end() == 0


def test_watch_prints_json_for_programs(db_url: str, watch: Callable[..., Watch]):
    following = watch("counter", "--json", REFLEX_DB_URL=db_url)
    first = json.loads(following.line())
    terminal(db_url, "reset", "counter", "--yes")
    terminal(db_url, "press", "counter")
    changed = json.loads(following.line())
    while changed["value"] != 1:
        changed = json.loads(following.line())
    assert changed["round"] != first["round"]
    assert changed["revision"] > first["revision"]


def test_watch_of_no_counter_ends_with_a_sentence(db_url: str):
    done = terminal(db_url, "watch", "nowhere")
    assert (done.returncode, done.stderr) == (1, "There is no counter 'nowhere'.\n")


def test_watch_ends_quietly_when_nobody_reads_any_more(db_url: str, watch: Callable[..., Watch]):
    following = watch("counter", REFLEX_DB_URL=db_url)
    following.line()
    assert following.process.stdout
    following.process.stdout.close()
    following.process.stdout = None
    end = time.monotonic() + 60
    while following.process.poll() is None:
        assert time.monotonic() < end
        terminal(db_url, "press", "counter")
    assert following.process.returncode == 0
