"""A page's socket bypasses the web framework, everything else does not."""

import asyncio
from typing import Any

import pytest
import reflex as rx


@pytest.mark.parametrize(
    ("scope", "way"),
    [
        ({"type": "websocket", "path": "/_event/"}, "bypass"),
        ({"type": "websocket", "path": "/_event"}, "bypass"),
        ({"type": "websocket", "path": "/elsewhere"}, "usual"),
        ({"type": "http", "path": "/_event/"}, "usual"),
    ],
)
def test_only_the_pages_socket_bypasses_the_framework(monkeypatch: pytest.MonkeyPatch, scope: dict[str, str], way: str):
    from clickcounter.clickcounter import app

    came: list[str] = []

    async def usual(*_: Any) -> None:
        came.append("usual")

    async def bypass(*_: Any) -> None:
        came.append("bypass")

    monkeypatch.setattr(rx.App, "__call__", lambda self: usual)
    monkeypatch.setattr("clickcounter.socket.reflex_internals.socket_app", lambda app: bypass)
    asyncio.run(app()(scope | {"method": "GET", "headers": []}, None, None))
    assert came == [way]
