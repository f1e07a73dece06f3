"""The words on the wire: packets, what a state's variables hold, and the answer to a press."""

import logging
from collections.abc import Mapping
from typing import Any, TypedDict

from pydantic_core import to_json
from starlette.types import Scope

from clickcounter.domain.clicks import SAVED, Outcome, Presser
from clickcounter.errors import Later, Refused, TooMany
from clickcounter.i18n.errors import SENTENCES, sentences_of
from clickcounter.services.validation import is_clean_text, is_hex, is_whole
from clickcounter.socket.reflex_internals import EVENT_PATH, FIELD_MARKER, SOCKET_EVENT

log = logging.getLogger(__name__)


NAMESPACE = EVENT_PATH  # Reflex's Socket.IO namespace has the path's name
PONG = "3"  # Engine.IO
CLOSE = "1"  # Engine.IO
CONNECT = f"40{NAMESPACE},"  # Socket.IO's connect; the page's first event may follow
PACKET = f"42{NAMESPACE},"  # Engine.IO's message with Socket.IO's event, without attachments or acknowledgement
EVENT = f'["{SOCKET_EVENT}",'  # how the text of such an event begins
GOODBYE = f"41{NAMESPACE},"  # Socket.IO's disconnect, after which a browser closes the socket


def variable(name: str) -> str:
    """A state's variable by its name on the wire."""
    return name + FIELD_MARKER


def of_cell(name: str, counter: str) -> str:
    """A variable of one counter of a board. Reflex's page keeps it beside the state's own variables."""
    return f"{name}:{counter}"


FRAME, ABOUT, MINE, OWN, ANSWER = variable("frame"), variable("about"), variable("mine"), variable("own"), variable("answer")
REPLY = variable("reply")
FOLLOWED = "followed"  # beside a state's own variables: which counters the tab's board shows now
LONGEST_ASK = 64  # characters of the name that a browser gives a call
SHORT_FRAMES = "short=1"  # what the address of a socket says whose page reads short frames
BASE, SHORT = "b", "n"  # how a whole frame begins that short ones continue, and how those begin
ALONE, WHOLE = "alone", "whole"  # the other forms of a frame: without the counter's settings, and with them


class Frame(TypedDict):
    """What a counter shows; `lookers` are its viewers, `at` is the server's clock in ms."""

    counter: str
    count: int
    revision: int
    round: int
    lookers: int
    at: int


class FrameError(TypedDict):
    """The code of the reason why a counter is not shown."""

    counter: str
    error: str
    at: int


class LastPresser(TypedDict):
    """The device that pressed last."""

    number: int
    label: str


class CounterAbout(TypedDict):
    """A counter's settings, the labels of its viewers in `who`, and who pressed last."""

    counter: str
    name: str
    description: str
    colour: str
    step: int
    lower: int | None
    upper: int | None
    goal: int | None
    warn_at: tuple[int, ...]
    archived: bool
    revision: int
    day_start: int
    tells_who: bool
    visibility: str
    press: str
    group: bool
    lets_leave: bool
    lets_add: bool
    schedule: str
    ends_at: int | None
    who: list[str]
    last: LastPresser | None
    at: int


class Answer(TypedDict):
    """What became of an event's clicks: a code for each key or one error, and the snapshot that decided."""

    counter: str
    sent_at: int | None
    codes: dict[str, str]
    error: str | None
    value: int | None
    revision: int | None
    round: int | None
    sentences: dict[str, dict[str, str] | None]
    mine: list[int] | None
    account: list[int] | None
    at: int


class Reply(TypedDict):
    """What became of a dialog's call: a result, or an error's code with its sentences. `at` makes each reply distinct."""

    ask: str
    error: str | None
    sentences: dict[str, str] | None
    result: Mapping[str, object] | None
    at: int


class AccountTotal(TypedDict):
    """Who is signed in, and what they added to the round."""

    name: str
    superuser: bool
    up: int
    down: int


