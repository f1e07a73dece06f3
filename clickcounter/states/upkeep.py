"""The state behind the dialogs of a counter: what people do with it besides pressing: rename, reset, correct, delete…"""

from typing import Any

import reflex as rx

from clickcounter.services import counters, devices, sharing
from clickcounter.services.groups import parts as groups
from clickcounter.services.past import entries
from clickcounter.services.webhooks import registration as webhooks
from clickcounter.socket import rooms
from clickcounter.socket.admission import question
from clickcounter.states.rpc import address_of, caller, reply_to, tab_of, viewer


class UpkeepState(rx.State):
    """Answers one call at a time, see rpc.py."""

    reply: dict[str, Any] = {}

    @rx.event(background=True)
    async def make(self, ask: Any = None, device: Any = None, fields: Any = None, key: Any = None) -> None:
        """Create a counter; the result is its slug. The same call with the same key creates it once."""
        await reply_to(self, ask, lambda: counters.create(caller(self, device), address_of(self), fields, key))

    @rx.event(background=True)
    async def change(self, ask: Any = None, device: Any = None, counter: Any = None, fields: Any = None) -> None:
        """Change some of a counter's settings."""
        await reply_to(self, ask, lambda: counters.update_settings(caller(self, device), counter, fields))

    @rx.event(background=True)
    async def archive(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Archive a counter."""
        await reply_to(self, ask, lambda: counters.archive(caller(self, device), counter))

    @rx.event(background=True)
    async def restore(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """Take an archived counter back into use."""
        await reply_to(self, ask, lambda: counters.restore(caller(self, device), counter))

    @rx.event(background=True)
    async def delete(self, ask: Any = None, device: Any = None, counter: Any = None, name: Any = None) -> None:
        """Delete a counter for good; `name` is what the person typed to confirm."""
        await reply_to(self, ask, lambda: counters.delete(caller(self, device), counter, name))

    @rx.event(background=True)
    async def end_round(self, ask: Any = None, device: Any = None, counter: Any = None, round: Any = None) -> None:  # noqa: A002
        """End the round that the person saw; the result says whether this call ended it."""
        await reply_to(self, ask, lambda: counters.reset(caller(self, device), address_of(self), counter, round))

    @rx.event(background=True)
    async def correct(
        self,
        ask: Any = None,
        device: Any = None,
        counter: Any = None,
        round: Any = None,  # noqa: A002
        key: Any = None,
        value: Any = None,
        reason: Any = None,
    ) -> None:
        """Set a counter to its true number; the result is what it shows now."""
        await reply_to(
            self,
            ask,
            lambda: counters.correct(caller(self, device), address_of(self), counter, round, key, value, reason),
        )

    @rx.event(background=True)
    async def add_entry(
        self, ask: Any = None, device: Any = None, counter: Any = None, fields: Any = None, key: Any = None
    ) -> None:
        """Add a past entry, an opening amount or a note; the result is what the counter shows now."""
        await reply_to(self, ask, lambda: entries.add(caller(self, device), address_of(self), counter, fields, key))

    @rx.event(background=True)
    async def remove_entry(self, ask: Any = None, device: Any = None, counter: Any = None, key: Any = None) -> None:
        """Take back what was added with this key, or delete it if it is a note."""
        await reply_to(self, ask, lambda: entries.remove(caller(self, device), counter, key))

    @rx.event(background=True)
    @question
    async def count_presses(
        self,
        ask: Any = None,
        device: Any = None,
        counter: Any = None,
        of_device: Any = None,
        account: Any = None,
        since: Any = None,
        until: Any = None,
    ) -> None:
        """Count what `take_back` would take back: the presses of a device, of a person, or of a stretch of time."""

        async def counted() -> counters.Counted:
            selection = counters.selection_of(of_device, account, since, until)
            return await counters.count_presses(caller(self, device), counter, selection)

        await reply_to(self, ask, counted)

    @rx.event(background=True)
    async def take_back(
        self,
        ask: Any = None,
        device: Any = None,
        counter: Any = None,
        of_device: Any = None,
        account: Any = None,
        since: Any = None,
        until: Any = None,
        reason: Any = None,
        after: Any = None,
    ) -> None:
        """Take these presses back for two seconds; the result says where the next call goes on."""

        async def taken_back() -> counters.TakenBack:
            selection = counters.selection_of(of_device, account, since, until)
            return await counters.take_back(caller(self, device), counter, selection, reason, after)

        await reply_to(self, ask, taken_back)

    @rx.event(background=True)
    @question
    async def parts(self, ask: Any = None, counter: Any = None) -> None:
        """List a group's counters."""
        await reply_to(self, ask, lambda: groups.parts(viewer(self), counter))

    @rx.event(background=True)
    async def change_parts(self, ask: Any = None, device: Any = None, counter: Any = None, changes: Any = None) -> None:
        """Put counters into a group, or take them out: the sign of each, 0 takes it out."""
        await reply_to(self, ask, lambda: groups.change(caller(self, device), counter, changes))

    @rx.event(background=True)
    async def name_device(self, ask: Any = None, device: Any = None, label: Any = None) -> None:
        """Label this browser's clicks, past ones too."""
        labelled = await reply_to(self, ask, lambda: devices.label(caller(self, device), address_of(self), label))
        async with self:
            tab = tab_of(self)
        if tab and labelled:
            rooms.current().set_label(tab, labelled["label"])

    @rx.event(background=True)
    @question
    async def devices(self, ask: Any = None, counter: Any = None) -> None:
        """List who counted in the current round, and how much."""
        await reply_to(self, ask, lambda: devices.participants(viewer(self), counter))

    @rx.event(background=True)
    @question
    async def share(self, ask: Any = None, counter: Any = None, origin: Any = None) -> None:
        """The link to the counter, and its QR code."""
        await reply_to(self, ask, lambda: sharing.share(viewer(self), counter, origin))

    @rx.event(background=True)
    @question
    async def webhooks(self, ask: Any = None, device: Any = None, counter: Any = None) -> None:
        """List the counter's webhooks."""
        await reply_to(self, ask, lambda: webhooks.registered(caller(self, device), counter))

    @rx.event(background=True)
    async def add_webhook(
        self,
        ask: Any = None,
        device: Any = None,
        counter: Any = None,
        url: Any = None,
        events: Any = None,
        key: Any = None,
    ) -> None:
        """Add a webhook; the result has its secret. The same call with the same key adds it once."""
        await reply_to(self, ask, lambda: webhooks.add(caller(self, device), counter, url, events, key))

    @rx.event(background=True)
    async def test_webhook(self, ask: Any = None, device: Any = None, counter: Any = None, webhook: Any = None) -> None:
        """Have a test sent to a webhook."""
        await reply_to(self, ask, lambda: webhooks.test(caller(self, device), counter, webhook))

    @rx.event(background=True)
    async def remove_webhook(self, ask: Any = None, device: Any = None, counter: Any = None, webhook: Any = None) -> None:
        """Remove a webhook."""
        await reply_to(self, ask, lambda: webhooks.remove(caller(self, device), counter, webhook))
