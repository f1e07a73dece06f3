"""Growing exports that are imported and undone in any order, with presses in between, always add up."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, ENTRY, NOTE, OPENING, UNDO
from clickcounter.ledger import imports
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import import_whole_file, importer
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import Import, ImportResult, ImportSource, import_file
from tests.conftest import only_sqlite
from tests.sql import ask
from tests.transfer.samples import write_export
from tests.transfer.test_undone_exports import CLOSED, OPEN, UTC, entry, export_of, verified
from tests.transfer.test_undone_imports import undo
from tests.writing import order

SEEDS = range(int(os.environ.get("SEEDS", "1")))
HERE, GONE, LEFT = "here", "gone", "left"


class Model:
    """What should be in the ledger: of each entry of the files whether it counts, and the import that brought it."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self.lines = {line["key"]: line for line in lines}
        self.takers = {line["takes_back"]: line["key"] for line in lines if line.get("takes_back")}
        self.state: dict[str, tuple[str, int]] = {}

    def add(self, lines: list[dict[str, Any]], number: int | None) -> int:
        new = [line["key"] for line in lines if self.state.get(line["key"], (GONE, 0))[0] == GONE]
        self.state |= dict.fromkeys(new, (HERE, number or 0))
        return len(new)

    def undo(self, number: int) -> None:
        for key in [key for key, state in self.state.items() if state == (HERE, number)]:
            taken = self.state.get(self.takers.get(key, ""), (GONE, 0))[0] != GONE
            self.state[key] = (LEFT if taken or "takes_back" in self.lines[key] else GONE, number)

    def total(self, round_id: int) -> int:
        counted = (self.lines[key] for key, (state, _) in self.state.items() if state != GONE)
        return sum(line["amount"] for line in counted if line["round"] == round_id)


def some_lines(chance: random.Random) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for n in range(60):
        kind = chance.choice(["click"] * 5 + [CORRECTION, ENTRY, OPENING, NOTE, UNDO, UNDO])
        amount, taken = chance.choice([-3, -1, 1, 2, 7]), {line.get("takes_back") for line in lines}
        presses = [line for line in lines if line["kind"] == "click" and line["key"] not in taken]
        if kind == UNDO and presses:
            press = chance.choice(presses)
            about = {"device": press["device"], "round": press["round"], "takes_back": press["key"]}
            lines.append(entry(f"{n:04}", -press["amount"], UNDO, **about))
        elif kind != UNDO:
            where = {"round": chance.choice([OPEN, OPEN, CLOSED]), "device": chance.choice([1, 2])}
            lines.append(entry(f"{n:04}", 0 if kind == NOTE else amount, kind, **where))
    return lines


def bring(url: str, path: Path, ledger: Ledger, between: Iterator[Any]) -> ImportResult:
    """Import a file; after each slice something else happens."""
    engine = open_engine(url)
    with path.open("rb") as file:
        importing = Import(import_whole_file.pieces(file, "counter", UTC, {}), None, lambda progress: None)
        while importing.check():
            pass
        importing.survey(engine)
        while (part := importing.next_slice()) is not None:
            importing.wrote(part, ledger.transact(part.work))
            next(between)
    engine.dispose()
    return importing.result


def presses(ledger: Ledger, chance: random.Random, pressed: list[str]) -> Iterator[None]:
    """Now and then somebody presses one of two counters."""
    while True:
        slug = chance.choice(["counter", "door", None])
        if slug and any(code == "saved" for code in ledger.write([order(counter=slug)])[0].codes.values()):
            pressed.append(slug)
        yield


@only_sqlite
@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_adds_up(db_url: str, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int):
    monkeypatch.setattr(importer, "SMALLEST", 7)
    monkeypatch.setattr(importer, "LARGEST", 7)
    monkeypatch.setattr(imports, "SLICE", 5)
    chance, path, pressed = random.Random(seed), tmp_path / "all.jsonl", list[str]()
    lines = some_lines(chance)
    model, numbers, between = Model(lines), set[int](), presses(ledger, chance, pressed)
    for _ in range(12):
        if numbers and chance.random() < 0.5:
            number = chance.choice(sorted(numbers))
            undo(ledger, number)
            model.undo(number)
        else:
            some = lines[: chance.randrange(1, len(lines) + 1)]
            path.write_text(export_of(some))
            done = bring(db_url, path, ledger, between)
            assert done.written == model.add(some, done.number)
            numbers |= {done.number} if done.number else set()
        totals = dict(ask(db_url, f"SELECT id, total FROM round WHERE id IN ({OPEN}, {CLOSED})"))
        expected = {OPEN: model.total(OPEN) + pressed.count("door"), CLOSED: model.total(CLOSED)}
        assert totals == (expected if totals else {})
    write_export(db_url, path, ExportRequest())
    assert import_file(db_url, ImportSource(path, "counter", UTC), lambda progress: None).written == 0
    verified(db_url)
