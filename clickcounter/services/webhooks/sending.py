"""Runs the sender of webhooks beside the pipeline, through which it reads and writes."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from clickcounter.live.pipeline import running
from clickcounter.pools import WATCHING
from clickcounter.services import publishing
from clickcounter.settings import Settings
from clickcounter.webhooks.election import Election
from clickcounter.webhooks.http_client import Client
from clickcounter.webhooks.sender import Sender

T = TypeVar("T")


class _Database:
    async def read(self, work: Callable[[Engine], T]) -> T:
        return await running().read(work, WATCHING)

    async def commit(self, work: Callable[[Connection], T]) -> T:
        return await publishing.commit(work)


@contextlib.asynccontextmanager
async def sending_webhooks(settings: Settings) -> AsyncIterator[None]:
    """Webhooks are sent inside, by this process or by another one."""
    async with Sender(_Database(), Election(settings.db_url), Client(settings.webhook_networks)).run():
        yield
