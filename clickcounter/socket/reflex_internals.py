"""The private parts of Reflex that this project uses, each under one name.

The rest of the project uses what Reflex documents for every app (`import reflex as rx`), and asks here for these. A part
that is missing stops the server with a sentence that names it and where it is used; whether a part still works as expected
is checked in reflex_checks.py.
"""

import importlib
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import reflex as rx
from starlette.types import ASGIApp, Receive, Scope, Send

Enqueue = Callable[..., Awaitable[Any]]  # token, event → a future that is done when the event is


class DoesNotFit(RuntimeError):
    """This version of Reflex, or of its server, is not one that this project works with."""


def find(module: str, path: str, user: str) -> Any:
    """A private part of Reflex. Raises DoesNotFit where it is missing; `user` is what needs it."""
    try:
        found = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError) as error:
        raise DoesNotFit(f"Reflex has no {module}.{path} any more; {user} needs it.") from error
    return found


# Part of a state's variable's name on the wire and in the page's scripts.
FIELD_MARKER: str = find("reflex_base.constants.state", "FIELD_MARKER", "socket/protocol.py")
# The path of the socket, the Socket.IO namespace on it, and the name of the Socket.IO event that carries everything.
EVENT_PATH: str = str(find("reflex_base.constants.event", "Endpoint.EVENT", "socket/protocol.py"))
SOCKET_EVENT: str = find("reflex_base.constants.event", "SocketEvent.EVENT", "socket/protocol.py")
# The events of a page that opens, comes back or navigates.
HYDRATE: str = find("reflex_base.constants.compiler", "CompileVars.HYDRATE", "socket/page_middleware.py")
HYDRATE_AND_LOAD: str = find("reflex_base.constants.compiler", "CompileVars.HYDRATE_AND_LOAD", "socket/page_middleware.py")
ON_LOAD: str = find("reflex_base.constants.compiler", "CompileVars.ON_LOAD_INTERNAL", "socket/page_middleware.py")
# Of an event's router_data: the page's path with its query, and the Socket.IO session.
PAGE_PATH: str = find("reflex_base.constants.route", "RouteVar.ORIGIN", "socket/page_middleware.py")
SESSION_ID: str = find("reflex_base.constants.route", "RouteVar.SESSION_ID", "socket/page_middleware.py")
PAGE_QUERY: str = find("reflex_base.constants.route", "RouteVar.QUERY", "socket/door.py")
ROUTE_PATH: str = find("reflex_base.constants.route", "RouteVar.PATH", "socket/door.py")
# What Reflex's own page sends besides: its first event when it connects, and errors in its scripts, in two ways.
BOOT_EVENT: str = find("reflex_base.constants.compiler", "CompileVars.CONNECT_AUTH_EVENT", "socket/door.py")
CLIENT_ERROR = "client_error"
PAGE_ERROR = "handle_frontend_exception"
ANY_VARIABLE = "reflex___state____state.setvar"  # an event that sets a variable by its name; no page of ours sends it
# What a page's socket says of itself when it opens: Reflex's version is its subprotocol.
VERSION: str = find("reflex_base.constants.base", "Reflex.VERSION", "components/early_socket.py")
TOKEN = "token"  # noqa: S105  the key in the session storage and the parameter in the address
ENGINE_IO = "4"  # the version of Engine.IO's protocol

FRONT_END = "frontend"  # the name of the route that serves the pages
OVERLAY = (5, "Overlay")  # where an app keeps the toast that says the connection was lost


def socket_url() -> str:
    """The address of the socket, as pages are built with it."""
    return str(find("reflex_base.constants.event", "Endpoint.EVENT", "components/early_socket.py").get_url())


def connection_lost() -> Any:
    """A variable of the page: true while its socket has errors."""
    return find("reflex_components_core.core.banner", "has_connection_errors", "pages/*.py")


def all_variables(variable: Any) -> Any:
    """A variable of the page: everything that was sent for the state of this one, by name, also what it does not declare."""
    return rx.Var(_js_expr=str(variable).rpartition(".")[0], _var_data=variable._get_all_var_data())


