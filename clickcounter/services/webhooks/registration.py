"""A counter's webhooks: add, list, test and remove them. Owners do.

All of them raise CounterNotFound, Refused, Malformed and Later. After a Later, each may be asked for again and comes to the
same: a new webhook by the browser's key, the others because they say how things are to be.
"""

from dataclasses import asdict
from typing import Any, TypedDict

from clickcounter.domain.clicks import Caller
from clickcounter.errors import Malformed, Refused
from clickcounter.i18n.webhooks import WEBHOOKS as TEXTS
from clickcounter.ledger import rounds
from clickcounter.live.pipeline import running
from clickcounter.pools import READS
from clickcounter.services import publishing
from clickcounter.services.forms import read_key
from clickcounter.services.validation import is_whole, slug_of
from clickcounter.webhooks import registry
from clickcounter.webhooks.addresses import read_url
from clickcounter.webhooks.events import EVENTS


class AddedAnswer(TypedDict):
    """A new webhook and the secret of its signatures, which is shown this once."""

    webhook: int
    secret: str


class WebhooksAnswer(TypedDict):
    """A counter's webhooks, the events to choose from, and the dialog's texts, which few pages need."""

    webhooks: list[dict[str, Any]]
    events: tuple[str, ...]
    most: int
    texts: dict[str, dict[str, str]]


async def add(who: Caller, counter: object, url: object, events: object, key: object = None) -> AddedAnswer:
    """Add a webhook that hears of these events."""
    slug, address, wanted, request = slug_of(counter), read_url(url), read_events(events), read_key(key)
    webhook = rounds.round_id_of(str(who.device), request, slug, address) if request else rounds.new_round_id()
    secret = registry.new_secret()
    added, secret = await publishing.commit(lambda c: registry.add(c, slug, address, wanted, secret, webhook, who))
    return {"webhook": added, "secret": secret}


async def registered(who: Caller, counter: object) -> WebhooksAnswer:
    """List a counter's webhooks."""
    slug = slug_of(counter)
    found = await running().read(lambda engine: registry.registered(engine, slug, who), READS)
    texts = {name: text.as_dict() for name, text in TEXTS.items()}
    return {"webhooks": [asdict(one) for one in found], "events": EVENTS, "most": registry.MOST_WEBHOOKS, "texts": texts}


async def test(who: Caller, counter: object, webhook: object) -> None:
    """Have a test sent; the answer is in the list a moment later."""
    slug, number = slug_of(counter), _webhook(webhook)
    await publishing.commit(lambda c: registry.test(c, slug, number, who))


async def remove(who: Caller, counter: object, webhook: object) -> None:
    """Remove a webhook."""
    slug, number = slug_of(counter), _webhook(webhook)
    await publishing.commit(lambda c: registry.remove(c, slug, number, who))


def read_events(events: object) -> list[str]:
    """Which events a webhook hears of, at least one. Raises Refused, Malformed."""
    if not isinstance(events, list) or not all(isinstance(event, str) and event in EVENTS for event in events):
        raise Malformed("events must be a list of events")
    if not events:
        raise Refused("webhook_events")
    return [event for event in EVENTS if event in events]


def _webhook(webhook: object) -> int:
    if not is_whole(webhook):
        raise Malformed("webhook must be a number")
    return webhook
