"""A server whose Reflex does not fit stops at start, with a sentence that says what no longer holds and who relies on it.

Each case breaks one thing by hand before the app is made. All of them fork from one process that has imported Reflex, which
is most of a start, and our own modules, too, unless these read what is broken when they are imported. One case goes through
`reflex run`, as a person would.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import REFLEX, ROOT, free_port

HARNESS = """
import gc, importlib, json, os, pkgutil, sys
gc.disable()  # imports leave no garbage
from pathlib import Path
from types import SimpleNamespace
import reflex as rx
import reflex.app, reflex.istate.data, reflex.model, reflex.utils.prerequisites
import engineio.async_drivers.asgi, engineio.packet, socketio.base_server, socketio.packet
import reflex_components_core.core.banner as banner
import fastapi, fastapi.openapi.utils, granian, uvloop
import clickcounter.i18n, clickcounter.services
from reflex.app import App
from reflex_base.config import Config
from reflex_base.constants import base, compiler, event, installer, route, state

def import_modules(package):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name not in ("clickcounter.clickcounter", "clickcounter.__main__"):
            importlib.import_module(module.name)

def after(cls, name, change):
    inner = getattr(cls, name)
    def changed(self, *args, **kwargs):
        result = inner(self, *args, **kwargs)
        change(self)
        return result
    setattr(cls, name, changed)

def in_file(name, old, new):
    read = Path.read_text
    def changed(self, *args, **kwargs):
        text = read(self, *args, **kwargs)
        return text.replace(old, new) if str(self).endswith(name) else text
    Path.read_text = changed

def started(case):
    try:
        exec(case, globals())
        importlib.import_module("clickcounter.socket.reflex_internals")  # it reads most of what is broken
        importlib.import_module("clickcounter.clickcounter")
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return "it started"

