"""A group's counters: list them, put some in, take some out.

All raise CounterNotFound, Refused, Malformed and Later. After a Later each may be asked for again: it says how things are
to be.
"""

from collections.abc import Mapping
from typing import TypedDict

from clickcounter.domain.clicks import Caller
from clickcounter.domain.numbers import MOST_PARTS
from clickcounter.errors import Malformed
from clickcounter.history import group_parts
from clickcounter.ledger import groups
from clickcounter.live.pipeline import running
from clickcounter.pools import OPENING
from clickcounter.services import publishing
from clickcounter.services.validation import is_whole, slug_of


class Part(TypedDict):
    """A counter of a group: 1 if it is added, -1 if it is subtracted."""

    counter: str
    name: str
    sign: int
    value: int
    archived: bool


class Parts(TypedDict):
    """The counters of a group that somebody may see, and how many others it has."""

    parts: list[Part]
    hidden: int


async def parts(who: Caller, counter: object) -> Parts:
    """The counters of a group, by name. One that this person may not see is only counted."""
    slug = slug_of(counter)
    found, hidden = await running().read(lambda engine: group_parts.visible_parts(engine, slug, who), OPENING)
    listed = [Part(counter=p.slug, name=p.name, sign=p.sign, value=p.value, archived=p.archived) for p in found]
    return {"parts": listed, "hidden": hidden}


async def change(who: Caller, counter: object, changes: object) -> None:
    """Give counters these signs in a group; 0 takes one out."""
    slug, wanted = slug_of(counter), _read_changes(changes)
    await publishing.commit_and_publish(lambda c: groups.change_parts(c, slug, wanted, who))


def _read_changes(changes: object) -> dict[str, int]:
    if not isinstance(changes, Mapping) or not 1 <= len(changes) <= 2 * MOST_PARTS:
        raise Malformed("changes must be an object with the sign of each counter")
    if not all(is_whole(sign) and -1 <= sign <= 1 for sign in changes.values()):
        raise Malformed("a sign is 1, -1, or 0 to take the counter out")
    return {slug_of(slug): sign for slug, sign in changes.items()}
