"""What people change about how they get in, for test_open_tabs.py, and the services that only read for that."""

from collections.abc import Awaitable, Callable
from typing import Any

from clickcounter.access import sessions
from clickcounter.access.entry import invitations, recovery_codes, second_factors, totp
from clickcounter.access.entry.invitations import Wanted
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger import counters
from tests.api.test_account import PASSWORD
from tests.services.stage import Stage

Call = Callable[[Stage], Awaitable[dict[str, Any]]]
SECRET, KEY = "A" * 32, "d" * 32
READING = {
    *("entry.invitations.listed", "entry.invitations.made"),
    *("entry.second_factors.begin", "entry.second_factors.require_given", "entry.second_factors.state"),
}


def invited(stage: Stage) -> None:
    token = str(sessions.sha256_of(sessions.new_token()))
    stage.change(invitations.make, Wanted(token, "", 1, now_ms() + 60_000), None, now_ms())


def has_factor(stage: Stage, kind: str = "member") -> None:
    now = now_ms()
    code = totp.code_at(SECRET, now // totp.STEP - 1)
    codes = recovery_codes.new_codes(SECRET, "")
    stage.change(second_factors.set_up, stage.people[kind].account, SECRET, code, codes, now)


def closed(stage: Stage) -> None:
    stage.change(counters.update_settings, stage.slug, {"visibility": "members", "press": "members"}, None)


def code_now() -> str:
    return totp.code_at(SECRET, now_ms() // totp.STEP)


def factor(what: str, **fields: Any) -> Call:
    def call(stage: Stage) -> Awaitable[dict[str, Any]]:
        return stage.post("member", f"second-factor/{what}", password=PASSWORD, code=code_now(), key=KEY, **fields)

    return call


def revokes(stage: Stage) -> Awaitable[dict[str, Any]]:
    [(newest,)] = stage.cluster.query("SELECT max(id) FROM registration_invitation")
    return stage.admin(f"invitations/{newest}/revoke")


ENTRY_CALLS: dict[str, list[tuple[Callable[[Stage], None], Call]]] = {
    "entry.invitations.make": [(closed, lambda stage: stage.admin("invitations/make", most="1", days="7", key=KEY))],
    "entry.invitations.revoke": [(invited, revokes)],
    "entry.second_factors.set_up": [(closed, factor("set-up", secret=SECRET))],
    "entry.second_factors.renew_codes": [(has_factor, factor("renew-codes"))],
    "entry.second_factors.remove": [(has_factor, factor("remove"))],
    "entry.second_factors.confirm": [
        (lambda stage: has_factor(stage, "superuser"), lambda stage: stage.admin("second-factor", code=code_now()))
    ],
}