def start_each(cases):
    for case in cases:
        read, write = os.pipe()
        if not os.fork():
            os.write(write, started(case).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as said:
            print(json.dumps(said.read()), flush=True)
        os.wait()

early, late = json.load(sys.stdin)
for package in (clickcounter.i18n, clickcounter.services):  # they know no Reflex
    import_modules(package)
start_each(early)
import_modules(clickcounter)
start_each(late)
"""

CLIENT = "web/utils/state.js"
# What is broken, a part of the sentence, and the module that it must name.
READ_WHEN_IMPORTED = [
    ("del state.FIELD_MARKER", "no reflex_base.constants.state.FIELD_MARKER any more", "socket/protocol.py"),
    ("event.Endpoint = None", "Endpoint.EVENT", "socket/protocol.py"),
    ("del event.SocketEvent.EVENT", "SocketEvent.EVENT", "socket/protocol.py"),
    ("del compiler.CompileVars.HYDRATE", "CompileVars.HYDRATE any more", "socket/page_middleware.py"),
    ("del compiler.CompileVars.HYDRATE_AND_LOAD", "CompileVars.HYDRATE_AND_LOAD", "socket/page_middleware.py"),
    ("del compiler.CompileVars.ON_LOAD_INTERNAL", "CompileVars.ON_LOAD_INTERNAL", "socket/page_middleware.py"),
    ("del route.RouteVar.ORIGIN", "RouteVar.ORIGIN", "socket/page_middleware.py"),
    ("del route.RouteVar.SESSION_ID", "RouteVar.SESSION_ID", "socket/page_middleware.py"),
    ("del base.Reflex.VERSION", "Reflex.VERSION", "components/early_socket.py"),
    ("state.FIELD_MARKER = '_field_'", "ends with Reflex's FIELD_MARKER", "socket/protocol.py"),
    ("del engineio.async_socket.AsyncSocket._send_ping", "AsyncSocket._send_ping any more", "socket/engine.py"),
    ("compiler.CompileVars.HYDRATE = 'awake'", "events of a page that opens", "socket/page_middleware.py"),
]
CASES = [
    *READ_WHEN_IMPORTED,
    ("del banner.has_connection_errors", "has_connection_errors", "pages/*.py"),
    ("after(App, '__post_init__', lambda app: app.app_wraps.clear())", "(5, 'Overlay')", "clickcounter.py"),
    ("del socketio.base_server.BaseServer.get_environ", "no get_environ any more", "socket/tab.py"),
    ("del App._set_contexts_internal", "_set_contexts_internal", "reflex_internals.py"),
    ("del reflex.model.get_engine", "get_engine any more", "rxconfig.py"),
    (
        "send = reflex.app._sio_dumps\nreflex.app._sio_dumps = lambda *a, **k: send(*a, **k).replace('delta', 'changes')",
        "a packet of exactly this form",
        "socket/protocol.py",
    ),
    ("Config.get_event_namespace = lambda self: '/live'", "namespace is /_event", "socket/protocol.py"),
    ("socketio.packet.DISCONNECT = 7", "disconnect is packet 41", "socket/protocol.py"),
    ("socketio.packet.CONNECT = 7", "connect is packet 40", "socket/protocol.py"),
    ("engineio.packet.CLOSE = 7", "close is packet 1", "socket/protocol.py"),
    (f"in_file('{CLIENT}', '\"client_error\"', '\"error\"')", "reports of a page's errors", "socket/door.py"),
    (
        f"in_file('{CLIENT}', 'out[key] = value;', 'if (own) out[key] = next;')",
        "keeps variables that its state does not declare",
        "socket/boards/cells.py",
    ),
    (
        "import clickcounter.states.counter as c\nc.CounterState.event_handlers['record'].fn.__module__ = 'reflex.state'",
        "own handlers are in its own modules",
        "socket/door.py",
    ),
    (
        "from reflex_base.event.processor import EventProcessor as p\np.enqueue = lambda self, event: None",
        "with event_processor.enqueue",
        "socket/admission.py",
    ),
    (
        "import clickcounter.states.counter as c\ndel c.CounterState.event_handlers['introduce'].fn.clickcounter_question",
        "keeps the marks",
        "socket/admission.py",
    ),
    ("engineio.packet.PONG = 4", "pong is packet 3", "socket/protocol.py"),
    (
        "socketio.base_server.BaseServer.get_environ = lambda self, sid: None",
        "get_environ finds a connection",
        "socket/tab.py",
    ),
    (
        "in_file('reflex/app.py', 'environ.get(\"QUERY_STRING\"', 'environ.get(\"RAW_URI\"')",
        "Engine.IO pings after a pong, and reads what it is given",
        "socket/engine.py",
    ),
    ("after(App, '__post_init__', lambda app: app._api.routes.clear())", "mounted at /_event", "socket/reflex_internals.py"),
    (
        "import clickcounter.states.counter as c\nc.CounterState.get_full_name = classmethod(lambda cls: 'elsewhere')",
        "the event of a press",
        "socket/intake.py",
    ),
    (
        "async def preprocess(self, app, state): pass\nrx.Middleware.preprocess = preprocess",
        "a middleware with app, state and event",
        "socket/page_middleware.py",
    ),
    (f"in_file('{CLIENT}', 'asPath: loc', 'path: loc')", "its path in an event's router_data", "socket/page_middleware.py"),
    (
        "reflex.istate.data.SessionData.from_router_data = classmethod(lambda cls, data: cls())",
        "router_data names the Socket.IO session",
        "socket/page_middleware.py",
    ),
    (
        "after(App, '__post_init__', lambda app: setattr(app.sio.eio, 'cors_allowed_origins', '*'))",
        "leaves origins to us",
        "web/origins.py",
    ),
    (
        "after(App, '__post_init__', lambda app: setattr(app, '_state_manager', SimpleNamespace()))",
        "states in this process's memory",
        "rxconfig.py",
    ),
    ("banner.has_connection_errors = rx.Var('failures')", "errors as connectErrors", "pages/*.py"),
    (f"in_file('{CLIENT}', 'query: {{ token }}', 'auth: {{ token }}')", "carries the token", "components/early_socket.py"),
    (f"in_file('{CLIENT}', 'protocols: [', 'names: [')", "version as its subprotocol", "components/early_socket.py"),
    (
        "installer.PackageJson.DEPENDENCIES = {'socket.io-client': '5.0.0'}",
        "speaks Engine.IO 4",
        "components/early_socket.py",
    ),
    (f"in_file('{CLIENT}', '\"beforeunload\"', '\"unload\"')", "closes its socket at beforeunload", "account_channel.js"),
    (
        "import reflex.utils.exec as e\ne.run_granian_backend_prod = e.run_uvicorn_backend_prod",
        "starts granian's Server with a target, an address and a port",
        "socket/server.py",
    ),
    (
        "from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol as p\n"
        "after(p, '__init__', lambda made: vars(made).pop('writable'))",
        "have the parts that ours use",
        "socket/connections/",
    ),
    (f"in_file('{CLIENT}', 'const getBackendURL', 'const url')", "have getBackendURL", "backend_url.js"),
]


def start_each(early: list[str], late: list[str], folder: Path) -> dict[str, str]:
    """What became of a start after each of these."""
    environ = os.environ | {"REFLEX_DB_URL": f"sqlite:///{folder}/counter.db", "REFLEX_ENV_MODE": "prod"}
    command, cases = [sys.executable, "-c", HARNESS], json.dumps((early, late))
    done = subprocess.run(command, input=cases, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(zip((*early, *late), map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    cases = ["pass", *(case for case, _, _ in CASES)]
    early = [case for case, _, _ in READ_WHEN_IMPORTED]
    return start_each(early, [case for case in cases if case not in early], tmp_path_factory.mktemp("starts"))


def test_a_reflex_that_fits_starts(starts: dict[str, str]):
    assert starts["pass"] == "it started"


@pytest.mark.parametrize(("case", "said", "user"), CASES, ids=[said for _, said, _ in CASES])
def test_a_broken_assumption_stops_the_start(starts: dict[str, str], case: str, said: str, user: str):
    sentences = starts[case].removeprefix("DoesNotFit: ").splitlines()
    assert starts[case].startswith("DoesNotFit: ")
    assert any(said in sentence and user in sentence for sentence in sentences), starts[case]


def test_every_check_names_a_file_that_exists():
    from clickcounter.socket.reflex_checks import CHECKS

    folders = (ROOT, ROOT / "clickcounter")
    assert [check.user for check in CHECKS if not any(list(folder.glob(check.user)) for folder in folders)] == []


def test_every_check_is_broken_once():
    from clickcounter.socket.reflex_checks import CHECKS

    unbroken = [check.what for check in CHECKS if not any(said in check.what for _, said, _ in CASES)]
    # These fail with the name that is missing, see reflex_internals.py.
    assert [what for what in unbroken if "contexts" not in what and "built pages" not in what and "fork" not in what] == []


def test_reflex_run_stops_with_the_sentence(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text("import engineio.packet\nengineio.packet.PONG = 4\n")
    environ = os.environ | {"PYTHONPATH": str(tmp_path), "REFLEX_DB_URL": f"sqlite:///{tmp_path}/counter.db"}
    command = [*REFLEX, "run", "--env", "prod", "--backend-only", "--backend-port", str(free_port())]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "Engine.IO's pong is packet 3; socket/protocol.py relies on it" in done.stdout + done.stderr
