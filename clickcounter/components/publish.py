"""Publishes the JavaScript of this package, and the styles that it imports, so that Reflex can bundle it.

Reflex bundles what is linked into assets/external/. `rx.asset(…, shared=True)` makes such a link, in a folder named after
the Python module that calls it. So every file is published from this one module, and keeps its path below it:

    clickcounter/components/counter/count.jsx → assets/external/clickcounter/components/publish/counter/count.jsx

The files import each other by relative paths, which therefore hold in both places. That is also why all of them are
published, and not only those that a page names.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import reflex as rx

from clickcounter.components import constants
from clickcounter.socket.reflex_internals import external_assets_folder, is_back_end_only

SOURCE = Path(__file__).parent


def library(file: str) -> str:
    """What a component imports to get a file, such as `counter/count.jsx`. Raises KeyError where there is no such file."""
    return _published()[file]


@cache
def _published() -> dict[str, str]:
    """Publish every file, once in a process. Returns what imports it, by its path in this package.

    In a thread, because rx.asset finds its caller by reading the sources of all functions on the stack. A page imports this
    module through many others, which makes that 40 ms for each file; in a fresh thread the stack is short.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_publish).result()


def _publish() -> dict[str, str]:
    # A back end on its own serves no files, and its code may be read-only; rx.asset makes no links then, either.
    if not is_back_end_only():
        constants.write()
        links = Path.cwd().joinpath(external_assets_folder(), *__name__.split("."))
        for folder in {file.parent for file in _files()}:
            (links / folder).mkdir(parents=True, exist_ok=True)  # rx.asset makes the outermost folder only
    return {file.as_posix(): rx.asset(file.as_posix(), shared=True).importable_path for file in _files()}


def _files() -> list[Path]:
    """Style is published too where a part of the page brings its own, to be loaded with it."""
    return sorted(file.relative_to(SOURCE) for kind in ("js*", "css") for file in SOURCE.glob(f"*/*.{kind}"))
