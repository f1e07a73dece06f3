"""A change of a counter: one transaction of the ledger, then everybody is told."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from clickcounter.domain.clicks import Snapshot
from clickcounter.live.pipeline import running

Result = dict[str, Any]  # what a dialog is answered


async def commit(work: Callable[[Connection], Any]) -> Any:
    """Let `work` run in a transaction of the ledger's. Raises Later and what `work` raises."""
    return await running().perform(lambda ledger: ledger.perform(work))


async def show(work: Callable[[Connection], Snapshot]) -> None:
    """The same for work that changes a counter; all who look on see it, or see no more of it."""
    running().publish(await commit(work))
    running().reread_now()
