"""The app and pages that were built before, on one port: `python -m tests.one_port PORT`, in the folder of a checkout.

What `reflex run --env prod --single-port` does after it has built the pages. REFLEX_WEB_WORKDIR is the folder of the build.
"""

import sys
from pathlib import Path

import reflex as rx
from reflex.utils.exec import run_backend_prod
from reflex_base import constants
from reflex_base.config import reload_config
from reflex_base.environment import environment

from tests.server import ROOT, Process, answers, wait_for


class OnePort(Process):
    """The server; `web` is the folder of the build, in which `build/client` holds the pages."""

    def __init__(self, port: int, web: Path, folder: Path, **environ: str) -> None:
        self.port, self.database = port, folder / "counter.db"
        environ = {"REFLEX_DB_URL": f"sqlite:///{self.database}", "REFLEX_WEB_WORKDIR": str(web)} | environ
        super().__init__([sys.executable, "-m", "tests.one_port", str(port)], folder / "server.log", **environ)

    def wait(self) -> None:
        def up() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended:\n{self.printed()}"
            return answers(f"http://localhost:{self.port}/ping")

        wait_for(up, "the server answers", 120)


def serve(port: int) -> None:
    """Serve until a signal ends it."""
    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_BACKEND_ONLY.set(True)  # so no scripts are published
    environment.REFLEX_SKIP_COMPILE.set(True)
    rx.config.get_config()._set_persistent(frontend_port=port, backend_port=port)
    reload_config()
    run_backend_prod("0.0.0.0", port, mount_frontend_compiled_app=True)


if __name__ == "__main__":
    assert Path.cwd() == ROOT
    serve(int(sys.argv[1]))
