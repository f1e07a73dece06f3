"""Devices: the label that one gives itself, and who counted on a counter. A device is one browser profile.

After a Later a label may be set again.
"""

import contextlib
from functools import partial
from typing import TypedDict

from sqlalchemy import Connection

from clickcounter.domain.clicks import Caller
from clickcounter.errors import Later
from clickcounter.history import participants as participant_queries
from clickcounter.history.participants import OwnTotals
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.live.pipeline import running
from clickcounter.pools import OPENING
from clickcounter.services import publishing
from clickcounter.services.forms import read_label
from clickcounter.services.validation import slug_of


class LabelAnswer(TypedDict):
    """A device's label as it was stored."""

    label: str


class ParticipantAnswer(TypedDict):
    """Who counted in the current round: a person, or a device with its number."""

    number: int | None
    label: str
    person: str
    up: int
    down: int
    last_at: int


class ParticipantsAnswer(TypedDict):
    """Those who counted last, and how many more there are: exactly, or at least so many."""

    devices: list[ParticipantAnswer]
    more: int
    exact: bool


async def label(who: Caller, address: str, wanted: object) -> LabelAnswer:
    """Label the caller's device; its clicks show the label, past ones too. Raises Refused, TooMany, Later."""
    secret, text = str(who.device), read_label(wanted)

    def work(ledger: Ledger, connection: Connection) -> int:
        device_id = ledger.device(connection, secret, address)
        counters.label_device(connection, device_id, text)
        return device_id

    labelled = await publishing.with_ledger(lambda ledger: ledger.transact(partial(work, ledger)))
    await publishing.publish_name(device=labelled)
    return {"label": text}


def introduced(session: str) -> None:
    """A tab was just told who is signed in with this session; it hears when that ends."""
    with contextlib.suppress(Later):
        running().introduced(session)


async def participants(who: Caller, counter: object) -> ParticipantsAnswer:
    """List who counted in the current round. Raises CounterNotFound, Refused, Later."""
    slug = slug_of(counter)
    found = await running().read(lambda engine: participant_queries.participants(engine, slug, who))
    listed: list[ParticipantAnswer] = [
        {
            "number": one.number,
            "label": one.label,
            "person": one.person,
            "up": one.up,
            "down": one.down,
            "last_at": one.last_at,
        }
        for one in found.shown
    ]
    return {"devices": listed, "more": found.more, "exact": found.exact}


async def own_totals(who: Caller, counter: object) -> OwnTotals:
    """What the caller's device, and the person signed in there, added to a counter. Raises CounterNotFound, Later."""
    slug = slug_of(counter)
    return await running().read(lambda engine: participant_queries.own_totals(engine, slug, who), OPENING)
