"""Another process with its own ledger of the same database, for tests: it does one thing after the other, on request."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from clickcounter.domain import clicks as facts
from clickcounter.ledger.ledger import Ledger
from tests.server import ROOT


@dataclass(frozen=True, slots=True)
class Work:
    """Something to do in a transaction, here or in another process."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __call__(self, connection: Connection) -> Any:
        return self.function(connection, *self.arguments)


class SecondProcess:
    """Does what a Ledger does, in another process, whose clock is this one's."""

    def __init__(self, url: str, clock: SimpleNamespace) -> None:
        command = [sys.executable, "-m", "tests.ledger.second_process", url]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._clock = clock

    def transact(self, work: Work) -> Any:
        return self.begin("transact", work)()

    def write(self, *arguments: Any) -> Any:
        return self.begin("write", *arguments)()

    def reset(self, *arguments: Any) -> Any:
        return self.begin("reset", *arguments)()

    def begin(self, name: str, *arguments: Any) -> Callable[[], Any]:
        """Let the other process begin. Returns what waits for its end."""
        assert self._process.stdin
        pickle.dump((self._clock.now, name, arguments), self._process.stdin)
        self._process.stdin.flush()
        return self._end

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.wait(10) == 0

    def _end(self) -> Any:
        assert self._process.stdout
        found, error = pickle.load(self._process.stdout)
        if error is not None:
            raise error
        return found


def main(url: str) -> None:
    """Do what comes in until the input ends."""
    clock = SimpleNamespace(now=0)
    clock.time_ns = lambda: clock.now * 1_000_000
    facts.time = clock
    ledger = Ledger(url)
    while True:
        try:
            clock.now, name, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            break
        found, error = None, None
        try:
            found = getattr(ledger, name)(*arguments)
        except Exception as raised:
            error = raised
        pickle.dump((found, error), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
