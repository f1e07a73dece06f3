"""Requests as programs written for Abacus or CountAPI send them."""

import json
import urllib.error
import urllib.request
from typing import Any

from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from tests.server import BackEnd


def ask(
    server: BackEnd, path: str, method: str = "GET", token: str | None = None, **headers: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """The status, the JSON and the headers of an answer."""
    status, text, sent = ask_raw(server, path, method, token, **headers)
    return status, json.loads(text or "{}"), sent


def ask_raw(
    server: BackEnd, path: str, method: str = "GET", token: str | None = None, **headers: str
) -> tuple[int, str, dict[str, str]]:
    wanted = {"User-Agent": "old-client/1"} | {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        wanted["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(server.url + path, method=method, headers=wanted)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode("latin-1"), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("latin-1"), dict(error.headers)


def make_private(server: BackEnd, name: str) -> None:
    """Let only members see the counter with this name, as a superuser may."""
    [(slug,)] = server.query(f"SELECT slug FROM counter WHERE name = '{name}'")
    ledger = Ledger(server.db_url)
    ledger.transact(lambda connection: counters.update_settings(connection, slug, {"visibility": "members"}, None))
    ledger.close()
