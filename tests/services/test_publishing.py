"""Only services publish, and everybody who watches sees what they changed."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.api.test_account import PASSWORD, browsers
from tests.raw import RawClient, new_key
from tests.rights_actions import UPKEEP
from tests.server import ROOT, BackEnd

CODE = ROOT / "clickcounter"
PUBLISHING = {"publish", "end_sessions", "reread_now"}


def publishing_calls(file: Path) -> Iterator[str]:
    """The lines of a file that publish, or have the running pipeline's ledger write."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            writes = node.func.attr == "with_ledger" and ast.unparse(node.func.value) == "running()"
            if writes or node.func.attr in PUBLISHING:
                yield f"{file.relative_to(CODE)}: {ast.unparse(node)[:80]}"


def test_only_services_publish():
    files = [file for file in CODE.rglob("*.py") if file.relative_to(CODE).parts[0] not in ("services", "live")]
    assert len(files) > 80
    assert [call for file in files for call in publishing_calls(file)] == []
    assert [*publishing_calls(CODE / "services" / "publishing.py")], "the check finds what it looks for"


async def test_a_watcher_sees_a_new_account_name_and_none_once_it_is_deleted(back_end_for_all: BackEnd):
    async with browsers(back_end_for_all, "Before") as [person], RawClient(back_end_for_all.port) as watcher:

        async def shows(label: str) -> None:
            await watcher.until(lambda: (watcher.about.get("last") or {}).get("label") == label, within=4)

        async with person.tab() as tab:
            await tab.record(tab.click())
        await shows("Before")
        await person.post("name", name="After")
        await shows("After")
        await person.post("delete", password=PASSWORD)
        await shows("")
        async with RawClient(back_end_for_all.port) as late:
            await late.until(lambda: "last" in late.about)
            assert "After" not in str(late.about)


async def test_a_watcher_sees_a_new_label(back_end_for_all: BackEnd):
    async with RawClient(back_end_for_all.port) as one, RawClient(back_end_for_all.port) as watcher:
        await one.record(one.click())
        ask = new_key()
        await one.ask(f"{UPKEEP}.name_device", {"ask": ask, "device": one.device, "label": "North"}, ask)
        await watcher.until(lambda: (watcher.about.get("last") or {}).get("label") == "North", within=4)
