"""The built front end, made ready for the address at which it is served.

It is built once, for a site's root. `served` returns the folder to serve files from, for any path and any back end:

    folder = served(built, "/counter", cache)
    app = StaticFiles(directory=folder, html=True)    # or nginx, or Reflex's own mount

web/base_path.py takes the path off each request, so the files are where they were built: `/counter/assets/x.js` is
`assets/x.js` in that folder. Where nothing has to change, the folder is the built one itself. Otherwise it is a copy, made
once for a build, a path and a back end; making it takes a third of a second and no Node.
"""

import atexit
import gzip
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from clickcounter.places import IS_PACKAGE
from clickcounter.web import content_security_policy
from clickcounter.web.front_end import rewriting
from clickcounter.web.front_end.rewriting import NotBuilt as NotBuilt

FORMATS = {
    ".html": rewriting.page,
    ".js": rewriting.script,
    ".css": rewriting.style,
    ".json": rewriting.manifest,
}
COMPRESSED = (".br", ".gz")
AS_THEY_ARE = ("external",)  # sources that no page loads
OWN_STORAGE = (Path(__file__).parent / "own_storage.js").read_text(encoding="utf-8")


def served(built: Path, path: str, cache: Path, back_end: str = "") -> Path:
    """The folder to serve, below `path`: "" or such as "/counter". A copy is a folder in `cache`, one for each such address.

    `back_end` is the URL of a back end elsewhere; without one, the pages look for it where they came from. Raises NotBuilt.
    """
    index = _index(built)
    if not path and rewriting.marked(index, rewriting.attributes(path, back_end)) == index:
        return built
    copy = cache / _name(built, path, back_end)
    if not copy.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        partial = cache / f".{copy.name}.{os.getpid()}"
        write(built, path, partial, back_end)
        _put(partial, copy)
    return copy


def cache_of(built: Path) -> Path:
    """Where copies are kept: beside the built front end, where Reflex removes them with it.

    An installed package stays as it is, and so does what may only be read: then it is a folder that goes with this process.
    """
    if not IS_PACKAGE and os.access(built.parent, os.W_OK):
        return built.parent / "served"
    folder = tempfile.mkdtemp(prefix="clickcounter-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def write(built: Path, path: str, folder: Path, back_end: str = "") -> None:
    """Write the copy itself into a new folder. Raises NotBuilt."""
    _index(built)
    _copy(built, folder)
    found = 0
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if relative.parts[0] in AS_THEY_ARE or file.suffix not in FORMATS:
            continue
        text = file.read_text(encoding="utf-8")
        changed = FORMATS[file.suffix](text, path)
        if file.suffix == ".html":
            changed = _page(changed, path, back_end)
        elif file.suffix == ".js":
            found += rewriting.names_base(text)
        if changed != text:
            _replace(file, changed)
    if found != 1:
        raise rewriting.NotBuilt(f"The front end in {built} was built by a version of Vite that this one does not know.")


def _index(built: Path) -> str:
    index = built / "index.html"
    if not index.is_file():
        raise rewriting.NotBuilt(f"There is no front end in {built}.")
    return index.read_text(encoding="utf-8")


def _copy(built: Path, folder: Path) -> None:
    """Without the rights of the files: those of an installation may be for reading only."""
    for file in built.rglob("*"):
        if file.is_file():
            target = folder / file.relative_to(built)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def _page(page: str, path: str, back_end: str) -> str:
    marked = rewriting.marked(page, rewriting.attributes(path, back_end))
    bare = rewriting.with_first_script(marked, OWN_STORAGE if path else "")
    return content_security_policy.with_policy(bare, back_end)


def _replace(file: Path, text: str) -> None:
    """Write the text, and compressed beside it where it was; brotli would need a package of its own."""
    file.write_text(text, encoding="utf-8")
    siblings = [file.with_name(file.name + ending) for ending in COMPRESSED]
    if any(sibling.exists() for sibling in siblings):
        for sibling in siblings:
            sibling.unlink(missing_ok=True)
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _name(built: Path, path: str, back_end: str) -> str:
    """The same for the same files, path and back end."""
    about = [f"{path} {back_end}"]
    for file in sorted(built.rglob("*")):
        found = file.stat()
        about.append(f"{file.relative_to(built)} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]


def _put(partial: Path, copy: Path) -> None:
    """Rename; another worker may have been first, with the same content."""
    try:
        partial.rename(copy)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        if not copy.is_dir():
            raise
