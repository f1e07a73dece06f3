"""Every socket joins one group; each press is counted and broadcast to it."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from counter.models import ClickCounter

GROUP = "counter"


class CounterConsumer(AsyncWebsocketConsumer):
    """One tab."""

    async def connect(self) -> None:
        """Join the group and show the number."""
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        await self.send(json.dumps({"count": await database_sync_to_async(ClickCounter.get_current_count)()}))

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Count a press and broadcast the number."""
        if json.loads(text_data or "{}").get("action") == "increment":
            count = await database_sync_to_async(ClickCounter.increment)()
            await self.channel_layer.group_send(GROUP, {"type": "counter_update", "count": count})

    async def counter_update(self, event: dict[str, Any]) -> None:
        """Send the new number to this tab."""
        await self.send(json.dumps({"count": event["count"]}))
