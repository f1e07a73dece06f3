"""The state behind dialogs: what people do with a counter besides pressing. Who may do it is asked in each transaction."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from sqlalchemy import Connection

from clickcounter.access import authorization, rate_limits
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.history import participants
from clickcounter.ledger import counters as ledger_counters
from clickcounter.ledger import rounds, transaction
from clickcounter.live.pipeline import running
from clickcounter.services import counters
from clickcounter.services.changes import Result, commit
from clickcounter.services.forms import read_fields, read_label
from clickcounter.services.qr_code import link_to, qr_path
from clickcounter.services.validation import slug_of
from clickcounter.socket import rooms
from clickcounter.states.rpc import caller, reply_to, viewer


class UpkeepState(rx.State):
    """Answers one question at a time, see rpc.py."""

    reply: dict[str, Any] = {}

    @rx.event(background=True)
    async def make(self, ask: Any = None, device: Any = None, fields: Any = None) -> None:
        """Make a counter; the result is its slug."""
        await reply_to(self, ask, lambda: _make(caller(self, device), self.router.session.client_ip, fields))

    @rx.event(background=True)
    async def change(self, ask: Any = None, device: Any = None, counter: Any = None, fields: Any = None) -> None:
        """Change some of what is said of a counter."""
        await reply_to(self, ask, lambda: counters.update_settings(caller(self, device), counter, fields))

    @rx.event(background=True)
    async def archive(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take a counter out of use."""
        await reply_to(self, ask, lambda: counters.archive(caller(self, device), counter, True))

    @rx.event(background=True)
    async def restore(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take an archived counter back into use."""
        await reply_to(self, ask, lambda: counters.archive(caller(self, device), counter, False))

    @rx.event(background=True)
    async def delete(self, ask: Any = None, device: Any = None, counter: Any = None, name: Any = None) -> None:
        """Take a counter away for good; `name` is what the person typed to confirm."""
        await reply_to(self, ask, lambda: counters.delete(caller(self, device), counter, name))

    @rx.event(background=True)
    async def end_round(self, ask: Any = None, device: Any = None, counter: Any = None, round: Any = None) -> None:  # noqa: A002
        """End the round that the person saw; the result says whether this call ended it."""
        await reply_to(self, ask, lambda: counters.reset(caller(self, device), counter, round))

    @rx.event(background=True)
    async def correct(
        self,
        ask: Any = None,
        device: Any = None,
        counter: Any = None,
        round: Any = None,  # noqa: A002
        key: Any = None,
        value: Any = None,
        reason: Any = None,
    ) -> None:
        """Say the true number; the ledger gets the difference. The result is what the counter shows."""
        await reply_to(self, ask, lambda: counters.correct(caller(self, device), counter, round, key, value, reason))

    @rx.event(background=True)
    async def name_device(self, ask: Any = None, device: Any = None, label: Any = None) -> None:
        """Label this browser's clicks, in this round and all others."""
        answered = await reply_to(self, ask, lambda: _name_device(caller(self, device), label))
        async with self:
            tab = rooms.current().tab(self.router.session.session_id)
        if tab and answered is not None:
            rooms.current().set_label(tab, answered["label"])

    @rx.event(background=True)
    async def devices(self, ask: Any = None, counter: Any = None) -> None:
        """Who counted in the current round, and how much."""
        await reply_to(self, ask, lambda: _devices(viewer(self), counter))

    @rx.event(background=True)
    async def share(self, ask: Any = None, counter: Any = None, origin: Any = None) -> None:
        """A link to the counter, and its QR code."""
        await reply_to(self, ask, lambda: _share(viewer(self), counter, origin))


async def _make(who: Caller, address: str, fields: Any) -> Result:
    wanted, first = read_fields(fields), rounds.new_round_id()
    rate_limits.current().new_counter(str(who.device), address)
    return {"slug": await commit(lambda c: ledger_counters.create(c, wanted, first, who))}


async def _name_device(who: Caller, label: Any) -> Result:
    device, wanted = str(who.device), read_label(label)

    def work(connection: Connection) -> None:
        [number] = transaction.device_ids(connection, {device}, now_ms()).values()
        ledger_counters.label_device(connection, number, wanted)

    await commit(work)
    return {"label": wanted}


async def _devices(who: Caller, counter: Any) -> Result:
    slug = slug_of(counter)
    parts, more = await running().read(lambda engine: participants.participants(engine, slug, who))
    return {"devices": [asdict(part) for part in parts], "more": more}


async def _share(who: Caller, counter: Any, origin: Any) -> Result:
    slug = slug_of(counter)
    link = link_to(origin, slug)
    await running().read(lambda engine: authorization.require_view(engine, slug, who))
    path, size = qr_path(link)
    return {"link": link, "path": path, "size": size}
