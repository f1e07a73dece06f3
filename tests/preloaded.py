"""A back end that is imported once and forked for each start: after a kill -9 it is there again in a moment.

What runs is `reflex run` all the same, in a process group of its own; Reflex forks its workers after the import, too.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.server import ROOT, BackEnd, wait_for


@dataclass
class Forked:
    """As much of a `subprocess.Popen` as is needed for a process that is another's child."""

    pid: int

    def poll(self) -> int | None:
        """None while it is there."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float) -> None:
        """Until it is gone."""
        wait_for(lambda: self.poll() is not None, "the process has ended", timeout)


class PreloadedBackEnd(BackEnd):
    """To be started often, always in the same environment. Its database has a folder of its own."""

    def __init__(self, port: int, folder: Path, **environ: str) -> None:
        super().__init__(port, folder / "database", **environ)
        self.log = folder / "back-end.log"
        with self.log.open("ab") as log:
            self.parent = subprocess.Popen(
                [sys.executable, "-m", "tests.preloaded", *self.command[3:]],
                cwd=ROOT,
                env=os.environ | self.environ | {"REFLEX_ENV_MODE": "prod", "REFLEX_BACKEND_ONLY": "true"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def launch(self) -> None:
        """Fork it."""
        stdin, stdout = self.parent.stdin, self.parent.stdout
        assert stdin is not None
        assert stdout is not None
        print("start", file=stdin, flush=True)
        self.process = Forked(int(stdout.readline()))  # type: ignore[assignment]

    def forget(self) -> None:
        """Its database and what it printed."""
        shutil.rmtree(self.database.parent, ignore_errors=True)
        self.database.parent.mkdir()
        self.log.open("w").close()

    def close(self) -> None:
        """Kill it and what it was forked from."""
        self.kill()
        self.parent.kill()
        self.parent.communicate()


def main(arguments: list[str]) -> None:
    """Import the app; then fork `reflex ARGUMENTS…` for each line, and print the number of its process."""
    from reflex.reflex import cli
    from reflex.utils import prerequisites

    prerequisites.get_app()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    for _ in sys.stdin:
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        with contextlib.suppress(KeyboardInterrupt):
            cli(arguments)
        return


if __name__ == "__main__":
    main(sys.argv[1:])
