"""What no page sends ends at the door; what a page sends passes."""

import json
from pathlib import Path
from typing import Any

import pytest

import clickcounter.clickcounter  # noqa: F401  registers its events
from clickcounter.socket.door import LARGEST, Door
from clickcounter.socket.protocol import GOODBYE
from tests.raw import RawClient
from tests.server import BackEnd, free_port

ROOT_STATE = "reflex___state____state"
UPKEEP = f"{ROOT_STATE}.clickcounter___states___upkeep____upkeep_state"
DEEP: Any = "x"
for _level in range(20):
    DEEP = [DEEP]


def event(name: Any, payload: Any = None, **more: Any) -> str:
    return "42/_event," + json.dumps(["event", {"name": name, "payload": {} if payload is None else payload} | more])


PAGE = {"pathname": "/c/x", "asPath": "/c/x?y=z#invite=0", "query": {"slug": "x", "y": "z"}}
BOOT = {"name": f"{ROOT_STATE}.hydrate_and_load", "payload": {"hashes": []}, "router_data": PAGE}


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "40/_event,",
        GOODBYE,
        "40/_event," + json.dumps({"event": BOOT, "state_schema": "0"}),
        event(f"{UPKEEP}.make", {"ask": "1", "device": "2", "fields": {"name": "x", "warn_at": [1, 2]}}, router_data=PAGE),
        event(f"{ROOT_STATE}.reflex___state____on_load_internal_state.on_load_internal", router_data=PAGE),
        '42/_event,["event",{"name":"' + f"{ROOT_STATE}.hydrate" + '"}]',
        '42/_event,["client_error",{"message":"x"}]',
    ],
)
def test_what_a_page_sends_passes(text: str):
    assert Door().admits({"type": "websocket.receive", "text": text})


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "5",
        "\0",
        "2probe",
        "40/other,",
        "42",
        "42/_event,",
        "42/_event,[",
        '42/_event,["event"]',
        '42/_event,["event",{},{}]',
        '42/_event,["event",[]]',
        '42/_event,["ping",{}]',
        '42/_event,7["event",{}]',
        '40/_event,{"event":"x"}',
        '40/_event,{"event":{"name":"x"}}',
        event("x.y"),
        event(["x"]),
        event(None),
        event(f"{UPKEEP}.devices", "x"),
        event(f"{UPKEEP}.devices", [1]),
        event(f"{UPKEEP}.devices", {"nope": 1}),
        event(f"{UPKEEP}.setvar", {"var_name": "reply", "value": {}}),
        event(f"{ROOT_STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception", {"info": "x"}),
        event(f"{UPKEEP}.devices", router_data={"asPath": 1}),
        event(f"{UPKEEP}.devices", router_data={"asPath": "//["}),
        event(f"{UPKEEP}.devices", router_data={"query": {"x": 1}}),
        event(f"{UPKEEP}.devices", {"ask": DEEP}),
        "42/_event," + "[" * (LARGEST - 20),
        event(f"{UPKEEP}.devices", {"ask": "x" * LARGEST}),
    ],
)
def test_what_no_page_sends_is_refused(text: str | None):
    assert not Door().admits({"type": "websocket.receive", "text": text, "bytes": b"x"})


async def test_odd_messages_cost_no_press_and_little_log(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path)
    server.start()
    try:
        async with RawClient(server.port) as client:
            for n in range(100):
                await client.event("x.y", {"a": "z" * 900})
                await client.event(f"{UPKEEP}.devices", "x")
                await client.event(f"{UPKEEP}.devices", {f"nope{n}": 1})
                await client.event(f"{UPKEEP}.devices", {"ask": f"{n}", "counter": "nowhere"})
                await client.event(f"{ROOT_STATE}.hydrate_and_load", {"hashes": n})
                await client.event(f"{UPKEEP}.devices", {"ask": "x" * 30_000})
                await client.socket.send_str("5")
            await client.event("x.y", {"a": "z" * 380_000})  # a longer one would end the connection
            async with RawClient(server.port) as other:
                assert list((await other.record(other.click()))["codes"].values()) == ["saved"]
            await client.sees(1)
    finally:
        server.kill()
    assert "a message was refused" in server.printed()
    assert len(server.printed()) < 30_000
