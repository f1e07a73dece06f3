"""What superusers change in `/admin/`: each reads its form, calls a service, and returns the page that shows the result.

The services are those of all other pages, so the ledger stays right and open tabs follow. Each checks again, inside its
transaction, that the caller is a superuser.
"""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from clickcounter.admin import queries
from clickcounter.admin.gate import Change, Visit
from clickcounter.errors import Refused
from clickcounter.services import administration, counters
from clickcounter.services.entry import invitations, second_factors
from clickcounter.services.forms import read_key

WHOLE = re.compile(r"[-+\u2212]?[0-9]{1,16}")
SPACES = re.compile(r"[\s\u00a0\u202f]")
LONGEST_NUMBER = 100  # characters, spaces among them
TAKE_BACK_FOR = 20.0  # seconds; proxies give up after 60


def _slug(visit: Visit) -> str:
    return visit.path_param("slug")


def _counter_page(visit: Visit) -> str:
    return f"/admin/counters/{quote(_slug(visit), safe='')}"


def _number(visit: Visit, name: str) -> int:
    """A whole number as people type it. Raises Refused."""
    typed = SPACES.sub("", visit.form.get(name, "")[:LONGEST_NUMBER])
    if not WHOLE.fullmatch(typed):
        raise Refused("whole_number")
    return int(typed.replace("\u2212", "-"))


async def rename_counter(visit: Visit) -> str:
    """Give a counter another name."""
    await counters.update_settings(visit.caller, _slug(visit), {"name": visit.form.get("name", "")})
    return _counter_page(visit)


async def set_access(visit: Visit) -> str:
    """Decide who sees a counter and who presses."""
    fields = {name: visit.form[name] for name in ("visibility", "press") if name in visit.form}
    await counters.update_settings(visit.caller, _slug(visit), fields)
    return _counter_page(visit)


async def archive(visit: Visit) -> str:
    """Archive a counter."""
    await counters.archive(visit.caller, _slug(visit))
    return _counter_page(visit)


async def restore(visit: Visit) -> str:
    """Take an archived counter back into use."""
    await counters.restore(visit.caller, _slug(visit))
    return _counter_page(visit)


async def reset(visit: Visit) -> str:
    """End the round that the form showed. Raises Refused where someone else has done so."""
    done = await counters.reset(visit.caller, "", _slug(visit), _number(visit, "round"))
    if not done["closed"]:
        raise Refused("round_over")
    return _counter_page(visit)


async def correct(visit: Visit) -> str:
    """Set a counter to its true number, with a reason."""
    value, round_id = _number(visit, "value"), _number(visit, "round")
    key, reason = visit.form.get("key"), visit.form.get("reason", "")
    await counters.correct(visit.caller, "", _slug(visit), round_id, key, value, reason)
    return _counter_page(visit)


async def take_back(visit: Visit) -> str:
    """Take back the presses that were counted. Raises Refused where some are left after TAKE_BACK_FOR."""
    chosen = [queries.parse_id(visit.form.get(name, "")) for name in ("device", "account", "since", "until")]
    selection, reason = counters.selection_of(*chosen), visit.form.get("reason", "")
    done = await counters.take_back(visit.caller, _slug(visit), selection, reason, seconds=TAKE_BACK_FOR)
    if done["next"] is not None:
        raise Refused("take_back_unfinished")
    return f"{_counter_page(visit)}/take-back"


async def give_to_owner(visit: Visit) -> str:
    """Give a counter to an account, which becomes its owner."""
    await administration.give_counter(visit.session, _slug(visit), visit.form.get("name", ""))
    return _counter_page(visit)


async def delete_counter(visit: Visit) -> str:
    """Delete a counter for good; its name was typed to confirm."""
    await counters.delete(visit.caller, _slug(visit), visit.form.get("name", ""))
    return "/admin/"


def of_account(service: Callable[[str, int], Awaitable[None]]) -> Change:
    """A change to the account that the address names, which needs to know nothing else."""

    async def change(visit: Visit) -> str:
        account_id = visit.id_or("no_account")
        await service(visit.session, account_id)
        return f"/admin/accounts/{account_id}"

    return change


async def rename_account(visit: Visit) -> str:
    """Give an account another name."""
    account_id = visit.id_or("no_account")
    await administration.rename_account(visit.session, account_id, visit.form.get("name", ""))
    return f"/admin/accounts/{account_id}"


async def delete_account(visit: Visit) -> str:
    """Delete an account; its name was typed to confirm."""
    account_id = visit.id_or("no_account")
    await administration.delete_account(visit.session, account_id, visit.form.get("name", ""))
    return "/admin/accounts"


async def end_session(visit: Visit) -> str:
    """Sign out one browser."""
    await administration.end_session(visit.session, queries.parse_id(visit.path_param("id")) or 0)
    return "/admin/sessions"


async def give_code(visit: Visit) -> str:
    """Give the second factor's code, so that these pages open for a while."""
    await second_factors.confirm(visit.session, visit.address, visit.form.get("code"))
    return "/admin/"


async def make_invitation(visit: Visit) -> str:
    """Invite people to register."""
    key, note = read_key(visit.form.get("key", "")), visit.form.get("note", "")
    await invitations.make(visit.session, key, note, _number(visit, "most"), _number(visit, "days"))
    return f"/admin/invitations/{key}"


async def revoke_invitation(visit: Visit) -> str:
    """Let nobody else register with an invitation."""
    await invitations.revoke(visit.session, queries.parse_id(visit.path_param("id")) or 0)
    return "/admin/invitations"


async def revoke_key(visit: Visit) -> str:
    """Revoke an API key for good."""
    await administration.revoke_key(visit.session, queries.parse_id(visit.path_param("id")) or 0)
    return "/admin/keys"


async def label_device(visit: Visit) -> str:
    """Give a device another label."""
    device_id = visit.id_or("no_device")
    await administration.label_device(visit.session, device_id, visit.form.get("label", ""))
    return f"/admin/devices/{device_id}"
