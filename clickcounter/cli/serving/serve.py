"""serve: the app and its pages on one port.

A package brings its pages along and needs neither Node nor a network; in a clone they are built first. Reflex looks for its
files in the current folder, so the server goes to the project's, whoever starts it and from where.
"""

import argparse
import os
from functools import partial

from clickcounter.cli.serving.addresses import Opened
from clickcounter.cli.serving.announcement import announce
from clickcounter.database.engines import require_writable, sqlite_path
from clickcounter.errors import NotDone
from clickcounter.places import BUNDLED, IS_PACKAGE, ROOT, data_folder
from clickcounter.settings import Settings, from_environment

PORT, PORTS_TRIED = 3000, 100
EVERYWHERE = "0.0.0.0"  # noqa: S104


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser."""
    serve = commands.add_parser("serve", help="serve the app and its pages on one port")
    serve.add_argument("--port", type=_port, help=f"this port and no other (default: {PORT}, or the next that is free)")
    serve.add_argument("--host", default=None, help="the address to listen on (default: every address of this machine)")
    serve.add_argument("--workers", type=int, metavar="N", help="how many processes (default: CLICKCOUNTER_WORKERS)")
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.set_defaults(run=_serve)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _serve(_settings: Settings, options: argparse.Namespace) -> int:
    # Only here: they load Reflex, which would take the other commands a second.
    from clickcounter.socket.reflex_internals import build_and_serve, serve_built
    from clickcounter.socket.server import Server

    if options.workers is not None:
        os.environ["CLICKCOUNTER_WORKERS"] = str(options.workers)
    settings = from_environment()
    require_writable(settings.db_url)
    host = options.host or os.environ.get("REFLEX_BACKEND_HOST") or EVERYWHERE
    port = choose_port(host, options.port)
    os.environ["CLICKCOUNTER_DATA"] = str(data_folder())  # a relative one no longer holds in another folder
    os.chdir(ROOT)
    if settings.log == "human":
        Server.on_ready = partial(announce, Opened(host, port), sqlite_path(settings.db_url), browser=not options.no_browser)
    if not IS_PACKAGE:
        build_and_serve(host, port)
        return 0
    serve_built(BUNDLED / "web", host, port)
    return 0


def choose_port(host: str, wanted: int | None) -> int:
    """The port that was asked for; otherwise the first free one from 3000 on. Raises NotDone if there is none."""
    first = wanted or PORT
    ports = range(first, min(first + PORTS_TRIED, 65_536))
    free = next((port for port in ports if _is_free(host, port)), None)
    if free is None:
        raise NotDone(f"Nothing can listen on the ports {ports[0]} to {ports[-1]} of {host}. Try another: --port or --host.")
    if wanted and free != wanted:
        raise NotDone(f"Port {wanted} is taken. Port {free} is free.")
    if free != first:
        print(f"Port {first} is taken, so this is port {free}.", flush=True)
    return free


def _is_free(host: str, port: int) -> bool:
    from clickcounter.socket.server import bind, every_address

    try:
        bind(every_address(host), port, 1)[0].close()
    except OSError:
        return False
    return True
