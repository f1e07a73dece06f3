"""`/admin/` over HTTP: who gets in, what they change, and that nothing else does. On SQLite and on PostgreSQL."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from clickcounter.access.keys import sha256_of
from clickcounter.admin import queries, routes
from clickcounter.database.engines import open_engine
from clickcounter.history import verify
from clickcounter.ledger import groups
from clickcounter.ledger.ledger import Ledger
from tests.admin_world import DEVICE, KINDS, NASTY, World
from tests.lists import create_counter
from tests.raw import RawClient, new_key
from tests.server import BackEnd, free_port

OTHERS = [kind for kind in KINDS if kind != "superuser"]


@pytest.fixture
def world(db_url: str, ledger: Ledger, tmp_path: Path) -> Iterator[World]:
    server = BackEnd(free_port(), tmp_path, REFLEX_DB_URL=db_url)
    server.start()
    made = World(server, ledger)
    yield made
    made.http.close()
    server.stop()
    assert "Traceback" not in server.printed()


def sentence(answer: httpx.Response) -> str:
    """The code of a refusal, whose sentence is there in both languages."""
    assert re.search(r'data-code="\w+"><span lang="en">[A-Z].+?</span><span lang="ru">[А-Я]', answer.text), answer.text
    return str(re.search(r'data-code="(\w+)"', answer.text)[1])


def test_only_superusers_enter_and_others_change_nothing(world: World):
    before, form = world.everything(), world.form()
    pages = {path: world.at(path) for path in (*routes.PAGES, "/nothing/here")}
    changes = {path: world.at(path) for path in routes.CHANGES}
    for kind in OTHERS:
        for path, filled in pages.items():
            answer = world.get(filled, kind)
            assert (answer.status_code, sentence(answer)) == (403, "superusers_only"), (kind, path)
            assert 'href="/account?from=/admin/"' in answer.text
            assert "Door" not in answer.text
        for path, filled in changes.items():
            answer = world.post(filled, kind, **form | {"key": new_key()})
            assert (answer.status_code, sentence(answer)) == (403, "superusers_only"), (kind, path)
    assert world.everything() == before


def test_a_removed_superuser_is_turned_away_at_once(world: World):
    for path in routes.PAGES:
        answer = world.get(world.at(path))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path
        assert answer.text.startswith("<!doctype html><html"), path
        assert NASTY not in answer.text
    assert world.http.get("/admin").headers["Location"] == "/admin/"
    mine = world.accounts["superuser"]
    for table, where, end, again in (
        ("account", f"id = {mine}", "superuser = false", "superuser = true"),
        ("account", f"id = {mine}", "blocked_at = 1", "blocked_at = NULL"),
        ("session", f"account_id = {mine}", "expires_at = 1", "expires_at = 9000000000000"),
    ):
        assert world.get("/").status_code == 200
        world.server.query(f"UPDATE {table} SET {end} WHERE {where}")
        assert world.get("/").status_code == 403
        assert world.post(f"/counters/{world.slug}/archive").status_code == 403
        world.server.query(f"UPDATE {table} SET {again} WHERE {where}")
    assert world.counter("archived_at") is None


def test_no_admin_page_shows_a_secret(world: World):
    told = "".join(world.get(world.at(path)).text for path in routes.PAGES)
    secrets = [
        world.invitation,
        world.key_text,
        sha256_of(world.key_text),
        DEVICE,
        *world.tokens.values(),
        *map(world.hash, KINDS),
        "argon2-",
    ]
    assert [secret for secret in secrets if secret in told] == []
    assert "Browser of ordinary &lt;script&gt;" in told


def test_each_change_works_and_is_logged_with_its_author(world: World):
    world.press(3, world.slug)
    done: Callable[..., None] = lambda path, **form: _done(world, path, **form)  # noqa: E731
    done("/counters/{slug}/rename", name="  North   door ")
    assert world.counter("name") == "North door"
    done("/counters/{slug}/access", visibility="link", press="signed_in")
    assert (world.counter("visibility"), world.counter("press")) == ("link", "signed_in")
    form = {"value": "1\u00a0234", "reason": "counted again", "round": world.counter("round_id"), "key": new_key()}
    done("/counters/{slug}/correct", **form)
    done("/counters/{slug}/correct", **form)  # sent twice
    assert world.counter("value") == 1234
    done("/counters/{slug}/take-back", device=world.device, reason="forged")
    done("/counters/{slug}/take-back", device=world.device, reason="forged")  # sent twice
    assert world.counter("value") == 1231
    assert (
        world.server.query("SELECT reason, by_account FROM click WHERE kind = 'take_back'")
        == [("forged", world.accounts["superuser"])] * 3
    )
    done("/counters/{slug}/own", name="ORDINARY")
    roles = f"SELECT role FROM member WHERE account_id = {world.accounts['ordinary']}"
    assert world.server.query(roles) == [("owner",)]
    done("/counters/{slug}/archive")
    assert world.counter("archived_at") is not None
    done("/counters/{slug}/restore")
    done("/counters/{slug}/reset", round=world.counter("round_id"))
    assert (world.counter("value"), world.counter("archived_at")) == (0, None)
    assert world.server.query("SELECT amount, reason, account_id FROM click WHERE kind = 'correction'") == [
        (1231, "counted again", world.accounts["superuser"])
    ]
    done("/devices/{id}/label", label="North")
    done("/accounts/{id}/rename", name="Somebody")
    done("/accounts/{id}/make-superuser")
    assert (world.account("name", "ordinary"), bool(world.account("superuser", "ordinary"))) == ("Somebody", True)
    assert world.get("/", "ordinary").status_code == 200
    assert world.reads_with_key() == 200
    done("/keys/{id}/revoke")
    done("/keys/{id}/revoke")  # sent twice
    assert world.reads_with_key() == 401
    assert "Sheet" not in world.get("/keys").text
    _invites(world, done)
    done("/accounts/{id}/unmake-superuser")
    assert world.get("/", "ordinary").status_code == 403
    done("/sessions/{id}/end")
    assert not world.server.query(f"SELECT 1 FROM session WHERE account_id = {world.accounts['ordinary']}")
    done("/accounts/{id}/block")
    done("/accounts/{id}/unblock")
    assert world.account("blocked_at", "ordinary") is None
    owner = f"/accounts/{world.accounts['owner']}"
    done(f"{owner}/sign-out")
    done(f"{owner}/delete", name="OWNER")
    assert (world.account("name", "owner"), world.account("password_hash", "owner")) == ("", "")
    done("/counters/{slug}/delete", name="North door")
    assert world.counter("deleted_at") is not None
    assert world.server.query("SELECT count(*) FROM click") == [(7,)]
    engine = open_engine(world.server.db_url)
    assert verify.verify(engine) == (7, [])
    engine.dispose()
    assert f"admin: 'superuser' (account {world.accounts['superuser']}): /counters/{{slug}}/reset" in world.server.printed()


def _invites(world: World, done: Callable[..., None]) -> None:
    form = {"note": NASTY[:40], "most": "2", "days": 30, "key": new_key()}
    done("/invitations/make", **form)
    done("/invitations/make", **form)  # sent twice
    made = "SELECT count(*), max(most), max(expires_at - created_at), max(revoked_at) IS NULL FROM registration_invitation"
    assert world.server.query(f"{made} WHERE id > 1") == [(1, 2, 30 * 24 * 3600 * 1000, True)]
    page = world.get(f"/invitations/{form['key']}").text
    assert re.search(rf'value="{world.server.url}/account#invite=[\w-]{{43}}"', page)
    assert sentence(world.get(f"/invitations/{form['key']}", "ordinary")) == "no_invitation", "another session made it"
    done(world.at("/invitations/{id}/revoke"))
    done(world.at("/invitations/{id}/revoke"))  # sent twice
    assert world.server.query("SELECT count(*) FROM registration_invitation WHERE revoked_at IS NULL") == [(1,)]


def _done(world: World, path: str, **form: Any) -> None:
    ids = {"/sessions/{id}/end": world.session_of("ordinary")} if path.startswith("/sessions") else {}
    ids |= {"/keys/{id}/revoke": world.key()} if path.startswith("/keys") else {}
    at = path.replace("{slug}", world.slug).replace("{id}", str(ids.get(path, "{id}")))
    at = at.replace("{id}", str(world.device if path.startswith("/devices") else world.accounts["ordinary"]))
    answer = world.post(at, **form)
    assert answer.status_code == 303, (path, answer.text)
    assert world.get(answer.headers["Location"].removeprefix("/admin")).status_code == 200


def test_presses_are_counted_before_they_are_taken_back(world: World):
    world.press(3, world.slug)
    at = f"/counters/{world.slug}/take-back"
    for query, presses in ((f"device=%23{world.device}", 3), ("device=7777", 0), ("since=2020-01-01T00:00", 3)):
        told = re.sub(r"<.*?>", "", world.get(f"{at}?{query}").text)
        assert f"This takes back {presses} presses, {presses} in all." in told
    assert 'data-testid="take_back"' not in world.get(at).text
    assert sentence(world.get(f"{at}?until=soon")) == "no_moment"
    assert world.counter("value") == 3


def test_a_refused_change_explains_itself_and_changes_nothing(world: World):
    mine = f"/accounts/{world.accounts['superuser']}"
    other, counter, device = f"/accounts/{world.accounts['ordinary']}", f"/counters/{world.slug}", f"/devices/{world.device}"
    good = {"value": "7", "reason": "seen", "round": world.counter("round_id"), "key": new_key()}
    world.post(f"{counter}/correct", **good | {"key": new_key()})  # from now on the superuser is a device, too
    before = world.everything()
    for path, form, code in (
        ("/accounts/7777/rename", {"name": "Ann"}, "no_account"),
        ("/accounts/x/rename", {"name": "Ann"}, "no_account"),
        (f"/accounts/{'9' * 30}/rename", {"name": "Ann"}, "no_account"),
        ("/accounts/%00/block", {}, "no_account"),
        (f"{other}/rename", {"name": "x" * 10_000}, "account_name"),
        (f"{other}/rename", {"name": "a\0b"}, "account_name"),
        (f"{other}/rename", {}, "account_name"),
        (f"{other}/rename", {"name": "OWNER"}, "account_taken"),
        (f"{other}/delete", {"name": "owner"}, "delete_person"),
        (f"{mine}/unmake-superuser", {}, "own_account"),
        (f"{mine}/block", {}, "own_account"),
        (f"{mine}/delete", {"name": "superuser"}, "own_account"),
        ("/counters/nothing/rename", {"name": "x"}, "no_counter"),
        ("/counters/a%00b/archive", {}, "no_counter"),
        (f"/counters/{'x' * 300}/archive", {}, "no_counter"),
        (f"{counter}/rename", {"name": "x" * 10_000}, "about_name"),
        (f"{counter}/rename", {"name": "\0"}, "about_name"),
        (f"{counter}/rename", {"name": " "}, "about_name"),
        (f"{counter}/access", {}, "malformed"),
        (f"{counter}/access", {"visibility": "all"}, "about_access"),
        (f"{counter}/reset", {}, "whole_number"),
        (f"{counter}/reset", {"round": "7"}, "round_over"),
        (f"{counter}/correct", good | {"value": "seven"}, "whole_number"),
        (f"{counter}/correct", good | {"value": "9" * 16}, "limit"),
        (f"{counter}/correct", good | {"value": "9" * 9_000}, "whole_number"),
        (f"{counter}/correct", good | {"reason": ""}, "reason"),
        (f"{counter}/correct", good | {"reason": "x" * 10_000}, "reason"),
        (f"{counter}/correct", good | {"key": "7"}, "malformed"),
        (f"{counter}/take-back", {"reason": "forged"}, "take_back_nothing"),
        (f"{counter}/take-back", {"device": "7", "reason": ""}, "reason"),
        ("/counters/nothing/take-back", {"device": "7", "reason": "forged"}, "no_counter"),
        (f"{counter}/own", {"name": "Nobody"}, "no_account"),
        (f"{counter}/own", {"name": "a\0b"}, "account_name"),
        ("/counters/nothing/own", {"name": "owner"}, "no_counter"),
        (f"{counter}/delete", {"name": "Gate"}, "delete_name"),
        ("/counters/counter/delete", {"name": "counter"}, "delete_default"),
        (f"{device}/label", {"label": "x" * 10_000}, "label"),
        (f"{device}/label", {"label": "a\0b"}, "label"),
        ("/devices/7777/label", {"label": "x"}, "no_device"),
        ("/keys/7777/revoke", {}, "no_key"),
        ("/keys/x/revoke", {}, "no_key"),
        ("/invitations/7777/revoke", {}, "no_invitation"),
        ("/invitations/make", {"key": new_key(), "most": "0", "days": "7"}, "invitation_numbers"),
        ("/invitations/make", {"key": new_key(), "most": "1", "days": "9" * 15}, "invitation_numbers"),
        ("/invitations/make", {"key": new_key(), "most": "1", "days": "7", "note": "x" * 41}, "label"),
        ("/invitations/make", {"key": "7", "most": "1", "days": "7"}, "malformed"),
        ("/invitations/make", {}, "malformed"),
        ("/nothing/7", {}, "no_page"),
        (f"{other}/rename", {"name": "x" * 20_000}, "malformed"),
        (f"{other}/rename", {f"n{i}": "x" for i in range(100)}, "malformed"),
    ):
        answer = world.post(path, **form)
        assert (answer.status_code in (400, 403, 404), sentence(answer)) == (True, code), (path, answer.status_code)
    for path, code in (
        ("/accounts/7777", "no_account"),
        ("/accounts/-1", "no_account"),
        ("/devices/7777", "no_device"),
        ("/counters/%00", "no_counter"),
        ("/invitations/%00", "no_invitation"),
        ("/counters/counter/take-back?device=x", "no_device"),
        ("/counters/counter/take-back?person=Nobody", "no_account"),
        ("/ledger?counter=nothing", "no_counter"),
    ):
        answer = world.get(path)
        assert (answer.status_code, sentence(answer)) == (404, code)
    for path in (
        "/?search=%00",
        "/accounts?search=" + "x" * 5000,
        "/devices?search=%25_%FF",
        "/ledger?after=x",
        "/?after=" + "9" * 99,
    ):
        assert world.get(path).status_code == 200
    assert world.everything() == before


def test_requests_of_other_pages_change_nothing(world: World):
    before, rename = world.everything(), f"/counters/{world.slug}/rename"
    neighbour = {"Origin": "http://localhost:1"}  # another port of this host: web/origins.py allows it, /admin/ does not
    for headers, status in (
        (neighbour, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 400),
        ({"Content-Type": "application/json"}, 400),
    ):
        assert world.post(rename, headers=headers, name="Forged").status_code == status, headers
    assert world.get(rename).status_code == 404  # a link does nothing
    assert world.get("/", **neighbour).status_code == 403  # nor does such a page read anything
    assert world.everything() == before
    own = {"Origin": world.server.url, "Sec-Fetch-Site": "same-origin"}
    assert world.post(rename, headers=own, name="Ours").status_code == 303


async def test_open_tabs_follow(world: World):
    async with RawClient(world.server.port, f"/c/{world.slug}") as tab:
        counter = f"/counters/{world.slug}"
        world.post(f"{counter}/rename", name="Gate")
        await tab.says("name", "Gate")
        form = {"value": 40, "reason": "counted again", "round": world.counter("round_id"), "key": new_key()}
        assert world.post(f"{counter}/correct", **form).status_code == 303
        await tab.sees(40)
        world.post(f"{counter}/reset", round=world.counter("round_id"))
        await tab.sees(0)
        world.press(1, world.slug)
        await tab.sees(1)
        world.post(f"/devices/{world.device}/label", label="North")
        await tab.until(lambda: (tab.about.get("last") or {}).get("label") == "North")
        world.post(f"{counter}/access", visibility="members", press="members")
        await tab.until(lambda: tab.frame.get("error") == "members_only")


def test_the_ledger_is_paged_without_gaps_by_its_index(world: World):
    world.press(130)
    world.press(60, world.slug)
    ids = [row[0] for row in world.server.query("SELECT id FROM click ORDER BY id DESC")]
    assert _walk(world, "/ledger") == ids
    of_counter = world.server.query(f"SELECT id FROM click WHERE counter_id = {world.counter('id')} ORDER BY id DESC")
    assert _walk(world, f"/ledger?counter={world.slug}") == [row[0] for row in of_counter]
    _shows_a_group(world, ids)
    engine = open_engine(world.server.db_url)
    for _ in range(40):
        world.press(200)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        for asked in (queries.ledger_ids(ids[-1] + 5_000), queries.ledger_rows(ids[-1] + 4_949, ids[-1] + 4_999)):
            said = asked.compile(engine, compile_kwargs={"literal_binds": True})
            plan = "\n".join(str(row) for row in connection.execute(text(f"{explain} {said}")))
            assert re.search(r"SEARCH click USING (INTEGER|COVERING)|Index (Only )?Scan.* using pk_click", plan), plan
            assert not re.search(r"SCAN click\b|Seq Scan on click|TEMP B-TREE", plan), plan
    engine.dispose()


def _shows_a_group(world: World, ids: list[int]) -> None:
    """Its counters and all of their entries, also at a counter for members only; what no group can do is not offered."""
    world.post(f"/counters/{world.slug}/access", visibility="members", press="members")
    house = create_counter(world.ledger, "House", group=True)
    world.ledger.transact(lambda c: groups.change_parts(c, house, {"counter": 1, world.slug: -1}, None))
    page = world.get(f"/counters/{house}").text
    shown = re.findall(r'<a href="/admin/counters/([\w-]+)">.*?<span class="number">(\d+)</span>( · .*?subtracted)?', page)
    assert {(slug, int(value), bool(minus)) for slug, value, minus in shown} == {
        ("counter", 130, False),
        (world.slug, 60, True),
    }
    assert not re.search(r'data-testid="(correct|to-take-back)"|name="press"', page)
    assert [name for name in ("counter", "amount", "reason", "by") if f"is-{name}" in world.get("/ledger").text] == [
        *("counter", "amount")
    ], "columns without a word are left out"
    assert world.post(f"/counters/{house}/access", visibility="listed").status_code == 303
    at = f"/ledger?counter={house}"
    assert sorted(_walk(world, at), reverse=True) == ids
    first = world.get(at).text
    assert {"/admin/counters/counter", f"/admin/counters/{world.slug}"} >= set(
        re.findall(r'is-counter">.*?href="(.*?)"', first)
    )
    for cursor in ("x", "1.2.3", "~", "1.2.3.4.5~x", "1.2.3.4.5~" * 13, "9" * 5_000):
        assert _ids(world.get(f"{at}&after={cursor}").text) == _ids(first)


def _ids(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'class="is-number"><span.*?</span></span><div>(\d+)</div>', page)]


def _walk(world: World, path: str) -> list[int]:
    found: list[int] = []
    while path:
        page = world.get(path).text
        found += _ids(page)
        older = re.search(r'href="/admin([^"]+)"[^>]*data-testid="older"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    return found
