"""Only services publish, and everybody who watches sees what they changed."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.api.test_account import PASSWORD, browsers
from tests.raw import STATE, RawClient, new_key
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
            await watcher.until(lambda: (watcher.about.get("last") or {}).get("label") == label)

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
        await watcher.until(lambda: (watcher.about.get("last") or {}).get("label") == "North")


async def test_every_open_tab_follows_when_presses_are_taken_back(back_end_for_all: BackEnd):
    port = back_end_for_all.port
    async with (
        browsers(back_end_for_all, "Owner") as [owner],
        owner.tab() as tab,
        RawClient(port) as forger,
        RawClient(port) as watcher,
    ):
        ask = new_key()
        made = await tab.ask(f"{UPKEEP}.make", {"ask": ask, "device": tab.device, "fields": {"name": "Gate"}}, ask)
        slug = made["result"]["slug"]
        for client in (tab, forger, watcher):
            client.router_data = {"pathname": f"/c/{slug}", "asPath": f"/c/{slug}"}
            await client.event("reflex___state____state.hydrate_and_load", {"hashes": []})
            await client.hears({"counter": slug})
        await tab.record(tab.click(), counter=slug)
        await forger.record(forger.click(), forger.click(), counter=slug)
        mine = await asking_own_totals(forger, slug)
        assert mine["up"] == 2
        await watcher.until(lambda: (watcher.about.get("last") or {}).get("number") == mine["number"])
        before, ask = forger.about["revision"], new_key()
        given = {"counter": slug, "device": tab.device, "of_device": mine["number"], "reason": "forged", "ask": ask}
        done = await tab.ask(f"{UPKEEP}.take_back", given, ask)
        assert done["result"] == {"presses": 2, "amount": 2, "next": None}
        for client in (tab, forger, watcher):
            await client.sees(1)
            # A new revision of the settings has pages ask for their own totals.
            await client.until(lambda c=client: c.about["revision"] > before)
            await client.until(lambda c=client: c.about["last"]["label"] == "Owner")  # it changes once in a while
        assert (await asking_own_totals(forger, slug))["up"] == 0


async def asking_own_totals(client: RawClient, slug: str) -> dict:
    client.mine = {}
    await client.event(f"{STATE}.introduce", {"counter": slug, "device": client.device})
    return dict(await client.until(lambda: client.mine))
