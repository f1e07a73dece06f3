"""A page as a PDF, made by a Chromium of this machine."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from clickcounter.errors import NotDone

NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chromium-headless-shell"),
    *("msedge", "microsoft-edge", "brave-browser"),
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
WITHIN = 60  # seconds
MISSING = (
    "A PDF needs Chromium, Chrome or Edge, and none was found. Install one (on Debian and Ubuntu: apt install chromium), or "
    "write the report as a page, --out report.html, and print that from any browser."
)


def pdf_of(page: str) -> bytes:
    """The PDF. Raises NotDone where there is no Chromium, or it fails."""
    program = next(filter(None, [*map(shutil.which, NAMES), *filter(os.path.exists, PLACES)]), None)
    if program is None:
        raise NotDone(MISSING)
    # In the home folder, not hidden: a Chromium from a snap sees nothing else, not even /tmp.
    with tempfile.TemporaryDirectory(prefix="clickcounter-report-", dir=_folder(), ignore_cleanup_errors=True) as folder:
        source, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, encoding="utf-8")
        said = _run([program, *_options(folder), f"--print-to-pdf={made}", source.as_uri()])
        if not made.exists():
            raise NotDone(f"{program} made no PDF: {said}")
        return made.read_bytes()


def _folder() -> str | None:
    home = Path.home()
    return str(home) if shutil.which("snap") and os.access(home, os.W_OK) else None


def _options(folder: str) -> list[str]:
    options = [
        "--headless",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder}/profile",
        "--no-first-run",
    ]
    # Chromium refuses to run as root otherwise; the page is our own and loads nothing.
    return [*options, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else options


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=WITHIN, check=False)  # noqa: S603  a browser, and our file
    except subprocess.TimeoutExpired:
        return f"it took longer than {WITHIN} s"
    except OSError as error:
        return str(error)
    return (done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"])[-1]
