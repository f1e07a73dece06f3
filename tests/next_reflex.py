"""Would this project run on the newest Reflex? `make next-reflex` says what fits and what broke.

The newest Reflex and its server are installed into a folder of their own and tried on a copy of the project there: first
each check of socket/reflex_checks.py, then the tests of the socket that need no browser. Exits with 1 if anything broke.
"""

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".next-reflex"
FAMILY = ("reflex", "uvicorn", "websockets", "python-socketio", "python-engineio", "starlette")
NOT_NEEDED = ("ruff", "mypy", "import-linter")
SOCKET = "tests/socket"
TESTS = (
    *(f"{SOCKET}/test_{name}.py" for name in ("bypass", "intake", "lists", "rooms", "socket")),
    f"{SOCKET}/test_reflex_checks.py::test_granian_tells_when_a_message_is_written",
)
BROWSER = f"{SOCKET}/test_intake.py::test_a_real_pages_press_is_taken"


def requirements() -> str:
    """What both files require, with Reflex's family unpinned."""
    lines = [
        line for name in ("requirements.txt", "requirements-test.txt") for line in (ROOT / name).read_text().splitlines()
    ]
    wanted = [line for line in lines if line and not line.startswith(("#", "-r", *NOT_NEEDED))]
    return "\n".join(re.sub(rf"^({'|'.join(FAMILY)})==.*", r"\1", line) for line in wanted) + "\n"


def install() -> Path:
    """Install the newest versions. Returns the Python that has them."""
    python = FOLDER / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
    (FOLDER / "requirements.txt").write_text(requirements())
    command = ["pip", "install", "--quiet", "--upgrade", "-r", str(FOLDER / "requirements.txt")]
    subprocess.run([python, "-m", *command], check=True)
    return python


def copy_project() -> Path:
    """A copy of the project, as another version of Reflex would make .web anew here."""
    tree = FOLDER / "project"
    shutil.rmtree(tree, ignore_errors=True)
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    return tree


def report() -> bool:
    """Print each check, and whether it holds on the Reflex that is installed here. Returns whether all of them do."""
    for name in FAMILY:
        print(f"{name} {importlib.metadata.version(name)}")
    print()
    seen: list[bool] = []

    def check(app: Any, state: Any) -> None:
        for each, sentence in reflex_checks.failures(app, state):
            seen.append(sentence is None)
            print(f"fits   {each.what}" if sentence is None else f"BROKE  {sentence}")

    try:
        reflex_checks = importlib.import_module("clickcounter.socket.reflex_checks")
        reflex_checks.check = check  # type: ignore[attr-defined]
        importlib.import_module("clickcounter.clickcounter")
    except Exception as error:  # what is missing altogether stops everything else
        print(f"BROKE  {error}\n       The other checks need this one first.")
        return False
    return all(seen)


def main() -> int:
    """Install, check, test."""
    python, tree = install(), copy_project()
    database = {"REFLEX_DB_URL": f"sqlite:///{FOLDER}/counter.db"}
    checked = subprocess.run([python, "-m", "tests.next_reflex", "report"], cwd=tree, env=os.environ | database)
    print("\nThe tests of the socket, on the same versions:", flush=True)
    options = ["-n", "1", "-q", "--durations=0", "--durations-min=60", "--deselect", BROWSER]
    tested = subprocess.run([python, "-m", "pytest", *options, *TESTS], cwd=tree)
    fits = checked.returncode == tested.returncode == 0
    print("\nThe newest Reflex fits." if fits else "\nThe newest Reflex does not fit; see above.")
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(not report() if sys.argv[1:] == ["report"] else main())
