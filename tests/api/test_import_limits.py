"""Who may import how much: told before the file is read, and nobody is kept out by others."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from clickcounter.api.imports import upload
from clickcounter.errors import Refused
from tests.api.test_account import browsers
from tests.api.test_import import TABLE, counts, post
from tests.raw import new_key
from tests.server import BackEnd, wait_for

SETTINGS = {"description": "", "colour": "", "step": 1, "lower": None, "warn_at": [], "created_at": "2026-01-01T00:00:00Z"}


def counters(prefix: str, count: int) -> bytes:
    """An export of so many counters without clicks."""
    records: list[dict] = [{"type": "export", "format": 1}]
    for n in range(count):
        slug, round_id = f"{prefix}-{n}", sum(prefix.encode()) * 100_000 + n + 1
        records.append({"type": "counter", "slug": slug, "name": f"BUY NOW {n}", **SETTINGS})
        started = {"number": 1, "started_at": SETTINGS["created_at"]}
        records.append({"type": "round", "counter": slug, "id": round_id, **started})
    records.append({"type": "end", "clicks": 0})
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def slugs(back_end: BackEnd) -> set[str]:
    return {slug for (slug,) in back_end.query("SELECT slug FROM counter")}


@contextlib.contextmanager
def headers_alone(back_end: BackEnd, query: str, *lines: str) -> Iterator[socket.socket]:
    """An upload of which only the headers are sent."""
    with socket.create_connection(("127.0.0.1", back_end.port), 60) as connection:
        head = [f"POST /import{query} HTTP/1.1", "Host: localhost", *lines, "", ""]
        connection.sendall("\r\n".join(head).encode())
        yield connection


def answer_to(back_end: BackEnd, query: str, *lines: str) -> tuple[int, str]:
    """The status and the error's code; then the server closes the connection."""
    with headers_alone(back_end, query, *lines) as connection:
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


def device(secret: str | None = None) -> str:
    return f"X-Click-Counter: {secret or new_key()}"


def test_what_can_be_refused_is_refused_before_the_body(back_end_for_all: BackEnd):
    owner = new_key()
    assert counts(post(back_end_for_all, TABLE, "?counter=mine", owner)[1]) == (2, 0)
    half_a_file = "Content-Length: 50000000"
    for status, code, query, *lines in (
        (403, "import_foreign", "", half_a_file),
        (401, "import_who", "", "X-Click-Counter: import", half_a_file),
        (403, "not_owner", "?counter=mine", device(), half_a_file),
        (400, "not_done", "?counter=admin", device(), half_a_file),
        (400, "not_done", "?counter=..%2Fx", device(), half_a_file),
        (400, "zone", "?zone=Mars", device(), half_a_file),
        (413, "import_large", "", device(), f"Content-Length: {2**30}"),
        (401, "import_account", "", device(), "Content-Length: 200000000"),
        (401, "import_account", "/preview", device(), "Content-Length: 200000000"),
        (403, "not_owner", "/preview?counter=mine", device(), half_a_file),
        (413, "import_large", "/preview", device(), f"Content-Length: {2**30}"),
    ):
        assert answer_to(back_end_for_all, query, *lines) == (status, code)
    assert counts(post(back_end_for_all, TABLE, "?counter=mine", owner)[1]) == (0, 2)


async def test_an_account_needs_no_device_to_import(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Importer") as [ann]:
        cookie = {"Cookie": ann.cookie}
        told = await asyncio.to_thread(lambda: post(back_end_for_all, TABLE, "?counter=of-ann", "import", **cookie)[1])
        assert counts(told) == (2, 0)
        assert answer_to(back_end_for_all, "?counter=of-ann", device(), "Content-Length: 9") == (403, "not_owner")


def test_a_file_of_20000_counters_makes_none(back_end_for_all: BackEnd):
    before = slugs(back_end_for_all)
    told = post(back_end_for_all, counters("flood", 20_000))[1][-1]
    assert told["error"] == "not_done"
    assert "too many new counters: 60 may be created in an hour" in told["sentences"]["en"]
    assert slugs(back_end_for_all) == before


def test_imported_counters_count_like_any_new_ones(back_end_for_all: BackEnd):
    one = new_key()
    assert counts(post(back_end_for_all, counters("a", 40), "", one)[1]) == (0, 0)
    assert counts(post(back_end_for_all, counters("a", 40), "", one)[1]) == (0, 0)  # none is new
    before = slugs(back_end_for_all)
    told = post(back_end_for_all, counters("b", 40), "", one)[1][-1]
    assert (told["error"], "Try again in" in told["sentences"]["en"]) == ("too_many", True)
    assert counts(post(back_end_for_all, TABLE, "?counter=more", one)[1]) == (2, 0)
    assert slugs(back_end_for_all) == before | {"more"}
    assert counts(post(back_end_for_all, counters("c", 40))[1]) == (0, 0)


def test_bodies_that_never_end_keep_nobody_out(back_end_for_all: BackEnd):
    with contextlib.ExitStack() as stack:

        def open_another() -> None:
            connection = stack.enter_context(headers_alone(back_end_for_all, "", device(), "Transfer-Encoding: chunked"))
            connection.sendall(b"4\r\nwhen\r\n")

        def is_refused() -> bool:
            open_another()
            return post(back_end_for_all, TABLE, "?counter=mine")[0] == 409

        for _ in range(upload.MAX_FILES_PER_ADDRESS - 1):
            open_another()
        assert counts(post(back_end_for_all, TABLE, "?counter=meanwhile")[1]) == (2, 0)
        wait_for(is_refused, "all places of this address are taken")
    wait_for(lambda: post(back_end_for_all, TABLE, "?counter=free-again")[0] == 200, "the places are free again")


async def silent() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


@pytest.mark.parametrize(("received", "since"), [(0, 0.0), (32_000_000, 1031.0)], ids=["silent", "slow"])
async def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch, received: int, since: float):
    monkeypatch.setattr(upload, "LONGEST_SILENCE", 0.05)
    with pytest.raises(Refused, match="import_slow"):
        await upload.next_piece(silent(), received, time.monotonic() - since)
