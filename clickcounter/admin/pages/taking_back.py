"""Taking back presses of a counter: first which, then how many that would be, then the confirmation."""

from datetime import UTC, datetime
from urllib.parse import quote

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import explanation, field, form, hidden, name_of, number, page, t
from clickcounter.errors import Refused
from clickcounter.ledger.taking_back import Selection
from clickcounter.live.pipeline import running
from clickcounter.services import counters
from clickcounter.services.counters import Counted
from clickcounter.web.markup import Markup, el

MINUTE = 16  # characters of a time that ends with its minute


async def take_back(visit: Visit) -> Markup:
    """Choose presses of a counter; those that are chosen are counted, and can be taken back."""
    slug = visit.path_param("slug").replace("\0", "")
    row, _ = await running().read(lambda engine: queries.counter(engine, slug))
    chosen = await _chosen(visit)
    at = f"/admin/counters/{quote(slug, safe='')}"
    parts = [explanation("take_back_said"), _form(visit, f"{at}/take-back")]
    if chosen != Selection():
        selection = chosen.until_now()
        parts.append(
            _confirmation(f"{at}/take-back", selection, await counters.count_presses(visit.caller, slug, selection))
        )
    back = el("p", el("a", name_of(row.name or slug), href=at, class_="btn edge"), class_="row-x")
    return page("counters", t("take_back"), back, parts, done=visit.is_done)


async def _chosen(visit: Visit) -> Selection:
    """Raises Refused."""
    device, person = visit.query("device").strip().removeprefix("#"), visit.query("person").strip()
    if device and queries.parse_id(device) is None:
        raise Refused("no_device")
    account = await running().read(lambda engine: queries.account_named(engine, person)) if person else None
    return Selection(queries.parse_id(device), account, _moment(visit.query("since")), _moment(visit.query("until")))


def _moment(typed: str) -> int | None:
    """A time, UTC, as a browser sends it. Raises Refused."""
    if not typed:
        return None
    try:
        return int(datetime.fromisoformat(typed).replace(tzinfo=UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Refused("no_moment") from None


def _form(visit: Visit, action: str) -> Markup:
    times = [
        field(name, name, visit.query(name)[:MINUTE], type="datetime-local", required=False) for name in ("since", "until")
    ]
    return form(
        "choose_presses",
        action,
        field("device", "device", visit.query("device"), inputmode="numeric", maxlength=20, required=False),
        field("person", "name", visit.query("person"), maxlength=40, required=False),
        times,
        explanation("utc"),
        method="get",
        folded=False,
        submit="count_presses",
    )


def _confirmation(action: str, selection: Selection, counted: Counted) -> Markup:
    said = "take_back_more" if counted["more"] else "take_back_count"
    presses, amount = number(counted["presses"]), number(counted["amount"])
    words = el("p", t(said, presses=presses, amount=amount), role="status", data_testid="counted")
    if not counted["presses"]:
        return words
    names = {"device": selection.device, "account": selection.account, "since": selection.since, "until": selection.until}
    given = hidden(**{name: value for name, value in names.items() if value is not None})
    reason = field("reason", "reason", maxlength=200)
    return el("div", words, form("take_back", action, given, reason, folded=False, danger=True))
