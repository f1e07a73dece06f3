"""The pages of a package, at the address where they are served.

Pages are built with the address of their back end, which is `BUILT_FOR` in a package. Those files that contain it are
written anew, into a folder of their own, for the port that the server got.
"""

import shutil
from pathlib import Path

from clickcounter.web import content_security_policy

BUILT_FOR = "http://localhost:1"
_ADDRESS = BUILT_FOR.partition("//")[2] + "/"


def at_port(web: Path, folder: Path, port: int) -> Path:
    """Copy what stands in `web` into `folder`, for pages on this port of their own host. Returns the copy."""
    copy = folder / "web"
    for file in web.rglob("*"):
        if file.is_file():  # without its rights: those of an installation may be for reading only
            target = copy / file.relative_to(web)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    for file in (*copy.rglob("*.js"), *copy.rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        if _ADDRESS not in text:
            continue
        file.write_text(text.replace(_ADDRESS, f"localhost:{port}/"), encoding="utf-8")
        for ending in (".gz", ".br"):  # they contain the other address
            file.with_name(file.name + ending).unlink(missing_ok=True)
    content_security_policy.write(copy, f"http://localhost:{port}")  # by hashes of what was replaced
    return copy
