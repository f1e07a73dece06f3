"""A real OpenID Connect provider, written by others: glewlwyd, with a client for us and people of its own."""

import http.cookiejar
import json
import re
import shutil
import sqlite3
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.server import Process, listens, wait_for

PACKAGED = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
WEB_APP, CONFIGURATION = Path("/usr/share/glewlwyd/webapp"), Path("/etc/glewlwyd")
CLIENT, SECRET = "clickcounter", "a secret: with % and +"
PASSWORD = "correct horse battery"
ADMINISTRATOR = {"username": "admin", "password": "password"}  # as the package has it
SCOPES = ("openid", "profile")


class OidcProvider(Process):
    """glewlwyd in a folder of its own, with a login page."""

    def __init__(self, port: int, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self._folder = port, folder
        self.url, self.issuer = f"http://localhost:{port}", f"http://localhost:{port}/api/oidc"
        self._opener = _opener()
        super().__init__([shutil.which("glewlwyd") or "glewlwyd", f"--config-file={self._configure()}"], folder / "log")

    def start(self) -> None:
        """Start it, for the first time with an empty database."""
        super().start()
        wait_for(lambda: listens(self.port), "the provider answers")

    def prepare(self, callback: str, *people: str) -> None:
        """Make the client that comes back to this address, and people who have agreed to sign in there."""
        self._ask("POST", "auth/", ADMINISTRATOR)
        for scope in SCOPES:
            named = {"name": scope, "display_name": scope, "password_required": True, "password_max_age": 0, "scheme": {}}
            self._ask("PUT" if scope == "openid" else "POST", f"scope/{scope if scope == 'openid' else ''}", named)
        self._ask("POST", "mod/plugin/", {"module": "oidc", "name": "oidc", "parameters": self._plugin(), "order_rank": 0})
        client = {"client_id": CLIENT, "name": "Click Counter", "confidential": True, "password": SECRET, "scope": []}
        client |= {"redirect_uri": [callback], "authorization_type": ["code"], "enabled": True}
        self._ask("POST", "client/", client | {"token_endpoint_auth_method": ["client_secret_basic"]})
        for name in people:
            person = {"username": name, "name": f"{name.title()} Elsewhere", "password": PASSWORD, "enabled": True}
            self._ask("POST", "user/", person | {"scope": list(SCOPES)})
        for name in people:
            self._opener = _opener()
            self._ask("POST", "auth/", {"username": name, "password": PASSWORD})
            self._ask("PUT", f"auth/grant/{CLIENT}/", {"scope": " ".join(SCOPES)})

    def settings(self, name: str = "School") -> dict[str, str]:
        """For a server whose people it signs in."""
        return {
            "CLICKCOUNTER_OIDC_ISSUER": self.issuer,
            "CLICKCOUNTER_OIDC_CLIENT_ID": CLIENT,
            "CLICKCOUNTER_OIDC_CLIENT_SECRET": SECRET,
            "CLICKCOUNTER_OIDC_NAME": name,
        }

    async def sign_in(self, location: str, person: str) -> str:
        """What a person's browser does there: sign in and get the address to come back with."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            who = {"username": person, "password": PASSWORD}
            async with browser.post(f"{self.url}/api/auth/", json=who) as answer:
                assert answer.status == 200
            finished = location.replace("&prompt=login", "") + "&g_continue"  # as its own page says that this was all
            async with browser.get(finished, allow_redirects=False) as answer:
                assert answer.status == 302, await answer.text()
                back = answer.headers["Location"]
        assert "code" in parse_qs(urlsplit(back).query), back
        return back

    def _ask(self, method: str, path: str, body: dict[str, object]) -> None:
        asked = urllib.request.Request(f"{self.url}/api/{path}", json.dumps(body).encode(), method=method)
        asked.add_header("Content-Type", "application/json")
        with self._opener.open(asked, timeout=30) as answer:
            assert answer.status == 200

    def _configure(self) -> Path:
        database, pages, configuration = (self._folder / name for name in ("provider.db", "pages", "provider.conf"))
        if not database.exists():
            with sqlite3.connect(database) as connection:
                connection.executescript(PACKAGED.read_text())
            shutil.copytree(WEB_APP, pages, ignore=shutil.ignore_patterns("config.json", "admin.js"))
            shutil.copy(next(CONFIGURATION.glob("config-*.json/config.json")), pages / "config.json")
        text = (CONFIGURATION / "glewlwyd.conf").read_text()
        text = re.sub("(?m)^port=.*", f"port={self.port}", text)
        text = re.sub("(?m)^external_url=.*", f'external_url="{self.url}"', text)
        text = re.sub("(?m)^log_mode=.*", 'log_mode="console"', text)
        text = re.sub("(?m)^#? *static_files_path=.*", f'static_files_path="{pages}"', text)
        text = re.sub("(?m)^@include.*", f'database = {{ type = "sqlite3"; path = "{database}"; }};', text)
        configuration.write_text(text)
        return configuration

    def _plugin(self) -> dict[str, object]:
        key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
        public = subprocess.run(["openssl", "rsa", "-pubout"], input=key, capture_output=True, check=True).stdout
        username = {"name": "preferred_username", "user-property": "username", "type": "string", "mandatory": True}
        on = dict.fromkeys(("auth-type-code-enabled", "auth-type-id-token-enabled", "jwks-show", "pkce-allowed"), True)
        on |= dict.fromkeys(("pkce-required", "auth-type-code-revoke-replayed", "oauth-as-iss-id"), True)
        return on | {
            "iss": self.issuer,
            "jwt-type": "rsa",
            "jwt-key-size": "256",
            "key": key.decode(),
            "cert": public.decode(),
            "access-token-duration": 3600,
            "refresh-token-duration": 3600,
            "code-duration": 600,
            "pkce-method-plain-allowed": False,
            "subject-type": "public",
            "secret-type": "pairwise",
            "name-claim": "mandatory",
            "claims": [username],
            "allowed-scope": list(SCOPES),
        }


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
