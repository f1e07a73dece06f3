"""The state behind dialogs: what people do with a counter besides pressing. Who may do it is asked in each transaction."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from sqlalchemy import Connection

from clickcounter import limits, rooms
from clickcounter.counting import doors, entries, people, rounds, upkeep
from clickcounter.counting.clicks import CORRECTION, SAVED, Asker, Click, Order, now_ms
from clickcounter.counting.pipeline import DEFAULT_COUNTER, running
from clickcounter.counting.rules import NOT_ALLOWED
from clickcounter.errors import Malformed, Refused
from clickcounter.qr import link_to, qr_path
from clickcounter.states.asking import Result, asker, commit, looker, reply_to, show
from clickcounter.states.forms import read_fields, read_label, read_reason
from clickcounter.states.wire import is_clean_text, is_hex, is_whole, slug_of


class UpkeepState(rx.State):
    """Answers one question at a time, see asking.py."""

    reply: dict[str, Any] = {}

    @rx.event(background=True)
    async def make(self, ask: Any = None, device: Any = None, fields: Any = None) -> None:
        """Make a counter; the result is its slug."""
        await reply_to(self, ask, lambda: _make(asker(self, device), self.router.session.client_ip, fields))

    @rx.event(background=True)
    async def change(self, ask: Any = None, device: Any = None, counter: Any = None, fields: Any = None) -> None:
        """Change some of what is said of a counter."""
        await reply_to(self, ask, lambda: _change(asker(self, device), counter, fields))

    @rx.event(background=True)
    async def archive(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take a counter out of use."""
        await reply_to(self, ask, lambda: _archive(asker(self, device), counter, True))

    @rx.event(background=True)
    async def restore(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take an archived counter back into use."""
        await reply_to(self, ask, lambda: _archive(asker(self, device), counter, False))

    @rx.event(background=True)
    async def delete(self, ask: Any = None, device: Any = None, counter: Any = None, name: Any = None) -> None:
        """Take a counter away for good; `name` is what the person typed to confirm."""
        await reply_to(self, ask, lambda: _delete(asker(self, device), counter, name))

    @rx.event(background=True)
    async def end_round(self, ask: Any = None, device: Any = None, counter: Any = None, round: Any = None) -> None:  # noqa: A002
        """End the round that the person saw; the result says whether this call ended it."""
        await reply_to(self, ask, lambda: _reset(asker(self, device), counter, round))

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
        await reply_to(self, ask, lambda: _correct(asker(self, device), counter, round, key, value, reason))

    @rx.event(background=True)
    async def name_device(self, ask: Any = None, device: Any = None, label: Any = None) -> None:
        """Label this browser's clicks, in this round and all others."""
        answered = await reply_to(self, ask, lambda: _name_device(asker(self, device), label))
        async with self:
            tab = rooms.here().tab(self.router.session.session_id)
        if tab and answered is not None:
            rooms.here().name(tab, answered["label"])

    @rx.event(background=True)
    async def devices(self, ask: Any = None, counter: Any = None) -> None:
        """Who counted in the current round, and how much."""
        await reply_to(self, ask, lambda: _devices(looker(self), counter))

    @rx.event(background=True)
    async def share(self, ask: Any = None, counter: Any = None, origin: Any = None) -> None:
        """A link to the counter, and its QR code."""
        await reply_to(self, ask, lambda: _share(looker(self), counter, origin))


async def _make(who: Asker, address: str, fields: Any) -> Result:
    wanted, first = read_fields(fields), rounds.new_round_id()
    limits.here().new_counter(str(who.device), address)
    return {"slug": await commit(lambda c: upkeep.make(c, wanted, first, who))}


async def _change(who: Asker, counter: Any, fields: Any) -> Result:
    slug, wanted = slug_of(counter), read_fields(fields)
    await show(lambda c: upkeep.change(c, slug, wanted, who))
    return {}


async def _archive(who: Asker, counter: Any, archived: bool) -> Result:
    slug = slug_of(counter)
    await show(lambda c: upkeep.archive(c, slug, archived, who))
    return {}


async def _delete(who: Asker, counter: Any, name: Any) -> Result:
    slug = slug_of(counter)
    if slug == DEFAULT_COUNTER:
        raise Refused("delete_default")
    if not is_clean_text(name, 400):
        raise Refused("delete_name")
    await commit(lambda c: upkeep.delete(c, slug, name, who))
    running().look_again()
    return {}


async def _reset(who: Asker, counter: Any, round_id: Any) -> Result:
    slug = slug_of(counter)
    if not is_whole(round_id):
        raise Malformed("round must be a whole number")
    snapshot, closed = await running().perform(lambda ledger: ledger.reset(slug, round_id, who))
    running().show(snapshot)
    return {"closed": closed}


async def _correct(who: Asker, counter: Any, round_id: Any, key: Any, value: Any, reason: Any) -> Result:
    slug, why = slug_of(counter), read_reason(reason)
    if not is_hex(key) or not is_whole(round_id):
        raise Malformed("key must be 32 hexadecimal digits, round a whole number")
    if not is_whole(value):
        raise Refused("limit")
    click = Click(key, value, now_ms(), round_id, kind=CORRECTION, reason=why)
    outcome = await running().record(Order(slug, str(who.device), (click,), who.session))
    if outcome.error or outcome.snapshot is None:
        raise Refused(outcome.error or "failed")
    if outcome.codes[key] != SAVED:
        raise Refused("not_owner" if outcome.codes[key] == NOT_ALLOWED else outcome.codes[key])
    return {"value": outcome.snapshot.value}


async def _name_device(who: Asker, label: Any) -> Result:
    device, wanted = str(who.device), read_label(label)

    def work(connection: Connection) -> None:
        [number] = entries.device_ids(connection, {device}, now_ms()).values()
        upkeep.name_device(connection, number, wanted)

    await commit(work)
    return {"label": wanted}


async def _devices(who: Asker, counter: Any) -> Result:
    slug = slug_of(counter)
    parts, more = await running().read(lambda engine: people.devices(engine, slug, who))
    return {"devices": [asdict(part) for part in parts], "more": more}


async def _share(who: Asker, counter: Any, origin: Any) -> Result:
    slug = slug_of(counter)
    link = link_to(origin, slug)
    await running().read(lambda engine: doors.check_view(engine, slug, who))
    path, size = qr_path(link)
    return {"link": link, "path": path, "size": size}
