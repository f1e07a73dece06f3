"""Programs that use the API: one connection each, and what it was answered."""

import http.client
import json
import os
from dataclasses import dataclass
from typing import Any

from tests.server import BackEnd

PATH = "/api/v1/counters"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.text))


class Program:
    """A program with a device of its own, or as nobody."""

    def __init__(self, back_end: BackEnd, device: str | None = "", **headers: str) -> None:
        self.back_end = back_end
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if device is not None:
            self.headers["Click-Counter-Device"] = device or os.urandom(16).hex()
        self.connection = http.client.HTTPConnection("127.0.0.1", back_end.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """Send a request, over the connection that is open if there is one."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if sent is not None:
            more = {"Content-Type": "application/json"} | more
        self.connection.request(method, path if path.startswith("/") else f"{PATH}/{path}", sent, self.headers | more)
        response = self.connection.getresponse()
        text = response.read().decode()
        return Answered(response.status, {name.lower(): value for name, value in response.getheaders()}, text)

    def make(self, name: str = "Door", **fields: Any) -> str:
        """Make a counter; its slug."""
        made = self.ask("POST", PATH, {"name": name, **fields})
        assert made.status == 201, made
        return str(made.json["counter"])

    def press(self, counter: str, body: Any = None, **headers: str) -> Answered:
        """Press."""
        return self.ask("POST", f"{counter}/presses", body, **headers)

    def value(self, counter: str) -> int:
        """What the counter shows."""
        return int(self.ask("GET", counter).json["value"])
