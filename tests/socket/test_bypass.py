"""A page's socket takes the short way, everything else the usual one."""

import asyncio
from typing import Any

import pytest
import reflex as rx


@pytest.mark.parametrize(
    ("scope", "way"),
    [
        ({"type": "websocket", "path": "/_event/"}, "short"),
        ({"type": "websocket", "path": "/_event"}, "short"),
        ({"type": "websocket", "path": "/elsewhere"}, "usual"),
        ({"type": "http", "path": "/_event/"}, "usual"),
    ],
)
def test_only_the_pages_socket_takes_the_short_way(monkeypatch: pytest.MonkeyPatch, scope: dict[str, str], way: str):
    from clickcounter.clickcounter import app

    came: list[str] = []

    async def usual(*_: Any) -> None:
        came.append("usual")

    async def short(*_: Any) -> None:
        came.append("short")

    monkeypatch.setattr(rx.App, "__call__", lambda self: usual)
    monkeypatch.setattr("clickcounter.socket.bypass.door", lambda app: short)
    asyncio.run(app()(scope | {"method": "GET", "headers": []}, None, None))
    assert came == [way]
