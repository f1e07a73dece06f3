"""A back end with one person of each kind, for the tests of `/admin/`."""

from typing import Any

import httpx
from sqlalchemy import Connection, text

from clickcounter.access import accounts, sessions
from clickcounter.access.entry import invitations
from clickcounter.access.keys import new_text
from clickcounter.domain.clicks import Caller, Click, Order, now_ms
from clickcounter.ledger import api_keys, counters, membership, ownership, rounds
from clickcounter.ledger.devices import device_ids
from clickcounter.ledger.ledger import Ledger
from clickcounter.services.entry.invitations import wanted_of
from tests.raw import new_key
from tests.server import BackEnd

KINDS = ("nobody", "ordinary", "owner", "superuser", "removed", "expired", "signed out", "blocked")
DEVICE = "d" * 64
MADE = "5" * 32  # the key of the form by which the superuser invited somebody
NASTY = "<script>alert(1)</script>"


class World:
    """A back end with one person of each kind, and a counter that belongs to the owner."""

    def __init__(self, server: BackEnd, ledger: Ledger) -> None:
        self.server, self.ledger = server, ledger
        self.accounts: dict[str, int] = {}
        self.tokens: dict[str, str] = {kind: sessions.new_token() for kind in KINDS}
        self.slug = ledger.transact(self.populate)
        self.http = httpx.Client(base_url=server.url, timeout=60)

    def populate(self, connection: Connection) -> str:
        now = now_ms()
        for kind in KINDS[1:]:
            power = kind not in ("ordinary", "owner")
            self.accounts[kind] = accounts.create(connection, kind, f"argon2-{kind}", now, superuser=power)
            sessions.create(connection, self.accounts[kind], self.hash(kind), f"Browser of {kind} {NASTY}", now)
        accounts.set_superuser(connection, self.accounts["removed"], False)
        connection.execute(
            text("UPDATE session SET expires_at = 1 WHERE account_id = :id"), {"id": self.accounts["expired"]}
        )
        sessions.end(connection, self.hash("signed out"))
        connection.execute(text("UPDATE account SET blocked_at = 1 WHERE id = :id"), {"id": self.accounts["blocked"]})
        owner = Caller(self.hash("owner"), DEVICE)
        slug = counters.create(connection, {"name": f"Door {NASTY}"}, rounds.new_round_id(), owner)
        self.device = device_ids(connection, {DEVICE}, now)[DEVICE]
        self.key_text = new_text("manage")
        by_account = api_keys.Wanted(self.key_text, f"Sheet {NASTY}", "manage")
        api_keys.make_for_account(connection, self.accounts["ordinary"], by_account)
        api_keys.make_for_counter(connection, slug, api_keys.Wanted(new_text("press"), "Bell", "press", None, True), owner)
        wanted = wanted_of(sessions.next_token(self.hash("superuser"), f"invitation {MADE}"), "Ann", 2, 7, now)
        invitations.make(connection, wanted, self.accounts["superuser"], now)
        self.invitation = membership.invite(connection, slug, sessions.new_token(), owner)[1]
        ownership.add_member(connection, counters.lock(connection, slug).id, self.accounts["ordinary"], "viewer")
        return slug

    def hash(self, kind: str) -> str:
        return str(sessions.sha256_of(self.tokens[kind]))

    def headers(self, kind: str, **more: str) -> dict[str, str]:
        cookie = {} if kind == "nobody" else {"Cookie": f"clickcounter_session={self.tokens[kind]}"}
        return cookie | {name.replace("_", "-"): value for name, value in more.items()}

    def get(self, path: str, kind: str = "superuser", **more: str) -> httpx.Response:
        return self.http.get(f"/admin{path}", headers=self.headers(kind, **more))

    def post(self, path: str, kind: str = "superuser", headers: dict[str, str] | None = None, **form: Any) -> httpx.Response:
        sent = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
        return self.http.post(f"/admin{path}", data=form, headers=self.headers(kind, **sent))

    def reads_with_key(self) -> int:
        """How a program with the account's key is answered."""
        return self.http.get("/api/v1/counters", headers={"Authorization": f"Bearer {self.key_text}"}).status_code

    def press(self, times: int, slug: str = "counter") -> None:
        clicks = tuple(Click(new_key(), 1, now_ms(), 0) for _ in range(times))
        self.ledger.write([Order(slug, DEVICE, clicks)])

    def session_of(self, kind: str) -> int:
        return int(self.server.query(f"SELECT id FROM session WHERE account_id = {self.accounts[kind]}")[0][0])

    def key(self) -> int:
        return int(self.server.query(f"SELECT id FROM api_key WHERE account_id = {self.accounts['ordinary']}")[0][0])

    def counter(self, column: str, slug: str = "") -> Any:
        return self.server.query(f"SELECT {column} FROM counter WHERE slug = '{slug or self.slug}'")[0][0]

    def account(self, column: str, kind: str) -> Any:
        return self.server.query(f"SELECT {column} FROM account WHERE id = {self.accounts[kind]}")[0][0]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        tables = (
            "registration_invitation",
            "account",
            "session",
            "api_key",
            "counter",
            "round",
            "device",
            "click",
            "member",
            "invitation",
            "tally",
        )
        return {table: sorted(self.server.query(f"SELECT * FROM {table}"), key=str) for table in tables}

    def at(self, path: str) -> str:
        """A path whose braces are filled with something that exists."""
        ids = {"accounts": self.accounts["ordinary"], "devices": self.device, "sessions": self.session_of("ordinary")}
        ids["keys"], ids["invitations"] = self.key(), self.server.query("SELECT min(id) FROM registration_invitation")[0][0]
        found = path.replace("{slug}", self.slug).replace("{key}", MADE)
        return found.replace("{id}", str(ids.get(path.split("/")[1], "")))

    def form(self) -> dict[str, Any]:
        """The fields of all forms."""
        name, round_id = self.account("name", "ordinary"), self.counter("round_id")
        access = {"visibility": "members", "press": "members"}
        return (
            {"name": name, "label": "North", "value": 7, "reason": "seen", "key": new_key(), "round": round_id}
            | access
            | {"note": "Bob", "most": 1, "days": 1}
        )
