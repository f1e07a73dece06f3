"""A front end that is built for one port says in its pages that their back end is where they came from.

Reflex writes the address of the back end into the pages, whose port may be another behind a proxy. `make run` builds for one
port, and so does `reflex export` with REFLEX_FRONTEND_PORT and REFLEX_BACKEND_PORT the same: at a root these pages are
served as they are.
"""

from pathlib import Path
from typing import Any

import reflex as rx

from clickcounter.web.content_security_policy import back_end_elsewhere
from clickcounter.web.front_end import rewriting


class OnePortPlugin(rx.plugins.Plugin):
    """Marks the pages at each build, before their policies are written."""

    def post_build(self, **context: Any) -> None:
        """Called by Reflex."""
        config = rx.config.get_config()
        if config.frontend_port and config.frontend_port == config.backend_port and not back_end_elsewhere():
            mark(context["static_dir"])


def mark(folder: Path) -> None:
    """Say so in every page of a built front end."""
    for file in folder.rglob("*.html"):
        page = file.read_text(encoding="utf-8")
        file.write_text(rewriting.marked(page, rewriting.attributes("", "")), encoding="utf-8")
