"""Take out of an installation, for the image, what a server never reads: `PYTHON deploy/slim.py`, with its own Python.

Everything that the app does goes on as before; tests/package/test_slim.py holds it to that.
"""

import pickle
import re
import shutil
import sys
import sysconfig
from pathlib import Path

# Below site-packages: what type checkers read, tests, drivers of other databases, and pictures that nobody asks for.
LEFT_OUT = (
    "**/*.py[ix]",
    "**/*.pxd",
    "sqlalchemy/testing",
    "alembic/testing",
    *(f"sqlalchemy/dialects/{name}" for name in ("mysql", "oracle", "mssql")),
    *(f"PIL/_{name}.*" for name in ("avif", "webp", "imagingcms", "imagingtk")),
    *(f"pillow.libs/lib{name}*" for name in ("avif", "webp", "sharpyuv", "lcms2")),
    "granian",
)
LEXERS = (
    "__init__",
    "_mapping",
    "python",
    "special",
)  # of Pygments, which colours only Python, in the traceback of an error
# Reflex's web server, in whose place clickcounter/socket/server.py serves: what Reflex imports of it before.
GRANIAN = {
    "__init__.py": "",
    "constants.py": "class Interfaces:\n    ASGI = 'asgi'\n",
    "log.py": "LogLevels = str\n",
    "server.py": "class Server:\n    pass\n",
}


def leave_out(packages: Path) -> int:
    """Delete those. Returns their bytes."""
    freed = 0
    for pattern in LEFT_OUT:
        for path in packages.glob(pattern):
            files = path.rglob("*") if path.is_dir() else (path,)
            freed += sum(file.stat().st_size for file in files if file.is_file())
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return freed


def forget_languages(packages: Path) -> int:
    """Of Pygments' lexers keep those, in its table, too, and none of other packages. Returns the bytes freed."""
    folder = packages / "pygments" / "lexers"
    before = sum(file.stat().st_size for file in folder.glob("*.py"))
    for file in folder.glob("*.py"):
        if file.stem not in (*LEXERS, "__init__", "_mapping"):
            file.unlink()
    table = (folder / "_mapping.py").read_text().splitlines(keepends=True)
    kept = [
        line for line in table if "('pygments." not in line or any(f"'pygments.lexers.{name}'" in line for name in LEXERS)
    ]
    (folder / "_mapping.py").write_text("".join(kept))
    for file in packages.glob("*.dist-info/entry_points.txt"):
        file.write_text(re.sub(r"\[pygments\.lexers\][^[]*", "", file.read_text()))
    return before - sum(file.stat().st_size for file in folder.glob("*.py"))


def stand_in(packages: Path) -> None:
    """Put these files where granian was."""
    (packages / "granian").mkdir()
    for name, text in GRANIAN.items():
        (packages / "granian" / name).write_text(text)


def shorten(folder: Path, languages: tuple[str, ...]) -> int:
    """Of Babel's data for languages that the app lacks, keep the day on which weeks start. Returns the bytes freed."""
    freed = 0
    for file in folder.glob("*.dat"):
        if file.stem.partition("_")[0] in (*languages, "root"):
            continue
        before = file.stat().st_size
        data = pickle.loads(file.read_bytes())  # noqa: S301 - Babel's own
        file.write_bytes(pickle.dumps({key: data[key] for key in ("week_data",) if key in data}, 2))
        freed += before - file.stat().st_size
    return freed


def main() -> None:
    """Say how much was freed."""
    from clickcounter.i18n.languages import LANGUAGES

    packages = Path(sysconfig.get_path("purelib"))
    freed = leave_out(packages) + shorten(packages / "babel" / "locale-data", LANGUAGES)
    freed += forget_languages(packages)
    stand_in(packages)
    print(f"{freed / 1e6:.0f} MB of {sys.prefix} were not needed.")


if __name__ == "__main__":
    main()
