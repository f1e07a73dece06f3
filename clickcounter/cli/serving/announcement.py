"""What a server says once it serves: its addresses, a QR code for phones, and the page itself on a desktop."""

import io
import os
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path

import segno

from clickcounter.cli.serving.addresses import Opened

WHITE_ON_BLACK, PLAIN = "\033[97;40m", "\033[0m"  # whatever the terminal's colours: not all phones read the reverse


def announce(opened: Opened, database: Path | None, *, browser: bool) -> None:
    """Print where it can be opened, and open it here if a person would see that."""
    person = sys.stdout.isatty()
    with_code = person and shows_blocks(sys.stdout.encoding, os.environ, sys.platform)
    print("\n".join(_lines(opened, database, with_code)), flush=True)
    if browser and person and has_desktop(os.environ, sys.platform):
        webbrowser.open(opened.here)


def _lines(opened: Opened, database: Path | None, with_code: bool) -> list[str]:
    lines = ["", f"Click Counter is ready: {opened.here}"]
    if elsewhere := opened.elsewhere:
        lines.append(f"On phones and other devices of this network: {elsewhere}")
        lines += ["", *qr_code(elsewhere), ""] if with_code else []
    lines += [f"Everything is saved in {database}"] if database else []
    return [*lines, "Ctrl+C stops it."]


def qr_code(url: str) -> list[str]:
    """The lines of a QR code made of half blocks."""
    drawn = io.StringIO()
    segno.make_qr(url, error="l").terminal(drawn, border=2, compact=True)
    return [f"  {WHITE_ON_BLACK}{line}{PLAIN}" for line in drawn.getvalue().splitlines()]


def has_desktop(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a browser could open in front of the person at the terminal: not over SSH, not in CI."""
    if any(environ.get(name) for name in ("CI", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")):
        return False
    return platform in ("win32", "darwin") or any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def shows_blocks(encoding: str, environ: Mapping[str, str], platform: str) -> bool:
    """Whether a terminal takes UTF-8 and colours. On Windows the new one does, and the old one prints the codes."""
    plain = environ.get("TERM") == "dumb" or (platform == "win32" and not environ.get("WT_SESSION"))
    return encoding.lower().replace("-", "") == "utf8" and not plain
