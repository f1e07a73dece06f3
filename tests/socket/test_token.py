"""Reflex's token of a tab, which is part of the socket's address, gives nothing away to a second holder."""

import json
from typing import Any

from tests.raw import STATE, new_key
from tests.rights_actions import ACCESS, UPKEEP
from tests.rights_world import MEMBERS, World, world_of
from tests.server import BackEnd
from tests.states.test_history import RawHistory


class Listening(RawHistory):
    """A tab that remembers all that Reflex tells it."""

    told = ""

    def _receive_replies(self, delta: dict[str, Any]) -> None:
        super()._receive_replies(delta)
        self.told += json.dumps(delta, ensure_ascii=False)


async def private_words(tab: RawHistory, world: World, slug: str) -> list[str]:
    """Ask for everything that a tab can ask about its counter; parts of the answers."""

    async def call(name: str, **arguments: Any) -> dict[str, Any]:
        question = new_key()
        reply = await tab.ask(name, {"ask": question, "device": tab.device} | arguments, question)
        return dict(reply["result"])

    await tab.hears({"counter": slug})
    click = tab.click()
    pressed = {"payload": tab.payload(click, counter=slug), "router_data": tab.router_data, "name": f"{STATE}.record"}
    await tab.send_text(json.dumps(["event", pressed]))  # its name comes last, so that Reflex handles it
    assert (await tab.answer())["codes"] == {click["key"]: "saved"}
    await call(f"{UPKEEP}.name_device", label="The back room")
    await tab.event(f"{STATE}.introduce", {"counter": slug, "device": tab.device})
    await tab.until(lambda: tab.mine)
    view = await tab.look(counter=slug)
    await tab.page(counter=slug)
    assert view["amount"] == 1
    invitation = await call(f"{ACCESS}.invite", counter=slug)
    return [click["key"], "The back room", invitation["token"], '"amount": 1', world.persons["owner"].kind]


async def test_a_second_holder_of_a_tabs_token_gets_nothing_private(back_end: BackEnd):
    async with world_of(back_end) as world:
        slug, _ = world.counter(MEMBERS)
        cookie = world.persons["owner"].cookie
        async with RawHistory(back_end.port, f"/c/{slug}", cookie) as watching:
            async with Listening(back_end.port, f"/c/{slug}", cookie) as first:
                words = await private_words(first, world, slug)
                assert [word for word in words if word not in first.told] == []
            await watching.hears({"lookers": 1})  # the server knows that the tab has left
            second = Listening(back_end.port, f"/c/{slug}")
            second.url = first.url
            async with second:
                await second.hears({"error": "members_only"})
                assert first.url.rpartition("=")[2] in second.told, "it got another token"
                assert [word for word in words if word in second.told] == []
                assert '"count"' not in second.told
