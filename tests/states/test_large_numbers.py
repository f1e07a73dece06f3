"""Whatever number a tab or a program names, however large: a clear answer, never "later", also on PostgreSQL."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.v1.world import Program
from tests.raw import new_key
from tests.rights_actions import ACCESS, UPKEEP
from tests.server import BackEnd, free_port
from tests.states.test_history import RawHistory

NUMBERS = (2**31, 1 - 2**53)  # more than some columns hold, and the least that is taken for a number
LOOKS = ("round", "device", "account", "since", "until")
CALLS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {  # the fields that are numbers, and others that it needs
    f"{UPKEEP}.end_round": (("round",), {}),
    f"{UPKEEP}.correct": (("round", "value"), {"round": 0, "value": 1, "reason": "seen", "key": "a" * 32}),
    f"{UPKEEP}.count_presses": (("of_device", "account", "since", "until"), {}),
    f"{UPKEEP}.take_back": (("of_device", "account", "since", "until"), {"reason": "seen"}),
    f"{UPKEEP}.test_webhook": (("webhook",), {}),
    f"{UPKEEP}.remove_webhook": (("webhook",), {}),
    f"{ACCESS}.set_role": (("account",), {"role": None}),
    f"{UPKEEP}.change": (("step", "lower", "upper", "goal", "day_start"), {}),
}
BUSY = ("later", "failed", "not_ready")


async def problems_of_history(tab: RawHistory, number: int) -> list[object]:
    asked: list[tuple[str, dict[str, Any]]] = [(f"look {name}", {name: number}) for name in LOOKS]
    asked += [(f"page {name}", {name: number}) for name in LOOKS]
    asked += [("look in a round", {"span": "round", "round": number}), ("page after", {"after": [number] * 3})]
    asked += [("look between", {"span": "between", "since": number, "until": number})]
    found: list[object] = []
    for what, payload in asked:
        answer = await (tab.look(**payload) if what.startswith("look") else tab.page(**payload))
        if answer.get("error") in BUSY:
            found.append((what, number, answer["error"]))
    return found


async def problems_of_calls(tab: RawHistory, slug: str, number: int) -> list[object]:
    asked: list[tuple[str, dict[str, Any]]] = []
    for event, (fields, others) in CALLS.items():
        for field in fields:
            named = {field: number}
            asked.append((event, {"fields": named} if event.endswith(".change") else others | named))
    for after in ([number] * 3, [0, number, 0]):
        asked += [(f"{ACCESS}.members", {"after": after})]
        asked += [(f"{UPKEEP}.take_back", {"reason": "seen", "since": 0, "after": after})]
    found: list[object] = []
    for event, payload in asked:
        question = new_key()
        named = {"ask": question, "device": tab.device, "counter": slug}
        answer = await tab.ask(event, named | payload, question)
        if answer["error"] in BUSY:
            found.append((event, payload, answer["error"]))
    return found


@pytest.fixture
def server(postgresql_url: str, tmp_path: Path) -> Iterator[BackEnd]:
    made = BackEnd(free_port(), tmp_path, REFLEX_DB_URL=postgresql_url)
    made.start()
    yield made
    made.kill()


async def test_no_number_that_somebody_names_is_too_large(server: BackEnd):
    program = Program(server)
    slug = program.make("Door", visibility="link")
    program.press(slug)
    async with RawHistory(server.port, f"/c/{slug}/history") as tab:
        tab.device = program.headers["Click-Counter-Device"]
        failed: list[object] = []
        for number in NUMBERS:
            failed += await problems_of_history(tab, number)
            failed += await problems_of_calls(tab, slug, number)
            for click in (tab.click(round=number), tab.click(pressed_at=number), tab.click(amount=number)):
                answer = await tab.record(click, counter=slug)
                failed += [(click, answer)] if answer["error"] in BUSY else []
    for number in (NUMBERS[0], 2**53 - 1):
        cursors = (
            f"{slug}/rounds?cursor={number}",
            f"{slug}/history?cursor={number}.{number}.{number}",
            f"?cursor={number}",
        )
        asked = [*cursors, *(f"{slug}/history?{name}={number}" for name in LOOKS)]
        asked += [f"{slug}/{what}?span=round&round={number}" for what in ("series", "leaders")]
        for path in asked:
            answer = await asyncio.to_thread(program.ask, "GET", f"/api/v1/counters/{path}".replace("/?", "?"))
            failed += [(path, answer.status)] if answer.status >= 500 else []
    assert failed == []
    assert "Traceback" not in server.printed()
