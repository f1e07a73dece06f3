"""webhook add, list, test, remove: whom a counter tells what happens to it."""

import argparse
from datetime import UTC, datetime

from clickcounter.database.engines import open_engine
from clickcounter.i18n.webhooks import WEBHOOKS as TEXTS
from clickcounter.ledger import rounds
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import Settings
from clickcounter.webhooks import registry
from clickcounter.webhooks.addresses import read_url
from clickcounter.webhooks.events import CHANGED, EVENTS
from clickcounter.webhooks.registry import Registered


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the parser."""
    webhook = commands.add_parser("webhook", help="tell other programs what happens to a counter; the server sends it")
    actions = webhook.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="add a webhook and print the secret of its signatures")
    adding.set_defaults(run=_add)
    listing = actions.add_parser("list", help="print a counter's webhooks, each with its last answer")
    listing.set_defaults(run=_list)
    testing = actions.add_parser("test", help="have a running server send a test")
    testing.set_defaults(run=_test)
    removing = actions.add_parser("remove", help="remove a webhook")
    removing.set_defaults(run=_remove)
    for action in (adding, listing, testing, removing):
        action.add_argument("counter", help="its slug")
    adding.add_argument("url", help="https://… or http://…")
    usual = [event for event in EVENTS if event != CHANGED]
    adding.add_argument(
        "--events",
        nargs="+",
        choices=EVENTS,
        default=usual,
        metavar="EVENT",
        help=f"{', '.join(EVENTS)} (default: all but changed)",
    )
    for action in (testing, removing):
        action.add_argument("webhook", type=int, help="its number in the list")


def _add(settings: Settings, options: argparse.Namespace) -> int:
    url, secret, number = read_url(options.url), registry.new_secret(), rounds.new_round_id()
    events = [event for event in EVENTS if event in options.events]
    Ledger(settings.db_url).transact(lambda c: registry.add(c, options.counter, url, events, secret, number, None))
    print(f"Webhook {number} added. The secret of its signatures, which is not shown again:\n{secret}")
    return 0


def _list(settings: Settings, options: argparse.Namespace) -> int:
    for webhook in registry.registered(open_engine(settings.db_url), options.counter, None):
        print(f"{webhook.id}  {webhook.url}  {','.join(webhook.events)}  {_state(webhook)}")
    return 0


def _test(settings: Settings, options: argparse.Namespace) -> int:
    Ledger(settings.db_url).transact(lambda c: registry.test(c, options.counter, options.webhook, None))
    print("A running server sends the test now; `webhook list` shows the answer.")
    return 0


def _remove(settings: Settings, options: argparse.Namespace) -> int:
    Ledger(settings.db_url).transact(lambda c: registry.remove(c, options.counter, options.webhook, None))
    print("Removed.")
    return 0


def _state(webhook: Registered) -> str:
    """Its state and last answer, in words."""
    if webhook.last_at is None:
        return "nothing sent yet"
    answer = webhook.last_status or TEXTS[f"error_{webhook.last_error}"].en
    at = datetime.fromtimestamp(webhook.last_at / 1000, UTC).isoformat(sep=" ", timespec="seconds")
    waiting = f", messages waiting: {webhook.waiting}" if webhook.waiting else ""
    return f"{webhook.state}, last answer: {answer} at {at}{waiting}"
