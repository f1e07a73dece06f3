"""Imports of bad files: the error names the line, and nothing is changed."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportSource, import_file
from tests.transfer.samples import all_rows, fill, write_export

UTC = ZoneInfo("UTC")
TOO_EARLY = exporter.iso(now_ms() + 2 * 24 * 3_600_000)
Spoil = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes, list[list[tuple]]]:
    """One database for all bad files: its URL, an export of it, and its rows, which must not change."""
    folder = tmp_path_factory.mktemp("filled")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder)}"
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.close()
    fill(url)
    return url, write_export(url, folder / "good.jsonl", ExportRequest("counter")).read_bytes(), all_rows(url)


def lines(change: Callable[[list[bytes]], None]) -> Spoil:
    def spoil(good: bytes) -> bytes:
        found = good.splitlines(keepends=True)
        change(found)
        return b"".join(found)

    return spoil


def field(line: int, name: str, value: object) -> Spoil:
    def change(found: list[bytes]) -> None:
        found[line - 1] = (json.dumps(json.loads(found[line - 1]) | {name: value}) + "\n").encode()

    return lines(change)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda good: b"", "The file is empty."),
        (lambda good: b"a,b\n1,2\n", "No column with dates was found among a, b."),
        (lambda good: b"when,amount\n2026-01-01,1\nyesterday,1\n", "Line 3: “yesterday” is not a date"),
        (lambda good: b"when,amount\n2026-01-01,0\n", "Line 2: the amount is 0"),
        (lambda good: b"when,amount\n2026-01-01,1.5\n", "Line 2: “1.5” is not a whole number"),
        (lambda good: b'when,amount\n"2026-01-01,1\n', "Line 2: a quotation mark that opens here is never closed"),
        (lambda good: good[:-30], "invalid JSON"),
        (lambda good: good[: good.rindex(b'{"type": "end"')], "the file ends too early"),
        (lambda good: good[: len(good) // 2] + b"\xff\n", "not UTF-8"),
        (lambda good: good + b"{}\n", "nothing after the end record"),
        (lambda good: good[good.index(b"\n") + 1 :], "Line 1: this is not the beginning of a Click Counter export"),
        (lambda good: good[: good.index(b"\n") + 1] + b"x" * 100_000_000 + b"\n", "Line 2: the line is longer than 64 KiB"),
        (lines(lambda found: found.__delitem__(10)), "presses expected"),
        (lines(lambda found: found.insert(3, b"[1, 2]\n")), "Line 4: unknown record type"),
        (lines(lambda found: found.insert(3, b"[" * 50_000 + b"\n")), "Line 4: invalid JSON"),
        (field(1, "format", 99), "Line 1: “format” is missing or invalid"),
        (field(2, "slug", "../x"), "Line 2: “slug” is missing or invalid"),
        (field(2, "lower", 10**17), "Line 2: “lower” is missing or invalid"),
        (field(2, "colour", "puce"), "Line 2: invalid settings. There is no such colour. Nothing"),
        (field(9, "amount", True), "Line 9: “amount” is missing or invalid"),
        (field(9, "key", "\ud800"), "Line 9: “key” is missing or invalid"),
        (field(9, "key", "k\0"), "Line 9: “key” is missing or invalid"),
        (field(9, "pressed_at", "1066-10-14T09:00Z"), "Line 9: “pressed_at” is missing or invalid"),
        (field(9, "kind", "guess"), "Line 9: “kind” is missing or invalid"),
        (field(9, "round", 5), "Line 9: this press belongs to a round or device"),
        (field(9, "takes_back", "k"), "Line 9: “kind” and “takes_back” contradict"),
        (field(9, "pressed_at", "9999-12-31T00:00Z"), "Line 9: “pressed_at” is in the future"),
        (field(9, "saved_at", TOO_EARLY), "Line 9: “saved_at” is in the future"),
        (field(4, "ended_at", TOO_EARLY), "Line 4: “ended_at” is in the future"),
        (lambda good: f"when,amount\n{TOO_EARLY},1\n".encode(), "is in the future. Correct the date"),
        (field(9, "amount", 10**6 + 1), "Line 9: “amount” must be a whole number from −1,000,000"),
        (field(9, "amount", 0), "Line 9: “amount” must be a whole number from −1,000,000"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line_number(
    filled: tuple[str, bytes, list[list[tuple]]], tmp_path: Path, spoil: Spoil, sentence: str
):
    url, good, before = filled
    (tmp_path / "bad").write_bytes(spoil(good))
    with pytest.raises(NotDone, match=re.escape(sentence)) as refused:
        import_file(url, ImportSource(tmp_path / "bad", "counter", UTC), print)
    assert str(refused.value).endswith("Nothing was changed.")
    assert all_rows(url) == before


def test_an_error_while_writing_undoes_the_whole_import(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest())
    found = path.read_text().splitlines(keepends=True)
    last = max(n for n, line in enumerate(found) if '"type": "click"' in line)
    found[last] = json.dumps(json.loads(found[last]) | {"amount": 2**53 - 1, "kind": "correction"}) + "\n"
    path.write_text("".join(found))
    before = all_rows(other_url)
    with pytest.raises(NotDone, match=f"Line {last + 1}: the number would get too large"):
        import_file(other_url, ImportSource(path, "counter", UTC), print)
    assert all_rows(other_url) == before
