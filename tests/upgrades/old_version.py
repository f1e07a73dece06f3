"""An earlier version of the project: its files, its packages and its built pages, in .upgrades/."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.server import ROOT, BackEnd

FOLDER = ROOT / ".upgrades"
MARKER = Path(".web", "built-for")  # says for which origin the pages were built


@dataclass(frozen=True)
class Version:
    """A commit, checked out and installed in a folder of its own, or this checkout."""

    commit: str
    checkout: Path
    python: str

    def back_end(self, port: int, folder: Path, **environ: str) -> BackEnd:
        """A back end of this version; both names of the setting for workers, because the older one reads the older name."""
        server = BackEnd(port, folder, **({"CLICKCOUNTER_WORKERS": "1", "GRANIAN_WORKERS": "1"} | environ))
        server.command = [self.python, *server.command[1:]]
        server.checkout = self.checkout
        return server

    def upgrade(self, db_url: str) -> None:
        """As docs/deploying.md says for PostgreSQL."""
        environ = os.environ | {"REFLEX_DB_URL": db_url}
        subprocess.run([self.python, "-m", "clickcounter", "upgrade"], cwd=self.checkout, env=environ, check=True)

    def site(self, origin: str) -> Path:
        """The static front end for this origin, built once."""
        built = self.checkout / ".web" / "build" / "client"
        marker = self.checkout / MARKER
        if not marker.exists() or marker.read_text() != origin:
            command = [self.python, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
            path = f"{Path(self.python).parent}{os.pathsep}{os.environ['PATH']}"
            environ = os.environ | {"REFLEX_API_URL": origin, "REFLEX_FRONTEND_COMPRESSION_FORMATS": "gzip", "PATH": path}
            with (self.checkout.parent / f"export-{self.commit}.log").open("ab") as log:
                subprocess.run(command, cwd=self.checkout, env=environ, stdout=log, stderr=log, check=True)
            marker.write_text(origin)
        return built


def old_version(commit: str) -> Version:
    """Check it out and install its own packages, unless that was done before."""
    folder = FOLDER / commit
    if not folder.exists():
        folder.mkdir(parents=True)
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "x", "-C", str(folder)], input=archive, check=True)
    python = folder / ".venv" / "bin" / "python"
    if not python.exists():
        subprocess.run(["python3", "-m", "venv", str(folder / ".venv")], check=True)
        locked = (folder / "requirements.lock").exists()  # the first versions pinned what they named, and no more
        wanted = ["--require-hashes", "-r", "requirements.lock"] if locked else ["-r", "requirements.txt"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], cwd=folder, check=True)
    return Version(commit, folder, str(python))


def new_version() -> Version:
    """A copy of this checkout, changes included, with the packages that are installed here."""
    folder = FOLDER / "new"
    for old in folder.iterdir() if folder.exists() else ():
        if old.name != ".web":  # it holds the pages' packages
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    (folder / MARKER).unlink(missing_ok=True)
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return Version("new", folder, sys.executable)
