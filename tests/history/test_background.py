"""Reads in the background: whoever asks much delays neither other counters nor others who ask."""

import threading
from collections.abc import Callable

import pytest

from clickcounter.history import background
from clickcounter.history.background import OF_ASKER, OF_COUNTER, BackgroundReads
from tests.server import wait_for


class Reads:
    """Reads whose first one waits until `go` is set; `done` are the questions that were answered."""

    def __init__(self) -> None:
        self.reads: BackgroundReads[int, int] = BackgroundReads()
        self.go, self.done = threading.Event(), list[tuple[str, int]]()
        self.ask("first", 0)
        wait_for(lambda: not self.reads._waiting, "the first is being read")

    def ask(self, counter: str, question: int, asker: str = "") -> None:
        self.reads.newest(counter, question, self._read(counter, question), asker)

    def _read(self, counter: str, question: int) -> Callable[[], int]:
        def read() -> int:
            self.go.wait(60)
            self.done.append((counter, question))
            return question

        return read

    def all_done(self) -> list[tuple[str, int]]:
        self.go.set()
        wait_for(lambda: not self.reads._busy, "everything is read")
        return self.done[1:]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    monkeypatch.setattr(background, "SHARE", 1.0)
    return Reads()


def test_many_questions_about_one_counter_delay_no_other(reads: Reads):
    for n in range(500):
        reads.ask("attacked", n, f"192.0.2.{n}")
    reads.ask("other", 7)
    done = reads.all_done()
    assert done[1] == ("other", 7)
    assert len(done) == OF_COUNTER + 1
    assert reads.reads.newest("other", 7, lambda: 7).value == 7


def test_one_asker_leaves_room_for_others(reads: Reads):
    for n in range(500):
        reads.ask("door", n, "192.0.2.1")
    reads.ask("door", 1_000, "192.0.2.2")
    newest = [("door", n) for n in range(500 - OF_ASKER, 500)]
    assert reads.all_done() == [*newest, ("door", 1_000)]


def test_results_about_one_counter_push_out_no_others(reads: Reads):
    reads.ask("other", 7)
    for n in range(10 * OF_COUNTER):
        reads.ask("attacked", n, f"192.0.2.{n}")
        reads.go.set()
        wait_for(lambda: not reads.reads._busy, "everything is read")
    assert reads.reads.newest("other", 7, lambda: 7) is not None
    assert sum(counter == "attacked" for counter, _ in reads.reads._kept) == OF_COUNTER
