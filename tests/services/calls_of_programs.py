"""What programs and other sites change, for test_open_tabs.py, and the services that only read for them."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection

from clickcounter.access import keys
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger import api_keys, compat, rounds
from clickcounter.ledger.api_keys import Wanted
from clickcounter.ledger.devices import device_ids
from clickcounter.webhooks import registry
from tests.services.stage import Stage

Call = Callable[[Stage], Awaitable[dict[str, Any]]]
ADMIN_KEY = "of a program"
RECEIVER = "http://127.0.0.1:1024/"  # nothing is sent there
READING = {
    *("compat.counters.find", "elsewhere.address_presses.look", "elsewhere.numbers.follow"),
    *("elsewhere.numbers.for_everybody", "elsewhere.pictures.picture_of", "elsewhere.sites.may_press_from"),
    *("elsewhere.sites.sites_of", "webhooks.registration.registered"),
}
COUNTING_AGAIN = {  # such a program cannot say that it repeats itself
    *("compat.counters.hit", "compat.counters.add", "compat.counters.reset", "elsewhere.address_presses.press"),
}


def of_programs(stage: Stage) -> None:
    """Programs count by a namespace and a key on the stage's counter, as if one had made it."""
    programs, secret = str(compat.PROGRAMS.device), hashlib.sha256(ADMIN_KEY.encode()).hexdigest()

    def write(connection: Connection) -> None:
        device = device_ids(connection, {programs}, now_ms())[programs]
        for statement in (
            f"DELETE FROM member WHERE counter_id = {stage.counter.id}",
            f"UPDATE counter SET owner_device = {device}, press = 'members' WHERE id = {stage.counter.id}",
            "INSERT INTO compat_counter (namespace, key, counter_id, admin_sha256, may_set, least, most) VALUES "
            f"('site', '{stage.slug}', {stage.counter.id}, '{secret}', false, -1, 1)",
        ):
            connection.exec_driver_sql(statement)

    stage.change(write)


def has_webhook(stage: Stage) -> None:
    owner = stage.people["owner"].caller
    stage.change(registry.add, stage.slug, RECEIVER, ["goal"], registry.new_secret(), rounds.new_round_id(), owner)


def webhook_id(stage: Stage) -> int:
    return int(stage.cluster.query(f"SELECT max(id) FROM webhook WHERE counter_id = {stage.counter.id}")[0][0] or 0)


def has_address(stage: Stage) -> None:
    """A key that presses by its address."""
    stage.address_key = keys.new_text(keys.PRESS)
    wanted = Wanted(stage.address_key, "Bell", keys.PRESS, in_address=True)
    stage.change(api_keys.make_for_counter, stage.slug, wanted, stage.people["owner"].caller)


def program(path: str, method: str = "GET") -> Call:
    """A request of a program written for Abacus."""
    return lambda stage: stage.program(path.format(slug=stage.slug), method, ADMIN_KEY)


def opens_address(stage: Stage) -> Awaitable[dict[str, Any]]:
    return stage.program(f"/p/{stage.address_key}", "GET", None)


def sets_sites(stage: Stage) -> Awaitable[dict[str, Any]]:
    return stage.dialog("/sites/set", counter=stage.slug, sites=["https://example.org"])


def webhook_call(event: str, **payload: Any) -> Call:
    def call(stage: Stage) -> Awaitable[dict[str, Any]]:
        named = payload if payload else {"webhook": webhook_id(stage)}
        return stage.ask("owner", event, **named)

    return call


PROGRAM_CALLS: dict[str, list[tuple[Callable[[Stage], Any], Call]]] = {
    "compat.counters.create": [(of_programs, program("/create/site/{slug}-other", "POST"))],
    "compat.counters.hit": [(of_programs, program("/hit/site/{slug}"))],
    "compat.counters.add": [(of_programs, program("/update/site/{slug}?value=3", "POST"))],
    "compat.counters.set_value": [(of_programs, program("/set/site/{slug}?value=40", "POST"))],
    "compat.counters.reset": [(of_programs, program("/reset/site/{slug}", "POST"))],
    "compat.counters.delete": [(of_programs, program("/delete/site/{slug}", "POST"))],
    "elsewhere.address_presses.press": [(has_address, opens_address)],
    "elsewhere.sites.set_sites": [(lambda stage: None, sets_sites)],
    "webhooks.registration.add": [
        (lambda stage: None, webhook_call("Upkeep.add_webhook", url=RECEIVER, events=["goal"], key="a" * 32))
    ],
    "webhooks.registration.test": [(has_webhook, webhook_call("Upkeep.test_webhook"))],
    "webhooks.registration.remove": [(has_webhook, webhook_call("Upkeep.remove_webhook"))],
}
