"""What is done with a counter besides pressing, by dialogs and by `/admin/`: read strictly, then done, then told to all."""

from typing import Any

from clickcounter.domain.clicks import CORRECTION, SAVED, Caller, Click, Order, now_ms
from clickcounter.domain.rules import NOT_ALLOWED
from clickcounter.errors import Malformed, Refused
from clickcounter.ledger import counters
from clickcounter.live.pipeline import DEFAULT_COUNTER, running
from clickcounter.services.changes import Result, commit, show
from clickcounter.services.forms import read_fields, read_reason
from clickcounter.services.validation import is_clean_text, is_hex, is_whole, slug_of


async def update_settings(who: Caller, counter: Any, fields: Any) -> Result:
    """Change some of what is said of a counter. Raises Malformed, Refused, CounterNotFound, Later, as all of these do."""
    slug, wanted = slug_of(counter), read_fields(fields)
    await show(lambda c: counters.update_settings(c, slug, wanted, who))
    return {}


async def archive(who: Caller, counter: Any, archived: bool) -> Result:
    """Take a counter out of use, or back into it."""
    slug = slug_of(counter)
    await show(lambda c: counters.archive(c, slug, archived, who))
    return {}


async def delete(who: Caller, counter: Any, name: Any) -> Result:
    """Take a counter away for good; `name` is what the person typed to confirm."""
    slug = slug_of(counter)
    if slug == DEFAULT_COUNTER:
        raise Refused("delete_default")
    if not is_clean_text(name, 400):
        raise Refused("delete_name")
    await commit(lambda c: counters.delete(c, slug, name, who))
    running().reread_now()
    return {}


async def reset(who: Caller, counter: Any, round_id: Any) -> Result:
    """End the round that the person saw; the result says whether this call ended it."""
    slug = slug_of(counter)
    if not is_whole(round_id):
        raise Malformed("round must be a whole number")
    snapshot, closed = await running().perform(lambda ledger: ledger.reset(slug, round_id, who))
    running().publish(snapshot)
    return {"closed": closed}


async def correct(who: Caller, counter: Any, round_id: Any, key: Any, value: Any, reason: Any) -> Result:
    """Say the true number; the ledger gets the difference. The result is what the counter shows."""
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
