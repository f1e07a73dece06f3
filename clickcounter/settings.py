"""Settings, read once from the environment and then frozen.

Where Reflex has a variable, it is used (REFLEX_DB_URL, REFLEX_REDIS_URL); the others start with CLICKCOUNTER_.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from clickcounter.errors import SettingInvalid
from clickcounter.places import data_folder

DEFAULT_DB_URL = "sqlite:///clickcounter.db"
SEVERAL_HOSTS = re.compile(
    r"^(?P<start>postgres\w*(\+\w+)?://([^@/?]*@)?)(?P<hosts>[^/?@,]+,[^/?@]+)(?P<database>/[^?]*)?(\?(?P<query>.*))?$"
)
ORIGIN = re.compile(r"https?://[^/*?#@\s]+")
METRICS = re.compile(r"(?:(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<host>[\w.-]+)):)?(?P<port>\d{1,5})", re.ASCII)
NAMESPACE = re.compile(r"[A-Za-z0-9_.-]{3,64}", re.ASCII)
LOOPBACK = "127.0.0.1"
LONGEST_PATH = 100
PATH = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9_-]*){1,8}", re.ASCII)
# The app's own addresses begin with these. An instance below one of them could not tell whether a proxy took its path off.
OWN_ADDRESSES = frozenset(
    [
        "ping",
        "auth-codespace",
        "c",
        "p",
        "account",
        "admin",
        "api",
        "app",
        "assets",
        "board",
        "counters",
        "export",
        "external",
        "fonts",
        "healthz",
        "import",
        "keys",
        "oembed",
        "readyz",
        "sites",
        "get",
        "hit",
        "create",
        "info",
        "set",
        "update",
        "reset",
        "delete",
        "stream",
        "stats",
    ]
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Times are in seconds."""

    path: str  # below which the instance is served: "" or such as "/counter"
    db_url: str
    redis_url: str | None
    redis_prefix: str  # of every channel name; keeps instances that share a Redis apart
    max_waiting: int  # clicks in the committer's queue; when it is full, the answer is "later"
    frame_gap: float  # the shortest time between two frames, on average
    frame_share: float  # the largest share of the event loop's time for frames, 0 to 1
    workers: int  # processes of one server
    log: str  # "human" or "json"
    metrics: tuple[str, int] | None  # host and port for the first worker's metrics
    registration: str  # "open" or "closed"
    first_counter: str  # "everybody" or "owned": whose the counter on the first page is while it has no owner
    events_a_second: float  # per tab
    counters_an_hour: float  # per device
    accounts_an_hour: float  # per address
    devices_an_hour: float  # new ones, per address
    event_streams: int  # open at a time, per process
    event_streams_of_address: int
    sign_in_tries: int  # before waiting times start
    client_timeout: float  # for a body to arrive, and for an answer to be read
    hsts_seconds: int  # 0: no Strict-Transport-Security
    origins: tuple[str, ...]  # additional origins whose pages may use the API
    compat: tuple[str, ...]  # namespaces that old clients count in; none: their addresses do not exist
    compat_api: str  # "abacus" or "countapi": whose answers they get
    webhook_networks: tuple[IPv4Network | IPv6Network, ...]  # that webhooks may reach besides public addresses


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises SettingInvalid, which names the variable and its valid values."""
    db_url = database_url(environ.get("REFLEX_DB_URL") or DEFAULT_DB_URL, folder=data_folder(environ))
    return Settings(
        path=base_path(environ),
        db_url=db_url,
        redis_url=_redis(environ.get("REFLEX_REDIS_URL")),
        redis_prefix=environ.get("CLICKCOUNTER_REDIS_PREFIX") or _redis_prefix(db_url),
        workers=int(_number(environ, "CLICKCOUNTER_WORKERS", _workers(environ), 1, 64)),
        log=_one_of(environ, "CLICKCOUNTER_LOG", ("human", "json")),
        metrics=_metrics(environ, "CLICKCOUNTER_METRICS"),
        registration=_one_of(environ, "CLICKCOUNTER_REGISTRATION", ("open", "closed")),
        first_counter=_one_of(environ, "CLICKCOUNTER_FIRST_COUNTER", ("everybody", "owned")),
        events_a_second=_number(environ, "CLICKCOUNTER_EVENTS_PER_SECOND", 1000, 1, 1e9),
        counters_an_hour=_number(environ, "CLICKCOUNTER_COUNTERS_PER_HOUR", 60, 1, 1e9),
        accounts_an_hour=_number(environ, "CLICKCOUNTER_ACCOUNTS_PER_HOUR", 100, 1, 1e9),
        devices_an_hour=_number(environ, "CLICKCOUNTER_DEVICES_PER_HOUR", 3000, 1, 1e9),
        event_streams=int(_number(environ, "CLICKCOUNTER_EVENT_STREAMS", 5000, 0, 100_000)),
        event_streams_of_address=int(_number(environ, "CLICKCOUNTER_EVENT_STREAMS_PER_ADDRESS", 1000, 0, 100_000)),
        sign_in_tries=int(_number(environ, "CLICKCOUNTER_SIGN_IN_TRIES", 10, 1, 1e9)),
        client_timeout=_number(environ, "CLICKCOUNTER_CLIENT_TIMEOUT", 30, 1, 3600),
        hsts_seconds=int(_number(environ, "CLICKCOUNTER_HSTS_SECONDS", 0, 0, 1e9)),
        origins=_origins(environ, "REFLEX_CORS_ALLOWED_ORIGINS"),
        compat=_namespaces(environ, "CLICKCOUNTER_COMPAT"),
        compat_api=_one_of(environ, "CLICKCOUNTER_COMPAT_API", ("abacus", "countapi")),
        webhook_networks=_networks(environ, "CLICKCOUNTER_WEBHOOK_NETWORKS"),
        max_waiting=int(_number(environ, "CLICKCOUNTER_MAX_WAITING", 20_000, 1, 10_000_000)),
        frame_gap=_number(environ, "CLICKCOUNTER_FRAME_GAP_MS", 16, 0, 10_000) / 1000,
        frame_share=_number(environ, "CLICKCOUNTER_FRAME_SHARE", 0.5, 0.01, 1),
    )


def database_url(url: str, name: str = "REFLEX_DB_URL", folder: Path | None = None) -> str:
    """Normalize a database URL. Raises SettingInvalid, with `name` as the setting's name.

    A relative SQLite path starts in `folder`, the data folder, so that every command opens the same file. PostgreSQL uses
    psycopg 3, and several hosts may be given as for libpq: postgresql://a:5432,b:5433/db.
    """
    try:
        parsed = make_url(SEVERAL_HOSTS.sub(_hosts_as_query, url))
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if backend != "sqlite":
        raise SettingInvalid(f"{name} must be a database URL: sqlite:///clickcounter.db or postgresql://user@host/name.")
    if not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str((folder or data_folder()) / parsed.database)).render_as_string(hide_password=False)


def base_path(environ: Mapping[str, str] = os.environ) -> str:
    """The path below which this instance is served: "" at the root, or such as "/counter". Raises SettingInvalid."""
    raw = environ.get("CLICKCOUNTER_PATH", "")
    path = f"/{raw.strip('/')}"
    if path == "/":
        return ""
    if len(path) > LONGEST_PATH or not PATH.fullmatch(path):
        raise SettingInvalid(f"CLICKCOUNTER_PATH must be a path such as /counter/ of letters, digits, - and _, not {raw!r}.")
    if path.split("/")[1] in OWN_ADDRESSES:
        raise SettingInvalid(f"CLICKCOUNTER_PATH must not begin with /{path.split('/')[1]}, an address of the app itself.")
    return path


def _redis(url: str | None) -> str | None:
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingInvalid("REFLEX_REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url or None


def _workers(environ: Mapping[str, str]) -> float:
    """One for each core where they tell each other of clicks; each is one event loop. GRANIAN_WORKERS is the older name."""
    default = max(2, min(os.cpu_count() or 1, 8)) if environ.get("REFLEX_REDIS_URL") else 1
    return _number(environ, "GRANIAN_WORKERS", default, 1, 64)


def _redis_prefix(db_url: str) -> str:
    """The same for all processes on one database, different for any other; drivers and passwords do not matter."""
    parsed = make_url(db_url)
    hosts = parsed.query.get("host"), parsed.query.get("port")  # if there are several
    database = f"{parsed.get_backend_name()} {parsed.host} {parsed.port} {hosts} {parsed.database}"
    return f"clickcounter:{hashlib.sha256(database.encode()).hexdigest()[:12]}"


def _one_of(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first is the default."""
    chosen = environ.get(name) or choices[0]
    if chosen not in choices:
        raise SettingInvalid(f"{name} must be {' or '.join(choices)}, not {chosen!r}.")
    return chosen