class Own(TypedDict, total=False):
    """What the tab's account added to the round; no account means that the session has ended."""

    counter: str
    round: int
    revision: int
    account: AccountTotal | None
    at: int


_HEAD = (PACKET + EVENT).encode()
_TEXT = 0x81  # the first byte of a frame: the last of its message, a text


def update(state: str, variables: Mapping[str, Any], mark: str = "") -> bytes:
    """A change of a state's variables, exactly as Reflex sends one. With a `mark`, components/early_socket.py removes it."""
    return framed(b"%b%b%b]" % (mark.encode(), _HEAD, to_json({"delta": {state: variables}})))


def short_frame(frame: Frame, news: str = "") -> bytes:
    """A frame with what can differ from the last BASE that the tab got. components/early_socket.py makes it whole again."""
    return framed(f"{SHORT}{frame['count']},{frame['revision']},{frame['lookers']},{frame['at']}{news}".encode())


def reads_short(scope: Scope) -> bool:
    """Whether the page of this websocket reads short frames."""
    return SHORT_FRAMES.encode() in scope.get("query_string", b"")


def news_of(last: Presser | None) -> str:
    """How a short frame says that someone else pressed last."""
    return f",{last.number},{to_json(last.label).decode()}" if last else ",null"


def framed(payload: bytes) -> bytes:
    """A text in UTF-8 as a server's websocket frame (RFC 6455, 5.2): whole, without a mask."""
    length = len(payload)
    if length < 126:
        return bytes((_TEXT, length)) + payload
    if length < 2**16:
        return bytes((_TEXT, 126)) + length.to_bytes(2) + payload
    return bytes((_TEXT, 127)) + length.to_bytes(8) + payload


def text_of(frame: bytes) -> str:
    """The text in such a frame."""
    return frame[2 + {126: 2, 127: 8}.get(frame[1], 0) :].decode()


def answer(counter: Any, sent_at: Any, outcome: Outcome, at: int) -> Answer:
    """An outcome as the tab gets it, with sentences for the codes that have any.

    An event that is refused as a whole may have no readable keys; the tab then matches the answer by `sent_at`.
    """
    snapshot = outcome.snapshot
    codes = {*outcome.codes.values(), outcome.error or ""} & SENTENCES.keys()
    return {
        "counter": counter if is_clean_text(counter, 64) else "",
        "sent_at": sent_at if is_whole(sent_at) else None,
        "codes": outcome.codes,
        "error": outcome.error,
        "value": snapshot.value if snapshot else None,
        "revision": snapshot.revision if snapshot else None,
        "round": snapshot.round if snapshot else None,
        "sentences": {code: _sentence(code, outcome) for code in sorted(codes)},
        "mine": list(outcome.device_totals) if outcome.device_totals else None,
        "account": list(outcome.account_totals) if outcome.account_totals else None,
        "at": at,
    }


def _sentence(code: str, outcome: Outcome) -> dict[str, str]:
    put_off = code == Later.code and outcome.wait
    return sentences_of(TooMany(outcome.wait, "new_devices") if put_off else Refused(code)).as_dict()


def log_refusals(counter: Any, clicks: Any, outcome: Outcome, why: str) -> None:
    """Log a line for each reason of a refusal. "Later" is not one; the committer logs an outage once."""
    keys: dict[str, list[str | None]] = {}
    if outcome.error and outcome.error != Later.code:
        first = clicks[0] if isinstance(clicks, list) and clicks else None
        key = first.get("key") if isinstance(first, Mapping) else None
        keys[outcome.error] = [key if is_hex(key) else None]
    for key, code in outcome.codes.items():
        if code != SAVED:
            keys.setdefault(code, []).append(key)
    named = counter if is_clean_text(counter, 64) else None
    for code, refused in keys.items():
        extra = {"counter": named, "key": refused[0]}
        log.info("refused: %s %s (%d, counter %r)", code, why, len(refused), named, extra=extra)
