"""Another instance, over its HTTP API. The standard library alone, so that the two commands also start quickly."""

import http.client
import json
import random
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from clickcounter.errors import NotDone

SILENCE = 40.0  # seconds without a byte; a stream says something every 15
ANSWER_WITHIN = 10.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between two attempts, each twice the one before
AGAIN = (408, 425, 429, 500, 502, 503, 504)
LONGEST_EVENT = 100_000  # bytes
LOST = (OSError, http.client.HTTPException)  # urllib's own errors are OSErrors

T = TypeVar("T")


class Unreachable(NotDone):
    """No answer yet; `wait` is when the server said to ask again, in seconds."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Remote:
    """An instance at `url`, asked with a key or without."""

    url: str
    key: str | None = None

    def press(self, counter: str, press: dict[str, Any]) -> dict[str, Any]:
        """Send a press once. Raises Unreachable, and NotDone where it is refused."""
        with self._open(counter, "presses", ANSWER_WITHIN, json.dumps(press).encode()) as answer:
            try:
                return dict(json.loads(answer.read()))
            except (*LOST, ValueError) as error:
                raise Unreachable(_why(error)) from None

    def events(self, counter: str, last: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """The counter's events, with their ids, until the connection ends. Raises Unreachable, NotDone."""
        with self._open(counter, "events", SILENCE, None, {"Accept": "text/event-stream", "Last-Event-ID": last}) as stream:
            try:
                yield from _events(stream)
            except (*LOST, ValueError) as error:
                raise Unreachable(_why(error)) from None
        raise Unreachable("the server ended the connection")

    def _open(self, counter: str, what: str, timeout: float, body: bytes | None, more: dict[str, str] | None = None) -> Any:
        url = f"{self.url}/api/v1/counters/{quote(counter, safe='')}/{what}"
        headers = {"User-Agent": "clickcounter-terminal"} | {name: value for name, value in (more or {}).items() if value}
        headers |= {"Authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        try:
            request = urllib.request.Request(url, body, headers)  # noqa: S310  remote_at has checked the scheme
            return urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except LOST as error:
            raise Unreachable(_why(error)) from None


def remote_at(url: str, key: str | None) -> Remote:
    """The instance at this address. Raises NotDone."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise NotDone(f"--url must be an address such as https://count.example.org, not {url!r}.")
    if key is not None and not (key.isascii() and key.isprintable()):
        raise NotDone("The key contains characters that no key has.")
    return Remote(url.rstrip("/"), key)


def waits() -> Iterator[float]:
    """How long to wait before each further attempt, without end; not the same for all who lost the same server."""
    wait = FIRST_WAIT
    while True:
        yield wait * random.uniform(0.5, 1)  # noqa: S311
        wait = min(2 * wait, LONGEST_WAIT)


def until_answered(attempt: Callable[[], T], seconds: float, say: Callable[[str], None]) -> T:
    """Attempt again until there is an answer, for so many seconds. Raises Unreachable, and what `attempt` raises."""
    give_up_at = time.monotonic() + seconds
    for wait in waits():
        try:
            return attempt()
        except Unreachable as error:
            wait = max(wait, error.wait)
            if time.monotonic() + wait > give_up_at:
                raise
            say(f"{error}; trying again")
        time.sleep(wait)
    raise AssertionError


def _events(stream: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events: an empty line ends each, a line that begins with a colon is a comment."""
    name, data = "", ""
    while line := stream.readline(LONGEST_EVENT):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        field, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if field == "id":
            name = value
        elif field == "data":
            data = value
        elif not text and data:
            content = json.loads(data)
            if isinstance(content, dict):
                yield name, content
            data = ""


def _refusal(error: urllib.error.HTTPError) -> NotDone:
    """What an answer other than 200 means."""
    try:
        problem = json.loads(error.read(LONGEST_EVENT))
    except (*LOST, ValueError):
        problem = None
    told = problem if isinstance(problem, dict) else {}
    said = str(told.get("detail") or f"The server answered {error.code}.")
    if error.code in AGAIN or told.get("code") == "repeat_running":
        wait = error.headers.get("Retry-After", "")
        return Unreachable(said.rstrip("."), float(wait) if wait.isdigit() else 0.0)
    return NotDone(said)


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError | socket.timeout):
        return "the server did not answer in time"
    return f"the server cannot be reached: {reason or type(error).__name__}"
