"""What people change about how they get in, for test_open_tabs.py, and the services that only read for that."""

from collections.abc import Awaitable, Callable
from typing import Any

from clickcounter.access import sessions
from clickcounter.access.entry import invitations, recovery_codes, second_factors, totp
from clickcounter.access.entry.invitations import Wanted
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger import counters
from tests.api.test_account import PASSWORD
from tests.authenticator import Authenticator
from tests.services.stage import Stage

Call = Callable[[Stage], Awaitable[dict[str, Any]]]
SECRET, KEY = "A" * 32, "d" * 32
READING = {
    *("entry.passkeys.begin", "entry.passkeys.listed", "entry.passkeys.offer"),  # challenges are nothing that tabs show
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


async def passkeys(stage: Stage, kind: str, what: str, **fields: Any) -> dict[str, Any]:
    """A request of the account page about passkeys."""
    headers = {"Cookie": stage.people[kind].cookie(1), "Origin": origin(stage)}
    async with stage.http.post(f"{stage.here.url}/account/passkeys/{what}", json=fields, headers=headers) as answer:
        return dict(await answer.json())


def origin(stage: Stage) -> str:
    return f"http://localhost:{stage.here.port}"


DEVICES: dict[str, Authenticator] = {}  # by the stage's counter


async def adds_passkey(stage: Stage) -> dict[str, Any]:
    device = DEVICES[stage.slug] = Authenticator()
    begun = await passkeys(stage, "member", "begin", password=PASSWORD, name="Phone")
    return await passkeys(stage, "member", "add", name="Phone", credential=device.creates(begun["options"], origin(stage)))


async def signs_in_with_passkey(stage: Stage) -> dict[str, Any]:
    """In a browser of the member's, whose session ends for a new one."""
    if stage.slug not in DEVICES:
        await adds_passkey(stage)
    offered = await passkeys(stage, "nobody", "offer")
    answer = DEVICES[stage.slug].gets(offered["options"], origin(stage))
    return await passkeys(stage, "member", "sign-in", credential=answer)


async def removes_passkey(stage: Stage) -> dict[str, Any]:
    await adds_passkey(stage)
    [(newest,)] = stage.cluster.query("SELECT max(id) FROM passkey")
    return await passkeys(stage, "member", "remove", id=newest)


def revokes(stage: Stage) -> Awaitable[dict[str, Any]]:
    [(newest,)] = stage.cluster.query("SELECT max(id) FROM registration_invitation")
    return stage.admin(f"invitations/{newest}/revoke")


ENTRY_CALLS: dict[str, list[tuple[Callable[[Stage], None], Call]]] = {
    "entry.invitations.make": [(closed, lambda stage: stage.admin("invitations/make", most="1", days="7", key=KEY))],
    "entry.invitations.revoke": [(invited, revokes)],
    "entry.passkeys.add": [(closed, adds_passkey)],
    "entry.passkeys.remove": [(closed, removes_passkey)],
    "entry.passkeys.sign_in": [(closed, signs_in_with_passkey)],
    "entry.second_factors.set_up": [(closed, factor("set-up", secret=SECRET))],
    "entry.second_factors.renew_codes": [(has_factor, factor("renew-codes"))],
    "entry.second_factors.remove": [(has_factor, factor("remove"))],
    "entry.second_factors.confirm": [
        (lambda stage: has_factor(stage, "superuser"), lambda stage: stage.admin("second-factor", code=code_now()))
    ],
}