def _metrics(environ: Mapping[str, str], name: str) -> tuple[str, int] | None:
    raw = environ.get(name) or "off"
    found = METRICS.fullmatch(raw)
    if raw != "off" and not (found and 1 <= int(found["port"]) <= 65_535):
        raise SettingInvalid(f"{name} must be off, a port such as 9464, or an address and a port, not {raw!r}.")
    return (found["ipv6"] or found["host"] or LOOPBACK, int(found["port"])) if found else None


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    origins = [origin.strip().lower() for origin in environ.get(name, "").split(",") if origin.strip()]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise SettingInvalid(f"{name} must list origins such as https://www.example.org, not {origin!r}.")
    return tuple(origins)


def _namespaces(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    namespaces = [namespace.strip() for namespace in environ.get(name, "").split(",") if namespace.strip()]
    for namespace in namespaces:
        if not NAMESPACE.fullmatch(namespace):
            raise SettingInvalid(f"{name} must list namespaces of 3 to 64 letters, digits, - _ or ., not {namespace!r}.")
    return tuple(namespaces)


def _networks(environ: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    listed = [network.strip() for network in environ.get(name, "").split(",") if network.strip()]
    try:
        return tuple(ip_network(network) for network in listed)
    except ValueError as error:
        raise SettingInvalid(f"{name} must list networks such as 10.0.0.0/8 or 192.168.1.5: {error}.") from None


def _hosts_as_query(found: re.Match[str]) -> str:
    """Write several hosts the way SQLAlchemy expects. A port may be missing; an IPv6 address is in brackets."""
    hosts = [re.fullmatch(r"(\[.*\]|[^:]*)(?::(\d*))?", host) for host in found["hosts"].split(",")]
    names = ",".join(host[1].strip("[]") if host else "" for host in hosts)
    ports = ",".join((host[2] if host else "") or "5432" for host in hosts)
    more = f"&{found['query']}" if found["query"] else ""
    return f"{found['start']}{found['database'] or '/'}?host={names}&port={ports}{more}"


def _number(environ: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    raw = environ.get(name)
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise SettingInvalid(f"{name} must be a number from {low:g} to {high:g}, not {raw!r}.")
    return value
