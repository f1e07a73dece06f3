"""Tabs without a browser that do what a page does when it hears of a change, and what they show."""

from typing import Any

from tests.boards import BoardTab
from tests.lists import STATE as LISTS
from tests.raw import STATE, RawClient

PASSING = {"at", "lookers", "who"}  # times, and who is watching: that changes with every tab that is opened


def lasting(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in PASSING}


class Page(RawClient):
    """A tab that connects again when the server ends the connection, perhaps before it is quite open."""

    def __init__(self, kind: str, port: int, path: str, cookie: str, device: str) -> None:
        super().__init__(port, path, cookie)
        self.kind, self.device = kind, device

    def __str__(self) -> str:
        return f"{self.router_data['pathname']} of {self.kind} at {self.url.partition('/_event')[0]}"

    @property
    def what(self) -> tuple[type, str]:
        """Which page it is, and whose."""
        return type(self), self.kind

    async def _read(self) -> None:
        try:
            await super()._read()
        finally:
            self.heard.set()

    async def reconnect(self) -> None:
        await self.__aexit__()
        await self.__aenter__()


class CounterTab(Page):
    """A counter's page. It introduces itself when its page would, and reconnects when its session has ended."""

    def __init__(self, kind: str, port: int, slug: str, cookie: str, device: str) -> None:
        super().__init__(kind, port, f"/c/{slug}", cookie, device)
        self.slug = slug
        self.introduced_for: Any = None

    async def follow(self) -> None:
        """Do what tab_store.js and counter_provider.jsx do with what has arrived."""
        if self.reader.done() or (self.own and self.own["account"] is None):
            self.own = {}
            await self.reconnect()
            self.introduced_for = None
        known = (self.mine.get("account") or {}).get("superuser")
        told = (self.own.get("account") or {}).get("superuser", known)
        due = (self.about.get("revision"), self.frame.get("error"), told)
        if due != self.introduced_for and self.frame.get("error") in (None, "members_only"):
            self.introduced_for = due
            await self.event(f"{STATE}.introduce", {"counter": self.slug, "device": self.device})

    def settled(self) -> bool:
        return bool(self.frame and (self.mine or self.frame.get("error")))

    def shows(self) -> dict[str, Any]:
        """What the page shows, once it has introduced itself."""
        return shown_of(self.frame, self.about, self.mine, self.own)


class BoardPage(Page, BoardTab):
    """A board with the counter and the default one. It asks again when its page would."""

    def __init__(self, kind: str, port: int, slug: str, cookie: str, device: str) -> None:
        super().__init__(kind, port, "/board", cookie, device)
        self.cells, self.all_frames, self.followed = {}, {}, None
        self.slug = slug
        self.followed_for: Any = None

    async def follow(self) -> None:
        if self.reader.done() or (self.own and self.own["account"] is None):
            self.own, self.cells = {}, {}
            await self.reconnect()
            self.followed_for = None
        known = (self.of(self.slug, "mine").get("account") or {}).get("superuser")
        told = (self.of(self.slug, "own").get("account") or {}).get("superuser", known)
        due = (self.of(self.slug, "about").get("revision"), self.of(self.slug).get("error"), told)
        if due != self.followed_for:
            self.followed_for = due
            await self.ask_to_follow([self.slug, "counter"])

    def settled(self) -> bool:
        return bool(self.of(self.slug) and (self.of(self.slug, "mine") or self.of(self.slug).get("error")))

    def shows(self) -> dict[str, Any]:
        return shown_of(*(self.of(self.slug, what) for what in ("frame", "about", "mine", "own")))


def shown_of(frame: dict[str, Any], about: dict[str, Any], mine: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What a page shows of a counter, by what it has heard of it."""
    if frame.get("error"):
        rights = mine.get("rights") if frame["error"] == "members_only" else None
        return {"error": frame["error"], "rights": rights}
    mine = lasting(mine)
    account = dict(mine.pop("account", None) or {})
    if own.get("account") and own["revision"] >= mine.get("revision", 0):
        account = dict(own["account"])
    part = {name: mine.get(name) for name in ("up", "down", "last")}
    if mine.get("round") != frame.get("round"):  # the page starts each round at nothing
        part = {"up": 0, "down": 0, "last": None}
        account |= {"up": 0, "down": 0} if account else {}
    who = {name: mine.get(name) for name in ("rights", "number")}  # its tabs tell each other a device's label
    return {"frame": lasting(frame), "about": lasting(about), "who": who, "part": part, "account": account}


class ListTab(Page):
    """The page with the list of counters."""

    def __init__(self, kind: str, port: int, cookie: str, device: str) -> None:
        super().__init__(kind, port, "/counters", cookie, device)
        self.board: dict[str, Any] = {}
        self.asked = False

    def _receive_replies(self, delta: dict[str, Any]) -> None:
        super()._receive_replies(delta)
        if board := delta.get(LISTS, {}).get("board_rx_state_"):
            self.board = board
            self.heard.set()

    async def follow(self) -> None:
        if self.reader.done():
            await self.reconnect()
            self.asked = False
        if not self.asked:
            self.asked = True
            query = {"search": "", "archived": False, "before": None, "device": self.device}
            await self.event(f"{LISTS}.look", query)

    def settled(self) -> bool:
        return bool(self.board)

    def shows(self) -> dict[str, Any]:
        return lasting(self.board) | {"rows": [lasting(row) for row in self.board.get("rows", [])]}
