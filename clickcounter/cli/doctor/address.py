"""The address that visitors use: does it lead here, by https, with the headers that a proxy has to pass on?"""

import datetime
import email.utils
import http.client
import ipaddress
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from urllib.parse import SplitResult, urlsplit

from clickcounter.cli.doctor.database import clock
from clickcounter.cli.doctor.findings import Finding, Findings, note, ok, wrong
from clickcounter.cli.doctor.passed_on import hops_seen, host_seen, scheme_seen
from clickcounter.errors import NotDone

ANSWER_WITHIN = 10.0  # seconds
REQUEST = "/healthz?request"
LONGEST = 1_000_000  # bytes of an answer
FIRST_EVENT = 3.0  # seconds until a stream's first event, unless somebody buffers it
EXPIRES_SOON = 14  # days
LOST = (OSError, http.client.HTTPException, ValueError)
HERE = "reachable"  # what only a finding about an address that leads to us is about
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy of ours is not on the visitors' way


@dataclass(frozen=True, slots=True)
class Address:
    """What a visitor types, without a slash at its end."""

    url: str
    parts: SplitResult

    @property
    def origin(self) -> str:
        """What a browser sends as Origin."""
        return f"{self.parts.scheme}://{self.parts.netloc}".lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `url` is where redirects have led."""

    status: int
    headers: Message
    body: bytes
    url: str


def address_at(url: str) -> Address:
    """Raises NotDone."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or "@" in parts.netloc:
        raise NotDone(f"An address looks like https://count.example.org, not {url!r}.")
    return Address(url.rstrip("/"), parts)


def ask(address: Address, path: str) -> Answer:
    """The answer, whatever its status. Raises LOST."""
    named = {"User-Agent": "clickcounter-doctor"}
    request = urllib.request.Request(address.url + path, headers=named)  # noqa: S310  address_at has checked the scheme
    try:
        with DIRECTLY.open(request, timeout=ANSWER_WITHIN) as answer:
            return Answer(answer.status, answer.headers, answer.read(LONGEST), answer.url.removesuffix(path))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read(LONGEST), address.url)


def check_address(address: Address) -> Findings:
    """By plain HTTP. Ends early where nothing of ours answers."""
    try:
        answer = ask(address, REQUEST)
    except LOST as error:
        yield unreachable(address, error)
        return
    if answer.url != address.url:
        yield wrong("address", f"{address.url} redirects to {answer.url}.", f"Check that: doctor {answer.url}")
        return
    try:
        seen = json.loads(answer.body)["request"]
        forwarded, scheme, host = int(seen["forwarded"]), str(seen["scheme"]), str(seen["host"])
    except (ValueError, LookupError, TypeError):
        advice = "Does the proxy pass on /healthz, and does the back end run, in this version?"
        yield wrong("address", f"{address.url}/healthz is answered with {answer.status}, not by Click Counter.", advice)
        return
    yield ok(HERE, f"{address.url} leads to Click Counter.")
    yield from _ready(address)
    yield secure(address)
    yield from _certificate(address)
    yield host_seen(address.parts, host)
    yield scheme_seen(address.parts, scheme)
    yield hops_seen(forwarded)
    if date := email.utils.parsedate_to_datetime(answer.headers["Date"]) if answer.headers["Date"] else None:
        yield clock("server", date.timestamp() - time.time())
    yield from _stream(address)


def unreachable(address: Address, error: Exception) -> Finding:
    """Nothing answers, or nothing that a browser would trust."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        advice = "Renew it, or install its root certificate on every device: docs/deploying.md#phones-and-https"
        return wrong("https", f"The certificate is not trusted: {reason.verify_message}.", advice)
    if isinstance(reason, socket.gaierror):
        return wrong("address", f"There is no host {address.parts.hostname}.", "Correct the address or the DNS.")
    advice = "Is the proxy or the server running, and does the firewall let the port through?"
    return wrong("address", f"{address.url} does not answer: {reason or type(error).__name__}.", advice)


def _ready(address: Address) -> Findings:
    try:
        answer = ask(address, "/readyz")
        parts = json.loads(answer.body)
    except LOST as error:
        yield unreachable(address, error)
        return
    if answer.status != 200:
        yield wrong("ready", f"/readyz says {parts}.", "The server's log has the reason.")
    elif parts.get("relay") == "down":
        yield note("ready", "A click could be saved; the relay (Redis) is down.", "Tabs follow a second later meanwhile.")
    else:
        yield ok("ready", "The server can save clicks.")


def secure(address: Address) -> Finding:
    """Whether browsers give the page what they keep for secure contexts."""
    host = address.parts.hostname or ""
    if address.parts.scheme == "https":
        return ok("https", "Pages open without a connection, too.")
    if host == "localhost" or host.endswith(".localhost") or _is_loopback(host):
        return ok("https", "not needed on this machine itself.")
    advice = "Put https in front: docs/deploying.md#phones-and-https"
    return note("https", "Over plain http the page does not open without a connection, nor keep the screen on.", advice)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _certificate(address: Address) -> Findings:
    """How long the certificate is valid; it is trusted, or nothing would have answered."""
    if address.parts.scheme != "https":
        return
    where = (address.parts.hostname or "", address.parts.port or 443)
    trusting = ssl.create_default_context()
    with (
        socket.create_connection(where, ANSWER_WITHIN) as plain,
        trusting.wrap_socket(plain, server_hostname=where[0]) as wrapped,
    ):
        ends = ssl.cert_time_to_seconds(str((wrapped.getpeercert() or {})["notAfter"]))
    day = datetime.datetime.fromtimestamp(ends, datetime.UTC).date()
    if ends - time.time() < EXPIRES_SOON * 86_400:
        yield note("certificate", f"expires on {day}.", "Is it renewed by itself?")
    else:
        yield ok("certificate", f"valid until {day}.")


def _stream(address: Address) -> Findings:
    """A stream's first event comes at once, unless a proxy buffers."""
    about, url = "streams", f"{address.url}/api/v1/counters/counter/events"
    try:
        with DIRECTLY.open(url, timeout=FIRST_EVENT) as stream:
            stream.readline()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (401, 403, 404):
            return  # the first counter is not for everybody
        yield wrong(about, f"{url} is answered with {error.code}.", "Does the proxy pass on /api/?")
    except TimeoutError:
        advice = "It must not buffer /api/v1/counters/…/events (nginx: proxy_buffering off)."
        yield wrong(about, "A proxy holds events back.", advice)
    except LOST as error:
        yield wrong(about, f"{url}: {error}.", "Does the proxy pass on /api/?")
    else:
        yield ok(about, "Events arrive at once.")
