"""What the pytest processes of a run share: a folder, in which whoever needs something first makes it for all."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

FOLDER = "CLICKCOUNTER_TEST_SHARED"  # in the environment: the folder of this run


@cache
def folder() -> Path:
    """This run's folder. The process that asks first makes it, and removes it at its end."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="clickcounter-shared-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    return Path(os.environ[FOLDER])


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The file or folder of this name, made if nobody has; not to be changed, only copied."""
    made, draft = folder() / name, folder() / f"{name}.draft"
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(draft)
            draft.rename(made)
    return made
