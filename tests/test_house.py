"""What keeps the code easy to find one's way in: small folders, files and functions, and one bridge to Reflex."""

import ast
import re
from collections import Counter
from pathlib import Path

from tests.server import ROOT

PACKAGE = ROOT / "clickcounter"
PYTHON = sorted(PACKAGE.rglob("*.py"))
GENERATED = "constants.js"  # components/constants.py writes it
SCRIPTS = sorted(p for ending in ("js", "jsx") for p in PACKAGE.rglob(f"*.{ending}") if p.name != GENERATED)
FILES_IN_A_FOLDER, LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 15, 250, 40
# What belongs to Reflex, Socket.IO and Engine.IO alone; clickcounter/socket/ is the one bridge to it.
PRIVATE = re.compile(
    r"_rx_state_|_event\b(?!_)|hydrate|_set_contexts|get_environ|app_wraps|from reflex[._ ]|from reflex_|import reflex[._]"
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_folder_holds_more_than_fifteen_files():
    held = Counter(_name(path.parent) for path in (*PYTHON, *SCRIPTS) if path.name != "__init__.py")
    assert {folder: files for folder, files in held.items() if files > FILES_IN_A_FOLDER} == {}


def test_no_file_is_longer_than_250_lines():
    lines = {_name(path): len(path.read_text().splitlines()) for path in (*PYTHON, *SCRIPTS)}
    assert {name: count for name, count in lines.items() if count > LINES_OF_A_FILE} == {}


def test_no_function_is_longer_than_40_lines():
    found = {
        f"{_name(path)}:{node.name}": length
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LINES_OF_A_FUNCTION
    }
    assert found == {}


def test_only_the_bridge_touches_reflexs_private_parts():
    found = {_name(path): PRIVATE.findall(path.read_text()) for path in PYTHON if path.parent.name != "socket"}
    assert {name: parts for name, parts in found.items() if parts} == {}


def test_the_wiring_fills_nothing_in_afterwards():
    """Whatever an object needs is passed to its constructor."""
    assigned = [
        ast.unparse(target)
        for node in ast.walk(ast.parse((PACKAGE / "clickcounter.py").read_text()))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and ast.unparse(target.value) != "self"
    ]
    assert assigned == []