def external_assets_folder() -> str:
    """Where an app keeps the scripts of its components, from the project's root."""
    dirs = find("reflex_base.constants.base", "Dirs", "components/publish.py")
    return f"{dirs.APP_ASSETS}/{dirs.EXTERNAL_APP_ASSETS}"


def is_back_end_only() -> bool:
    """Whether this process serves no pages, and Reflex publishes no scripts."""
    variables = find("reflex_base.environment", "EnvironmentVariables", "components/publish.py")
    return bool(variables.REFLEX_BACKEND_ONLY.get())


def is_development() -> bool:
    """Whether the pages are on a port of their own, as with plain `reflex run`."""
    environment = find("reflex_base.environment", "environment", "admin/gate.py")
    return bool(environment.REFLEX_ENV_MODE.get() is find("reflex_base.constants", "Env.DEV", "admin/gate.py"))


def client_source() -> str:
    """The script that Reflex puts into every page to speak to the server."""
    templates = find("reflex_base.constants.base", "Templates.Dirs.WEB_TEMPLATE", "socket/reflex_checks.py")
    return Path(templates, "utils", "state.js").read_text(encoding="utf-8")


def client_packages() -> Mapping[str, str]:
    """The versions of the packages that Reflex builds pages with."""
    packages: Mapping[str, str] = find(
        "reflex_base.constants.installer", "PackageJson.DEPENDENCIES", "socket/reflex_checks.py"
    )
    return packages


def event_handlers() -> Mapping[str, Any]:
    """The handlers of all events, by full name."""
    handlers: Mapping[str, Any] = (
        find("reflex_base.registry", "RegistrationContext", "socket/reflex_checks.py").get().event_handlers
    )
    return handlers


def is_own(handler: Callable[..., Any]) -> bool:
    """Whether Reflex brings this handler itself."""
    return handler.__module__.startswith("reflex")


def intercept_queue(app: Any, user: Callable[[Enqueue], Enqueue]) -> None:
    """Hand each event for Reflex's queue to what `user` returns; it gets the function that really queues one."""
    try:
        processor = app.event_processor
        processor.enqueue = user(processor.enqueue)
    except AttributeError as error:
        raise DoesNotFit("Reflex's App has no event_processor.enqueue any more; socket/admission.py needs it.") from error


def state_forgetter(app: Any) -> Callable[[str], None]:
    """A function that drops what Reflex keeps of a tab, by its token; Reflex itself would keep it for a while."""
    purge = find("reflex.istate.manager.memory", "StateManagerMemory._purge_token", "socket/admission.py")

    def forget(token: str) -> None:
        states = app.state_manager
        lock, kept = states._states_locks.get(token), states._token_expires_at.get(token)
        if kept and not (lock and lock.locked()):
            purge(states, kept[1])

    return forget


def state_update(delta: dict[str, Any]) -> Any:
    """Changed variables as Reflex's own server sends them."""
    return find("reflex.state", "StateUpdate", "socket/reflex_checks.py")(delta=delta)


def socket_app(app: Any) -> ASGIApp | None:
    """Reflex's socket server as an ASGI app; None where this Reflex keeps it elsewhere."""
    routes = app._api.routes
    return next((route.app for route in routes if getattr(route, "path", None) == EVENT_PATH), None)


def environ_getter(app: Any) -> Callable[[str, str], dict[str, Any] | None]:
    """Engine.IO's record of a connection's request, by Socket.IO's session and namespace."""
    try:
        getter: Callable[[str, str], dict[str, Any] | None] = app.sio.get_environ
    except AttributeError as error:
        raise DoesNotFit("Socket.IO's server has no get_environ any more; socket/tab.py needs it.") from error
    return getter


def context_setter(app: Any) -> Callable[[], object]:
    """What Reflex's own middleware calls before each request, so that handlers find their app."""
    try:
        setter: Callable[[], object] = app._set_contexts_internal
    except AttributeError as error:
        raise DoesNotFit("Reflex's App has no _set_contexts_internal any more; reflex_internals.py needs it.") from error
    return setter


