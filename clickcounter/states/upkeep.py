"""The state behind dialogs: what people do with a counter besides pressing.

Each handler is told a random `ask` by the browser and says in `reply` what became of it, so that a dialog knows its own
answer. All of them may be called by anyone with anything.
"""

import logging
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Any

import reflex as rx

from clickcounter import limits, rooms
from clickcounter.counting import entries, people, rounds, upkeep
from clickcounter.counting.clicks import CORRECTION, SAVED, Click, Order, now_ms
from clickcounter.counting.pipeline import DEFAULT_COUNTER, running
from clickcounter.errors import ClickCounterError, CounterNotFound, Malformed, Refused, in_words
from clickcounter.qr import link_to, qr_path
from clickcounter.states.forms import read_fields, read_label, read_reason
from clickcounter.states.wire import is_clean_text, is_hex, is_whole, secret_sha256

log = logging.getLogger(__name__)

Result = dict[str, Any]


class UpkeepState(rx.State):
    """Answers one question at a time."""

    reply: dict[str, Any] = {}

    @rx.event(background=True)
    async def make(self, ask: Any = None, device: Any = None, fields: Any = None) -> None:
        """Make a counter; the result is its slug."""
        async with self:
            address = self.router.session.client_ip
        await self._answer(ask, _make(device, fields, address))

    @rx.event(background=True)
    async def change(self, ask: Any = None, device: Any = None, counter: Any = None, fields: Any = None) -> None:
        """Change some of what is said of a counter."""
        await self._answer(ask, _change(device, counter, fields))

    @rx.event(background=True)
    async def archive(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take a counter out of use."""
        await self._answer(ask, _archive(device, counter, True))

    @rx.event(background=True)
    async def restore(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take an archived counter back into use."""
        await self._answer(ask, _archive(device, counter, False))

    @rx.event(background=True)
    async def delete(self, ask: Any = None, device: Any = None, counter: Any = None, name: Any = None) -> None:
        """Take a counter away for good; `name` is what the person typed to confirm."""
        await self._answer(ask, _delete(device, counter, name))

    @rx.event(background=True)
    async def end_round(self, ask: Any = None, device: Any = None, counter: Any = None, round: Any = None) -> None:  # noqa: A002
        """End the round that the person saw; the result says whether this call ended it."""
        await self._answer(ask, _reset(device, counter, round))

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
        await self._answer(ask, _correct(device, counter, round, key, value, reason))

    @rx.event(background=True)
    async def name_device(self, ask: Any = None, device: Any = None, label: Any = None) -> None:
        """Label this browser's clicks, in this round and all others."""
        answered = await self._answer(ask, _name_device(device, label))
        async with self:
            tab = rooms.here().tab(self.router.session.session_id)
        if tab and answered is not None:
            rooms.here().name(tab, answered["label"])

    @rx.event(background=True)
    async def devices(self, ask: Any = None, counter: Any = None) -> None:
        """Who counted in the current round, and how much."""
        await self._answer(ask, _devices(counter))

    @rx.event(background=True)
    async def share(self, ask: Any = None, counter: Any = None, origin: Any = None) -> None:
        """A link to the counter, and its QR code."""
        await self._answer(ask, _share(counter, origin))

    async def _answer(self, ask: Any, doing: Awaitable[Result]) -> Result | None:
        """Wait for what is being done and reply; returns its result where it was done."""
        code, result, words = None, None, None
        try:
            result = await doing
        except ClickCounterError as error:
            code, words = error.code, in_words(error)
            log.info("refused: %s %s", code, error)
        async with self:
            named = ask if is_clean_text(ask, 64) else ""
            self.reply = {
                "ask": named,
                "error": code,
                "sentences": words,
                "result": result,
                "at": now_ms(),
            }
        return result


def _slug(counter: Any) -> str:
    if not is_clean_text(counter, 64):
        raise CounterNotFound
    return str(counter)


async def _make(device: Any, fields: Any, address: str) -> Result:
    secret = secret_sha256(device)
    wanted, first = read_fields(fields), rounds.new_round_id()
    limits.here().new_counter(secret, address)
    slug = await running().perform(lambda ledger: ledger.perform(lambda c: upkeep.make(c, wanted, first)))
    return {"slug": slug}


async def _change(device: Any, counter: Any, fields: Any) -> Result:
    secret_sha256(device)
    slug, wanted = _slug(counter), read_fields(fields)
    running().show(await running().perform(lambda ledger: ledger.perform(lambda c: upkeep.change(c, slug, wanted))))
    return {}


async def _archive(device: Any, counter: Any, archived: bool) -> Result:
    secret_sha256(device)
    slug = _slug(counter)
    running().show(await running().perform(lambda ledger: ledger.perform(lambda c: upkeep.archive(c, slug, archived))))
    return {}


async def _delete(device: Any, counter: Any, name: Any) -> Result:
    secret_sha256(device)
    slug = _slug(counter)
    if slug == DEFAULT_COUNTER:
        raise Refused("delete_default")
    if not is_clean_text(name, 400):
        raise Refused("delete_name")
    await running().perform(lambda ledger: ledger.perform(lambda c: upkeep.delete(c, slug, name)))
    running().look_again()
    return {}


async def _reset(device: Any, counter: Any, round_id: Any) -> Result:
    secret, slug = secret_sha256(device), _slug(counter)
    if not is_whole(round_id):
        raise Malformed("round must be a whole number")
    snapshot, closed = await running().perform(lambda ledger: ledger.reset(slug, round_id, secret))
    running().show(snapshot)
    return {"closed": closed}


async def _correct(device: Any, counter: Any, round_id: Any, key: Any, value: Any, reason: Any) -> Result:
    secret, slug, why = secret_sha256(device), _slug(counter), read_reason(reason)
    if not is_hex(key) or not is_whole(round_id):
        raise Malformed("key must be 32 hexadecimal digits, round a whole number")
    if not is_whole(value):
        raise Refused("limit")
    click = Click(key, value, now_ms(), round_id, kind=CORRECTION, reason=why)
    outcome = await running().record(Order(slug, secret, (click,)))
    if outcome.error or outcome.snapshot is None:
        raise Refused(outcome.error or "failed")
    if outcome.codes[key] != SAVED:
        raise Refused(outcome.codes[key])
    return {"value": outcome.snapshot.value}


async def _name_device(device: Any, label: Any) -> Result:
    secret, wanted = secret_sha256(device), read_label(label)

    def work(connection: Any) -> None:
        [number] = entries.device_ids(connection, {secret}, now_ms()).values()
        upkeep.name_device(connection, number, wanted)

    await running().perform(lambda ledger: ledger.perform(work))
    return {"label": wanted}


async def _devices(counter: Any) -> Result:
    slug = _slug(counter)
    parts, more = await running().read(lambda engine: people.devices(engine, slug))
    return {"devices": [asdict(part) for part in parts], "more": more}


async def _share(counter: Any, origin: Any) -> Result:
    link = link_to(origin, _slug(counter))
    path, size = qr_path(link)
    return {"link": link, "path": path, "size": size}
