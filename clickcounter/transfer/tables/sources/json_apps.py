"""Lines of cells from the JSON of other apps: countapp, simplecounter, or a plain array of rows."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from clickcounter.transfer.tables.errors import bad_file
from clickcounter.transfer.tables.sources.text import Cells

LARGEST = 32 * 1024 * 1024  # bytes; in memory it takes ten times as much
COLUMNS = ["counter", "time", "amount"]


def read_json(file: BinaryIO) -> tuple[str, Iterator[Cells]]:
    """Which app wrote it ("" = any), and its lines; the first has the names of the columns. Raises BadFile."""
    found = _load(file)
    if isinstance(found, dict) and _is_list_of_objects(found.get("counters"), "name", "value"):
        return "simplecounter", _numbered(_simplecounter(found["counters"]))
    if _is_list_of_objects(found, "name", "value", "updates"):
        return "countapp", _numbered(_countapp(found))
    if _is_list_of_objects(found):
        return "", _numbered(_rows(found))
    raise bad_file("table_json_unknown")


def _load(file: BinaryIO) -> Any:
    file.seek(0)
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise bad_file("table_json_large", n=LARGEST // 1024**2)
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        raise bad_file("table_json", n=error.lineno) from None
    except (ValueError, RecursionError):
        raise bad_file("table_json", n=1) from None


def _is_list_of_objects(found: Any, *names: str) -> bool:
    return bool(found) and isinstance(found, list) and all(isinstance(o, dict) and o.keys() >= set(names) for o in found)


def _numbered(rows: Iterator[list[Any]]) -> Iterator[Cells]:
    for number, cells in enumerate(rows, 1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else json.dumps(cell)


def _simplecounter(counters: list[dict[str, Any]]) -> Iterator[list[Any]]:
    yield COLUMNS
    for counter in counters:
        yield [counter["name"], "", counter["value"]]


def _countapp(counters: list[dict[str, Any]]) -> Iterator[list[Any]]:
    """Each press, and what the counter shows besides: it may have begun with a number."""
    yield COLUMNS
    for counter in counters:
        presses = counter["updates"] if isinstance(counter["updates"], list) else []
        step = _step(counter)
        if isinstance(counter["value"], int) and (other := counter["value"] - step * len(presses)):
            yield [counter["name"], "", other]
        for press in presses:
            yield [counter["name"], press, step]


def _step(counter: dict[str, Any]) -> int:
    """What one press adds; older versions of the app say the direction in a word."""
    size = counter.get("stepSize", 1)
    up = counter.get("isIncrement", True) and "decrement" not in (counter.get("type"), counter.get("direction"))
    return (size if up else -size) if type(size) is int else 1


def _rows(objects: list[dict[str, Any]]) -> Iterator[list[Any]]:
    names = list(dict.fromkeys(name for row in objects[:100] for name in row))
    yield names
    for row in objects:
        yield [row.get(name) for name in names]