def bypass(app: Any, served: ASGIApp) -> ASGIApp:
    """The ASGI app `served`, which a page's socket bypasses on its way to Reflex's socket server.

    Otherwise it passes three Starlette applications, each with its middleware, router and copy of the scope: two dozen
    coroutines that wait as long as the tab is open, 10 kB a tab. This is no coroutine itself: that would wait, too.
    """
    sockets, set_contexts = socket_app(app), context_setter(app)

    def route(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if sockets is None or scope["type"] != "websocket" or scope["path"].rstrip("/") != EVENT_PATH:
            return served(scope, receive, send)
        set_contexts()  # the one thing that Reflex's own middleware does for a websocket
        return sockets(scope, receive, send)

    return route


def choose_front_end(app: Any, choose: Callable[[Path], Path]) -> None:
    """Serve the pages, if this process does, from the folder that `choose` returns for the one in which they were built."""
    mount = next((route for route in app._api.routes if getattr(route, "name", None) == FRONT_END), None)
    if mount is None:
        return
    try:
        folder = choose(Path(mount.app.directory))
        mount.app.directory, mount.app.all_directories = folder, [folder]
    except AttributeError as error:
        raise DoesNotFit("Reflex mounts its pages otherwise now; clickcounter.py chooses their folder.") from error


def remove_overlay(app: Any) -> None:
    """Remove Reflex's red toast for lost connections; the pages say it in their own words."""
    if app.app_wraps.pop(OVERLAY, None) is None:
        raise DoesNotFit(f"Reflex's App has no {OVERLAY} in app_wraps any more; clickcounter.py removes it.")


def override_config(config: Any) -> None:
    """Set what Reflex would otherwise take from the environment, whatever stands there.

    web/origins.py decides which pages may connect; Reflex's own default lets in everybody, with cookies. Redis is for
    live/relay.py alone; with a URL, Reflex would not start, nor let tabs in, while Redis is away.
    """
    for name, value in (("cors_allowed_origins", ()), ("redis_url", None)):
        if not hasattr(config, name):
            raise DoesNotFit(f"Reflex's Config has no {name} any more; rxconfig.py overrides it.")
        setattr(config, name, value)


def replace_server(server: type) -> None:
    """Start this class where Reflex starts granian's."""
    find("granian.server", "Server", "socket/server.py")
    vars(importlib.import_module("granian.server"))["Server"] = server


def build_and_serve(host: str, port: int) -> None:
    """What `reflex run --env prod --single-port` does, in the current folder."""
    arguments = ["run", "--env", "prod", "--single-port", "--frontend-port", str(port), "--backend-host", host]
    sys.argv[1:] = arguments  # where lines are JSON, Reflex runs itself again with these
    find("reflex.reflex", "cli", "cli/serving/serve.py")(arguments)


def serve_built(folder: Path, host: str, port: int) -> None:
    """The same with pages that were built before, in `folder`, which holds what Reflex's .web does. Nothing is written."""
    variables = find("reflex_base.environment", "environment", "cli/serving/serve.py")
    variables.REFLEX_ENV_MODE.set(find("reflex_base.constants", "Env.PROD", "cli/serving/serve.py"))
    variables.REFLEX_BACKEND_ONLY.set(True)  # so no scripts are published
    variables.REFLEX_SKIP_COMPILE.set(True)
    variables.REFLEX_WEB_WORKDIR.set(folder)
    find("reflex_base.utils.log", "enable_managed_logging", "cli/serving/serve.py")()
    config: Any = rx.config.get_config()
    config._set_persistent(frontend_port=port, backend_port=port, backend_host=host)
    find("reflex_base.config", "reload_config", "cli/serving/serve.py")()
    find("reflex.utils.exec", "run_backend_prod", "cli/serving/serve.py")(host, port, mount_frontend_compiled_app=True)


def close_database_connections() -> None:
    """Close the connections with which Reflex looked at the schema; forked workers must not share them."""
    find("reflex.model", "get_engine", "rxconfig.py")().dispose()
