"""Imported and live corrections: no sum gets so large that it could not be checked any more."""

import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.domain.clicks import CORRECTION, Click, Order, now_ms
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.errors import NotDone
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter
from clickcounter.transfer.importer import ImportResult, ImportSource, import_file
from tests.raw import new_key
from tests.transfer.samples import all_rows
from tests.writing import consistent

UTC = ZoneInfo("UTC")
HOUR = 3_600_000
BEGIN = 1_772_000_000_000  # UTC ms


def corrections(path: Path, entries: list[tuple[int, int, int]]) -> ImportSource:
    """An export with one round and these corrections: device, amount and hours from BEGIN. The first is on line 6."""
    at = exporter.iso(BEGIN)
    settings = {"name": "x", "description": "", "colour": "", "step": 1, "lower": None, "warn_at": []}
    lines = [
        {"type": "export", "format": 1},
        {"type": "counter", "slug": "big", **settings, "created_at": at},
        *({"type": "device", "number": number, "label": "", "created_at": at} for number in (1, 2)),
        {"type": "round", "counter": "big", "id": 77, "number": 1, "started_at": at},
    ]
    for number, (device, amount, hours) in enumerate(entries):
        times = dict.fromkeys(("pressed_at", "saved_at"), exporter.iso(BEGIN + hours * HOUR))
        click = {"round": 77, "device": device, "key": f"k{number}", "kind": CORRECTION, "amount": amount}
        lines.append({"type": "click", **click, **times})
    lines.append({"type": "end", "clicks": len(entries)})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return ImportSource(path, "counter", UTC)


def test_corrections_to_the_limit_and_back_are_imported(db_url: str, tmp_path: Path):
    entries = [(1, MAX_VALUE, 0), (2, -MAX_VALUE, 0), (2, MAX_VALUE, 1), (1, -MAX_VALUE, 1)]
    assert import_file(db_url, corrections(tmp_path / "file", entries), print) == ImportResult(4, 0)
    consistent(db_url, 4)


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        ([(1, MAX_VALUE, 0), (2, -MAX_VALUE, 0)] * 2, 8),  # too much for device 1
        ([(1, MAX_VALUE, 0), (1, -MAX_VALUE, 9), (1, MAX_VALUE, 0), (1, -MAX_VALUE, 9)], 8),  # for some hours
        ([(1, 1, 5), (1, MAX_VALUE - 1, 0), (2, -MAX_VALUE, 0)] + [(1, MAX_VALUE, 0), (2, -MAX_VALUE, 0)] * 2_000, 9),
    ],
    ids=["device", "hours", "beyond 64 bits"],
)
def test_an_import_with_too_large_sums_is_refused_with_a_line(
    db_url: str, tmp_path: Path, entries: list[tuple[int, int, int]], line: int
):
    before = all_rows(db_url)
    with pytest.raises(NotDone, match=f"Line {line}: the number would get too large"):
        import_file(db_url, corrections(tmp_path / "file", entries), print)
    assert all_rows(db_url) == before
    consistent(db_url, 0)


def test_corrections_back_and_forth_never_spoil_the_sums(ledger: Ledger, db_url: str, query: Callable[[str], list[tuple]]):
    round_id = query("SELECT round_id FROM counter")[0][0]

    def correct(device: str, value: int) -> None:
        ledger.write([Order("counter", device * 64, (Click(new_key(), value, now_ms(), round_id, kind=CORRECTION),))])

    for _ in range(64):
        correct("a", MAX_VALUE)
        correct("b", -MAX_VALUE)
    with pytest.raises(OverflowError):
        correct("a", MAX_VALUE)
    consistent(db_url, 128)
    correct("c", 5)
    assert query("SELECT value FROM counter") == [(5,)]
    consistent(db_url, 129)
